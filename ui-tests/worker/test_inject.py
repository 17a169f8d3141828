"""The page script is inserted into an app's pages, and nothing else changes."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from worker.stub import HTML, TEXT, Answer, App, Kernel

#: Records what a page's scripts did, violations of policies, and where our script was.
WATCH = """
window.did = [];
window.violations = [];
window.ours = [];
addEventListener('securitypolicyviolation', event => {
  const blocked = event.blockedURI.split('/').at(-1);
  // The pages have no images, but the browser requests their icon at some point.
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

#: The properties of a page that the script must not change.
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
    """Add these pages to the apps."""
    for app in apps:
        for name, answer in pages.items():
            app.answer_in_turn(f"/{name}", answer)


@pytest.fixture
def tab(kernel: Kernel) -> Iterator[Page]:
    """A tab that records what its pages do."""
    page = kernel.page.context.new_page()
    page.add_init_script(WATCH)
    yield page
    page.close()


def test_page_is_the_same_as_without_the_script(app: App, plain: App, tab: Page) -> None:
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
  // Violations are reported in separate tasks.
  await new Promise(resolve => setTimeout(resolve));
  const {marginLeft, marginTop} = getComputedStyle(document.querySelector('p'));
  return {did, violations: violations.sort(), marginLeft, marginTop};
}"""

#: The hash of the page's first script.
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

#: The indexes of policies that are also tested as report-only, which are handled in the same way: a
#: list, a policy that allows no script, a nonce, a hash.
REPORTED = [0, 2, 8, 10]


def test_script_runs_under_policies_and_changes_nothing_else(
    app: App, plain: App, tab: Page
) -> None:
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


def test_stream_is_shown_as_it_arrives(app: App, tab: Page) -> None:
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

#: Responses to navigations that must not be changed.
UNCHANGED = {
    "xhtml": Answer(
        '<html xmlns="http://www.w3.org/1999/xhtml"><head/><body><p>é</p></body></html>',
        [("content-type", "application/xhtml+xml")],
    ),
    "utf-16": Answer(PAGE.encode("utf-16le"), [("content-type", "text/html; charset=utf-16le")]),
    "marked-utf-16": Answer(PAGE.encode("utf-16"), [HTML]),
    "sandbox": Answer(PAGE, [HTML, ("content-security-policy", "sandbox")]),
}

FETCH_BY_SCRIPT = """async url => {
  const request = new XMLHttpRequest();
  request.open('GET', url);
  request.responseType = 'document';
  const loaded = new Promise(resolve => request.onload = resolve);
  request.send();
  await loaded;
  return [await (await fetch(url)).text(), request.responseXML.scripts.length];
}"""


def test_other_responses_are_not_changed(app: App, plain: App, tab: Page) -> None:
    fill(UNCHANGED, app, plain)
    app.answer("/page", PAGE, [HTML])
    app.answer("/download", PAGE, [HTML, ("content-disposition", 'attachment; filename="a.html"')])
    app.answer("/text", PAGE, [TEXT])
    for name in UNCHANGED:
        tab.goto(f"{plain.url}{name}")
        without = tab.content()
        tab.goto(f"{app.url}{name}")
        expect(tab.locator("p")).to_have_text("é")
        assert (name, tab.content()) == (name, without)
    tab.goto(f"{app.url}text")
    assert tab.text_content("pre") == PAGE

    tab.goto(f"{app.url}page")
    assert len(tab.evaluate("() => ours")) == 1
    assert tab.evaluate(FETCH_BY_SCRIPT, f"{app.url}page") == [PAGE, 0]

    with tab.expect_download() as downloaded:
        tab.evaluate("url => { location.href = url; }", f"{app.url}download")
    assert Path(downloaded.value.path()).read_bytes() == PAGE.encode()


def test_frames_and_responses_to_forms_get_the_script(app: App, plain: App, tab: Page) -> None:
    form = "<!doctype html><form method=post action=answer><button>go</button></form>"
    fill({"form": Answer(form, [HTML]), "answer": Answer(PAGE, [HTML])}, app, plain)
    # In Firefox the init script does not run in the first page of a frame.
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
