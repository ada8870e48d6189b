"""The least that Django can do on this machine: one view, one query of 50 rows, no middleware, as JSON.

It is served in the same way and measured in the same run, so that our figures can be read against it.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.urls import path

if TYPE_CHECKING:
    from collections.abc import Callable

ROWS = (
    "SELECT id::text AS key, number, kind, name, stage, city, country FROM customers_customer ORDER BY id DESC LIMIT 50"
)
NAMES = ("id", "number", "kind", "name", "stage", "city", "country")


def rows(request: HttpRequest) -> JsonResponse:
    """Answer with the fifty newest customers."""
    with connection.cursor() as cursor:
        cursor.execute(ROWS)
        answer = JsonResponse({"items": [dict(zip(NAMES, row, strict=True)) for row in cursor.fetchall()]})
    answer["Content-Length"] = len(answer.content)
    return answer


urlpatterns = [path("rows", rows)]


def application() -> Callable[..., Any]:
    """Return the WSGI application on the database that the environment names."""
    os.environ.pop("DJANGO_SETTINGS_MODULE", None)
    from rapport.settings import DATABASES

    settings.configure(
        ALLOWED_HOSTS=["*"], DATABASES=DATABASES, ROOT_URLCONF="bench.bare", SECRET_KEY="bench", USE_TZ=True
    )
    django.setup()
    return get_wsgi_application()


def serve(port: int, workers: int) -> None:
    """Serve until the process is ended."""
    from granian.constants import HTTPModes, Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    Server(
        "bench.bare:application", factory=True, address="127.0.0.1", port=port, interface=Interfaces.WSGI,
        http=HTTPModes.http1, workers=workers, blocking_threads=4, log_level=LogLevels.error,
    ).serve()  # fmt: skip


if __name__ == "__main__":
    serve(int(os.environ["PORT"]), 2)
