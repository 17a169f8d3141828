"""The patches for Datasette.

Each test first shows the failure without the patch; if that passes, the patch is obsolete.
"""

from __future__ import annotations

from .support.scripts import CALL
from .unpatched import complaint, python

DATASETTE = (
    CALL
    + """
import asyncio, json
from datasette.app import Datasette

async def main():
    ds = Datasette(memory=True)
    db = ds.add_memory_database("plants")
    await db.execute_write("create table trees (name text, kind text)")
    await db.execute_write("insert into trees values ('oak', 'hard')")
    status, body = await call(ds.app(), "/plants/trees.json")
    print(status, [row["name"] for row in json.loads(body)["rows"]])
    facet = json.loads(body)["facet_results"]["results"]["kind"]
    print(facet["toggle_url"], facet["results"][0]["toggle_url"])
    print(ds.setting("num_sql_threads"), ds.urls.path("/x"))

run(main())
"""
)


def test_datasette() -> None:
    assert "can't start new thread" in complaint(DATASETTE)
    for root in ("/demo/asgi/app", "/d%C3%A9mo/asgi/app"):
        facets = f"{root}/plants/trees.json https://example.org{root}/plants/trees.json"
        assert python(DATASETTE.replace("/demo/asgi/app", root)).splitlines() == [
            "200 ['oak']",
            f"{facets}?_facet=kind&kind=hard",
            f"0 {root}/x",
        ]
