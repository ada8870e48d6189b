"""The pages of the design system itself: the style sheet, the reader's look, the palette, the gallery."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from rapport.ui import context, palette, stylesheet
from rapport.ui.gallery import entries, samples

YEAR = 60 * 60 * 24 * 365


@require_safe
def style(request: HttpRequest, digest: str) -> HttpResponse:
    """Answer with the style sheet; its address names its content, so browsers keep it for a year."""
    sheet = stylesheet.current()
    packed = "gzip" in request.headers.get("Accept-Encoding", "")
    response = HttpResponse(sheet.packed if packed else sheet.text, content_type="text/css; charset=utf-8")
    if packed:
        response["Content-Encoding"] = "gzip"
    response["Vary"] = "Accept-Encoding"
    kept = digest == sheet.digest
    response["Cache-Control"] = f"public, max-age={YEAR}, immutable" if kept else "no-cache"
    return response


@require_POST
def look(request: HttpRequest) -> HttpResponse:
    """Keep the theme and the density that the reader chose, in cookies, and go back."""
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        back = "/"
    response = HttpResponseRedirect(back)
    for name, known in (("theme", context.THEMES), ("density", context.DENSITIES)):
        chosen = request.POST.get(name)
        if chosen and chosen in known:
            response.set_cookie(name, chosen, max_age=YEAR, samesite="Lax", secure=request.is_secure())
        elif chosen is not None:
            response.delete_cookie(name)
    return response


@require_safe
def palette_page(request: HttpRequest) -> HttpResponse:
    """Answer with what is found under `q`: the lines alone for the palette, a page without JavaScript."""
    text = request.GET.get("q", "")[:200]
    partial = request.GET.get("partial") == "1"
    found = palette.results(request, text)
    return render(request, f"ui/palette_{'results' if partial else 'page'}.html", {"groups": found, "text": text})


@require_safe
def gallery(request: HttpRequest) -> HttpResponse:
    """Show every component in every state, to the staff or in development."""
    actor = getattr(request, "actor", None)
    if not settings.DEBUG and (actor is None or actor.kind != "user"):
        raise Http404
    return render(request, "ui/gallery.html", {"entries": entries(), **samples()})
