"""Django, which assumes no running loop, an app at the root, and files that it reads once."""

from __future__ import annotations

import importlib
import os
from types import ModuleType
from typing import Any

from .around import around


def patch_orm(module: ModuleType) -> None:
    """Let a notebook's cells use the ORM. Seen in Django 6.1.

    Django refuses while a loop runs, so as not to block it, but here one always runs.
    """
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")


@around("ASGIStaticFilesHandler.__call__")
async def patch_static_files(call: Any, self: Any, scope: Any, receive: Any, send: Any) -> None:
    """Find static files below the path where the app is mounted. Seen in Django 6.1.

    The handler compares the whole path with the ``STATIC_URL`` at the app's creation.
    """
    root = scope.get("root_path", "")
    if root and not self.base_url.path.startswith(f"{root}/"):
        self.base_url = self.base_url._replace(path=root + self.base_url.path)
    await call(self, scope, receive, send)


@around("BaseHandler.load_middleware")
def patch_urls(load: Any, self: Any, /, *args: Any, **kwargs: Any) -> None:
    """Read ``urlpatterns`` again for each new app. Seen in Django 6.1.

    Django caches the first list, because its server restarts after each change; a cell that runs
    again creates a new list instead.
    """
    importlib.import_module("django.urls").clear_url_caches()
    load(self, *args, **kwargs)


@around("MigrationLoader.load_disk")
def patch_migrations(load: Any, self: Any) -> None:
    """Find migrations that were just written. Seen in Django 6.1.

    Python's import caches rely on a folder's modification time, which never changes on
    JupyterLite's drive, so ``migrate`` did not find what ``makemigrations`` had written.
    """
    importlib.invalidate_caches()
    load(self)
