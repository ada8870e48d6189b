"""What the head of the customer page says: who, since when, how they like to be reached, what is open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from babel import Locale, UnknownLocaleError
from babel.dates import format_timedelta
from django.urls import reverse
from django.utils.translation import gettext as _

from rapport.customers.models import Affiliation, Customer
from rapport.kernel import clock
from rapport.staff.insight import words
from rapport.staff.record.known import Known
from rapport.ui import formats


@dataclass(frozen=True, slots=True)
class Pill:
    """A short state beside the name."""

    text: str
    tone: str = "neutral"
    href: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One piece of the line below the name."""

    text: str
    href: str = ""


def pills(known: Known) -> list[Pill]:
    """Return kind of relationship, journey stage, and whether a promise is late or open."""
    found = []
    score = known.score
    at, open_promises = clock.now(), len(known.open_promises)
    late = sum(at >= one.due_until for one in known.open_promises)
    if score and (kind := score.kind_override or score.kind):
        found.append(Pill(words.kind(kind)))
    if score and score.stage:
        found.append(Pill(words.stage(score.stage), "warn" if score.lapsed_at else "good"))
    else:
        found.append(Pill(str(Customer.Stage(known.customer.stage).label)))
    if late:
        found.append(Pill(_("promise late") if late == 1 else _("%(n)s promises late") % {"n": late}, "bad", "#open"))
    elif open_promises:
        count = _("promise open") if open_promises == 1 else _("%(n)s promises open") % {"n": open_promises}
        found.append(Pill(count, "warn", "#open"))
    return found


def line(known: Known) -> list[Part]:
    """Return company, place, how long they are known, preferred channel and language, as far as they are known."""
    customer = known.customer
    parts = [
        Part(_employer(one), reverse("staff:customer", args=[one.company_id]))
        for one in known.around
        if one.person_id == customer.pk and one.until is None
    ][:1]
    if customer.city:
        parts.append(Part(customer.city))
    parts.append(Part(_since(customer)))
    if customer.preferred_channel:
        channel = Customer.Channel(customer.preferred_channel).label
        parts.append(Part(_("prefers %(channel)s") % {"channel": str(channel).lower()}))
    if customer.quiet_from and customer.quiet_to:
        hours = {"from": f"{customer.quiet_from:%H:%M}", "to": f"{customer.quiet_to:%H:%M}"}
        parts.append(Part(_("quiet from %(from)s to %(to)s") % hours))
    if customer.language:
        parts.append(Part(language_name(customer.language)))
    return parts


def language_name(code: str) -> str:
    """Return the name of a language in the reader's own; an unknown code as it is."""
    try:
        return Locale.parse(code, sep="-").get_language_name(formats.locale()) or code
    except (ValueError, UnknownLocaleError):
        return code


def long_time(span: timedelta) -> str:
    """Return a stretch of time in words and in one unit: 5 days, 11 months, 3 years."""
    return format_timedelta(span, granularity="day", threshold=2, format="long", locale=formats.locale())


def _since(customer: Customer) -> str:
    for_so_long = {"time": long_time(clock.now() - customer.since)}
    if customer.stage in {Customer.Stage.LEAD, Customer.Stage.PROSPECT}:
        return _("known for %(time)s") % for_so_long
    if customer.stage == Customer.Stage.FORMER:
        return _("former customer")
    return _("customer for %(time)s") % for_so_long


def _employer(one: Affiliation) -> str:
    return f"{one.role}, {one.company.label}" if one.role else one.company.label
