"""A login with a session and CSRF protection."""

from __future__ import annotations

from lab import Notebook
from playwright.sync_api import expect

#: Serves an app with a login, a session and Django's kind of CSRF protection.
LOGIN = """
import hashlib, hmac, secrets
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse
from starlette.routing import Route

_KEY = secrets.token_bytes()

def _sign(name):
    return f"{name}.{hmac.new(_KEY, name.encode(), hashlib.sha256).hexdigest()}"

def _who(request):
    name = request.cookies.get("session", "").partition(".")[0]
    return name if hmac.compare_digest(request.cookies.get("session", ""), _sign(name)) else None

def _is_forged(request, token):
    return not token or token != request.cookies.get("csrftoken")

_FORM = '''<form method="post" action="login">
  <input name="name"><input type="hidden" name="token">
</form>'''
_ASK = '<button>Ask</button><output></output>'
_PAGE = '''<!doctype html><title>login</title><h1>{who}</h1>{body}
<script>
  const token = document.cookie.match(/csrftoken=([^;]*)/)[1];
  document.querySelector('[name=token]')?.setAttribute('value', token);
  document.querySelector('button')?.addEventListener('click', async () => {{
    const response = await fetch('ask', {{method: 'POST', headers: {{'X-CSRFToken': token}}}});
    document.querySelector('output').value = response.status + ' ' + await response.text();
  }});
</script>'''

async def _home(request):
    who = _who(request)
    response = HTMLResponse(_PAGE.format(who=who or "nobody", body=_ASK if who else _FORM))
    if "csrftoken" not in request.cookies:
        response.set_cookie("csrftoken", secrets.token_hex(), max_age=3600, samesite="lax")
    return response

async def _login(request):
    form = await request.form()
    if _is_forged(request, form["token"]):
        return HTMLResponse("forged", 403)
    response = RedirectResponse(".", 303)
    response.set_cookie("session", _sign(form["name"]), httponly=True, samesite="strict", path="/")
    return response

async def _ask(request):
    if _is_forged(request, request.headers.get("x-csrftoken")):
        return HTMLResponse("forged", 403)
    return HTMLResponse(f"hello {_who(request)}")

club = Starlette(routes=[
    Route("/", _home),
    Route("/login", _login, methods=["POST"]),
    Route("/ask", _ask, methods=["POST"]),
])
%asgi_serve club
"""


def test_login_with_csrf_protection_works_in_the_panel(notebook: Notebook) -> None:
    assert notebook.run(LOGIN).error == ""
    page = notebook.frame("club")
    expect(page.locator("h1")).to_have_text("nobody")
    page.locator("[name=name]").fill("ada")
    page.locator("[name=name]").press("Enter")
    expect(page.locator("h1")).to_have_text("ada")
    page.locator("button").click()
    expect(page.locator("output")).to_have_text("200 hello ada")
    seen = page.locator("body").evaluate("() => document.cookie")
    assert seen.startswith("csrftoken=")
    assert "session" not in seen
    # A request without the token is refused.
    assert notebook.fetch("asgi/club/ask", method="POST").status == 403
