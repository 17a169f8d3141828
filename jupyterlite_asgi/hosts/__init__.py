"""Hosts make served apps reachable. Only a host knows how requests arrive."""
