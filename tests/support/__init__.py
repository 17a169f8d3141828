"""What tests share; ``asyncio_plugin`` runs those that are coroutines."""
