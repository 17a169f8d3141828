"""``jupyter asgi publish``."""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from jupyterlite_asgi import cli
from jupyterlite_asgi.build.apps import serve
from jupyterlite_asgi.build.apps.declaration import PublishedApp
from jupyterlite_asgi.build.errors import BuildError

from .support import notebook, write

APP = "import fastapi\napp = fastapi.FastAPI()\ndef create_app(): ...\n"


class Site:
    """Runs the command, and records what it would publish."""

    def __init__(self) -> None:
        self.apps: list[PublishedApp] = []
        self.said: list[str] = []
        self.dest = Path()
        self.wheels: list[Path] = []
        self.without: list[str] = []

    def __call__(self, *argv: str) -> int:
        return cli.main(["publish", *argv], self.publish, self.said.append)

    def publish(
        self,
        apps: Sequence[PublishedApp],
        dest: Path,
        say: Callable[[str], None],
        *,
        wheels: Sequence[Path],
        without: Sequence[str],
    ) -> None:
        self.apps, self.dest = list(apps), dest
        self.wheels, self.without = [*wheels], [*without]
        say("published")


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    write(
        tmp_path,
        {"here/shop.py": APP, "here/templates/x.html": "", "static/x.css": "", "my shop.py": APP},
    )
    return Site()


def test_one_file_needs_no_options(site: Site, tmp_path: Path) -> None:
    assert site("shop.py") == 0
    (app,) = site.apps
    assert (app.name, app.title, app.expression) == ("shop", "Shop", "app")
    assert app.requirements == ("fastapi",)
    assert app.files == ((tmp_path / "here/shop.py", "shop.py"),)
    assert site.dest == Path("dist")
    assert site.said == [
        "published",
        "asgi/shop/ is in dist: put that folder on any static host, or add --serve.",
    ]


def test_options_describe_the_app(site: Site, tmp_path: Path) -> None:
    write(tmp_path, {"here/more.txt": "jinja2\n"})
    options = ["--name", "my-shop", "--title", "The shop", "--output", "out"]
    lists = ["--requirements", "fastapi", "-r more.txt", "--files", "templates", "../static"]
    assert site("shop.py:create_app()", *options, *lists) == 0
    (app,) = site.apps
    assert (app.name, app.title, app.expression) == ("my-shop", "The shop", "create_app()")
    assert app.requirements == ("fastapi", "jinja2")
    assert [target for _, target in app.files] == ["shop.py", "static/x.css", "templates/x.html"]
    assert site.dest == Path("out")


def test_options_say_where_packages_come_from(
    site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path, {"kits/kit-1-py3-none-any.whl": "", "one-1-py3-none-any.whl": ""})
    wheels = ["--wheels", "../kits", "../one-1-py3-none-any.whl"]
    assert site("shop.py", *wheels, "--without", "psycopg2", "lxml") == 0
    assert [path.name for path in site.wheels] == [
        "kit-1-py3-none-any.whl",
        "one-1-py3-none-any.whl",
    ]
    assert site.without == ["psycopg2", "lxml"]
    assert site("shop.py", "--wheels", "nowhere") == 1
    assert "There is no wheel at nowhere" in capsys.readouterr().err


def test_file_may_be_elsewhere(site: Site, tmp_path: Path) -> None:
    write(tmp_path, {"there/shop.py": APP})
    assert site(str(tmp_path / "there/shop.py"), "--files", "templates") == 0
    assert [target for _, target in site.apps[0].files] == ["shop.py", "templates/x.html"]


def test_notebook_has_a_name_of_its_own(site: Site) -> None:
    metadata = {"jupyterlite_asgi": {"app": {"title": "A quiz", "files": ["templates"]}}}
    notebook(Path("a quiz.ipynb"), "app = 1\n%asgi_serve app --name quiz", metadata=metadata)
    assert site("a quiz.ipynb") == 0
    assert (site.apps[0].name, site.apps[0].title) == ("quiz", "A quiz")
    assert site("a quiz.ipynb", "--title", "Another", "--name", "x") == 0
    assert (site.apps[0].name, site.apps[0].title) == ("x", "Another")
    assert site.apps[0].files == ((Path("templates/x.html").absolute(), "templates/x.html"),)


def test_folder_has_several_apps(site: Site) -> None:
    write(Path(), {"quiz.py": "app = 1", "dist/static/asgi/quiz.json": ""})
    assert site(".") == 0
    assert [app.name for app in site.apps] == ["quiz", "shop"]
    assert [target for _, target in site.apps[0].files] == ["quiz.py", "templates/x.html"]
    assert site.said[-1].startswith("asgi/ is in dist: ")


@pytest.mark.parametrize(
    ("argv", "sentence"),
    [
        (["cart.py"], "There is no cart.py: name a .py file, a notebook, or a folder of them."),
        (["a\0.py"], "There is no a\0.py: name a .py file, a notebook, or a folder of them."),
        (
            ["shop.py:api"],
            "App shop: shop.py has no `api`: name the app in it, as in shop.py:app.",
        ),
        (
            ["templates/x.html"],
            "App x: x.html is neither a .py file nor a notebook: declare one of these.",
        ),
        (
            ["shop.py", "--name", "a b"],
            (
                "App a b: 'a b' is not a valid name: use up to 64 letters (A to Z), "
                "digits, “-” and "
                "“_”, starting with a letter or a digit."
            ),
        ),
        (
            ["../my shop.py"],
            (
                "The app cannot be called 'my shop', as its file is: add a name of letters, "
                "digits, “-” and “_”, such as --name shop."
            ),
        ),
        (
            ["shop.py", "--requirements", "a b"],
            (
                "`a b` is not a requirement (Expected semicolon (after name with no "
                "version specifier) "
                "or end): write NAME or NAME==1.0."
            ),
        ),
        (
            ["shop.py", "--files", "none"],
            "App shop: There is no file 'none' in HERE: correct the path.",
        ),
        (
            [".", "--title", "x", "--name", "y"],
            "--name and --title cannot be for a folder of apps: publish a single file.",
        ),
        (["templates"], "templates has no app: put a .py file or a notebook into that folder."),
        (
            ["shop.py", "--output", "templates"],
            "The folder 'templates' has other files: choose an empty one by --output.",
        ),
        (["shop.py", "--output", "shop.py"], "shop.py is a file: choose a folder by --output."),
    ],
)
def test_fault_is_one_sentence(
    site: Site, argv: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert site(*argv) == 1
    assert capsys.readouterr() == ("", f"{sentence}\n".replace("HERE", str(Path.cwd())))
    assert site.apps == []


def test_failure_to_publish_is_one_sentence(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    def fail(error: Exception) -> int:
        def publish(*args: object, **options: object) -> None:
            raise error

        return cli.main(["publish", "shop.py"], publish)

    assert fail(BuildError("App shop: it is too large.")) == 1
    assert fail(PermissionError(13, "Permission denied", "dist")) == 1
    assert capsys.readouterr() == (
        "",
        (
            "App shop: it is too large.\n"
            "dist cannot be used (Permission denied): choose another path.\n"
        ),
    )


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        ([], "the following arguments are required: publish"),
        (["publish"], "the following arguments are required: app"),
        (
            ["publish", "shop.py", "--serve", "x"],
            "'x' is no port: use a number, as in --serve 8000",
        ),
        (["publish", "shop.py", "--serve", "70000"], "'70000' is no port: use a number"),
        (["unpublish"], "invalid choice: 'unpublish'"),
    ],
)
def test_usage(argv: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.main(argv)
    assert caught.value.code == 2
    assert message in capsys.readouterr().err


def test_folder_is_served(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    served: list[tuple[object, ...]] = []
    monkeypatch.setattr(serve, "run", lambda *args: served.append(args[:3]))
    assert site("shop.py", "--serve") == 0
    assert site("shop.py", "--serve", "9000", "--output", "out") == 0
    assert served == [(Path("dist"), 0, "asgi/shop/"), (Path("out"), 9000, "asgi/shop/")]


def test_taken_port_is_reported(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert site("shop.py", "--serve", str(port)) == 1
    assert capsys.readouterr().err == (
        f"Port {port} cannot be used (Address already in use): choose another, or --serve "
        "alone, which finds a free one.\n"
    )
