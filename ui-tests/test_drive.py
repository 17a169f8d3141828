"""SQLite databases on JupyterLite's drive, which has the files beside a notebook."""

from __future__ import annotations

import base64
import sqlite3
from pathlib import Path

from lab import Notebook

CREATE = """
import os, sqlite3

first = sqlite3.connect("drive.db")
first.execute("create table trees (name text)")
first.executemany("insert into trees values (?)", [("oak" * 100,)] * 100)
first.commit()
second = sqlite3.connect("drive.db")
second.execute("insert into trees values ('elm')")
second.commit()
print(first.execute("select count(*) from trees").fetchone())
"""

CHANGE = """
second.execute("delete from trees where name = 'elm'")
second.rollback()
first.execute("delete from trees where name <> 'elm'")
first.commit()
first.execute("vacuum")
print(second.execute("select * from trees").fetchall())
print(os.path.getsize("drive.db") == os.stat("drive.db").st_size == 2 * 4096)
first.close(), second.close()
print(sqlite3.connect("drive.db").execute("pragma integrity_check").fetchall())
"""

CLOSED = """
with open("drive.txt", "w") as writing:
    writing.write("four")
with open("drive.txt") as reading:
    print(reading.read(), os.fstat(reading.fileno()).st_size)
"""

REREAD = """
with open("drive.txt") as reading:
    print(reading.read())
"""

#: Mounts the same drive a second time, with JupyterLite's unpatched operations.
UNPATCHED = """
import sqlite3
import pyodide_js
from pyodide.code import run_js

run_js('''FS => {
  const {type} = FS.getMounts(FS.root.mount).find(({type}) => type.driveName !== undefined);
  const plain = Object.assign(Object.create(Object.getPrototypeOf(type)), type);
  plain.realPath = node => type.realPath(node).replace('/unpatched', '/drive');
  plain.node_ops = new type.node_ops.constructor(plain);
  plain.stream_ops = new type.stream_ops.constructor(plain);
  FS.mkdir('/unpatched');
  FS.mount(plain, {root: '/drive'}, '/unpatched');
}''')(pyodide_js.FS)
database = sqlite3.connect("/unpatched/unpatched.db")
database.execute("create table trees (name text)")
try:
    database.execute("insert into trees values ('oak')")
except sqlite3.DatabaseError as error:
    print(error)
"""

_CONTENT = """async path => {
  const {contents} = window.jupyterapp.serviceManager;
  return (await contents.get(path, {content: true, type: 'file', format: 'base64'})).content;
}"""

_SAVE = """([path, content]) => window.jupyterapp.serviceManager.contents.save(
  path, {type: 'file', format: 'text', content}
)"""


def test_committed_changes_are_on_the_drive(notebook: Notebook, tmp_path: Path) -> None:
    assert notebook.run(CREATE).text == "(101,)\n"
    content = base64.b64decode(notebook.page.evaluate(_CONTENT, "drive.db"))
    copy = tmp_path / "copy.db"
    copy.write_bytes(content)
    with sqlite3.connect(copy) as database:
        assert database.execute("select count(*) from trees").fetchone() == (101,)
    assert notebook.run(CHANGE).text == "[('elm',)]\nTrue\n[('ok',)]\n"


def test_file_saved_by_the_lab_is_read_again(notebook: Notebook) -> None:
    assert notebook.run(f"import os\n{CLOSED}").text == "four 4\n"
    notebook.page.evaluate(_SAVE, ["drive.txt", "twelve"])
    assert notebook.run(REREAD).text == "twelve\n"


def test_database_cannot_be_created_without_the_patch(notebook: Notebook) -> None:
    assert notebook.run(UNPATCHED).text == "database disk image is malformed\n"
