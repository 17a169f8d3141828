"""The browser as a host: requests arrive from the site's service worker."""
