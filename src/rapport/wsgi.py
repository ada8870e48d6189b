"""The application the web server runs: pages and API, and ``/health`` for whatever watches the server."""

import gc
import os
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from rapport.runtime import prepare

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rapport.settings")

ROUNDS = (20_000, 20, 50)  # a page makes 10,000 objects and drops nearly all: look for rings more rarely than usual


def load() -> Any:
    """Load every page before the first visitor asks for one, and return what answers requests."""
    with prepare.loading():
        found = get_wsgi_application()
        get_resolver().url_patterns  # noqa: B018 -- reading it imports all views
        gc.collect()
    gc.set_threshold(*ROUNDS)
    return found


pages = load()


def application(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    """Answer one request."""
    if environ["PATH_INFO"] == "/health":
        return health(start_response)
    answer: Iterable[bytes] = pages(environ, start_response)
    return answer


def health(start_response: "StartResponse") -> Iterable[bytes]:
    """Say in one line, for any host name, whether pages can be served: 200 when the database answers, else 503."""
    from django.db import Error, connection

    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        status, line = "200 OK", b"ok\n"
    except Error:
        connection.close()
        status, line = "503 Service Unavailable", b"the database does not answer\n"
    start_response(status, [("Content-Type", "text/plain"), ("Cache-Control", "no-store")])
    return [line]
