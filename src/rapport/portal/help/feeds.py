"""What search engines and feed readers ask for: the public articles, nothing else."""

from __future__ import annotations

from xml.sax.saxutils import escape

from django.http import HttpResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from rapport.knowledge.models import Audience
from rapport.knowledge.queries import reading
from rapport.portal.gates import open_to_all
from rapport.portal.help.views import address
from rapport.portal.requests import PortalRequest

NEWEST = 30


@open_to_all
@require_safe
def sitemap(request: PortalRequest) -> HttpResponse:
    """Answer with the addresses of the public articles (sitemaps.org, 0.9)."""
    rows = reading.readable(Audience.PUBLIC, request.brand.language).defer("html", "text", "headings", "search")
    lines = [
        f"<url><loc>{escape(request.build_absolute_uri(address(row)))}</loc>"
        f"<lastmod>{row.published_at:%Y-%m-%d}</lastmod></url>"
        for row in rows
    ]
    top = f"<url><loc>{escape(request.build_absolute_uri(reverse('help:home')))}</loc></url>"
    body = "".join(["<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>", top, *lines, "</urlset>"])
    return HttpResponse(f'<?xml version="1.0" encoding="utf-8"?>{body}', content_type="application/xml")


@open_to_all
@require_safe
def feed(request: PortalRequest) -> HttpResponse:
    """Answer with the public articles that were published last, as an Atom feed."""
    made = Atom1Feed(
        title=_("Help of %(firm)s") % {"firm": request.brand.name},
        link=request.build_absolute_uri(reverse("help:home")),
        description="",
        language=request.language,
    )
    rows = reading.readable(Audience.PUBLIC, request.language).order_by("-published_at").defer("text", "search")
    for row in rows[:NEWEST]:
        made.add_item(
            title=row.title,
            link=request.build_absolute_uri(address(row)),
            description=row.summary,
            updateddate=row.published_at,
            unique_id=f"urn:uuid:{row.pk}",
        )
    return HttpResponse(made.writeString("utf-8"), content_type="application/atom+xml")
