from __future__ import annotations

from jupyterlite_asgi.build.apps.pages import (
    AppPage,
    list_page,
    list_parts,
    not_found_page,
    shell_page,
)

HOSTILE = AppPage("shop", "</script><b>&\"'", 'z"<.png', "static/shell.js")


def test_title_cannot_leave_its_place() -> None:
    for page in (shell_page(*HOSTILE), not_found_page([HOSTILE]), list_page([HOSTILE])):
        assert "<b>" not in page
        assert 'z"' not in page


def test_picture_cannot_leave_its_place() -> None:
    page = list_page([AppPage("shop", "Shop", "z')\"<.png")])
    assert "url('../z%27%29%22%3C.png')" in page


def test_shell_page_shows_the_title_without_scripts() -> None:
    page = shell_page("shop", "Shop", "", "static/shell.js")
    start = page.partition("<script>")[0]
    assert '<h1 id="title">Shop</h1>' in start
    assert "Loading…" in start
    assert "<noscript>" in start


def test_list_has_relative_links() -> None:
    page = list_page([AppPage("shop", "Shop", "shop icon.png")])
    picture = """<span style="background-image: url('../shop%20icon.png')"></span>"""
    assert f'<a href="shop/">{picture}Shop</a>' in page
    assert "<script" not in page


def test_list_is_ordered_by_title() -> None:
    apps = [AppPage("a", "zoo", ""), AppPage("2", "Shop", ""), AppPage("1", "shop", "")]
    assert [name for name, _ in list_parts(apps).links] == ["1", "2", "a"]


def test_list_links_to_jupyterlab_where_it_is() -> None:
    apps = [AppPage("shop", "Shop", "")]
    assert '<a href="../lab/index.html">Open JupyterLab</a>' in list_page(apps, "lab/index.html")
    assert "JupyterLab" not in list_page(apps)
