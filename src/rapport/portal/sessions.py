"""Who is signed in to the portal: the session names the member and the stamp that they had when they signed in."""

from __future__ import annotations

import secrets

from django.http import HttpRequest, HttpResponseBase

from rapport.customers.models import Member
from rapport.portal.limits import digest

MEMBER = "member"
STAMP = "member_stamp"
VISITOR = "visitor"
YEAR = 60 * 60 * 24 * 365


def member_of(request: HttpRequest) -> Member | None:
    """Return the member of this session, unless they were blocked, trashed, or signed out everywhere since."""
    key = request.session.get(MEMBER)
    if not key:
        return None
    rows = Member.objects.filter(pk=key, stamp=request.session.get(STAMP, ""), blocked_at__isnull=True)
    return rows.filter(customer__deleted_at__isnull=True).select_related("customer").first()


def sign_in(request: HttpRequest, member: Member) -> None:
    """Let `member` in; the session gets a new key, so that nobody who knew the old one comes along."""
    request.session.cycle_key()
    request.session[MEMBER], request.session[STAMP] = str(member.pk), member.stamp


def sign_out(request: HttpRequest) -> None:
    """Let the member out; a colleague who is signed in to the back office in the same browser stays so."""
    for name in (MEMBER, STAMP):
        request.session.pop(name, None)
    request.session.cycle_key()


def voter(request: HttpRequest, member: Member | None) -> str:
    """Return the digest by which a reader's votes are told apart: of the member, else of this browser's cookie."""
    if member:
        return digest(f"voter|{member.pk}")
    return digest(f"voter|{visitor_key(request)}")


def visitor_key(request: HttpRequest) -> str:
    """Return the random key of this browser, a new one when it has none."""
    known = request.COOKIES.get(VISITOR, "")
    if len(known) != 32:
        known = request.COOKIES[VISITOR] = secrets.token_hex(16)
        request.META["rapport.new_visitor"] = known
    return known


def keep_visitor(request: HttpRequest, answer: HttpResponseBase) -> None:
    """Give the browser its key, when it was made for this answer."""
    made = request.META.get("rapport.new_visitor")
    if made:
        answer.set_cookie(VISITOR, made, max_age=YEAR, httponly=True, samesite="Lax", secure=request.is_secure())
