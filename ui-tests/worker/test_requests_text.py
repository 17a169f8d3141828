"""Non-ASCII paths, queries, header values and forms, compared with a real server."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from asking import Asker, ask_there
from playwright.sync_api import FilePayload, Page

from worker.asking import AppAsker, ask_here
from worker.stub import App

#: URLs below `to/`, as a page writes them; the browser encodes them.
URLS = [
    "caf\u00e9/\u65e5\u672c",
    "caf%C3%A9/a%2Fb/%E4",
    "line%0Abreak%0D%00",
    "a//b/+c d;e=f&g:h@i",
    '%25/%3F/%23/[x]|^`"<>',
    "query?q=\u00e9&q=%0A+%FF&%2F=\u65e5&=&&a%20b=c d'\"",
    f"long?q={'x%20' * (64 * 1024 // 4)}",
]

#: Header values as bytes: not UTF-8, UTF-8 up to U+00FF, and UTF-8 beyond.
VALUES = {"latin": "\u00e4\u00ff", "utf": "\u00c3\u00a4", "euro": "\u00e2\u0082\u00ac"}

QUOTED = {name: quote(value, encoding="latin-1") for name, value in VALUES.items()}

FILE: FilePayload = {
    "name": "\u00dcber \u65e5\u672c \"'%0A.txt",
    "mimeType": "text/plain",
    "buffer": "\u00e4".encode(),
}

ASK = """async ([urls, values, quoted]) => {
  for (const url of urls) {
    await fetch(`to/${url}`);
  }
  const answers = {};
  for (const [name, value] of Object.entries(values)) {
    const url = `to/${name}?answer=${quoted[name]}`;
    const answer = await fetch(url, {headers: {'x-name': value}});
    answers[name] = answer.headers.get('x-answer');
  }
  const form = new FormData();
  form.append('n\\u00e4me', 'line\\nbreak \\u65e5');
  form.append('f', new File(['\\u00e4'], 'caf\\u00e9 \\u65e5".txt'));
  await fetch('to/form', {method: 'POST', body: form});
  return answers;
}"""


def ask(asker: Asker) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """Make all requests; return those that the app received, and the response header values."""
    page = asker.page
    page.goto(f"{asker.root}page")
    answers: dict[str, str] = page.evaluate(ASK, [URLS, VALUES, QUOTED])
    page.set_input_files("input[type=file]", FILE)
    page.fill("#upload input", "\u00e4 \u65e5")
    asker.leave("() => document.getElementById('upload').submit()", "upload")
    page.goto(f"{asker.root}page")
    for form in ("get", "post"):
        page.fill(f"#{form} input", "\u00e4 \u65e5+&=")
    asker.leave("() => document.getElementById('get').submit()", "get")
    page.goto(f"{asker.root}page")
    page.fill("#post input", "\u00e4 \u65e5+&=")
    asker.leave("() => document.getElementById('post').submit()", "post")
    return list(asker.seen().values()), answers


def content_of(request: dict[str, Any]) -> dict[str, str]:
    """The target and the body of a request, with a fixed multipart boundary."""
    _, _, boundary = dict(request["headers"]).get("content-type", "").partition("boundary=")
    body = request["body"].replace(boundary, "BOUNDARY") if boundary else request["body"]
    return {name: request[name] for name in ("path", "raw_path", "query")} | {"body": body}


def test_non_ascii_text_is_the_same_as_for_a_server(app: App, tab: Page, engine: str) -> None:
    asker = AppAsker(tab, app.url, app)
    ask_here(asker, *(f"to/{name}?answer={value}" for name, value in QUOTED.items()))
    here, answers = ask(asker)
    with ask_there(app.root, tab) as other:
        there, expected = ask(other)
    assert [content_of(request) for request in here] == [content_of(request) for request in there]
    bodies = [request["body"].encode("latin-1").decode() for request in here if request["body"]]
    assert len(bodies) == 3
    assert "line\r\nbreak \u65e5" in bodies[0]
    assert 'filename="\u00dcber \u65e5\u672c %22\'%0A.txt"' in bodies[1]

    values = {r["key"]: dict(r["headers"]).get("x-name") for r in here if r["key"] in VALUES}
    assert {r["key"]: dict(r["headers"])["x-name"] for r in there if r["key"] in VALUES} == VALUES
    assert expected == VALUES
    if engine == "firefox":
        assert (values, answers) == (VALUES, VALUES)
    else:  # Chromium converts header values to UTF-8 on their way through a service worker
        assert values == VALUES | {"latin": ""}
        twice = {name: VALUES[name].encode().decode("latin-1") for name in ("latin", "euro")}
        assert answers == VALUES | twice
