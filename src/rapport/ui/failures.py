"""The answer to a request that failed through no fault of its own."""

from __future__ import annotations

import sys

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import loader
from django.utils.translation import gettext as _

from rapport.runtime.failures import database_lost

RETRY_SECONDS = "5"


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 503 when the database is away, else 500; a page, or a problem in JSON below /api/."""
    lost = database_lost(sys.exc_info()[1])
    status = 503 if lost else 500
    response: HttpResponse
    if request.path.startswith("/api/"):
        title = _("The database does not answer") if lost else _("Something went wrong on our side")
        response = JsonResponse(
            {"type": "about:blank", "title": title, "status": status},
            status=status,
            content_type="application/problem+json",
        )
    else:
        response = HttpResponse(loader.render_to_string(f"{status}.html"), status=status)
    if lost:
        response["Retry-After"] = RETRY_SECONDS
    return response
