"""The cookies of apps, kept in the kernel."""

from __future__ import annotations

from lab import Notebook

LOGIN = """
from typing import Annotated
from fastapi import Cookie, FastAPI, Response

{name} = FastAPI()

@{name}.post("/login")
def login(response: Response, who: str):
    response.set_cookie("who", who, httponly=True, samesite="strict")
    response.set_cookie("theme", "dark", path="/settings", max_age=3600)

@{name}.post("/logout")
def logout(response: Response):
    response.delete_cookie("who")

@{name}.get("/{{path:path}}")
def read(who: Annotated[str, Cookie()] = "nobody", theme: Annotated[str, Cookie()] = "light"):
    return f"{{who}} {{theme}}"

%asgi_serve {name} --open none
"""


def test_login_lasts_until_logout(notebook: Notebook) -> None:
    notebook.run(LOGIN.format(name="club"))
    assert notebook.fetch("asgi/club/").text == '"nobody light"'
    answer = notebook.fetch("asgi/club/login?who=ada", method="POST")
    assert (answer.status, "set-cookie" in answer.headers) == (200, False)
    assert notebook.fetch("asgi/club/").text == '"ada light"'
    assert notebook.fetch("asgi/club/settings/all").text == '"ada dark"'

    tab = notebook.page.context.new_page()
    tab.goto(f"{notebook.site}asgi/club/settings")
    assert tab.text_content("body") == '"ada dark"'
    tab.close()

    notebook.run(LOGIN.format(name="club"))  # replaced, as if a server restarted
    assert notebook.fetch("asgi/club/").text == '"ada light"'
    notebook.fetch("asgi/club/logout", method="POST")
    assert notebook.fetch("asgi/club/").text == '"nobody light"'


def test_apps_do_not_see_each_others_cookies(notebook: Notebook) -> None:
    notebook.run(LOGIN.format(name="club_a"))
    notebook.run(LOGIN.format(name="club_b"))
    notebook.fetch("asgi/club_a/login?who=ada", method="POST")
    assert notebook.fetch("asgi/club_a/").text == '"ada light"'
    assert notebook.fetch("asgi/club_b/").text == '"nobody light"'
