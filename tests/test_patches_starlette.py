"""The patch for Starlette's forms.

Each test first shows the failure without the patch; if that passes, the patch is obsolete.
"""

from __future__ import annotations

from .support.scripts import CALL
from .unpatched import complaint, python

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


def test_forms_of_starlette() -> None:
    needed = "The `python-multipart` library must be installed to use form parsing."
    assert f"AssertionError: {needed}" in complaint(FORMS)
    assert python(FORMS).splitlines() == [
        needed,
        "200 [('a', '1')]",
        "200 [('b', '2')]",
        "400 Invalid multipart data.",
    ]
