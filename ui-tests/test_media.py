"""Range requests (RFC 9110, section 14): media in which a reader seeks."""

from __future__ import annotations

import json

from lab import Notebook

BYTES_A_SECOND = 88_200

#: Two minutes of a tone, 10 MB, and an app that serves its folder and records range requests.
#: A response from the beginning pauses after some seconds of sound until there is a request for a
#: later part: a browser that got everything at once would seek in what it has.
CINEMA = """
import asyncio, math, os, struct, wave
from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles
RATE, SECONDS = 44_100, 120
os.makedirs("/tmp/media", exist_ok=True)
with wave.open("/tmp/media/tone.wav", "wb") as sound:
    sound.setnchannels(1)
    sound.setsampwidth(2)
    sound.setframerate(RATE)
    one = [round(9000 * math.sin(math.tau * 441 * i / RATE)) for i in range(RATE)]
    sound.writeframes(struct.pack(f"<{RATE}h", *one) * SECONDS)

class Halting:
    def __init__(self, app):
        self.app = app
        self.sought = asyncio.Event()

    async def __call__(self, scope, receive, send):
        part = dict(scope["headers"]).get(b"range", b"")
        if part and not part.startswith(b"bytes=0-"):
            self.sought.set()
        sent = 0

        async def halt(message):
            nonlocal sent
            sent += len(message.get("body", b""))
            if sent > 2_000_000:
                await self.sought.wait()
            await send(message)

        await self.app(scope, receive, halt if part == b"bytes=0-" else send)

cinema = FastAPI()
requested = []

@cinema.middleware("http")
async def note(request, call_next):
    response = await call_next(request)
    if "range" in request.headers:
        requested.append({"range": request.headers["range"], "status": response.status_code,
                      "content-range": response.headers.get("content-range")})
    return response

@cinema.get("/")
def page():
    return HTMLResponse('''<!doctype html>
        <video src="static/tone.wav" preload="metadata" controls muted></video>''')

@cinema.get("/requested")
def list_requested():
    return requested

cinema.mount("/static", Halting(StaticFiles(directory="/tmp/media")))

%asgi_serve cinema
"""

_LOADED = """video => new Promise((resolve, reject) => {
  video.onloadedmetadata = resolve;
  video.onerror = () => reject(new Error(video.error.message));
  if (video.readyState > 0) {
    resolve();
  }
})"""

_SEEK = """async (video, seconds) => {
  const sought = new Promise((resolve, reject) => {
    video.onseeked = resolve;
    video.onerror = () => reject(new Error(video.error.message));
  });
  video.currentTime = seconds;
  await sought;
  return video.currentTime;
}"""

_PLAYS = """video => new Promise((resolve, reject) => {
  const start = video.currentTime;
  video.ontimeupdate = () => {
    if (video.currentTime > start) {
      video.pause();
      resolve(true);
    }
  };
  video.play().catch(reject);
})"""


def test_video_can_seek(notebook: Notebook) -> None:
    assert notebook.run(CINEMA).error == ""
    video = notebook.frame("cinema").locator("video")
    video.evaluate(_LOADED)
    assert video.evaluate("video => video.duration") == 120
    for seconds in (100, 5, 60):
        assert video.evaluate(_SEEK, seconds) == seconds
    assert video.evaluate(_PLAYS)
    answers = json.loads(notebook.fetch("asgi/cinema/requested").text)
    assert answers[0]["range"] == "bytes=0-"
    starts = []
    for answer in answers:
        start = int(answer["range"].removeprefix("bytes=").partition("-")[0])
        assert (answer["status"], answer["content-range"].partition("-")[0]) == (
            206,
            f"bytes {start}",
        )
        starts.append(start)
    # It skipped to second 100 without loading what comes before.
    assert any(80 * BYTES_A_SECOND < start <= 100 * BYTES_A_SECOND + 44 for start in starts)


def test_script_requests_a_range(notebook: Notebook) -> None:
    notebook.run(CINEMA)
    size = 44 + 120 * BYTES_A_SECOND
    for requested, status, content_range, text in [
        ("bytes=0-3", 206, f"bytes 0-3/{size}", "RIFF"),
        ("bytes=8-11", 206, f"bytes 8-11/{size}", "WAVE"),
        (f"bytes={size}-", 416, f"bytes */{size}", None),
    ]:
        answer = notebook.fetch("asgi/cinema/static/tone.wav", headers={"Range": requested})
        assert (answer.status, answer.headers["content-range"]) == (status, content_range)
        assert text is None or (answer.text, answer.headers["content-length"]) == (text, "4")
