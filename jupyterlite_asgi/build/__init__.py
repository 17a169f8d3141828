"""What ``jupyter lite build`` does for apps; a kernel has none of this."""
