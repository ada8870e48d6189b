"""How a step beside the list is answered: as a dialog over it where scripts run, as a page of its own elsewhere."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

OVER = "over"


def is_over(request: HttpRequest) -> bool:
    """Return whether the answer goes into a dialog."""
    return request.headers.get("HX-Target") == OVER


def over(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """Answer with `template` (without its ending) in a dialog, or on a page when nobody asked for a dialog."""
    frame = "staff/listing/dialog.html" if is_over(request) else "staff/listing/step.html"
    answer = render(request, frame, {"body": f"{template}.html", **context}, status=status)
    patch_vary_headers(answer, ["HX-Target"])
    return answer


def leading_to(request: HttpRequest, url: str) -> HttpResponse:
    """Lead to a list: its part of the page is replaced where scripts run, else the page is another one."""
    if is_over(request):
        place = {"path": url, "target": "#list", "swap": "outerHTML"}
        return HttpResponse(status=204, headers={"HX-Location": json.dumps(place)})
    return HttpResponseRedirect(url)
