"""The static pages of published apps: their shells, the page for unknown addresses, the list."""

from __future__ import annotations

import json
from collections.abc import Sequence
from html import escape
from typing import NamedTuple
from urllib.parse import quote

from ..cdn.files import FOLDER


class AppPage(NamedTuple):
    """What the pages say of a published app; paths are relative to the site."""

    name: str
    title: str
    #: The path of a picture, or empty.
    icon: str
    #: The path of the shell's script, which lists need not know.
    shell_url: str = ""


class ListParts(NamedTuple):
    """The list of published apps; the service worker adds the apps that notebooks serve."""

    head: str
    #: The names of the apps and the HTML of the links to them, for an item each.
    links: list[tuple[str, str]]
    tail: str


_STYLES = """
  :root { color-scheme: light dark; --accent: #0b6bcb; font: 16px/1.5 system-ui, sans-serif; }
  @media (prefers-color-scheme: dark) { :root { --accent: #6cb6ff; } }
  [hidden] { display: none; }
  body { margin: 0; }
  main { box-sizing: border-box; margin: 0 auto; max-width: 40rem; padding: 2rem 1rem; }
  h1 { font-size: 1.25rem; overflow-wrap: anywhere; }
"""

#: What a fast start never shows, lest it flash.
_LATE = """
  #screen main { animation: appear .2s .3s both; }
  @keyframes appear { from { opacity: 0; } }
"""

#: A link fills its item, whose note, if there is one, is the service worker's. Pictures are in the
#: background, where nothing shows that one is missing, as without a network.
_LIST = """
  main { max-width: 60rem; }
  ul { display: grid; grid-template-columns: repeat(auto-fill, minmax(9rem, 1fr)); gap: 1rem;
    padding: 0; list-style: none; }
  li { position: relative; padding: 1rem; border: 1px solid; border-radius: 8px;
    text-align: center; overflow-wrap: anywhere; }
  li a { color: inherit; outline: none; text-decoration: none; }
  li a::after { position: absolute; inset: -1px; border-radius: 8px; content: ''; }
  li a:hover::after, li a:focus-visible::after { outline: 2px solid var(--accent); }
  li span { display: block; width: 4rem; height: 4rem; margin: 0 auto .5rem;
    background: center / contain no-repeat; font-size: 2.5rem; }
  li small { display: block; margin-top: .25rem; }
"""

#: Finds the site's path, as the page is served at any depth, and starts the shell. The URL of the
#: script has the origin, without which a path that begins with two slashes would name a host.
_SCRIPT = """
{
  const { apps, folder } = %s;
  const parts = location.pathname.split('/');
  const at = parts.findIndex((part, i) => part === 'asgi' && Object.hasOwn(apps, parts[i + 1]));
  const find = id => document.getElementById(id);
  if (at > 0) {
    const name = parts[at + 1];
    const { title, icon, shell } = apps[name];
    const base = parts.slice(0, at).join('/') + '/';
    const site = location.origin + base;
    find('start').hidden = false;
    find('missing')?.remove();
    document.title = find('title').textContent = title;
    if (icon) {
      document.querySelector('link[rel=icon]').href = site + icon;
    }
    if (parts.length === at + 2) {
      location.replace(location.origin + location.pathname + '/' + location.search + location.hash);
    } else {
      const page = globalThis.jupyterliteAsgiShell = { base, name, title, isRenewed: false };
      import(site + shell).catch(() => {
        page.isRenewed = true; // past a copy that may be damaged
        return import(site + shell + '?' + Date.now());
      }).catch(error => {
        find('status').textContent = error instanceof SyntaxError
          ? 'This browser is too old to run the app: use Chrome or Edge 120, Firefox 119, ' +
            'Safari 17, or a later version.'
          : 'A part of this page could not be loaded: check the network, then reload it.';
      });
    }
  } else if (find('list')) {
    offerList();
  }

  // The site is the nearest folder above this address that has one of the apps.
  async function offerList() {
    const [name] = Object.keys(apps);
    for (let depth = parts.length - 1; depth > 0; depth--) {
      const site = location.origin + parts.slice(0, depth).join('/') + '/';
      const response = await fetch(site + folder + '/' + name + '.json').catch(() => null);
      const manifest = await response?.json().catch(() => null);
      if (manifest?.name === name) {
        find('list').firstChild.href = site + 'asgi/';
        find('list').hidden = false;
        return;
      }
    }
  }
}
"""

_NOSCRIPT = "<noscript><p>The app runs in this browser, which needs JavaScript.</p></noscript>"


def shell_page(name: str, title: str, icon: str, shell_url: str) -> str:
    """Return the page of a published app, which works at any address below the app's."""
    start = f"""<div id="start">
<h1 id="title">{escape(title)}</h1>
<p id="status">Loading…</p>
{_NOSCRIPT}
</div>"""
    return _start_page(title, start, [AppPage(name, title, icon, shell_url)])


def not_found_page(apps: Sequence[AppPage]) -> str:
    """Return ``404.html``, which is an app's shell at addresses below a published app's."""
    title = "There is no page at this address"
    body = f"""<div id="start" hidden>
<h1 id="title"></h1>
<p id="status">Loading…</p>
</div>
<div id="missing">
<h1>{title}</h1>
<p id="list" hidden><a href="">See the apps of this site</a></p>
</div>"""
    return _start_page(title, body, apps)


def list_page(apps: Sequence[AppPage], lab: str = "") -> str:
    """Return the list of published apps, for ``asgi/index.html``; it needs no scripts.

    ``lab`` is the path of JupyterLab's page within the site, if that has one.
    """
    head, links, tail = list_parts(apps, lab)
    return head + "".join(f"<li>{link}</li>\n" for _, link in links) + tail


def list_parts(apps: Sequence[AppPage], lab: str = "") -> ListParts:
    """Return the parts of ``list_page()``, with the apps ordered by title."""
    title = "Apps on this site"
    to_lab = f'<p><a href="../{escape(lab)}">Open JupyterLab</a></p>\n' if lab else ""
    body = f"<main>\n<h1>{title}</h1>\n<ul>\n</ul>\n{to_lab}</main>\n"
    head, end, tail = _page(title, _STYLES + _LIST, body).partition("</ul>\n")
    ordered = sorted(apps, key=lambda app: (app.title.casefold(), app.name))
    return ListParts(head, [(app.name, _link(app)) for app in ordered], end + tail)


def _link(app: AppPage) -> str:
    picture = (
        f"<span style=\"background-image: url('../{quote(app.icon)}')\"></span>"
        if app.icon
        else f'<span aria-hidden="true">{escape(app.title[:1])}</span>'
    )
    return f'<a href="{escape(quote(app.name))}/">{picture}{escape(app.title)}</a>'


def _start_page(title: str, start: str, apps: Sequence[AppPage]) -> str:
    table = {
        app.name: {"title": app.title, "icon": quote(app.icon), "shell": quote(app.shell_url)}
        for app in apps
    }
    data = json.dumps({"apps": table, "folder": FOLDER}).replace("<", "\\u003c")
    script = _SCRIPT.replace("%s", data)
    body = f'<div id="screen">\n<main>\n{start}\n</main>\n</div>\n<script>{script}</script>\n'
    return _page(title, _STYLES + _LATE, body)


def _page(title: str, styles: str, body: str) -> str:
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="theme-color" content="#ffffff" media="(prefers-color-scheme: light)">
<meta name="theme-color" content="#121212" media="(prefers-color-scheme: dark)">
<title>{escape(title)}</title>
<link rel="icon" href="data:,">
<style>{styles}</style>
</head>
<body>
{body}</body>
</html>
"""
