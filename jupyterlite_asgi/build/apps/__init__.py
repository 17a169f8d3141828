"""Publishes apps in a site, which open by a URL with no notebook."""
