"""Files that the site's service worker answers with in the place of a CDN."""
