"""The firm's colour as a style sheet, and its logo."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from rapport.kernel import files
from rapport.portal.gates import open_to_all
from rapport.portal.requests import PortalRequest
from rapport.ui import colours

LONG = "public, max-age=31536000, immutable"


@open_to_all
@require_safe
def style(request: PortalRequest) -> HttpResponse:
    """Answer with the tokens in the firm's colour; the address names the colour, so browsers keep it."""
    answer = HttpResponse(colours.css(request.brand.colour), content_type="text/css; charset=utf-8")
    answer["Cache-Control"] = LONG if request.GET.get("v") == request.brand.mark else "no-cache"
    return answer


@open_to_all
@require_safe
def logo(request: PortalRequest) -> HttpResponse:
    """Answer with the firm's logo; a picture that was opened by itself could run nothing."""
    if not request.brand.logo:
        raise Http404
    try:
        content = files.read(request.brand.logo)
    except files.NoSuchFile as error:
        raise Http404 from error
    answer = HttpResponse(content, content_type=request.brand.logo_type)
    answer["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    answer["Cache-Control"] = LONG if request.GET.get("v") == request.brand.mark else "no-cache"
    return answer
