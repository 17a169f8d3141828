"""The source of small apps that tests define in cells."""

from __future__ import annotations

from string import Template

_HELLO = Template("""
from fastapi import FastAPI
$name = FastAPI()

@$name.get("/")
def home():
    return "$text"
""")


def hello(name: str, text: str = "hello") -> str:
    """A FastAPI app in the variable ``name`` that responds with ``text``."""
    return _HELLO.substitute(name=name, text=text)


_PLAIN = Template("""
async def $name(scope, receive, send):
    assert scope["type"] == "http"
    headers = [(b"content-type", b"text/plain")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"$text"})

""")


def plain(name: str, text: str = "hello") -> str:
    """The same without a framework, so that nothing has to be installed."""
    return _PLAIN.substitute(name=name, text=text)


#: Serves the app ``size``, which responds with the size of the request's body.
SIZE = """
async def size(scope, receive, send):
    assert scope["type"] == "http"
    count, more = 0, True
    while more:
        message = await receive()
        count, more = count + len(message["body"]), message["more_body"]
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": str(count).encode()})

%asgi_serve size --open none
"""

#: Serves the app ``steps``, which sends the second part of its stream after a POST.
STEPS = """
import asyncio
from fastapi import FastAPI
from fastapi.responses import StreamingResponse
steps = FastAPI()
next_step = asyncio.Event()

@steps.get("/")
async def stream():
    async def parts():
        yield "first"
        await next_step.wait()
        yield "second"
    return StreamingResponse(parts(), media_type="text/plain")

@steps.post("/")
async def release():
    next_step.set()

%asgi_serve steps --open none
"""

#: Reads that stream; returns its two parts, and whether it has ended.
READ_STEPS = """async url => {
  const reader = (await fetch(url)).body.getReader();
  const decode = ({value}) => new TextDecoder().decode(value);
  const first = decode(await reader.read());
  await fetch(url, {method: 'POST'});
  return [first, decode(await reader.read()), (await reader.read()).done];
}"""
