"""``document.cookie`` of an app's pages: what it shows, and to whom."""

from __future__ import annotations

from crumbs import cookie, run, serve
from lab import Notebook, wait_until
from playwright.sync_api import Page, expect


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
