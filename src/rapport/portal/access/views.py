"""Signing in and out. What is answered never depends on whether we know the address."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rapport.customers.services import members
from rapport.customers.services.members import BadLink
from rapport.portal import limits, sessions
from rapport.portal.access.forms import AddressForm, PasswordForm
from rapport.portal.gates import open_to_all
from rapport.portal.jobs import send_link
from rapport.portal.requests import PortalRequest

QUARTER = timedelta(minutes=15)
LINKS_AN_HOUR, LINKS_FROM_ONE_PLACE = 5, 30
TRIES, TRIES_FROM_ONE_PLACE = 8, 40


@open_to_all
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: PortalRequest) -> HttpResponse:
    """Ask for the address and mail a link to it."""
    if request.member and request.method != "POST":
        return redirect(onward(request))
    form = AddressForm(request.POST or None)
    if form.is_valid():
        address, place = form.cleaned_data["email"], limits.address_of(request)
        if not _may("link", address, LINKS_AN_HOUR, limits.HOUR) or not _may(
            "links", place, LINKS_FROM_ONE_PLACE, limits.HOUR
        ):
            return _too_often(request)
        send_link.defer(
            address=address,
            language=request.language,
            origin=request.build_absolute_uri("/")[:-1],
            onward=_wanted(request),
        )
        return HttpResponseRedirect(reverse("my:sent"))
    context = {"form": form, "wanted": _wanted(request), "mails": settings.SENDS_MAIL}
    return render(request, "portal/access/sign_in.html", context, status=422 if form.is_bound else 200)


@open_to_all
@require_safe
def sent(request: PortalRequest) -> HttpResponse:
    """Say that a mail is on its way, if the address is one of a customer."""
    minutes = int(members.LINK_LASTS.total_seconds()) // 60
    return render(request, "portal/access/sent.html", {"minutes": minutes})


@open_to_all
@require_http_methods(["GET", "HEAD", "POST"])
def link(request: PortalRequest, token: str) -> HttpResponse:
    """Show whom a link is for, and sign them in once they say so: programs that scan mail only look."""
    if not _may("token", limits.address_of(request), TRIES_FROM_ONE_PLACE, QUARTER):
        return _too_often(request)
    try:
        if request.method == "POST":
            sessions.sign_in(request, members.use_link(token))
            return HttpResponseRedirect(onward(request))
        customer = members.open_link(token)
    except BadLink:
        return render(request, "portal/access/bad_link.html", {"wanted": _wanted(request)}, status=410)
    answer = render(request, "portal/access/link.html", {"customer": customer, "wanted": _wanted(request)})
    answer["Cache-Control"] = "no-store"
    return answer


@sensitive_post_parameters("password")
@open_to_all
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: PortalRequest) -> HttpResponse:
    """Sign in by a password."""
    form = PasswordForm(request.POST or None)
    if form.is_valid():
        given = form.cleaned_data
        if not _may("password", given["email"], TRIES, QUARTER) or not _may(
            "passwords", limits.address_of(request), TRIES_FROM_ONE_PLACE, QUARTER
        ):
            return _too_often(request)
        member = members.by_password(given["email"], given["password"])
        if member:
            sessions.sign_in(request, member)
            return HttpResponseRedirect(onward(request))
        form.add_error(None, _("Address and password do not fit. You can have a link mailed instead."))
    context = {"form": form, "wanted": _wanted(request)}
    return render(request, "portal/access/password.html", context, status=422 if form.is_bound else 200)


@open_to_all
@require_POST
def sign_out(request: PortalRequest) -> HttpResponse:
    """Sign the member out."""
    sessions.sign_out(request)
    return HttpResponseRedirect(reverse("help:home"))


def onward(request: HttpRequest) -> str:
    """Return the page that the visitor wanted, when it is one of the portal, else the overview."""
    return _wanted(request) or reverse("my:home")


def with_wanted(name: str, wanted: str) -> str:
    """Return the address `name` that remembers the wanted page."""
    return reverse(name) + (f"?{urlencode({'next': wanted})}" if wanted else "")


def _wanted(request: HttpRequest) -> str:
    page = request.POST.get("next", "") or request.GET.get("next", "")
    ours = page.startswith((reverse("my:home"), reverse("help:home")))
    return page if ours and url_has_allowed_host_and_scheme(page, allowed_hosts=None) else ""


def _may(what: str, whose: str, most: int, per: timedelta) -> bool:
    return limits.allowed(what, whose, most, per)


def _too_often(request: PortalRequest) -> HttpResponse:
    return render(request, "portal/access/too_often.html", status=429)
