"""The page script in an app's pages: where it goes, and that nothing else changes."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from worker.stub import HTML, TEXT, Answer, App, Kernel

#: What a page's scripts did, what the browser's policies said of it, and where ours was.
WATCH = """
window.did = [];
window.violations = [];
window.ours = [];
addEventListener('securitypolicyviolation', event => {
  const blocked = event.blockedURI.split('/').at(-1);
  // The pages have no image: the browser looks for their icon, sooner or later.
  if (event.effectiveDirective !== 'img-src') {
    violations.push(`${event.disposition} ${event.effectiveDirective} ${blocked}`);
  }
}, true);
new MutationObserver(records => {
  for (const {removedNodes, target} of records) {
    for (const node of removedNodes) {
      if (node.localName === 'script' && node.dataset.root) {
        ours.push([target.localName, node.dataset.base, node.dataset.root]);
      }
    }
  }
}).observe(document, {childList: true, subtree: true});
"""

#: What is to be the same with the script and without it.
TREE = """() => ({
  mode: document.compatMode,
  charset: document.characterSet,
  nodes: [...document.childNodes].map(node => node.nodeName),
  tree: document.documentElement.outerHTML,
})"""

DOCUMENTS = {
    "usual": '<!doctype html>\n<html lang="en">\n<head id="a" class="b>c">\n<title>t</title>\n'
    "</head>\n<body class=d>\n<p>é</p>\n</body>\n</html>\n",
    "no-doctype": "<html><head><title>t</title></head><body><p>é</p></body></html>",
    "old-doctype": '<!DOCTYPE html PUBLIC "-//W3C//DTD HTML 4.01 Transitional//EN" '
    '"http://www.w3.org/TR/html4/loose.dtd"><title>t</title><p>é',
    "xml": '\ufeff<?xml version="1.0"?>\n<!-- <head> -->\n<!doctype html><html lang="de"><head/>é',
    "no-head": "<!doctype html><!-- a --><html lang=de>\n<body class=d><p>é",
    "header": "<!doctype html><header>é</header>",
    "template": "<!doctype html><template><head id=a></template>é",
    "frames": "<!doctype html><html><frameset></frameset></html>",
    "text": "  é <head id=a>",
    "end-tags": "</p></head><head id=a>é",
    "long-comment": f"<!doctype html><!--{'- ' * 40_000}--><html><head id=a>é",
    "meta": "<head><title>t</title><meta charset=koi8-r></head>я",
    "empty": "",
}


def cut(content: bytes, size: int) -> list[bytes]:
    """The content in chunks of that size."""
    return [content[at : at + size] for at in range(0, len(content), size)] or [b""]


def fill(pages: dict[str, Answer], *apps: App) -> None:
    """Let the apps have these pages."""
    for app in apps:
        for name, answer in pages.items():
            app.answer_in_turn(f"/{name}", answer)


@pytest.fixture
def tab(kernel: Kernel) -> Iterator[Page]:
    """A tab whose pages are watched."""
    page = kernel.page.context.new_page()
    page.add_init_script(WATCH)
    yield page
    page.close()


def test_a_page_is_as_it_is_without_the_script(app: App, plain: App, tab: Page) -> None:
    pages: dict[str, Answer] = {}
    for name, text in DOCUMENTS.items():
        content = text.encode("koi8-r" if name == "meta" else "utf-8")
        headers = [("content-type", "text/html")] if name == "meta" else [HTML]
        bits = cut(content, 5 if len(content) < 1000 else 10_000)
        pages[name] = Answer(content, headers)
        pages[f"{name}-in-bits"] = Answer(bits, headers)
    fill(pages, app, plain)
    for name in pages:
        tab.goto(f"{plain.url}{name}")
        without = tab.evaluate(TREE)
        assert tab.evaluate("() => ours") == []
        tab.goto(f"{app.url}{name}")
        assert (name, tab.evaluate(TREE)) == (name, without)
        assert (name, tab.evaluate("() => ours")) == (name, [["head", app.base, app.root]])


#: A page with all kinds of scripts and styles of its own.
BUSY = """<!doctype html><html><head><meta charset="utf-8">
<script>did.push('inline')</script>
<script nonce="abc">did.push('nonce')</script>
<script nonce="abc" src="own.js"></script>
<script src="own.js"></script>
<script nonce="abc" src="evaluates.js"></script>
<style>p { margin-left: 7px }</style>
</head><body onload="did.push('handler')"><p style="margin-top: 9px">text</p></body></html>"""

SCRIPTS = {
    "own.js": "did.push('own')",
    "evaluates.js": "try { eval('did.push(\"evaluated\")'); } catch { did.push('not evaluated'); }",
}

DID = """async () => {
  // Violations are told of in tasks of their own.
  await new Promise(resolve => setTimeout(resolve));
  const {marginLeft, marginTop} = getComputedStyle(document.querySelector('p'));
  return {did, violations: violations.sort(), marginLeft, marginTop};
}"""

#: The hash of what the first script of the page is.
OWN_HASH = base64.b64encode(hashlib.sha256(b"did.push('inline')").digest()).decode()

POLICIES = [
    "default-src 'self'",
    "default-src 'self' 'unsafe-inline'",
    "default-src 'none'",
    "default-src 'none'; style-src 'unsafe-inline'; connect-src 'self'",
    "default-src 'self' 'unsafe-inline' 'strict-dynamic'",
    "script-src 'none'",
    "script-src 'self'; style-src 'self'",
    "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
    "script-src 'nonce-abc'",
    "script-src 'nonce-abc' 'strict-dynamic' 'unsafe-inline' https:",
    f"script-src 'unsafe-inline' 'sha256-{OWN_HASH}'",
    "script-src 'strict-dynamic' 'unsafe-eval'",
    "script-src-elem 'self'; script-src 'unsafe-inline'",
    "script-src 'self'; script-src-elem 'unsafe-inline'; script-src-attr 'none'",
    "script-src 'self'; script-src-attr 'unsafe-inline'",
    "script-src 'nonce-abc', default-src 'self'",
    "script-src 'nonce-abc', script-src 'nonce-def' 'self'",
    "require-trusted-types-for 'script'; trusted-types 'none'; script-src 'self' 'unsafe-inline'",
    "sandbox allow-scripts allow-same-origin; script-src 'self'",
]

#: The numbers of those that are tried where they only report, too, for the same is done for both: a
#: list, one that lets nothing run, a nonce, a hash.
REPORTED = [0, 2, 8, 10]


def test_it_runs_under_policies_and_changes_nothing_else(app: App, plain: App, tab: Page) -> None:
    policies = {f"{number}": policy for number, policy in enumerate(POLICIES)}
    policies |= {f"report-only{number}": POLICIES[number] for number in REPORTED}
    pages: dict[str, Answer] = {}
    for name, policy in policies.items():
        header = "content-security-policy" + ("-report-only" if "report" in name else "")
        pages[name] = Answer(BUSY, [HTML, (header, policy)])
    for name, script in SCRIPTS.items():
        pages[name] = Answer(script, [("content-type", "text/javascript")])
    fill(pages, app, plain)
    for name, policy in policies.items():
        case = name, policy
        tab.goto(f"{plain.url}{name}")
        without = tab.evaluate(DID)
        tab.goto(f"{app.url}{name}")
        assert (case, tab.evaluate(DID)) == (case, without)
        assert (case, len(tab.evaluate("() => ours"))) == (case, 1)


def test_a_stream_is_shown_as_it_comes(app: App, tab: Page) -> None:
    chunks = [
        "<!doc",
        "type html><he",
        'ad id="a">',
        "<title>t</title><p id=first>é",
        None,
        "<p id=last>",
    ]
    app.answer("/", chunks, [HTML])
    tab.goto(app.url, wait_until="commit")
    expect(tab.locator("#first")).to_have_text("é")
    expect(tab.locator("#last")).to_have_count(0)
    assert tab.evaluate("() => [document.readyState, document.head.id]") == ["loading", "a"]
    assert len(tab.evaluate("() => ours")) == 1
    app.release()
    expect(tab.locator("#last")).to_have_count(1)


PAGE = "<!doctype html><head><title>t</title></head><body><p>é</p></body>"

#: What a navigation leads to that is to stay as it is: headers, and content.
AS_IT_IS = {
    "xhtml": Answer(
        '<html xmlns="http://www.w3.org/1999/xhtml"><head/><body><p>é</p></body></html>',
        [("content-type", "application/xhtml+xml")],
    ),
    "utf-16": Answer(PAGE.encode("utf-16le"), [("content-type", "text/html; charset=utf-16le")]),
    "marked-utf-16": Answer(PAGE.encode("utf-16"), [HTML]),
    "sandbox": Answer(PAGE, [HTML, ("content-security-policy", "sandbox")]),
}

ASKED_FOR_BY_SCRIPTS = """async url => {
  const request = new XMLHttpRequest();
  request.open('GET', url);
  request.responseType = 'document';
  const loaded = new Promise(resolve => request.onload = resolve);
  request.send();
  await loaded;
  return [await (await fetch(url)).text(), request.responseXML.scripts.length];
}"""


def test_what_is_no_page_to_be_shown_stays_as_it_is(app: App, plain: App, tab: Page) -> None:
    fill(AS_IT_IS, app, plain)
    app.answer("/page", PAGE, [HTML])
    app.answer("/download", PAGE, [HTML, ("content-disposition", 'attachment; filename="a.html"')])
    app.answer("/text", PAGE, [TEXT])
    for name in AS_IT_IS:
        tab.goto(f"{plain.url}{name}")
        without = tab.content()
        tab.goto(f"{app.url}{name}")
        expect(tab.locator("p")).to_have_text("é")
        assert (name, tab.content()) == (name, without)
    tab.goto(f"{app.url}text")
    assert tab.text_content("pre") == PAGE

    tab.goto(f"{app.url}page")
    assert len(tab.evaluate("() => ours")) == 1
    assert tab.evaluate(ASKED_FOR_BY_SCRIPTS, f"{app.url}page") == [PAGE, 0]

    with tab.expect_download() as downloaded:
        tab.evaluate("url => { location.href = url; }", f"{app.url}download")
    assert Path(downloaded.value.path()).read_bytes() == PAGE.encode()


def test_frames_and_answers_to_forms_get_it(app: App, plain: App, tab: Page) -> None:
    form = "<!doctype html><form method=post action=answer><button>go</button></form>"
    fill({"form": Answer(form, [HTML]), "answer": Answer(PAGE, [HTML])}, app, plain)
    # Firefox does not watch the first page of a frame.
    outer = f"<iframe src={plain.url}form></iframe>"
    tab.goto(f"{plain.url}answer")
    tab.evaluate("html => { document.body.innerHTML = html; }", outer)
    expect(tab.frame_locator("iframe").locator("button")).to_be_visible()
    frame = tab.frames[1]
    frame.wait_for_load_state()
    frame.goto(f"{app.url}form")
    assert len(frame.evaluate("() => ours")) == 1
    frame.locator("button").click()
    expect(frame.locator("p")).to_have_text("é")
    assert len(frame.evaluate("() => ours")) == 1
    assert tab.evaluate("() => ours") == []
