"""The patches for single libraries.

Each test first shows the failure without the patch; if that passes, the patch is obsolete.
"""

from __future__ import annotations

from hashlib import pbkdf2_hmac as openssl

import pytest

from jupyterlite_asgi.patches.hashlib import pbkdf2_hmac

from .unpatched import complaint, python

CALL = """
import asyncio
from urllib.parse import unquote

def run(coroutine):
    loop = asyncio.new_event_loop()  # asyncio.run() would end its pool by a thread
    loop.run_until_complete(coroutine)
    loop.close()

async def call(app, path, root="/demo/asgi/app", port=443, headers=(), body=b""):
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET",
        "scheme": "https", "root_path": unquote(root), "path": unquote(root + path),
        "raw_path": (root + path).encode(), "query_string": b"_facet=kind",
        "headers": [(b"host", b"example.org"), *headers], "server": ("example.org", port),
        "client": ("127.0.0.1", 0), "state": {}, "extensions": {},
    }
    sent = []
    wait = asyncio.Event()
    first = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive():
        if not first:
            await wait.wait()
        return first.pop()

    async def send(message):
        sent.append(message)

    await app(scope, receive, send)
    answer = b"".join(message.get("body", b"") for message in sent)
    return sent[0]["status"], answer.decode()
"""

EXECUTOR = """
from concurrent.futures import ThreadPoolExecutor

with ThreadPoolExecutor() as pool:
    print(list(pool.map(str, range(3))), pool.submit(int, "x").exception())
"""

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

FALCON = (
    CALL
    + """
import falcon.asgi

class Plant:
    async def on_get(self, request, response, name):
        response.text = f"{name} {request.path} {request.root_path} {request.relative_uri}"

app = falcon.asgi.App()
app.add_route("/plants/{name}", Plant())

async def main():
    for root in ("/demo/asgi/app", "/d%C3%A9mo/asgi/app", ""):
        status, body = await call(app, "/plants/oak", root)
        assert status == 200, body
        print(body)

run(main())
"""
)

SOCKETIO = (
    CALL
    + """
import logging
import engineio.static_files
import socketio
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Mount

logging.disable()

async def other(scope, receive, send):
    await PlainTextResponse("other " + scope["path"])(scope, receive, send)

def make(path):
    return socketio.ASGIApp(socketio.AsyncServer(async_mode="asgi"), other, socketio_path=path)

async def main():
    app = Starlette(routes=[Mount("/ws", make("ws/socket.io"))])
    for each, path in [(make("socket.io"), ""), (app, "/ws"), (make(None), "")]:
        status, body = await call(each, path + "/socket.io/")
        assert status == 400, body
        print(body)
        status, body = await call(each, path + "/socket.io/", "/d%C3%A9mo/asgi/app")
        assert status == 400, body
    module = engineio.static_files.__file__
    app = socketio.ASGIApp(
        socketio.AsyncServer(async_mode="asgi"), other, static_files={"/": ".", "/x": module}
    )
    for each, path in [(make("socket.io"), "/else"), (app, "/else"), (app, "/x")]:
        status, body = await call(each, path)
        print(status, body.splitlines()[0])

run(main())
"""
)

FORMS = (
    CALL
    + """
import logging
import sys
logging.disable()
sys.modules |= {"python_multipart": None, "multipart": None}
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.applications import Starlette
from starlette.routing import Route

async def answer(request):
    form = await request.form()
    return PlainTextResponse(str([(name, str(value)) for name, value in form.items()]))

app = Starlette(routes=[Route("/", answer, methods=["GET"])])
parts = b'--x\\r\\nContent-Disposition: form-data; name="b"\\r\\n\\r\\n2\\r\\n--x--\\r\\n'

async def main():
    try:
        await call(app, "/")
    except AssertionError as error:
        print(error)
    del sys.modules["python_multipart"]  # now it is installed
    for kind, body in [
        (b"application/x-www-form-urlencoded", b"a=1"),
        (b"multipart/form-data; boundary=x", parts),
        (b"multipart/form-data; boundary=x", b"nonsense"),
    ]:
        print(*await call(app, "/", headers=[(b"content-type", kind)], body=body))

run(main())
"""
)

DJANGO = (
    CALL
    + """
from django.conf import settings

settings.configure(
    ALLOWED_HOSTS=["*"],
    DEBUG=True,
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "django.contrib.admin",
                    "django.contrib.messages", "django.contrib.staticfiles"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    ROOT_URLCONF="__main__",
    SECRET_KEY="not one",
    STATIC_URL="static/",
)
import django
django.setup()
from django.contrib.staticfiles.handlers import ASGIStaticFilesHandler
from django.core.asgi import get_asgi_application
from django.db import connection
from django.http import HttpResponse
from django.urls import path

def count(request):
    with connection.cursor() as cursor:
        cursor.execute("select 6 * 7")
        return HttpResponse(f"{cursor.fetchone()[0]} at {request.path_info}")

urlpatterns = [path("count", count)]
app = ASGIStaticFilesHandler(get_asgi_application())

async def main():
    print(*await call(app, "/count"))
    status, body = await call(app, "/static/admin/css/base.css")
    print(status, "DJANGO Admin" in body)

run(main())
"""
)

ORM = """
import asyncio
from django.conf import settings

settings.configure(
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
)
import django
django.setup()
from django.db import connection

async def cell():
    connection.ensure_connection()
    print("connected")

asyncio.run(cell())
"""

LISTENER = """
import logging, queue, sys
from logging.handlers import QueueHandler, QueueListener

log = logging.getLogger("shop")
records = queue.{kind}()
log.addHandler(QueueHandler(records))
listener = QueueListener(records, logging.StreamHandler(sys.stdout))
log.warning("before")
listener.start()
log.warning("during")
listener.stop()
listener.stop()
log.warning("after")
print(records.qsize(), "left")
listener.start()
listener.start()
"""

WERKZEUG = """
from werkzeug.security import check_password_hash, generate_password_hash

made = generate_password_hash("lovelace", {})
print(made.split(":")[0], check_password_hash(made, "lovelace"), check_password_hash(made, "x"))
"""


def test_thread_pool() -> None:
    assert "can't start new thread" in complaint(EXECUTOR)
    error = "invalid literal for int() with base 10: 'x'"
    assert python(EXECUTOR) == f"['0', '1', '2'] {error}\n"


@pytest.mark.parametrize("kind", ["Queue", "SimpleQueue"])
def test_queue_listener(kind: str) -> None:
    script = LISTENER.format(kind=kind)
    assert "can't start new thread" in complaint(script)
    assert python(script.rpartition("listener.start()")[0]).splitlines() == [
        "before",
        "during",
        "1 left",
        "after",
    ]
    assert "RuntimeError: Listener already started" in complaint(f"patches.install()\n{script}")


def test_datasette() -> None:
    assert "can't start new thread" in complaint(DATASETTE)
    for root in ("/demo/asgi/app", "/d%C3%A9mo/asgi/app"):
        facets = f"{root}/plants/trees.json https://example.org{root}/plants/trees.json"
        assert python(DATASETTE.replace("/demo/asgi/app", root)).splitlines() == [
            "200 ['oak']",
            f"{facets}?_facet=kind&kind=hard",
            f"0 {root}/x",
        ]


def test_falcon() -> None:
    assert "404 Not Found" in complaint(FALCON)
    below = "oak /plants/oak"
    assert python(FALCON).splitlines() == [
        f"{below} /demo/asgi/app /demo/asgi/app/plants/oak?_facet=kind",
        f"{below} /démo/asgi/app /démo/asgi/app/plants/oak?_facet=kind",
        f"{below}  /plants/oak?_facet=kind",
    ]


def test_socketio() -> None:
    assert "AssertionError: other /demo/asgi/app/socket.io/" in complaint(SOCKETIO)
    refused = '"The client is using an unsupported version of the Socket.IO or Engine.IO protocols"'
    assert python(SOCKETIO).splitlines() == [
        *[refused] * 3,
        "200 other /demo/asgi/app/else",
        "200 other /demo/asgi/app/else",
        "200 content_types = {",
    ]


def test_forms_of_starlette() -> None:
    needed = "The `python-multipart` library must be installed to use form parsing."
    assert f"AssertionError: {needed}" in complaint(FORMS)
    assert python(FORMS).splitlines() == [
        needed,
        "200 [('a', '1')]",
        "200 [('b', '2')]",
        "400 Invalid multipart data.",
    ]


def test_django() -> None:
    assert "can't start new thread" in complaint(DJANGO)
    assert python(DJANGO).splitlines() == ["200 42 at /count", "200 True"]


def test_orm_of_django_in_a_cell() -> None:
    assert "You cannot call this from an async context" in complaint(ORM)
    assert python(ORM) == "connected\n"


@pytest.mark.parametrize("size", [1, 20, 32, 33, 100])
@pytest.mark.parametrize("name", ["sha1", "sha256", "sha512"])
@pytest.mark.parametrize("password", [b"", b"lovelace", b"x" * 200])
def test_pbkdf2_derives_the_same_keys_as_openssl(name: str, password: bytes, size: int) -> None:
    assert pbkdf2_hmac(name, password, b"salt", 7, size) == openssl(
        name, password, b"salt", 7, size
    )
    assert pbkdf2_hmac(name, password, b"", 1) == openssl(name, password, b"", 1)


@pytest.mark.parametrize(("iterations", "size"), [(0, 32), (1, 0), (-1, None)])
def test_pbkdf2_refuses_invalid_arguments(iterations: int, size: int | None) -> None:
    with pytest.raises(ValueError, match="iterations and dklen must be above 0"):
        pbkdf2_hmac("sha256", b"", b"", iterations, size)
    with pytest.raises(ValueError, match="unsupported hash type"):
        pbkdf2_hmac("sha0", b"", b"", 1)


def test_hashlib_gets_pbkdf2() -> None:
    script = "import hashlib; print(hashlib.pbkdf2_hmac('sha1', b'a', b'b', 2).hex())"
    assert "has no attribute 'pbkdf2_hmac'" in complaint(script)
    assert python(script) == openssl("sha1", b"a", b"b", 2).hex() + "\n"


def test_werkzeug_uses_an_available_hash() -> None:
    assert "scrypt" in complaint(WERKZEUG.format("'scrypt'"))
    assert python(WERKZEUG.format("'pbkdf2:sha256:9'")) == "pbkdf2 True False\n"
    script = "import werkzeug.security as s; print(s.generate_password_hash.__defaults__)"
    assert python(script) == "('pbkdf2', 16)\n"
