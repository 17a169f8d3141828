"""python-socketio: a client that polls, for there are no WebSockets yet."""

from __future__ import annotations

import json

import pytest
from claims import Framework
from lab import Notebook

FRAMEWORK = Framework("python-socketio", "python-socketio", patches=("engineio.patch_prefix",))

APP = """
%pip install python-socketio

import socketio

sio = socketio.AsyncServer(async_mode="asgi")


@sio.event
async def shout(sid, text):
    await sio.emit("heard", text.upper())


app = socketio.ASGIApp(sio)

%asgi_serve app
"""

#: What Engine.IO's protocol (revision 4) has a client do that polls.
SHOUT = """async ([url, text]) => {
  const base = `${url}?EIO=4&transport=polling`;
  const open = await (await fetch(base)).text();
  const {sid} = JSON.parse(open.slice(1));
  const post = body => fetch(`${base}&sid=${sid}`, {method: "POST", body});
  const poll = async () => (await fetch(`${base}&sid=${sid}`)).text();
  await post("40");
  const connected = await poll();
  const heard = poll();
  await post(`42${JSON.stringify(["shout", text])}`);
  return [connected.slice(0, 2), await heard];
}"""


@pytest.mark.works("events both ways, by polling")
def test_what_is_shouted_is_heard(smoke: Notebook) -> None:
    url = f"{smoke.site}asgi/app/socket.io/"
    connected, heard = smoke.page.evaluate(SHOUT, [url, "grüezi"])
    assert (connected, heard[:2]) == ("40", "42")
    assert json.loads(heard[2:]) == ["heard", "GRÜEZI"]
