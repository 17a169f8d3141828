"""aiosqlite without threads."""

from __future__ import annotations

from .support.scripts import CAUGHT
from .unpatched import complaint, python

SCRIPT = (
    CAUGHT
    + """
import aiosqlite, sqlite3

async def main():
    async with aiosqlite.connect(":memory:") as db, aiosqlite.connect(":memory:") as copy:
        await db.execute("create table plants (name)")
        await db.executemany("insert into plants values (?)", [("oak",), ("elm",)])
        await db.commit()
        async with db.execute("select name from plants") as cursor:
            print([name async for name, in cursor])
        try:
            await db.execute("select")
        except sqlite3.OperationalError as error:
            print(error)
        await db.create_function("shout", 1, str.upper)
        print(await db.execute_fetchall("select shout(name) from plants"))
        print(len([line async for line in db.iterdump()]))
        await db.backup(copy)
        print(await copy.execute_fetchall("select count(*) from plants"))
    show(lambda: db.in_transaction)
    try:
        await db.execute("select 1")
    except ValueError as error:
        print(error)
    try:
        await aiosqlite.connect("/none/none")
    except sqlite3.OperationalError as error:
        print(error)

async def turns():
    seen = []
    async with aiosqlite.connect(":memory:") as db:
        asyncio.get_running_loop().call_soon(seen.append, "another task")
        await db.execute("select 1")
        print(seen)

run(main())
run(turns())
"""
)


def test_aiosqlite() -> None:
    assert "can't start new thread" in complaint(SCRIPT)
    assert python(SCRIPT).splitlines() == [
        "['oak', 'elm']",
        "incomplete input",
        "[('OAK',), ('ELM',)]",
        "5",
        "[(2,)]",
        "ValueError: no active connection",
        "no active connection",
        "unable to open database file",
        "['another task']",
    ]
