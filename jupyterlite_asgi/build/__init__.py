"""The addon for ``jupyter lite build``; kernels do not get it."""
