"""Files that the site's service worker serves in place of a CDN."""
