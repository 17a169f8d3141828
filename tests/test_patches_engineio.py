"""The patch for python-engineio, which python-socketio builds on.

Each test first shows the failure without the patch; if that passes, the patch is obsolete.
"""

from __future__ import annotations

from .support.scripts import CALL
from .unpatched import complaint, python

SOCKETIO = (
    CALL
    + """
import logging
import engineio.static_files
import socketio
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Mount

logging.disable()

async def other(scope, receive, send):
    await PlainTextResponse("other " + scope["path"])(scope, receive, send)

def make(path):
    return socketio.ASGIApp(socketio.AsyncServer(async_mode="asgi"), other, socketio_path=path)

async def main():
    app = Starlette(routes=[Mount("/ws", make("ws/socket.io"))])
    for each, path in [(make("socket.io"), ""), (app, "/ws"), (make(None), "")]:
        status, body = await call(each, path + "/socket.io/")
        assert status == 400, body
        print(body)
        status, body = await call(each, path + "/socket.io/", "/d%C3%A9mo/asgi/app")
        assert status == 400, body
    module = engineio.static_files.__file__
    app = socketio.ASGIApp(
        socketio.AsyncServer(async_mode="asgi"), other, static_files={"/": ".", "/x": module}
    )
    for each, path in [(make("socket.io"), "/else"), (app, "/else"), (app, "/x")]:
        status, body = await call(each, path)
        print(status, body.splitlines()[0])

run(main())
"""
)


def test_socketio() -> None:
    assert "AssertionError: other /demo/asgi/app/socket.io/" in complaint(SOCKETIO)
    refused = '"The client is using an unsupported version of the Socket.IO or Engine.IO protocols"'
    assert python(SOCKETIO).splitlines() == [
        *[refused] * 3,
        "200 other /demo/asgi/app/else",
        "200 other /demo/asgi/app/else",
        "200 content_types = {",
    ]
