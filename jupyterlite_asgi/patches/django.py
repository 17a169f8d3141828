"""Django, which assumes no running loop, an app at the root, and files that it reads once."""

from __future__ import annotations

import functools
import importlib
import os
from types import ModuleType
from typing import Any


def patch_orm(module: ModuleType) -> None:
    """Let a notebook's cells use the ORM. Seen in Django 6.1.

    Django refuses while a loop runs, so as not to block it, but here one always runs.
    """
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")


def patch_static_files(module: ModuleType) -> None:
    """Find static files below the path where the app is mounted. Seen in Django 6.1.

    The handler compares the whole path with the ``STATIC_URL`` at the app's creation.
    """
    call = module.ASGIStaticFilesHandler.__call__

    @functools.wraps(call)
    async def call_mounted(self: Any, scope: Any, receive: Any, send: Any) -> None:
        root = scope.get("root_path", "")
        if root and not self.base_url.path.startswith(f"{root}/"):
            self.base_url = self.base_url._replace(path=root + self.base_url.path)
        await call(self, scope, receive, send)

    module.ASGIStaticFilesHandler.__call__ = call_mounted


def patch_urls(module: ModuleType) -> None:
    """Read ``urlpatterns`` again for each new app. Seen in Django 6.1.

    Django caches the first list, because its server restarts after each change; a cell that runs
    again creates a new list instead.
    """
    load = module.BaseHandler.load_middleware

    @functools.wraps(load)
    def load_again(self: Any, *args: Any, **kwargs: Any) -> None:
        importlib.import_module("django.urls").clear_url_caches()
        load(self, *args, **kwargs)

    module.BaseHandler.load_middleware = load_again


def patch_migrations(module: ModuleType) -> None:
    """Find migrations that were just written. Seen in Django 6.1.

    Python's import caches rely on a folder's modification time, which never changes on
    JupyterLite's drive, so ``migrate`` did not find what ``makemigrations`` had written.
    """
    load = module.MigrationLoader.load_disk

    @functools.wraps(load)
    def load_again(self: Any) -> None:
        importlib.invalidate_caches()
        load(self)

    module.MigrationLoader.load_disk = load_again
