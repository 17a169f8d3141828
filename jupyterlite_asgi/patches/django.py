"""Django, which takes it that a process has no loop, is at the root, and reads its files once."""

from __future__ import annotations

import functools
import importlib
import os
from types import ModuleType
from typing import Any


def patch_orm(module: ModuleType) -> None:
    """Let a notebook's cells use the ORM. Seen in Django 6.1.

    Django refuses where a loop runs, lest it wait for the database; here one always does.
    """
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")


def patch_static_files(module: ModuleType) -> None:
    """Find static files under the path where the app is mounted. Seen in Django 6.1.

    The handler compares the whole path with ``STATIC_URL``, as it was when the app was made.
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
    """Read ``urlpatterns`` anew for each app that is made. Seen in Django 6.1.

    Django keeps the first it was shown, for its server starts again after each change; a cell is
    run again, and makes a list of its own.
    """
    load = module.BaseHandler.load_middleware

    @functools.wraps(load)
    def load_anew(self: Any, *args: Any, **kwargs: Any) -> None:
        importlib.import_module("django.urls").clear_url_caches()
        load(self, *args, **kwargs)

    module.BaseHandler.load_middleware = load_anew


def patch_migrations(module: ModuleType) -> None:
    """Find migrations that were written a moment ago. Seen in Django 6.1.

    A folder beside the notebook keeps the time at which it was made, by which Python knows whether
    there is something new in it: ``migrate`` found nothing of what ``makemigrations`` had written.
    """
    load = module.MigrationLoader.load_disk

    @functools.wraps(load)
    def load_anew(self: Any) -> None:
        importlib.invalidate_caches()
        load(self)

    module.MigrationLoader.load_disk = load_anew
