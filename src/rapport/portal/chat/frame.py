"""The script that a site loads, and the page of the frame that it opens."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.http import HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from rapport.kernel import live
from rapport.portal.chat import state
from rapport.portal.chat.gate import ChatRequest, of_site
from rapport.portal.gates import open_to_all
from rapport.portal.requests import PortalRequest
from rapport.ui import colours

SHORT = "public, max-age=300"


@open_to_all
@require_safe
def script(request: PortalRequest) -> HttpResponse:
    """Lead to the one script of every site; its address never changes, what is in it may."""
    answer = HttpResponse(status=302, headers={"Location": static("portal/chat/widget.js")})
    answer["Cache-Control"] = SHORT
    answer["Access-Control-Allow-Origin"] = "*"
    return answer


@of_site
@require_safe
def frame(request: ChatRequest) -> HttpResponse:
    """Answer with the page of the frame: everything in it comes from here, and only the site's pages may show it."""
    site = request.chat_site
    answer = render(request, "portal/chat/frame.html", {
        "site": site, "tongue": request.tongue, "direction": "rtl" if get_language_bidi() else "ltr",
        "look": f"{reverse('chat:look', args=[site.key])}?v={site.colour.lstrip('#')}", "settings": _settings(request),
    })  # fmt: skip
    answer["Content-Security-Policy"] = policy(request)
    return answer


@of_site
@require_safe
def look(request: ChatRequest) -> HttpResponse:
    """Answer with the site's colour as a style sheet."""
    answer = HttpResponse(colours.css(request.chat_site.colour), content_type="text/css; charset=utf-8")
    answer["Cache-Control"] = SHORT
    return answer


def policy(request: ChatRequest) -> str:
    """Return the policy of the frame."""
    there = urlsplit(live.origin(request))
    stream = f" {there.scheme}://{there.netloc}" if there.netloc else ""
    where = " ".join([*request.chat_site.origins, "'self'"]) if request.chat_site.origins else "*"
    return (
        f"default-src 'none'; base-uri 'none'; connect-src 'self'{stream}; font-src 'self'; form-action 'none'; "
        f"frame-ancestors {where}; img-src 'self' data:; script-src 'self'; style-src 'self'"
    )


def _settings(request: ChatRequest) -> dict[str, Any]:
    site = request.chat_site
    return {
        "name": site.name, "side": site.side, "questions": site.questions, "prompts": site.prompts,
        "base": reverse("chat:frame", args=[site.key]), "words": words(), **state.desk(request),
    }  # fmt: skip


def words() -> dict[str, str]:
    """Return the words that the frame's script needs."""
    return {
        "open": _("Open the chat"), "close": _("Close the chat"), "sent": _("Sent"), "read": _("Read"),
        "typing": _("%(name)s is writing"), "failed": _("This was not sent. Try again."),
        "retry": _("Send again"), "lost": _("The connection is lost. It comes back by itself."),
        "new": _("%(n)s new messages"), "thanks": _("Thank you for telling us."), "you": _("You"),
        "mailed": _("It comes by mail."), "noted": _("If you leave, our answer comes to %(address)s."),
        "refused": _("%(name)s was not taken: %(why)s"), "over": _("This chat is over. Write to begin another."),
        "needed": _("Please fill this in."), "wrong": _("This is no e-mail address."),
        "without": _("Leave %(name)s out"),
    }  # fmt: skip
