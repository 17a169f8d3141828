"""What the scripts that run in a process of ``unpatched`` begin with."""

from __future__ import annotations

#: Defines ``run`` for a coroutine, and ``call``, which sends one request to an ASGI app.
CALL = """
import asyncio
from urllib.parse import unquote

def run(coroutine):
    loop = asyncio.new_event_loop()  # asyncio.run() would end its pool by a thread
    try:
        return loop.run_until_complete(coroutine)
    finally:
        loop.close()

async def call(app, path, root="/demo/asgi/app", port=443, headers=(), body=b""):
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET",
        "scheme": "https", "root_path": unquote(root), "path": unquote(root + path),
        "raw_path": (root + path).encode(), "query_string": b"_facet=kind",
        "headers": [(b"host", b"example.org"), *headers], "server": ("example.org", port),
        "client": ("127.0.0.1", 0), "state": {}, "extensions": {},
    }
    sent = []
    complete = asyncio.Event()
    first = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive():
        if first:
            return first.pop()
        await complete.wait()
        return {"type": "http.disconnect"}

    async def send(message):
        sent.append(message)
        if message["type"] == "http.response.body" and not message.get("more_body"):
            complete.set()

    await app(scope, receive, send)
    answer = b"".join(message.get("body", b"") for message in sent)
    return sent[0]["status"], answer.decode()
"""

#: Defines ``run`` as well, and ``show``, which prints the exception of a call.
CAUGHT = """
import asyncio

def run(coroutine):
    loop = asyncio.new_event_loop()  # asyncio.run() would end its pool by a thread
    try:
        return loop.run_until_complete(coroutine)
    finally:
        loop.close()

def show(function, *args, **options):
    try:
        function(*args, **options)
    except Exception as error:
        print(f"{type(error).__name__}: {error}")
"""
