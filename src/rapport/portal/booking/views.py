"""The booking page. Everything works without scripts; a script only guesses the visitor's zone."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from rapport.meetings.models import Meeting, MeetingType
from rapport.meetings.services import booking, meetings
from rapport.portal import limits
from rapport.portal.booking.forms import BookForm
from rapport.portal.booking.times import is_free, moment, times, zone_of, zones
from rapport.portal.gates import open_to_all
from rapport.portal.requests import PortalRequest

BOOKINGS, BOOKINGS_FROM_ONE_PLACE, CHANGES = 5, 20, 30


@open_to_all
@require_http_methods(["GET", "HEAD", "POST"])
def book(request: PortalRequest, slug: str) -> HttpResponse:
    """Offer free times; with `at` ask who comes; on POST book it."""
    kind = _kind(slug)
    zone = _zone(request, kind)
    at = moment(request.POST.get("at", "") or request.GET.get("at", ""))
    if at is None:
        return _choose(request, kind, zone)
    form = BookForm(request.POST or None, kind=kind, known=bool(request.member))
    if form.is_valid():
        if form.cleaned_data["website"]:
            return HttpResponseRedirect(reverse("book:thanks", args=[kind.slug]))
        if not _may(request, form):
            return render(request, "portal/access/too_often.html", status=429)
        try:
            made = _booked(request, kind, form, at, zone)
        except booking.Taken as refusal:
            return _choose(request, kind, zone, refusal=str(refusal), status=409)
        return HttpResponseRedirect(reverse("book:thanks", args=[kind.slug]) + f"?{_query(made, zone)}")
    if not form.is_bound and not is_free(kind, at):
        return _choose(request, kind, zone, refusal=_("This time is not free any more. Choose another one, please."))
    with timezone.override(zone):
        context = {"kind": kind, "form": form, "at": at, "zone": zone}
        return render(request, "portal/booking/who.html", context, status=422 if form.is_bound else 200)


@open_to_all
@require_safe
def thanks(request: PortalRequest, slug: str) -> HttpResponse:
    """Say when it is. Who booked knows more from the mail alone: the address in it may not be theirs."""
    kind = _kind(slug)
    zone, at = _zone(request, kind), moment(request.GET.get("at", ""))
    with timezone.override(zone):
        return render(request, "portal/booking/thanks.html", {"kind": kind, "at": at, "zone": zone})


@open_to_all
@require_http_methods(["GET", "HEAD", "POST"])
def manage(request: PortalRequest, token: str) -> HttpResponse:
    """Show what was booked; on POST move it to `at`, or cancel it. Whoever looks changes nothing."""
    try:
        row = booking.booked_with(token)
    except booking.BadLink:
        raise Http404 from None
    zone = zone_of(request.GET.get("zone", "") or request.POST.get("zone", ""), row.zone)
    words = ""
    if request.method == "POST":
        if not limits.allowed("booked", str(row.pk), CHANGES):
            return render(request, "portal/access/too_often.html", status=429)
        words = _change(request, row)
        if not words:
            return HttpResponseRedirect(reverse("book:manage", args=[token]) + f"?{urlencode({'zone': zone})}")
    moving = row.kind is not None and row.kind.offered_at is not None and row.planned
    shown = times(row.kind, zone, request.GET.get("from", ""), meeting=row) if moving and row.kind else None
    with timezone.override(zone):
        context = {
            "meeting": row,
            "times": shown,
            "zone": zone,
            "zones": zones(),
            "refusal": words,
            "moving": "move" in request.GET,
        }
        answer = render(request, "portal/booking/manage.html", context, status=409 if words else 200)
    answer["Cache-Control"] = "private, no-store"
    return answer


def _change(request: PortalRequest, row: Meeting) -> str:
    """Move or cancel what was booked, and return why not, "" when it was done."""
    at = moment(request.POST.get("at", ""))
    try:
        if "cancel" in request.POST:
            booking.call_off(row, by=request.writer, reason=request.POST.get("reason", "")[:300])
        elif at is not None:
            booking.rebook(row, at, by=request.writer)
    except (booking.Taken, booking.NotOffered, meetings.NotPlanned) as refusal:
        return str(refusal)
    return ""


def _booked(request: PortalRequest, kind: MeetingType, form: BookForm, at: datetime, zone: str) -> Meeting:
    member, given = request.member, form.cleaned_data
    address = ""
    if member:
        rows = member.customer.identities.filter(kind="email").order_by("-primary", "created_at")
        address = rows.values_list("normal", flat=True).first() or ""
    return booking.book(
        kind, at, by=request.writer, name=member.customer.label if member else given["name"],
        address=address if member else given["email"], answers=form.answers(), zone=zone,
        customer=member.customer if member else None, phone=given.get("phone", ""),
        page=request.build_absolute_uri(reverse("book:manage", args=["x"])).removesuffix("x/"),
    )  # fmt: skip


def _choose(
    request: PortalRequest, kind: MeetingType, zone: str, *, refusal: str = "", status: int = 200
) -> HttpResponse:
    shown = times(kind, zone, request.GET.get("from", ""))
    with timezone.override(zone):
        context = {
            "kind": kind, "times": shown, "zone": zone, "zones": zones(), "refusal": refusal,
            "guess": "zone" not in request.GET, "here": ZoneInfo(zone),
        }  # fmt: skip
        return render(request, "portal/booking/choose.html", context, status=status)


def _kind(slug: str) -> MeetingType:
    row = MeetingType.objects.select_related("calendar").filter(slug=slug, offered_at__isnull=False).first()
    if row is None:
        raise Http404
    return row


def _zone(request: PortalRequest, kind: MeetingType) -> str:
    usual = request.member.customer.zone if request.member else ""
    return zone_of(request.POST.get("zone", "") or request.GET.get("zone", ""), usual or kind.timetable().zone.key)


def _query(made: Meeting, zone: str) -> str:
    return urlencode({"at": made.starts_at.isoformat(), "zone": zone})


def _may(request: PortalRequest, form: BookForm) -> bool:
    who = str(request.member.pk) if request.member else form.cleaned_data["email"]
    return limits.allowed("book", who, BOOKINGS) and limits.allowed(
        "books", limits.address_of(request), BOOKINGS_FROM_ONE_PLACE
    )
