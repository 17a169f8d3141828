"""No cookie is lost between the scripts of a page and its app."""

from __future__ import annotations

import pytest
from crumbs import run, serve
from lab import Notebook, wait_until
from playwright.sync_api import Page

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
