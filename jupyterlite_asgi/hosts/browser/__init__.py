"""The browser: requests arrive from the site's service worker."""
