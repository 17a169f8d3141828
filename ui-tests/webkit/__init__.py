"""Tests in WebKitGTK, which Playwright cannot drive: the nearest to Safari that runs on Linux."""
