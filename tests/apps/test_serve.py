"""The server that shows a folder as a static host would."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from threading import Thread

import pytest

from jupyterlite_asgi.build.apps import serve

from .support import write


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    files = {"asgi/shop/index.html": "<p>shop", "404.html": "<p>nothing", "empty/x.txt": ""}
    write(tmp_path, files)
    return tmp_path


@pytest.fixture
def port(folder: Path) -> Iterator[int]:
    with serve.listen(folder, 0) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def fetch(port: int, path: str, method: str = "GET") -> tuple[HTTPResponse, bytes]:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request(method, path)
    response = connection.getresponse()
    body = response.read()
    connection.close()
    return response, body


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("a.mjs", "text/javascript; charset=utf-8"),
        ("a.js", "text/javascript; charset=utf-8"),
        ("a.wasm", "application/wasm"),
        ("a.json", "application/json"),
        ("A.SVG", "image/svg+xml"),
        ("index.html", "text/html; charset=utf-8"),
        ("a.gz.bin", "application/octet-stream"),
        ("a.unknown", "application/octet-stream"),
        ("a", "application/octet-stream"),
    ],
)
def test_types_do_not_depend_on_the_machine(
    folder: Path, port: int, name: str, content_type: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mimetypes.guess_type", lambda *args: ("text/wrong", None))
    write(folder, {name: "content"})
    response, body = fetch(port, f"/{name}")
    assert (response.status, body) == (200, b"content")
    assert response.headers["Content-Type"] == content_type
    assert response.headers["Cache-Control"] == "no-cache"


def test_folder_has_its_page(port: int) -> None:
    assert fetch(port, "/asgi/shop/?a=1")[1] == b"<p>shop"
    response, _ = fetch(port, "/asgi/shop")
    assert (response.status, response.headers["Location"]) == (301, "/asgi/shop/")


@pytest.mark.parametrize("path", ["/asgi/shop/items/1", "/none.js", "/empty/", "/../x", "/%00"])
def test_what_is_missing_gets_the_page_for_it(port: int, path: str) -> None:
    response, body = fetch(port, path)
    assert (response.status, body) == (404, b"<p>nothing")
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    assert response.headers["Cache-Control"] == "no-cache"
    assert fetch(port, path, "HEAD")[1] == b""


def test_site_may_have_no_such_page(folder: Path, port: int) -> None:
    (folder / "404.html").unlink()
    response, body = fetch(port, "/none")
    assert response.status == 404
    assert b"File not found" in body
    assert fetch(port, "/asgi/shop/", "POST")[0].status == 501


def test_another_port_is_chosen_if_the_usual_one_is_taken(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        monkeypatch.setattr(serve, "PORT", taken.getsockname()[1])
        with serve.listen(folder, 0) as server:
            assert server.server_port != serve.PORT
    with serve.listen(folder, 0) as server:
        assert server.server_port == serve.PORT


def test_interrupt_ends_the_server(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(server: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("socketserver.BaseServer.serve_forever", interrupt)
    monkeypatch.setattr(serve, "PORT", 0)
    said: list[str] = []
    serve.run(folder, 0, "asgi/shop/", said.append)
    url = said[0].split()[1]
    assert said == [f"Open {url}  (Ctrl+C stops)", "Stopped."]
    assert url.startswith("http://127.0.0.1:")
    assert url.endswith("/asgi/shop/")


def test_drafts_are_not_kept(folder: Path) -> None:
    with serve.listen(folder, 0, is_draft=True) as server:
        Thread(target=server.handle_request).start()
        response, _ = fetch(server.server_port, "/asgi/shop/")
    assert response.headers["Cache-Control"] == "no-store"
