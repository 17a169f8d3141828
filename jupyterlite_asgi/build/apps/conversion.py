"""Converts the cells of a notebook to the text of a module."""

from __future__ import annotations

import ast
import re
from dataclasses import fields
from pathlib import Path

from ...errors import ServeError
from ...notebook.arguments import Arguments, asks_for_help, parse
from ...serve_options import Options
from ..bundle import requirements
from ..errors import BuildError
from . import commands, installs, scripts, serve_calls
from .cells import split
from .edits import before, without

_MAGIC = re.compile(r"%?(\w+)(?:\s+(.*))?", re.DOTALL)
_ASSIGNED = re.compile(r"[^\n=#'\"(\[{]*=[ \t]*(?=%asgi_serve\b)")
_SHELL_PIP = re.compile(r"!+\s*(?:\S*python\S*\s+-m\s+)?pip3?\s+install\b")
_INSTALLERS = ("conda", "mamba", "pip")
#: Magics that mean nothing in an app.
_NEEDLESS = ("asgi_list", "asgi_stop", "autoreload", "config", "matplotlib")
_EXTENSIONS = ("autoreload", "jupyterlite_asgi")
#: Options that mean something beside a notebook only.
_NOT_HERE = ("name", "open", "replace")


class Conversion:
    """A module, as far as its cells have been added."""

    def __init__(self, label: str, folder: Path) -> None:
        self._label = label
        self._folder = folder
        self._cells: list[str] = []
        #: The features of ``from __future__``, which in a module must be at its beginning.
        self._futures: list[str] = []
        self._calls = serve_calls.Calls()
        #: None if no cell has installed anything.
        self.requirements: list[str] | None = None
        #: The names of modules that cells write as files.
        self.written: set[str] = set()
        #: What is served, and how; empty so far.
        self.expression = ""
        self.name = ""
        self.options: dict[str, object] = {}

    @property
    def code(self) -> str:
        """The text of the module."""
        text = "".join(self._cells)
        names = ", ".join(dict.fromkeys(self._futures))
        return f"from __future__ import {names}  {text}" if names else text

    def place(self, line: int) -> str:
        """Return where a line of the module is in the notebook."""
        number, rest = 0, line
        while rest > (length := self._cells[number].count("\n")):
            number, rest = number + 1, rest - length
        return f"line {rest - 1} of code cell {number + 1} of {self._label}"

    def add(self, source: str) -> bool:
        """Add a code cell; return whether it has served the app, so that it is the last one.

        Raises:
            BuildError: a line cannot be converted; the message names it.
        """
        cell = f"code cell {len(self._cells) + 1} of {self._label}"
        source = source.replace("\r\n", "\n").replace("\r", "\n")
        if source.lstrip().startswith("%%"):
            source = self._cell_magic(source, cell)
        text = self._commands(source, cell)
        tree = scripts.parse(text, cell, ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
        if call := self._calls.find(tree, cell):
            self._serve(call.arguments)
            text = before(text, call.statement)
            tree = scripts.parse(text, cell, ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
        found = installs.find(tree, cell)
        if found.lines is not None:
            self._require(found.lines)
        futures = [
            node
            for node in tree.body
            if isinstance(node, ast.ImportFrom) and node.module == "__future__"
        ]
        self._futures += [each.name for node in futures for each in node.names]
        text = without(text, [*found.statements, *futures]).rstrip()
        self._cells.append(f"# In [{len(self._cells) + 1}]\n" + (f"{text}\n" if text else ""))
        return bool(self.expression)

    def _cell_magic(self, source: str, cell: str) -> str:
        """Return the text that stands for a cell below a cell magic, with as many lines."""
        blank = source[: len(source) - len(source.lstrip())]
        first, _, body = source.lstrip().partition("\n")
        line = blank.count("\n") + 1
        name, _, arguments = first.removeprefix("%%").partition(" ")
        if name in ("capture", "time"):
            return f"{blank}# {first}\n{body}"
        path = commands.written(arguments) if name == "writefile" else None
        if path is None:
            raise BuildError(f"Line {line} of {cell} (`{first}`): {_useless(first)}")
        self.written.add(path.partition("/")[0].removesuffix(".py"))
        return (
            blank + commands.write(path, body.rstrip("\n") + "\n") + "\n" * (body.count("\n") + 1)
        )

    def _commands(self, source: str, cell: str) -> str:
        """Return a cell's text up to what serves the app, with comments in place of commands."""
        text = ""
        for line, is_command in split(source):
            if not is_command:
                text += line
                continue
            command = line.strip().replace("\\\n", " ")
            place = f"Line {text.count(chr(10)) + 1} of {cell}"
            try:
                is_last = self._command(_ASSIGNED.sub("", command))
            except (BuildError, ServeError) as error:
                raise BuildError(f"{place} (`{command}`): {error}") from error
            if is_last and line[0] in " \t":
                raise BuildError(
                    f"{place} (`{command}`) is in a block, and may not run: serve the app at the "
                    "top level of a cell."
                )
            if is_last:
                break
            indent = line[: len(line) - len(line.lstrip(" \t"))]
            text += f"{indent}{'pass  ' if indent else ''}# {command}" + "\n" * line.count("\n")
        return text

    def _command(self, command: str) -> bool:
        """Obey a command for IPython; return whether it has served the app."""
        match = _MAGIC.fullmatch(command)
        name, arguments = (match[1], match[2] or "") if match else ("", "")
        if name == "asgi_serve" and not asks_for_help(arguments):
            self._serve(parse(arguments, _no_variables))
            return True
        if name in _INSTALLERS:
            if (lines := commands.installed(arguments)) is not None:
                self._require(lines)
        elif not _is_needless(name, arguments):
            raise BuildError(_useless(command))
        return False

    def _serve(self, arguments: Arguments) -> None:
        self.expression = arguments.expression
        options = arguments.options
        self.name = options.name or ""
        self.options = {
            each.name: getattr(options, each.name)
            for each in fields(Options)
            if each.name not in _NOT_HERE and getattr(options, each.name) != each.default
        }

    def _require(self, lines: list[str]) -> None:
        self.requirements = [
            *(self.requirements or ()),
            *requirements.read(lines, self._folder),
        ]


def _is_needless(name: str, arguments: str) -> bool:
    """Return whether a magic means nothing in an app."""
    if name in ("load_ext", "reload_ext"):
        return arguments.strip() in _EXTENSIONS
    return name in (*_NEEDLESS, "asgi_serve")


def _useless(command: str) -> str:
    """Return what to do about a command that a published app cannot run."""
    if _SHELL_PIP.match(command):
        return "A published app has no shell: write `%pip install` instead."
    return "A published app has no IPython: remove this, or declare a .py file."


def _no_variables(value: str) -> str:
    if re.search(r"[{$]", value):
        raise BuildError(f"`{value}` has a variable, which the build does not know: write it out.")
    return value
