"""Tests of what works with each framework, mostly with its example."""
