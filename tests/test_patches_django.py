"""The patches for Django.

Each test first shows the failure without the patch; if that passes, the patch is obsolete.
"""

from __future__ import annotations

from pathlib import Path

from .support.scripts import CALL
from .unpatched import complaint, python

DJANGO = (
    CALL
    + """
from django.conf import settings

settings.configure(
    ALLOWED_HOSTS=["*"],
    DEBUG=True,
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "django.contrib.admin",
                    "django.contrib.messages", "django.contrib.staticfiles"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    ROOT_URLCONF="__main__",
    SECRET_KEY="not one",
    STATIC_URL="static/",
)
import django
django.setup()
from django.contrib.staticfiles.handlers import ASGIStaticFilesHandler
from django.core.asgi import get_asgi_application
from django.db import connection
from django.http import HttpResponse
from django.urls import path

def count(request):
    with connection.cursor() as cursor:
        cursor.execute("select 6 * 7")
        return HttpResponse(f"{cursor.fetchone()[0]} at {request.path_info}")

urlpatterns = [path("count", count)]
app = ASGIStaticFilesHandler(get_asgi_application())

async def main():
    print(*await call(app, "/count"))
    status, body = await call(app, "/static/admin/css/base.css")
    print(status, "DJANGO Admin" in body)

run(main())
"""
)

ORM = """
import asyncio
from django.conf import settings

settings.configure(
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
)
import django
django.setup()
from django.db import connection

async def cell():
    connection.ensure_connection()
    print("connected")

asyncio.run(cell())
"""

URLS = """
import django
from django.conf import settings

settings.configure(ROOT_URLCONF="__main__")
django.setup()
from django.core.asgi import get_asgi_application
from django.urls import path, resolve, reverse

urlpatterns = [path("old", print, name="page")]
get_asgi_application()
print(reverse("page"), resolve("/old").func is print)

urlpatterns = [path("new", repr, name="page")]
get_asgi_application()
print(reverse("page"), resolve("/new").func is repr)
"""

MIGRATIONS = """
import importlib._bootstrap_external as finders, os, sys

os.makedirs({folder!r} + "/trees")
sys.path.insert(0, {folder!r})
stat = finders._path_stat

def stat_as_in_jupyterlite(path):
    found = stat(path)
    return os.stat_result((*found[:8], 0, *found[9:])) if path.endswith("/trees") else found

finders._path_stat = stat_as_in_jupyterlite

import django
from django.conf import settings

settings.configure(
    DATABASES={{"default": {{"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}}},
    INSTALLED_APPS=["trees"],
)
django.setup()
from django.core.management import call_command
from django.db import models

class Tree(models.Model):
    class Meta:
        app_label = "trees"

call_command("makemigrations", "trees", verbosity=0)
call_command("migrate", verbosity=0)
print(Tree.objects.count())
"""


def test_django() -> None:
    assert "can't start new thread" in complaint(DJANGO)
    assert python(DJANGO).splitlines() == ["200 42 at /count", "200 True"]


def test_orm_of_django_in_a_cell() -> None:
    assert "You cannot call this from an async context" in complaint(ORM)
    assert python(ORM) == "connected\n"


def test_urls_of_a_rerun_cell_are_used() -> None:
    assert "Resolver404" in complaint(URLS)
    assert python(URLS).splitlines() == ["/old True", "/new True"]


def test_new_migrations_are_found(tmp_path: Path) -> None:
    unpatched, patched = (MIGRATIONS.format(folder=str(tmp_path / name)) for name in ("a", "b"))
    assert "no such table: trees_tree" in complaint(unpatched)
    assert python(patched) == "0\n"
