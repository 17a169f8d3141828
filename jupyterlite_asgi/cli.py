"""``jupyter asgi publish``: makes a folder with the pages of apps, for any static host."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from .build.apps import serve
from .build.apps.declaration import PublishedApp, read, read_source
from .build.apps.fields import split
from .build.bundle import requirements
from .build.errors import BuildError, unusable
from .serve_options import is_name


class Publish(Protocol):
    """A function such as ``build.apps.site.publish``."""

    def __call__(
        self,
        apps: Sequence[PublishedApp],
        dest: Path,
        say: Callable[[str], None],
        *,
        wheels: Sequence[Path],
        without: Sequence[str],
    ) -> None:
        """Write the site of apps into a folder."""


#: Files and folders that an earlier site of ours has.
_SIGNS = (".nojekyll", "static/asgi")


def _print(line: str) -> None:
    print(line, flush=True)  # noqa: T201


def main(
    argv: Sequence[str] | None = None,
    publish: Publish | None = None,
    say: Callable[[str], None] = _print,
) -> int:
    """Run the command ``jupyter asgi``.

    Args:
        argv: its arguments; by default those of the process.
        publish: writes the site; by default ``build.apps.site.publish``.
        say: prints a line.

    Returns:
        The exit code: 1 after an error, which is one sentence on stderr.

    Raises:
        SystemExit: the arguments are not understood, or ask for help.
    """
    options = _parser().parse_args(argv)
    try:
        folder = Path(options.output)
        apps = _apps(options, folder)
        _check_output(folder)
        if options.serve:
            # Report a port that is taken before the build, which takes long.
            serve.listen(folder, options.serve).server_close()
        wheels = requirements.wheel_files(options.wheels or (), Path())
        without = options.without or ()
        (publish or _publisher())(apps, folder, say, wheels=wheels, without=without)
        page = f"asgi/{apps[0].name}/" if len(apps) == 1 else "asgi/"
        if options.serve is None:
            say(f"{page} is in {folder}: put that folder on any static host, or add --serve.")
        else:
            serve.run(folder, options.serve, page, say)
    except BuildError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except OSError as error:
        sys.stderr.write(f"{unusable(error)}\n")
        return 1
    return 0


def _publisher() -> Publish:
    from .build.apps import site

    return site.publish


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="jupyter asgi", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="publish")
    about = "make a folder with the pages of apps"
    command = commands.add_parser("publish", help=about, description=about)
    add = command.add_argument
    add("app", help="a .py file or a notebook, as in app.py or app.py:create_app(), or a folder")
    add("--name", help="the app's name in the URL; by default that of its file")
    add("--title", help="the app's title; by default its name")
    add(
        "--requirements",
        nargs="+",
        action="extend",
        metavar="R",
        help="packages to install; by default those that the app imports",
    )
    add(
        "--files",
        nargs="+",
        action="extend",
        metavar="F",
        help="files and folders that the app reads",
    )
    add(
        "--wheels",
        nargs="+",
        action="extend",
        metavar="W",
        help="your own wheels, or folders of them, which take precedence over all others",
    )
    add(
        "--without",
        nargs="+",
        action="extend",
        metavar="P",
        help="packages to leave out although they are required",
    )
    add("--output", default="dist", metavar="FOLDER", help="where to write; by default dist")
    add(
        "--serve",
        nargs="?",
        type=_port,
        const=0,
        metavar="PORT",
        help=f"serve the folder on 127.0.0.1, at port {serve.PORT} or another free one",
    )
    return parser


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        raise argparse.ArgumentTypeError(f"{text!r} is no port: use a number, as in --serve 8000")
    return int(text)


def _apps(options: argparse.Namespace, output: Path) -> list[PublishedApp]:
    """Return the apps that the arguments declare; paths are relative to the current folder."""
    fields = {
        key: getattr(options, key)
        for key in ("name", "title", "requirements", "files")
        if getattr(options, key) is not None
    }
    if options.requirements is not None:
        fields["requirements"] = list(requirements.read(options.requirements, Path()))
    file, expression = split(options.app)
    path = _absolute(file)
    if path.is_dir():
        if fields:
            given = " and ".join(f"--{key}" for key in fields)
            raise BuildError(f"{given} cannot be for a folder of apps: publish a single file.")
        return read(".", path, [output])
    # What is named on the command line may be anywhere.
    files = [_absolute(each) for each in fields.get("files", [])]
    within = Path(os.path.commonpath([path.parent, *(each.parent for each in files)]))
    if files:
        fields["files"] = [os.path.relpath(each, path.parent) for each in files]
    if not path.is_file():
        raise BuildError(f"There is no {file}: name a .py file, a notebook, or a folder of them.")
    if "name" not in fields and path.suffix == ".py" and not is_name(path.stem):
        raise BuildError(
            f"The app cannot be called {path.stem!r}, as its file is: add a name of letters, "
            "digits, “-” and “_”, such as --name shop."
        )
    return [read_source(path, expression, fields, within, [output])]


def _absolute(path: str) -> Path:
    """Return a path without the links in it resolved, which would lose their names."""
    return Path(os.path.normpath(Path.cwd() / path))


def _check_output(folder: Path) -> None:
    """Raise ``BuildError`` if the folder has files that are not an earlier site of ours."""
    if folder.exists() and not folder.is_dir():
        raise BuildError(f"{folder} is a file: choose a folder by --output.")
    is_ours = any((folder / sign).exists() for sign in _SIGNS)
    if not is_ours and any(path.is_file() for path in folder.rglob("*")):
        raise BuildError(
            f"The folder {str(folder)!r} has other files: choose an empty one by --output."
        )
