"""The patches for Microdot.

Each test first shows the failure without the patch; if that passes, the patch is obsolete.
"""

from __future__ import annotations

import pytest

from .support.scripts import CALL, CAUGHT
from .unpatched import complaint, python

MICRODOT = (
    CALL
    + """
from microdot.KIND import Microdot
from jupyterlite_asgi.serving.app_type import as_asgi

app = Microdot()

@app.route("/plants/<name>")
def plant(request, name):
    return f"{name} {request.path} {request.args}"

main = MAIN
for root in ("/demo/asgi/app", "/d%C3%A9mo/asgi/app", ""):
    status, body = main(root)
    assert status == 200, body
    print(body)
"""
)

#: Without threads, a WSGI app of Microdot runs a loop of its own, in which ours cannot run.
RUN = {
    "asgi": 'lambda root: run(call(as_asgi(app, "app"), "/plants/oak", root))',
    "wsgi": """lambda root: call_wsgi(unquote(root).encode().decode("latin-1"))

def call_wsgi(root):
    answer = []
    environ = {
        "asgi.scope": {"root_path": root.encode("latin-1").decode()}, "SCRIPT_NAME": root,
        "PATH_INFO": "/plants/oak", "QUERY_STRING": "_facet=kind", "REQUEST_METHOD": "GET",
        "REMOTE_ADDR": "127.0.0.1", "SERVER_PROTOCOL": "HTTP/1.1", "wsgi.input": None,
    }
    parts = app(environ, lambda status, headers: answer.append(int(status[:3])))
    return answer[0], b"".join(parts).decode()
""",
}


@pytest.mark.parametrize("kind", RUN)
def test_microdot(kind: str) -> None:
    script = MICRODOT.replace("KIND", kind).replace("MAIN", RUN[kind])
    assert "AssertionError: Not found" in complaint(script)
    assert python(script).splitlines() == ["oak /plants/oak {'_facet': ['kind']}"] * 3


def test_run_suggests_the_magic() -> None:
    script = f"{CAUGHT}from microdot.asgi import Microdot; show(Microdot().run)"
    assert "write `%asgi_serve app` instead" in python(script)
