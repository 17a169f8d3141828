"""Fakes and helpers that tests share; ``asyncio_plugin`` runs tests that are coroutines."""
