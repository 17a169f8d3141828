"""What every host puts around an app; each file is one piece of ASGI middleware.

From the outside in: ``requests``, ``timeout``, ``startup``, ``errors``, ``conformance``,
``capture``, then the author's app (see ``serving.runner``).
"""
