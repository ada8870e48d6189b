"""The cells of the customers list."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from rapport.customers.models import Customer
from rapport.kernel.clock import today
from rapport.kernel.money import Money
from rapport.promises.models import Promise
from rapport.staff import calling
from rapport.staff.addresses import address
from rapport.staff.customers.lines import Line
from rapport.staff.insight import words
from rapport.staff.listing.nouns import Look
from rapport.timeline.permissions import LOG
from rapport.ui import formats
from rapport.ui.components import leaves

NOTHING = leaves.EMPTY
NEW = timedelta(days=30)


def name(line: Line, look: Look) -> SafeString:
    """Return the name with its initials; the link is what Enter opens."""
    customer = line.customer
    face, label = leaves.avatar(customer.label, customer.kind), leaves.plain(customer.label)
    return SafeString(f'<a class="who" href="{href(line)}" data-open>{face}<span class="clip">{label}</span></a>')


def href(line: Line) -> str:
    """Return the address of the customer page."""
    return address("staff:customer", line.pk)


def company(line: Line, look: Look) -> object:
    """Return the company, linked."""
    if line.company_id is None:
        return NOTHING
    return SafeString(f'<a href="{address("staff:customer", line.company_id)}">{leaves.plain(line.company)}</a>')


def relationship(line: Line, look: Look) -> SafeString:
    """Return the index of the relationship with its bar and its change over 90 days."""
    if line.score is None or line.score.index is None:
        return leaves.score(None, note=_("new") if look.now - line.customer.since < NEW else _("unknown"))
    return leaves.score(line.score.index, line.score.trend)


def kind(line: Line, look: Look) -> str:
    """Return the kind of relationship in words."""
    return words.kind(line.kind) if line.kind else "—"


def journey(line: Line, look: Look) -> str:
    """Return the stage of the journey in words."""
    return words.stage(line.score.stage) if line.score and line.score.stage else "—"


def open_promise(line: Line, look: Look) -> object:
    """Return what is owed next: late promises stand out, those of today come next, others say their day."""
    if line.promise is None:
        return NOTHING
    text, tone = owed(line.promise, look)
    return leaves.pill(text, tone, href=f"{href(line)}#open")


def owed(promise: Promise, look: Look) -> tuple[str, str]:
    """Return a promise in two or three words, and its tone."""
    what = formats.inside(Promise.Kind(promise.kind).label) if promise.kind != Promise.Kind.OTHER else _("promise")
    if promise.state(look.now) == Promise.Outcome.LATE:
        return _("late %(what)s") % {"what": what}, "bad"
    day = promise.due_on or timezone.localtime(promise.due_until).date()
    if day == today(look.zone):
        return _("%(what)s today") % {"what": what}, "warn"
    return _("%(what)s %(day)s") % {"what": what, "day": formats.day(day)}, "neutral"


def touch(line: Line, look: Look) -> object:
    """Return how long ago they were last in touch."""
    at = touched(line)
    return leaves.when(at) if at else NOTHING


def touched(line: Line) -> datetime | None:
    """Return when they were last in touch."""
    return line.touch.last_at if line.touch else None


def orders(line: Line, look: Look) -> str:
    """Return how many orders they placed."""
    return formats.number(line.totals.orders if line.totals else 0)


def value(line: Line, look: Look) -> str:
    """Return what they bought to date, net of refunds."""
    return formats.money(Money(line.totals.net_minor if line.totals else 0, look.currency), "whole")


def value_plain(line: Line, look: Look) -> Decimal:
    """Return what they bought to date in major units."""
    return Money(line.totals.net_minor if line.totals else 0, look.currency).amount


def predicted(line: Line, look: Look) -> str:
    """Return the predicted value."""
    if line.score is None or line.score.cltv_minor is None:
        return formats.MISSING
    return formats.money(Money(line.score.cltv_minor, look.currency), "whole")


def predicted_plain(line: Line, look: Look) -> Decimal | None:
    """Return the predicted value in major units."""
    if line.score is None or line.score.cltv_minor is None:
        return None
    return Money(line.score.cltv_minor, look.currency).amount


def stage(line: Line, look: Look) -> str:
    """Return the stage of the life cycle."""
    return str(Customer.Stage(line.customer.stage).label)


def owner(line: Line, look: Look) -> object:
    """Return who looks after them."""
    return line.customer.owner.name if line.customer.owner else NOTHING


def email(line: Line, look: Look) -> object:
    """Return the first e-mail address, linked."""
    return format_html('<a href="mailto:{0}">{0}</a>', line.email) if line.email else NOTHING


def phone(line: Line, look: Look) -> object:
    """Return the first phone number, linked."""
    if not line.phone:
        return NOTHING
    return calling.link(look.dialler, line.phone, line.customer.pk, may_log=look.actor.may(LOG))


def tags(line: Line, look: Look) -> object:
    """Return the tags as pills."""
    pills = [leaves.pill(tag) for tag in line.customer.tags]
    return format_html('<span class="row-tight">{}</span>', SafeString("".join(pills))) if pills else NOTHING


def day(at: datetime | None) -> object:
    """Return a day as a cell."""
    return leaves.when(at, "day") if at else NOTHING
