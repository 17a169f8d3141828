"""The fields of a declaration, checked by themselves."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from difflib import get_close_matches
from pathlib import Path
from reprlib import repr as short
from unicodedata import category

from ...serve_options import Options
from ..errors import BuildError
from ..names import is_path
from . import notebooks, scripts

_SOURCE = re.compile(r"(.*?\.(?:py|ipynb))(?::(.*))?", re.DOTALL)
_PICTURES = (".gif", ".ico", ".jpeg", ".jpg", ".png", ".svg", ".webp")
_EXAMPLES = {
    "app": '"apps/shop.py:app"',
    "title": '"The shop"',
    "requirements": '["fastapi"]',
    "files": '["apps/templates"]',
    "icon": '"apps/shop.png"',
    "notebook": '"shop.ipynb"',
    "options": '{"timeout": 5}',
}
#: What no line of text has: control characters, separators of lines, and halves of characters.
_BREAKS = ("Cc", "Zl", "Zp", "Cs")
_LISTS = ("requirements", "files")
#: Options that mean something beside a notebook only.
_NOT_HERE = ("name", "open", "replace")
#: The names of the options that a published app may have.
OPTIONS = [each.name for each in fields(Options) if each.name not in _NOT_HERE]


@dataclass(frozen=True)
class Fields:
    """A declaration as it is written, with paths as texts; absent fields are empty."""

    #: The path of the source, with the expression after a colon.
    app: str
    title: str = ""
    #: None if the declaration says nothing about them, which is not the same as needing none.
    requirements: tuple[str, ...] | None = None
    files: tuple[str, ...] = ()
    icon: str = ""
    notebook: str = ""
    options: Mapping[str, object] = field(default_factory=dict)
    #: Only in a notebook's metadata; elsewhere it is the key of the declaration.
    name: str = ""

    @classmethod
    def check(cls, declared: object) -> Fields:
        """Return a declaration's fields; raise ``BuildError`` if one is faulty."""
        if not isinstance(declared, Mapping):
            raise BuildError(
                "A declaration takes a path or an object, as in "
                f'{{"app": "apps/shop.py"}}, not {short(declared)}.'
            )
        for key, value in declared.items():
            _check(str(key), value)
        if not split(declared.get("app", ""))[0]:
            raise BuildError(f'`app` is missing: add a file, as in "app": {_EXAMPLES["app"]}.')
        lists = {key: tuple(declared[key]) for key in _LISTS if key in declared}
        if "title" in declared:
            lists["title"] = declared["title"].strip()
        return cls(**{**declared, **lists})

    @classmethod
    def of_file(cls, app: str, path: Path, given: Mapping[str, object] | None = None) -> Fields:
        """Return the fields of a source without a declaration; a notebook has maybe metadata.

        Args:
            app: its path, with an expression if need be.
            path: where it is.
            given: fields that replace those of the metadata.

        Raises:
            BuildError: a field in the metadata is faulty.
        """
        metadata = notebooks.declared_in(path) if path.suffix == ".ipynb" else None
        rest = {**(metadata or {}), **(given or {})}
        name = rest.pop("name", "")
        if not isinstance(name, str):
            raise BuildError(f'`name` takes a string, as in "shop", not {short(name)}.')
        if "app" in rest:
            raise BuildError(
                "The app is the notebook itself: remove `app` from these metadata, and serve the "
                "app by `%asgi_serve` in a cell."
            )
        return replace(cls.check({**rest, "app": app}), name=name)


def split(app: str) -> tuple[str, str]:
    """Split ``FILE:EXPRESSION``; the expression is empty if there is none."""
    match = _SOURCE.fullmatch(app)
    return (match[1], (match[2] or "").strip()) if match else (app, "")


def _check(key: str, value: object) -> None:
    """Raise ``BuildError`` if this is no field, or no value of it."""
    if key == "persist":
        raise BuildError(
            "`persist` is not available yet: remove it; an app's files last until its tab is "
            "closed."
        )
    if key not in _EXAMPLES:
        nearest = get_close_matches(key, _EXAMPLES, 1)
        hint = f"did you mean `{nearest[0]}`?" if nearest else f"use {', '.join(_EXAMPLES)}."
        raise BuildError(f"A declaration has no `{key}`: {hint}")
    if key == "options":
        _check_options(value)
        return
    if key in _LISTS:
        texts = isinstance(value, list | tuple) and all(isinstance(each, str) for each in value)
        what = "a list of strings"
    else:
        texts, what = isinstance(value, str), "a string"
    if not texts:
        raise BuildError(f"`{key}` takes {what}, as in {_EXAMPLES[key]}, not {short(value)}.")
    if isinstance(value, str):
        _check_text(key, value)


def _check_text(key: str, value: str) -> None:
    expression = split(value)[1]
    if key == "app" and expression and not scripts.is_expression(expression):
        raise BuildError(
            f"`{expression}` is not the name of an app: write an identifier, a dotted path, or a "
            "call such as create_app()."
        )
    if key == "title" and any(category(each) in _BREAKS for each in value):
        raise BuildError(f"`title` takes one line of text, not {short(value)}.")
    if key == "icon" and not value.lower().endswith(_PICTURES):
        raise BuildError(f"`{value}` is no picture: use a file that ends in .png, .svg or .ico.")
    if key == "notebook" and not (value.endswith(".ipynb") and is_path(value)):
        raise BuildError(
            f"`{value}` is no notebook of the site: write its path in the site's contents, as in "
            f"{_EXAMPLES['notebook']}."
        )


def _check_options(value: object) -> None:
    if not isinstance(value, Mapping):
        raise BuildError(
            f"`options` takes an object, as in {_EXAMPLES['options']}, not {short(value)}."
        )
    for key in value:
        if key not in OPTIONS:
            nearest = get_close_matches(str(key).replace("-", "_"), OPTIONS, 1)
            hint = f"did you mean `{nearest[0]}`?" if nearest else f"use {', '.join(OPTIONS)}."
            raise BuildError(f"A published app has no option `{key}`: {hint}")
    Options(**value)
