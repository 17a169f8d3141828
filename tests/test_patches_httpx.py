"""The patch that lets httpx send its requests with ``fetch``."""

from __future__ import annotations

from .support.scripts import CAUGHT
from .unpatched import python

#: A fake ``pyfetch`` whose response depends on the URL, and httpx on top of it.
HTTPX = (
    CAUGHT
    + """
import sys, types

class Reader:
    def __init__(self):
        self.parts = [b"one", b"two"]
    async def read(self):
        if not self.parts:
            return types.SimpleNamespace(done=True)
        part = self.parts.pop(0)
        value = types.SimpleNamespace(to_bytes=lambda: part)
        return types.SimpleNamespace(done=False, value=value)
    async def cancel(self):
        print("cancelled")

async def pyfetch(url, **options):
    print(url, options)
    if "closed" in url:
        raise OSError("Failed to fetch")
    if "slow" in url:
        await asyncio.sleep(60)
    body = None if "empty" in url else types.SimpleNamespace(getReader=Reader)
    headers = {"content-type": "text/plain", "content-encoding": "gzip", "content-length": "9"}
    return types.SimpleNamespace(
        status=203, status_text="Fine", headers=headers,
        js_response=types.SimpleNamespace(body=body),
    )

pyodide = types.ModuleType("pyodide")
pyodide.http = types.ModuleType("pyodide.http")
pyodide.http.pyfetch = pyfetch
sys.modules |= {"pyodide": pyodide, "pyodide.http": pyodide.http}
import httpx
"""
)


def test_httpx_uses_fetch() -> None:
    script = """
async def main():
    async with httpx.AsyncClient() as client:
        answer = await client.post("https://example.org/a", content=b"text", headers={"x": "1"})
        print(answer, answer.text, dict(answer.headers))
        print(repr((await client.get("https://example.org/empty")).text))

run(main())
"""
    assert python(HTTPX + script).splitlines() == [
        (
            "https://example.org/a {'method': 'POST', "
            "'headers': {'accept': '*/*', 'x': '1'}, 'body': b'text'}"
        ),
        "cancelled",
        "<Response [203 Fine]> onetwo {'content-type': 'text/plain'}",
        "https://example.org/empty {'method': 'GET', 'headers': {'accept': '*/*'}}",
        "''",
    ]


def test_httpx_reports_unreadable_sites_and_timeouts() -> None:
    script = """
async def main():
    for place, timeout in (("closed/x", 5), ("slow", 0.01)):
        try:
            async with httpx.AsyncClient(timeout=timeout) as client:
                await client.get("https://example.org/" + place)
        except httpx.TransportError as error:
            print(f"{type(error).__name__}: {error}")

run(main())
"""
    lines = python(HTTPX + script).splitlines()
    assert lines[1::2] == [
        (
            "ConnectError: the browser could not read from https://example.org: either it is "
            "unreachable, or it does not allow other sites to read it (CORS); use a site that "
            "does, or include the data in your site"
        ),
        "ReadTimeout: no response arrived in time",
    ]


def test_httpx_in_a_plain_function_suggests_the_async_client() -> None:
    assert python(f"{HTTPX}show(httpx.get, 'https://example.org/')") == (
        "UnsupportedProtocol: this browser cannot wait for a response inside a plain function: "
        "await it, with httpx.AsyncClient\n"
    )
