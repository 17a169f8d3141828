"""Cookies as the scripts of an app's pages see them."""

from __future__ import annotations

from typing import Any

import pytest
from lab import Notebook, wait_until
from playwright.sync_api import Page, expect
from servers import serve_app

#: Serves an app that sets the cookies in its query, and returns those that it received.
CRUMBS = """
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse
from starlette.routing import Route

def crumbs():
    seen = []

    def setting(response, request):
        for line in request.query_params.getlist("line"):
            response.headers.append("set-cookie", line)
        return response

    async def page(request):
        seen.append(request.headers.get("cookie", ""))
        text = "<!doctype html><title>crumbs</title><script>var first = document.cookie</script>"
        return setting(HTMLResponse(text), request)

    async def echo(request):
        return setting(JSONResponse(request.headers.get("cookie", "")), request)

    async def go(request):
        return setting(RedirectResponse(request.query_params["to"], 302), request)

    async def log(request):
        found, seen[:] = seen[:], []
        return JSONResponse(found)

    return Starlette(routes=[
        Route("/echo", echo, methods=["GET", "POST"]),
        Route("/go", go),
        Route("/log", log),
        Route("/{path:path}", page, methods=["GET", "POST"]),
    ])
"""

#: What the scripts of the tests share.
SHARED = """
const set = line => `?line=${encodeURIComponent(line)}`;
const echo = async (query = '') => (await fetch('echo' + query)).json();
const log = async () => (await fetch('log')).json();
const has = (cookies, pair) => cookies.split('; ').includes(pair);
const error = async promise => promise.then(() => 'none', error => error.name);
"""


def run(page: Page, script: str, arg: object = None) -> Any:
    """Run the body of an async function in a page."""
    return page.evaluate(f"async arg => {{ {SHARED} {script} }}", arg)


def serve(notebook: Notebook, name: str) -> str:
    """Serve an app under ``name``; return its URL."""
    assert notebook.run(f"{CRUMBS}\n%asgi_serve crumbs() --name {name} --open none").error == ""
    return f"{notebook.site}asgi/{name}/"


def cookie(page: Page) -> str:
    """The cookies that scripts of the page see."""
    text: str = page.evaluate("document.cookie")
    return text


#: Scripts that return whether a cookie was lost on the ``i``-th attempt.
WAYS = {
    "set by a response, read when fetch resolves": """
        await fetch('echo' + set(`a=${i}; Path=/`));
        return !has(document.cookie, `a=${i}`);
    """,
    "set by a response, read when XMLHttpRequest has its head": """
        return new Promise(resolve => {
          const xhr = new XMLHttpRequest();
          xhr.onreadystatechange = () => {
            if (xhr.readyState === 2) { resolve(!has(document.cookie, `b=${i}`)); }
          };
          xhr.open('GET', 'echo' + set(`b=${i}; Path=/`));
          xhr.send();
        });
    """,
    "set by a redirect": """
        const response = await fetch(`go${set(`c=${i}; Path=/`)}&to=echo`);
        return !has(document.cookie, `c=${i}`) || !has(await response.json(), `c=${i}`);
    """,
    "written, then read and fetched": """
        document.cookie = `d=${i}`;
        return !has(document.cookie, `d=${i}`) || !has(await echo(), `d=${i}`);
    """,
    "written, then a redirect": """
        document.cookie = `e=${i}`;
        return !has(await (await fetch('go?to=echo')).json(), `e=${i}`);
    """,
    "written and read while the kernel takes it": """
        document.cookie = `f=${i}`;
        for (let turn = 0; turn < 3; turn++) {
          await new Promise(resolve => setTimeout(resolve));
          if (!has(document.cookie, `f=${i}`)) { return true; }
        }
    """,
}

#: The same for ways to load a page.
PAGES = {
    "a frame": "frame.src = url;",
    "a form": """
        const form = document.createElement('form');
        Object.assign(form, {method: 'post', target: frame.name, action: url});
        document.body.append(form);
        form.submit();
        form.remove();
    """,
}

_LOAD = """
    const frame = document.createElement('iframe');
    frame.name = `frame${i}`;
    document.body.append(frame);
    const url = 'inner' + set(`g=${i}; Path=/`);
    document.cookie = `h=${i - 1}`;
    document.cookie = `h=${i}`;
    const loaded = new Promise(resolve => {
      frame.onload = () => frame.contentWindow.location.href !== 'about:blank' && resolve();
    });
    %s
    await loaded;
    const first = frame.contentWindow.first;
    frame.remove();
    return !has((await log()).at(-1), `h=${i}`) || !has(first, `g=${i}`);
"""


def test_no_cookie_is_lost_between_scripts_and_app(notebook: Notebook, tab: Page) -> None:
    tab.goto(serve(notebook, "lossless"))
    ways = [(way, script, 100) for way, script in WAYS.items()]
    ways += [(way, _LOAD % script, 10) for way, script in PAGES.items()]
    for way, script, times in ways:
        losses = run(
            tab,
            f"""
              let losses = 0;
              const isLost = async i => {{ {script} }};
              for (let i = 0; i < arg; i++) {{ losses += await isLost(i) ? 1 : 0; }}
              return losses;
            """,
            times,
        )
        assert (way, losses) == (way, 0)

    # An image's request can overtake a write, but only once.
    run(tab, "document.cookie = 'image=1'")
    seen = """async () => {
      const image = new Image();
      image.src = 'image?' + Math.random();
      await image.decode().catch(() => undefined);
      return (await (await fetch('log')).json()).at(-1).includes('image=1');
    }"""
    wait_until(tab, seen)


@pytest.mark.only("firefox", "Chromium does not pass synchronous requests to a service worker")
def test_synchronous_requests_carry_cookies(notebook: Notebook, tab: Page) -> None:
    tab.goto(serve(notebook, "synchronous"))
    assert run(
        tab,
        """
          document.cookie = 'a=1';
          const xhr = new XMLHttpRequest();
          xhr.open('GET', 'echo' + set('b=2; Path=/'), false);
          xhr.send();
          return [JSON.parse(xhr.responseText), document.cookie];
        """,
    ) == ["a=1", "a=1; b=2"]


def test_document_cookie_follows_the_rules(notebook: Notebook, tab: Page) -> None:
    # The app does not see the site's own cookies.
    notebook.page.evaluate("document.cookie = 'lab=1; path=/'")
    tab.goto(serve(notebook, "rules"))
    assert cookie(tab) == ""

    # HttpOnly: scripts can neither see nor replace it.
    assert run(tab, "await echo(set('secret=1; HttpOnly; Path=/')); return document.cookie") == ""
    assert run(tab, "document.cookie = 'secret=2; path=/'; return echo()") == "secret=1"
    assert cookie(tab) == ""
    run(tab, "document.cookie = 'secret=3; path=/'")  # without a later request
    expect(tab).to_have_title("crumbs")
    wait_until(tab, "async () => document.cookie === ''")

    # Path, relative to the app, and matched with the current URL of the page.
    run(tab, "await echo(set('deep=1; Path=/deep')); await echo(set('all=1; Path=/'))")
    assert cookie(tab) == "all=1"
    run(tab, "history.pushState(null, '', 'deep/er')")
    assert cookie(tab) == "deep=1; all=1"
    run(tab, "document.cookie = 'here=1'; history.pushState(null, '', '..')")
    assert cookie(tab) == "all=1"
    tab.goto(f"{notebook.site}asgi/rules/deep/page")
    assert cookie(tab) == tab.evaluate("first") == "deep=1; here=1; all=1"

    # Deletion from both sides, and expiry.
    tab.goto(f"{notebook.site}asgi/rules/")
    assert run(tab, "await echo(set('all=; Max-Age=0; Path=/')); return document.cookie") == ""
    assert run(
        tab,
        """
          await echo(set('gone=1; Path=/'));
          document.cookie = 'gone=; path=/; expires=Thu, 01 Jan 1970 00:00:00 GMT';
          return [document.cookie, await echo()];
        """,
    ) == ["", "secret=1"]
    assert "brief=1" in run(
        tab, "await echo(set('brief=1; Max-Age=5; Path=/')); return document.cookie"
    )
    wait_until(tab, "async () => document.cookie === ''")
    assert run(tab, "return echo()") == "secret=1"

    # Invalid cookies are ignored, and a document without a frame has none.
    assert run(
        tab,
        """
          document.cookie = 'a=1; domain=example.com';
          document.cookie = '__Host-a=1';
          document.cookie = 'a=1\\u0001';
          document.cookie = 'secure=1; secure';
          const other = document.implementation.createHTMLDocument();
          other.cookie = 'b=1';
          return [document.cookie, other.cookie];
        """,
    ) == ["secure=1", ""]
    assert "lab=1" in cookie(notebook.page)
    assert "secure=1" not in cookie(notebook.page)


def test_pages_see_the_cookies_of_their_app_only(notebook: Notebook, tab: Page) -> None:
    one, other = serve(notebook, "one"), serve(notebook, "other")
    tab.goto(one)
    second = notebook.page.context.new_page()
    second.goto(one)
    stranger = notebook.page.context.new_page()
    stranger.goto(other)

    tab.evaluate("document.cookie = 'written=1; path=/'")
    wait_until(second, "async () => document.cookie === 'written=1'")
    run(second, "await echo(set('answered=2; Path=/'))")
    wait_until(tab, "async () => document.cookie === 'written=1; answered=2'")
    tab.evaluate("document.cookie = 'written=; path=/; max-age=0'")
    wait_until(second, "async () => document.cookie === 'answered=2'")

    # Not even if a request is redirected to the other app.
    assert (
        run(
            tab,
            "document.cookie = 'own=3'; return (await fetch('go?to=' + arg)).json()",
            f"{other}echo",
        )
        == ""
    )
    assert run(stranger, "return [document.cookie, await echo()]") == ["", ""]
    assert cookie(tab) == "answered=2; own=3"

    wait_until(second, "async () => document.cookie === 'answered=2; own=3'")
    # A page restored by the back button catches up; drivers keep no such page, so it is simulated.
    second.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', {persisted: true}))")
    run(tab, "await echo(set('meanwhile=4; Path=/'))")
    assert cookie(second) == "answered=2; own=3"
    second.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    wait_until(second, "async () => document.cookie === 'answered=2; own=3; meanwhile=4'")
    second.close()
    stranger.close()


def test_pages_have_no_cookie_store(notebook: Notebook, tab: Page) -> None:
    # The browser has one, as a page without the page script shows.
    there = "() => [typeof cookieStore, typeof CookieStore, typeof CookieChangeEvent]"
    assert notebook.page.evaluate(there) == ["object", "function", "function"]

    tab.goto(serve(notebook, "storeless"))
    none = [False, "undefined", "undefined", "undefined", "a=1"]
    assert run(
        tab,
        """
          const look = window => window.eval(`[
            'cookieStore' in window, typeof cookieStore, typeof CookieStore,
            typeof CookieChangeEvent, document.cookie
          ]`);
          document.cookie = 'a=1; path=/';
          const frame = document.createElement('iframe');
          const loaded = new Promise(resolve => { frame.onload = resolve; });
          frame.src = 'inner';
          document.body.append(frame);
          await loaded;
          return [look(window), look(frame.contentWindow)];
        """,
    ) == [none, none]


async def anywhere(scope: Any, receive: Any, send: Any) -> None:
    """An app of another origin that allows CORS, and returns the names of the headers it got."""
    names = " ".join(sorted(name.decode() for name, _ in scope["headers"]))
    text = f"{scope['method']} {names}".encode()
    headers = [(b"access-control-allow-origin", b"*"), (b"content-length", b"%d" % len(text))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": text})


def test_fetch_and_xhr_behave_as_before(notebook: Notebook, tab: Page) -> None:
    tab.goto(serve(notebook, "native"))
    plain = notebook.page  # without the page script
    shape = """
      return [fetch.name, fetch.length, /\\[native code\\]/.test(fetch),
        ...['value', 'writable', 'enumerable', 'configurable']
          .map(key => String(Object.getOwnPropertyDescriptor(window, 'fetch')[key])).slice(1),
        new XMLHttpRequest() instanceof XMLHttpRequest, XMLHttpRequest.DONE,
        new XMLHttpRequest().constructor === XMLHttpRequest,
        await error(fetch()), await error(fetch('http://[')), await error(fetch(Symbol())),
        await error(fetch('echo', 5)), await error(fetch('echo', {headers: null})),
        await error(fetch('echo', {body: 'x'})), await error(fetch.call({}, 'echo')),
        await error(fetch('echo', {signal: AbortSignal.abort()}))];
    """
    assert run(tab, shape) == run(plain, shape)

    assert run(
        tab,
        """
          document.cookie = 'a=1';
          const request = new Request('echo', {headers: {'x-own': '1'}});
          const stream = new ReadableStream({
            start: controller => { controller.enqueue(new Uint8Array(9)); controller.close(); }
          });
          const responses = [
            await fetch(request),
            await fetch('echo', new Request('x', {method: 'POST', body: 'x'})),
            await fetch('echo', Object.freeze({method: 'POST', body: new URLSearchParams('x=1')})),
            await fetch('echo', {method: 'POST', body: stream, duplex: 'half'}),
            await fetch.call(null, new URL('echo', location)),
            await fetch('echo', {mode: 'no-cors'}),
          ];
          const texts = await Promise.all(responses.map(response => response.json()));
          const manual = await fetch('go?to=echo', {redirect: 'manual'});
          return [new Set(texts).size, texts[0], [...request.headers], manual.type];
        """,
    ) == [1, "a=1", [["x-own", "1"]], "opaqueredirect"]

    # Another origin gets no cookies and not our header, directly or by a redirect.
    with serve_app(anywhere) as elsewhere:
        for url in (elsewhere, f"go?to={elsewhere}"):
            answer = run(tab, "return (await fetch(arg)).text()", url)
            assert answer.startswith("GET ")
            assert "jupyterlite" not in answer
            assert "cookie" not in answer


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
