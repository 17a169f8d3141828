"""Django, which keeps its ORM from where a loop runs, and static files from where it is mounted."""

from __future__ import annotations

import functools
import os
from types import ModuleType
from typing import Any


def mend_orm(module: ModuleType) -> None:
    """Let a notebook's cells use the ORM. Seen in Django 6.1.

    Django refuses where a loop runs, lest it wait for the database; here one always does.
    """
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")


def mend_static_files(module: ModuleType) -> None:
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
