"""Tests of published apps, which open without a notebook."""
