"""python-socketio: a client that polls, as there are no WebSockets yet."""

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

#: A polling client of Engine.IO's protocol, revision 4.
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


@pytest.mark.works("events in both directions, by polling")
def test_event_is_sent_and_received(served: Notebook) -> None:
    url = f"{served.site}asgi/app/socket.io/"
    connected, heard = served.page.evaluate(SHOUT, [url, "grüezi"])
    assert (connected, heard[:2]) == ("40", "42")
    assert json.loads(heard[2:]) == ["heard", "GRÜEZI"]
