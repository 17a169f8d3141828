"""Bottle, with its example: a form, a template, a signed cookie, a streaming page."""

from __future__ import annotations

import json
import re

import pytest
from claims import Framework
from lab import Notebook
from playwright.sync_api import expect

FRAMEWORK = Framework("Bottle", "bottle", examples=("bottle.ipynb",))


@pytest.mark.works("routes with parameters, SimpleTemplate, `static_file`, JSON from a dict")
def test_pages_link_to_each_other(example: Notebook) -> None:
    page = example.visit("app")
    expect(page.get_by_role("heading")).to_have_css("color", "rgb(0, 128, 128)")
    expect(page.get_by_role("listitem")).to_have_text(
        ["A bottle from Crusoe", "A bottle from the notebook"]
    )
    page.get_by_role("link", name="Crusoe").click()
    expect(page.locator("body")).to_contain_text("Send a ship, please.")
    page.get_by_role("link", name="Back to the shore").click()
    expect(page.get_by_role("heading")).to_have_text("The shore")
    answer = example.fetch("asgi/app/bottles.json")
    assert answer.headers["content-type"] == "application/json"
    assert json.loads(answer.text)["bottles"][0]["who"] == "Crusoe"


@pytest.mark.works("forms, redirects with `get_url`, signed cookies")
def test_form_sets_a_signed_cookie(example: Notebook) -> None:
    page = example.visit("app")
    page.get_by_label("Name").fill("Nausikaa & Söhne")
    page.get_by_label("Message").fill("Ahoi! ⛵")
    page.get_by_role("button", name="Throw it").click()
    expect(page.get_by_role("listitem").last).to_have_text("A bottle from Nausikaa & Söhne")
    expect(page.get_by_label("Name")).to_have_value("Nausikaa & Söhne")
    page.get_by_role("link", name="Söhne").click()
    expect(page.locator("body")).to_contain_text("Ahoi! ⛵")
    assert example.value("bottles.pop()['text']") == "'Ahoi! ⛵'"
    example.page.evaluate("() => { document.cookie = 'who=forged; path=/'; }")
    expect(example.visit("app").get_by_label("Name")).to_have_value("Nausikaa & Söhne")


@pytest.mark.works("custom error pages")
def test_404_has_a_custom_page(example: Notebook) -> None:
    assert example.fetch("asgi/app/bottles/99").status == 404
    page = example.visit("app", "bottles/99")
    expect(page.get_by_role("heading")).to_have_text("Lost at sea")
    expect(page.locator("body")).to_contain_text("The sea has no bottle 99.")


@pytest.mark.works("pages that stream from a generator")
def test_tide_streams_from_a_generator(example: Notebook) -> None:
    chunks = example.chunks("asgi/app/tide")
    assert re.findall("~+", "".join(chunks)) == ["~", "~~~", "~~~~~", "~~~", "~"]
    assert len(chunks) > 2
