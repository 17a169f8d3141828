"""Datasette, which queries databases in threads, and must know where it is mounted."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from .around import around
from .root_path import path_below, raw_path_below


@around("Datasette.__init__")
def patch_databases(begin: Any, self: Any, /, *args: Any, **kwargs: Any) -> None:
    """Query databases in place, as with ``num_sql_threads`` 0. Seen in 1.0a31 and 1.0a41.

    For reads, a patched pool would do, but writes go through a thread that never ends.
    """
    begin(self, *args, **kwargs)
    self.executor = None
    self._settings["num_sql_threads"] = 0


@around("DatasetteRouter.__call__")
async def patch_base_url(call: Any, self: Any, scope: Any, receive: Any, send: Any) -> None:
    """Take the setting ``base_url`` from the scope. Seen in 1.0a31 and 1.0a41.

    Datasette ignores ``root_path``. It receives the path without the prefix, because otherwise
    the links of its facets would contain ``base_url`` twice.
    """
    root = scope.get("root_path", "")
    settings = self.ds._settings
    if root and settings["base_url"] in ("/", getattr(self, "mounted", None)):
        self.mounted = settings["base_url"] = f"{quote(root)}/"
        path, raw_path = path_below(scope["path"], root), scope["raw_path"]
        scope = {**scope, "path": path, "raw_path": raw_path_below(raw_path, root)}
    await call(self, scope, receive, send)
