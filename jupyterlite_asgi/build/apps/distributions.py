"""Guesses requirements, for an app whose author has named none."""

from __future__ import annotations

import sys

from packaging.utils import canonicalize_name

from .imports import Imports

#: Distributions whose name is not that of the module.
_DISTRIBUTIONS = {
    "attr": "attrs",
    "bs4": "beautifulsoup4",
    "corsheaders": "django-cors-headers",
    "Crypto": "pycryptodome",
    "dateutil": "python-dateutil",
    "docx": "python-docx",
    "dotenv": "python-dotenv",
    "engineio": "python-engineio",
    "fasthtml": "python-fasthtml",
    "fitz": "pymupdf",
    "jose": "python-jose",
    "jwt": "pyjwt",
    "markdown_it": "markdown-it-py",
    "multipart": "python-multipart",
    "PIL": "pillow",
    "pkg_resources": "setuptools",
    "pptx": "python-pptx",
    "rest_framework": "djangorestframework",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
    "slugify": "python-slugify",
    "socketio": "python-socketio",
    "yaml": "pyyaml",
}

_STARLETTE = ("fastapi", "starlette")
#: What a package needs for some of its names, which it does not require itself.
_EXTRAS: list[tuple[tuple[str, ...], frozenset[str], str]] = [
    (
        _STARLETTE,
        frozenset(("File", "Form", "OAuth2PasswordRequestForm", "UploadFile", "form")),
        "python-multipart",
    ),
    (_STARLETTE, frozenset(("SessionMiddleware",)), "itsdangerous"),
    (_STARLETTE, frozenset(("Jinja2Templates",)), "jinja2"),
    (_STARLETTE, frozenset(("TestClient",)), "httpx"),
    (("pydantic", *_STARLETTE), frozenset(("EmailStr",)), "email-validator"),
    # The browser has no time zones that Python can read.
    (("django",), frozenset(), "tzdata"),
    (("zoneinfo",), frozenset(), "tzdata"),
]
#: Modules that need no requirement: those of the runtime, and those of its Python alone.
_PROVIDED = frozenset(
    (
        "_pyodide",
        "annotationlib",
        "compression",
        "js",
        "jupyterlite_asgi",
        "pyodide",
        "pyodide_js",
        "tomllib",
    )
)


def guess(found: Imports) -> tuple[str, ...]:
    """Return requirements that the imports suggest.

    A module's distribution has its name, except for well-known ones. ``python-multipart`` is added
    where FastAPI or Starlette read forms, and so are a few others that frameworks need for some of
    their features.
    """
    names = [
        _DISTRIBUTIONS.get(name, name)
        for name in found.others
        if name not in sys.stdlib_module_names and name not in _PROVIDED
    ]
    extras = [
        extra
        for packages, words, extra in _EXTRAS
        if not found.words.isdisjoint(words or packages)
        and not set(found.others).isdisjoint(packages)
    ]
    return tuple(dict.fromkeys(canonicalize_name(name) for name in (*names, *extras)))
