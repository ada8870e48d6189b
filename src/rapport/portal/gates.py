"""The door of the portal: every view of it is `open_to_all` or `members_only`."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, cast
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import urlencode

from rapport.customers.models import Member
from rapport.customers.services.members import seen
from rapport.kernel.actors import Actor
from rapport.knowledge.models import Audience
from rapport.portal.requests import PortalRequest
from rapport.portal.sessions import keep_visitor, member_of
from rapport.team.brand import Brand, brand

View = Callable[..., HttpResponseBase]


def open_to_all(view: View) -> View:
    """Make `view` a page that anybody may see; `request` is a `PortalRequest`."""
    return _gate(view, members=False)


def members_only(view: View) -> View:
    """Make `view` a page for members; others are led to the sign-in and back. `request` is a `MemberRequest`."""
    return _gate(view, members=True)


def _gate(view: View, *, members: bool) -> View:
    @functools.wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        asked = _ready(request)
        if members and asked.member is None:
            return _to_sign_in(request)
        zone = asked.member.customer.zone if asked.member else ""
        with translation.override(asked.language), timezone.override(ZoneInfo(zone or asked.brand.zone)):
            try:
                given = view(asked, *args, **kwargs)
            except Http404:
                given = render(asked, "portal/404.html", status=404)
        if asked.member or members:
            given.headers["Cache-Control"] = "private, no-store"
        keep_visitor(request, given)
        return given

    return cast("View", login_not_required(answer))


def _ready(request: HttpRequest) -> PortalRequest:
    """Return `request` with what a view of the portal needs to know."""
    asked = cast("PortalRequest", request)
    asked.brand = brand()
    asked.member = member_of(request)
    asked.level = Audience.CUSTOMERS if asked.member else Audience.PUBLIC
    asked.language = _language(request, asked.member, asked.brand)
    asked.writer = writer(asked.member)
    if asked.member:
        seen(asked.member)
    return asked


def writer(member: Member | None) -> Actor:
    """Return who acts for a visitor. They have no rights of the staff: `portal.reach` says what is theirs."""
    if member is None:
        return Actor(kind="visitor", name="", via="portal", everything=True)
    return Actor(kind="member", name=member.customer.label, id=member.pk, via="portal", everything=True)


def _language(request: HttpRequest, member: Member | None, firm: Brand) -> str:
    """Return the language that the reader chose, else the member's, else the browser's, else the firm's."""
    known = dict(settings.LANGUAGES)
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    if chosen in known:
        return chosen
    if member and member.customer.language in known:
        return member.customer.language
    asked = request.headers.get("Accept-Language", "")
    return translation.get_language_from_request(request) if asked else firm.language


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    to = reverse("my:sign_in")
    if request.method in {"GET", "HEAD"}:
        to = f"{to}?{urlencode({'next': request.get_full_path()})}"
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(headers={"HX-Redirect": to})
    return HttpResponseRedirect(to)
