"""Where a served app can be reached. Only a host knows how requests arrive."""
