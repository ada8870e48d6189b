"""How a line of the timeline is told: its title, what stands below it, its colour, and where it leads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from uuid import UUID

from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from rapport.objects.models import Record
from rapport.staff.addresses import address
from rapport.timeline.models import Activity
from rapport.timeline.queries import ACTIVITY, Touchpoint
from rapport.ui import formats
from rapport.ui.navigation import Text

GROUPS: dict[str, Text] = {
    "messages": gettext_lazy("Messages"),
    "orders": gettext_lazy("Orders"),
    "promises": gettext_lazy("Promises"),
    "feedback": gettext_lazy("Feedback"),
    "objects": gettext_lazy("Custom objects"),
    "notes": gettext_lazy("Notes"),
}
TONES = {
    "promises.kept": "good",
    "promises.late": "warn",
    "promises.broken": "bad",
    "commerce.order_delivered": "good",
    "commerce.order_cancelled": "bad",
    "customers.consent_withdrawn": "warn",
    "customers.trashed": "bad",
}
PAGES = {"commerce.order": "staff:order", "marketing.segment": "staff:segment", "meetings.meeting": "staff:meeting"}

RECORD = Record._meta.label_lower
SAID = frozenset({"conversations.message_received", "conversations.message_sent"})


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the timeline as its template shows it; `activity` is the id of the log entry that may be changed."""

    id: UUID
    title: str
    icon: str
    at: datetime
    detail: str = ""
    quote: str = ""
    tone: str = "neutral"
    pill: str = ""
    pill_tone: str = "neutral"
    href: str = ""
    activity: UUID | None = None


@dataclass(frozen=True, slots=True)
class Day:
    """The lines of one day in the reader's zone, the newest first."""

    on: date
    lines: list[Line]


def days(items: Iterable[Touchpoint]) -> list[Day]:
    """Return `items`, the newest first, as lines grouped by the reader's days."""
    lines = [line(item) for item in items if not _told_by_the_log(item)]
    return [Day(on, list(group)) for on, group in groupby(lines, key=lambda one: timezone.localtime(one.at).date())]


def _told_by_the_log(item: Touchpoint) -> bool:
    """Return whether a touchpoint says again what the entry of a call says: calls stand in the inbox as well."""
    return item.type in SAID and item.data.get("channel") == "phone"


def line(item: Touchpoint) -> Line:
    """Return a touchpoint as it is told."""
    pill, pill_tone = _pill(item)
    return Line(
        id=item.id,
        title=capfirst(item.sentence),
        icon=item.icon,
        at=item.at,
        detail=_detail(item),
        quote=item.text,
        tone=_tone(item),
        pill=pill,
        pill_tone=pill_tone,
        href=_href(item),
        activity=item.subject_id if item.subject_type == ACTIVITY else None,
    )


def _detail(item: Touchpoint) -> str:
    data = item.data
    parts: list[str] = []
    if lines := data.get("lines"):
        parts.append(ngettext("%(n)s line", "%(n)s lines", int(lines)) % {"n": formats.number(int(lines))})
    if outcome := data.get("outcome"):
        parts.append(str(dict(Activity.Outcome.choices).get(outcome, outcome)))
    if minutes := data.get("minutes"):
        parts.append(_("%(n)s min") % {"n": formats.number(int(minutes))})
    if due := data.get("due"):
        parts.append(_("due %(when)s") % {"when": _when(str(due))})
    if starts := data.get("starts"):
        parts.append(_when(str(starts)))
    if item.type.startswith("promises.") and (maker := data.get("maker")):
        parts.append(_("by %(name)s") % {"name": maker})
    if source := data.get("source"):
        parts.append(_("from %(source)s") % {"source": source})
    parts += [str(data[key]) for key in ("reason", "carrier", "tracking", "method", "role", "basis") if data.get(key)]
    if item.edited:
        parts.append(_("edited"))
    return " · ".join(parts)


def _pill(item: Touchpoint) -> tuple[str, str]:
    early, late = int(item.data.get("days_early", 0)), int(item.data.get("days_late", 0))
    if early > 0:
        return ngettext("%(n)s day early", "%(n)s days early", early) % {"n": formats.number(early)}, "good"
    if late > 0:
        return ngettext("%(n)s day late", "%(n)s days late", late) % {"n": formats.number(late)}, "warn"
    return "", "neutral"


def _tone(item: Touchpoint) -> str:
    if item.type == "feedback.review_given":
        share = float(item.data.get("score", 0)) / max(int(item.data.get("high", 5)), 1)
        return "bad" if share <= 0.4 else "good" if share >= 0.8 else "neutral"
    return TONES.get(item.type, "neutral")


def _href(item: Touchpoint) -> str:
    if item.subject_type == RECORD and item.subject_id is not None:
        return address("staff:record", item.subject_id, str(item.data.get("key", "")))
    name = PAGES.get(item.subject_type)
    if not name or item.subject_id is None:
        return ""
    try:
        return reverse(name, args=[item.subject_id])
    except NoReverseMatch:
        return ""


def _when(text: str) -> str:
    """Return a date or a moment in ISO text as the reader writes it."""
    try:
        return formats.day(date.fromisoformat(text), "week")
    except ValueError:
        return formats.moment(datetime.fromisoformat(text))
