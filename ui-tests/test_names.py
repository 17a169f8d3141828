"""Two tabs that serve apps under the same name."""

from __future__ import annotations

import pytest
from apps import plain
from faults import Fault
from lab import Notebook
from playwright.sync_api import expect


def test_name_in_use_by_another_tab_gets_a_number(notebook: Notebook, neighbour: Notebook) -> None:
    notebook.run(plain("shared", "first") + "%asgi_serve shared")
    outputs = neighbour.run(plain("shared", "second") + "%asgi_serve shared")
    assert outputs.text.startswith(
        "'shared' is served from another notebook, so this app is 'shared-2'; "
        "to take the name over, add --replace.\n"
    )
    assert notebook.fetch("asgi/shared/").text == "first"
    assert notebook.fetch("asgi/shared-2/").text == "second"
    expect(neighbour.frame("shared-2").locator("body")).to_have_text("second")


@pytest.mark.fault("Another notebook takes the name over")
def test_name_is_taken_over(notebook: Notebook, neighbour: Notebook, fault: Fault) -> None:
    notebook.run(plain("wanted", "first") + "server = %asgi_serve wanted")
    expect(notebook.frame("wanted").locator("body")).to_have_text("first")
    assert neighbour.run(plain("wanted", "second") + "%asgi_serve wanted --replace").error == ""
    expect(neighbour.frame("wanted").locator("body")).to_have_text("second")
    assert notebook.fetch("asgi/wanted/").text == "second"

    panel = notebook.panel("wanted")
    expect(panel).to_contain_text(fault.sentence, timeout=fault.milliseconds)
    expect(panel.locator("iframe")).to_be_hidden()
    assert notebook.value("server.state") == "'taken'"
    assert "wanted" not in notebook.run("%asgi_list").text

    assert notebook.run("%asgi_serve wanted --replace").error == ""
    expect(notebook.frame("wanted").locator("body")).to_have_text("first")
    expect(panel).not_to_contain_text("Another notebook")
    assert neighbour.fetch("asgi/wanted/").text == "first"


HAMMER = """url => {
  window.answers = {};
  window.hammering = true;
  const knock = async () => {
    while (window.hammering) {
      const response = await fetch(url);
      const answer = `${response.status} ${await response.text()}`;
      window.answers[answer] = (window.answers[answer] ?? 0) + 1;
    }
  };
  window.hammers = Promise.all([knock(), knock(), knock(), knock()]);
}"""

STOP_HAMMERING = """async () => {
  window.hammering = false;
  await window.hammers;
  return window.answers;
}"""


def test_no_request_is_lost_while_an_app_is_replaced(notebook: Notebook) -> None:
    notebook.run(plain("steadfast") + "%asgi_serve steadfast --open none")
    notebook.page.evaluate(HAMMER, f"{notebook.site}asgi/steadfast/")
    for _ in range(10):
        notebook.run("%asgi_serve steadfast --open none")
    answers = notebook.page.evaluate(STOP_HAMMERING)
    assert list(answers) == ["200 hello"]
    assert answers["200 hello"] > 50


COUNTER = """
import time
runs = 0

async def counted(scope, receive, send):
    global runs
    assert scope["type"] == "http"
    runs += 1
    await send({"type": "http.response.start", "status": 200})
    await send({"type": "http.response.body", "body": b"counted"})

"""

#: Long enough for another notebook to take the name, also on a machine that is busy.
BUSY = """
print("busy")
end = time.monotonic() + 15
while time.monotonic() < end: pass
"""


def test_kernel_that_was_busy_runs_no_request_for_a_name_that_it_has_lost(
    notebook: Notebook, neighbour: Notebook
) -> None:
    notebook.run(COUNTER + "%asgi_serve counted --open none")
    neighbour.run(COUNTER)
    cell = notebook.start(BUSY)
    notebook.wait_for_text(cell, "busy")
    neighbour.page.evaluate(
        "url => { void fetch(url, {method: 'POST'}); }", f"{notebook.site}asgi/counted/"
    )
    assert neighbour.run("%asgi_serve counted --replace --open none").error == ""
    for _ in range(3):
        assert neighbour.fetch("asgi/counted/", method="POST").text == "counted"
    notebook.finish(cell)
    assert notebook.value("runs") == "0"
    assert neighbour.value("runs") == "3"
