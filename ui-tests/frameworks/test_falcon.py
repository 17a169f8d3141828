"""Falcon: resources, media, server-sent events, errors."""

from __future__ import annotations

import pytest
from claims import Framework
from lab import Notebook
from playwright.sync_api import expect

FRAMEWORK = Framework("Falcon", "falcon", patches=("falcon.patch_prefix",))

APP = """
%pip install falcon

import asyncio

import falcon.asgi

tides = {"Brest": 4.2}


class Tides:
    async def on_get(self, request, response, place):
        if place not in tides:
            raise falcon.HTTPNotFound(title="No such place", description=place)
        response.media = {"place": place, "metres": tides[place], "uri": request.relative_uri}

    async def on_post(self, request, response, place):
        tides[place] = float((await request.get_media())["metres"])
        response.status = falcon.HTTP_201


class Page:
    async def on_get(self, request, response):
        response.content_type = falcon.MEDIA_HTML
        response.text = '''<!doctype html><ol></ol><script>
          const source = new EventSource("rising");
          source.onmessage = event => {
            const item = document.createElement("li");
            item.textContent = event.data;
            document.querySelector("ol").append(item);
          };
          source.addEventListener("end", () => source.close());
        </script>'''


class Rising:
    async def on_get(self, request, response):
        async def events():
            for metres in (1, 2, 3):
                yield falcon.asgi.SSEvent(text=f"{metres} m")
                await asyncio.sleep(0.1)
            yield falcon.asgi.SSEvent(event="end", text="-")

        response.sse = events()


app = falcon.asgi.App()
app.add_route("/", Page())
app.add_route("/rising", Rising())
app.add_route("/tides/{place}", Tides())

%asgi_serve app
"""


@pytest.mark.works("resources, JSON and form media, errors as JSON")
def test_media(served: Notebook) -> None:
    posted = served.fetch(
        "asgi/app/tides/Saint-Malo",
        method="POST",
        headers={"content-type": "application/x-www-form-urlencoded"},
        body="metres=12.5",
    )
    assert posted.status == 201
    uri = f"{served.base}asgi/app/tides/Saint-Malo"
    text = served.fetch("asgi/app/tides/Saint-Malo").text
    assert text == f'{{"place": "Saint-Malo", "metres": 12.5, "uri": "{uri}"}}'
    missing = served.fetch("asgi/app/tides/Bern")
    assert (missing.status, missing.text) == (
        404,
        '{"title": "No such place", "description": "Bern"}',
    )


@pytest.mark.works("server-sent events")
def test_events_are_shown(served: Notebook) -> None:
    expect(served.frame("app").get_by_role("listitem")).to_have_text(["1 m", "2 m", "3 m"])
