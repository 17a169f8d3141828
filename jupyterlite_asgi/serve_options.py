"""The options for serving, declared once: the magic and its usage line are made from these.

The signature of ``serve()`` and the README's table repeat them, and tests compare all three.
"""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Callable
from typing import Any

from .errors import ServeError

#: The default seconds to the first byte of a response.
TIMEOUT = 60.0

#: The default seconds that an app has to start.
STARTUP_TIMEOUT = 60.0

#: Seconds after which Chromium ends a request without a response (310), minus a margin.
LONGEST = 300.0

#: The default number of requests that run at once; as many may wait.
CONCURRENCY = 1000

#: The default maximum bytes of a request's headers, as in uvicorn.
HEADERS = 64 * 1024

#: Where an app can be opened.
PLACES = ("panel", "inline", "tab", "none")

#: What an app can speak.
INTERFACES = ("asgi3", "asgi2", "wsgi")

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")

_SIZE = re.compile(r"([0-9]{1,15})(?:([KMG])(?:i?B)?)?", re.IGNORECASE)


def size(text: str) -> int:
    """Return the bytes that ``text`` means, such as 65536 for ``64K``; raise ValueError."""
    match = _SIZE.fullmatch(text)
    if match is None:
        raise ValueError(text)
    return int(match[1]) << 10 * " KMG".index((match[2] or " ").upper())


def _option(default: Any, flag: str, help: str, **rest: Any) -> Any:
    """Declare an option; ``flag`` is its spelling in the magic, with any placeholder.

    If the default is None, values have the type of ``rest["like"]``.
    """
    return dataclasses.field(default=default, metadata={"flag": flag, "help": help, **rest})


@dataclasses.dataclass(frozen=True)
class Options:
    """How an app is served.

    Raises:
        ServeError: an option has an invalid value; the message names the valid ones.
    """

    name: str | None = _option(
        None,
        "--name NAME",
        "the app's name in the URL; by default the name of its variable",
        like="",
    )
    open: str = _option(
        "panel",
        f"--open {'|'.join(PLACES)}",
        "where to show the app: in a `panel` beside the notebook (the default), `inline` below the "
        "cell, in a browser `tab`, or nowhere (`none`)",
    )
    timeout: float = _option(
        TIMEOUT,
        "--timeout SECONDS",
        "how long the app has to start a response before the request is cancelled and gets 504; "
        f"{TIMEOUT:g} by default, at most {LONGEST:g} in Chromium",
        example="seconds, as in --timeout 5",
    )
    startup_timeout: float = _option(
        STARTUP_TIMEOUT,
        "--startup-timeout SECONDS",
        "how long the app's lifespan has to start before it is cancelled; "
        f"{STARTUP_TIMEOUT:g} by default",
        example="seconds, as in --startup-timeout 300",
    )
    replace: bool = _option(
        False,
        "--replace",
        "take the name over from another notebook; without it the app becomes `app-2`",
        value=True,
    )
    inject: bool = _option(
        True,
        "--no-inject",
        "send the app's HTML unmodified, without the script that handles cookies and links",
        value=False,
    )
    interface: str | None = _option(
        None,
        f"--interface {'|'.join(INTERFACES)}",
        "which interface the app has, if that is not recognized: ASGI 3, ASGI 2 or WSGI",
        like="",
    )
    strip_prefix: bool = _option(
        False,
        "--strip-prefix",
        "send the app paths without its prefix, as if it were at the root of its origin, for apps "
        "that compare whole paths",
        value=True,
    )

    limit_concurrency: int = _option(
        CONCURRENCY,
        "--limit-concurrency N",
        "how many requests may run at once until their responses start; as many more wait, and the "
        f"others get 503; {CONCURRENCY} by default",
        example="a number, as in --limit-concurrency 10",
    )
    limit_headers: int = _option(
        HEADERS,
        "--limit-headers SIZE",
        f"the maximum size of a request's headers, above which it gets 431; {HEADERS >> 10}K by "
        "default",
        example="a number of bytes, as in --limit-headers 64K",
        kind=size,
    )
    limit_body: int | None = _option(
        None,
        "--limit-body SIZE",
        "the maximum size of a request's body, above which it gets 413; unlimited by default",
        example="a number of bytes, as in --limit-body 10M",
        kind=size,
        like=0,
    )

    def __post_init__(self) -> None:
        for field in dataclasses.fields(self):
            _check_type(field, getattr(self, field.name))
        if self.open not in PLACES:
            raise ServeError(
                f"An app cannot be opened in {self.open!r}: choose one of {', '.join(PLACES)}."
            )
        if self.interface not in (None, *INTERFACES):
            raise ServeError(
                f"{self.interface!r} is not an interface: choose one of {', '.join(INTERFACES)}."
            )
        if self.name is not None and not is_name(self.name):
            raise ServeError(
                f"{self.name!r} is not a valid name: use up to 64 letters (A to Z), digits, “-” "
                "and “_”, starting with a letter or a digit."
            )
        for seconds in (self.timeout, self.startup_timeout):
            if not 0 < seconds < math.inf:
                raise ServeError(
                    f"A timeout of {seconds:g} is invalid: use a number of seconds above 0."
                )
        for limit in ("limit_concurrency", "limit_headers", "limit_body"):
            value = getattr(self, limit)
            if value is not None and value < 1:
                raise ServeError(f"A {limit} of {value} is invalid: use a number above 0.")


#: The types of values, what they are called, and which types they may have.
_TYPES: dict[type, tuple[str, tuple[type, ...]]] = {
    bool: ("True or False", (bool,)),
    float: ("a number of seconds", (int, float)),
    int: ("an integer", (int,)),
    str: ("a string", (str,)),
}


def _check_type(field: dataclasses.Field[Any], value: object) -> None:
    expected = type(field.metadata.get("like", field.default))
    description, types = _TYPES[expected]
    is_misused_flag = isinstance(value, bool) and expected is not bool
    if value is not field.default and (is_misused_flag or not isinstance(value, types)):
        raise ServeError(f"The option {field.name} takes {description}, not {value!r}.")


@dataclasses.dataclass(frozen=True)
class Flag:
    """An option, as the magic spells it."""

    #: The field of ``Options``.
    field: str
    #: Without its dashes.
    name: str
    #: The placeholder for its value in the usage line; empty if it takes none.
    placeholder: str
    #: Converts its value; raises ValueError.
    kind: Callable[[str], object]
    #: The field's value if the flag takes none.
    value: object
    #: What value it takes, with an example.
    example: str
    help: str


def _flag(field: dataclasses.Field[Any]) -> Flag:
    name, _, placeholder = field.metadata["flag"].removeprefix("--").partition(" ")
    kind = field.metadata.get("kind", type(field.default or ""))
    value, example = field.metadata.get("value"), field.metadata.get("example", "")
    return Flag(field.name, name, placeholder, kind, value, example, field.metadata["help"])


#: The magic's options, by name.
FLAGS = {flag.name: flag for flag in map(_flag, dataclasses.fields(Options))}

#: The usage line.
USAGE = " ".join(
    ["%asgi_serve EXPR"] + [f"[--{f.name} {f.placeholder}".rstrip() + "]" for f in FLAGS.values()]
)


def is_name(text: str) -> bool:
    """Return whether ``text`` is a valid name."""
    return _NAME.fullmatch(text) is not None
