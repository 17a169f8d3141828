"""The cases of `bench.py`: an app, the floor that it is compared with, and a page's requests."""

from __future__ import annotations

import dataclasses

#: The numbers of requests for JSON, one after another and all at once.
SERIAL, AT_ONCE = 100, 500

#: Seconds after which a page gives up a measurement.
LIMIT = 180

#: Makes the service worker answer by itself.
FLOOR = b"""
self.addEventListener('fetch', event => {
  const [, name] = new URL(event.request.url).pathname.split('/asgi/-/floor/');
  if (name === undefined) {
    return;
  }
  event.stopImmediatePropagation();
  const chunk = new Uint8Array(262144);
  const answers = {
    json: () => Response.json({hello: 'world'}),
    up: async () => Response.json((await event.request.arrayBuffer()).byteLength),
    first: () => new Response(new ReadableStream({start: it => it.enqueue(chunk)})),
    down: () => {
      let rest = 40;
      return new Response(new ReadableStream({
        pull: it => (rest-- > 0 ? it.enqueue(chunk) : it.close())
      }, {highWaterMark: 0}));
    }
  };
  event.respondWith(answers[name]());
});
"""

APP = """
import gzip, json, random

rng = random.Random(0)
words = ["".join(rng.choices("etaoinshrdlu", k=rng.randint(2, 9))) for _ in range(2000)]
text = " ".join(rng.choices(words, k=2_000_000))[:40 * 262144].encode()
packed = gzip.compress(text, mtime=0)

async def bench(scope, receive, send):
    assert scope["type"] == "http"
    what = scope["path"].rpartition("/")[2]
    headers = [(b"content-type", b"application/json")]
    if what == "gzip":
        headers.append((b"content-encoding", b"gzip"))
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    if what == "json":
        body = json.dumps({"hello": "world"}).encode()
        await send({"type": "http.response.body", "body": body})
    elif what == "up":
        size, more = 0, True
        while more:
            message = await receive()
            size, more = size + len(message["body"]), message["more_body"]
        await send({"type": "http.response.body", "body": str(size).encode()})
    elif what == "first":
        await send({"type": "http.response.body", "body": bytes(262144), "more_body": True})
        while (await receive())["type"] != "http.disconnect":
            pass
    elif what == "gzip":
        for at in range(0, len(packed), 65536):
            part = packed[at:at + 65536]
            await send({"type": "http.response.body", "body": part, "more_body": True})
        await send({"type": "http.response.body"})
    else:
        for _ in range(40):
            await send({"type": "http.response.body", "body": bytes(262144), "more_body": True})
        await send({"type": "http.response.body"})

%asgi_serve bench --open none
"""


@dataclasses.dataclass(frozen=True)
class Case:
    """A request to time.

    Args:
        path: the path to request from the app.
        floor: the path to request from the floor.
        code: JavaScript that requests `url` and returns the milliseconds since `start`.
    """

    path: str
    floor: str
    code: str

    @property
    def function(self) -> str:
        """The JavaScript function, which takes a URL."""
        return limited("url", f"const start = performance.now(); {self.code}")


def limited(parameter: str, code: str) -> str:
    """An async function that runs `code` and throws if that takes too long."""
    return f"""async ({parameter}) => {{
      let timer;
      const late = new Promise((_, reject) => {{
        timer = setTimeout(reject, {LIMIT * 1000}, new Error('It took over {LIMIT} seconds.'));
      }});
      const run = async () => {{ {code} }};
      return Promise.race([run(), late]).finally(() => clearTimeout(timer));
    }}"""


_DOWN = """
const {byteLength} = await (await fetch(url)).arrayBuffer();
if (byteLength !== 40 * 262144) throw new Error(`${byteLength} bytes came.`);
return performance.now() - start;
"""

CASES = {
    "json serial": Case(
        "json",
        "json",
        f"""for (let i = 0; i < {SERIAL}; i++) await (await fetch(url)).json();
            return (performance.now() - start) / {SERIAL};""",
    ),
    f"json {AT_ONCE} at once": Case(
        "json",
        "json",
        f"""const one = async () => (await fetch(url)).json();
            await Promise.all(Array.from({{length: {AT_ONCE}}}, one));
            return performance.now() - start;""",
    ),
    "10 MB down": Case("down", "down", _DOWN),
    "10 MB of gzip": Case("gzip", "down", _DOWN),
    "10 MB up": Case(
        "up",
        "up",
        """const body = new Uint8Array(40 * 262144);
           const size = await (await fetch(url, {method: 'POST', body})).json();
           if (size !== body.length) throw new Error(`${size} bytes came.`);
           return performance.now() - start;""",
    ),
    "first chunk": Case(
        "first",
        "first",
        """const reader = (await fetch(url)).body.getReader();
           await reader.read();
           const took = performance.now() - start;
           await reader.cancel();
           return took;""",
    ),
}

#: Cases of Python that computes, and the rounds of its loop. A kernel that serves an app looks
#: regularly for what ends its code, and asks the service worker once a loop has run for a second.
LOOPS = {"loop": 5_000_000, "long loop": 60_000_000}

#: Defines a function that returns the milliseconds of so many rounds.
LOOP = """
import time

def loop(rounds):
    start = time.perf_counter()
    for _ in range(rounds):
        pass
    return 1000 * (time.perf_counter() - start)
"""

#: Cases of kernel starts, and the packages preloaded in each.
STARTS = {"start, plain": [], "start, preloaded": ["fastapi"]}

#: Milliseconds until a new kernel has run a first cell, and then one that imports FastAPI.
#:
#: It replaces the notebook's kernel. A restarting kernel is unknown to the site for a moment, and
#: JupyterLab, which polls every 10 seconds, may conclude that it has died.
START = limited(
    "",
    """
  const {sessionContext} = window.notebookPanel;
  const old = sessionContext.session.kernel.id;
  const start = performance.now();
  await sessionContext.changeKernel({name: 'python'});
  await window.jupyterapp.serviceManager.kernels.shutdown(old);
  const run = code => sessionContext.session.kernel.requestExecute({code}).done;
  await run('1');
  const started = performance.now();
  const {content} = await run('import fastapi');
  if (content.status !== 'ok') throw new Error(content.evalue);
  return [started - start, performance.now() - started];
""",
)
