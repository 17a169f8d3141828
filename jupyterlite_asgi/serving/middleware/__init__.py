"""The ASGI middleware around every app, a file for each.

From the outside in: ``requests``, ``timeout``, ``limits``, ``startup``, ``errors``,
``conformance``, ``capture``, then the user's app (see ``serving.runner``).
"""
