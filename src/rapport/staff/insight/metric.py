"""The page of one metric: what it is, what it comes to, how it went, and the rows behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from babel.dates import format_skeleton
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from rapport.commerce.models import Order
from rapport.customers.models import Customer
from rapport.feedback.models import Answer
from rapport.insight import queries
from rapport.kernel.actors import Actor
from rapport.kernel.money import Money
from rapport.promises.models import Promise
from rapport.service.models import Ticket
from rapport.staff.insight import saying
from rapport.staff.insight.asked import Asked
from rapport.ui import formats
from rapport.ui.components.charts import Chart, Series, lines
from rapport.ui.navigation import Text

if TYPE_CHECKING:
    from rapport.insight.metrics.figures import Figure, Point
    from rapport.insight.metrics.registry import Metric

ROWS = 25
MOST = 1_000
GROUPS: dict[str, Text] = {
    "revenue": gettext_lazy("Revenue"),
    "customers": gettext_lazy("Customers"),
    "relationship": gettext_lazy("Relationship"),
    "loyalty": gettext_lazy("Coming back"),
    "value": gettext_lazy("Value"),
    "promises": gettext_lazy("Promises"),
    "feedback": gettext_lazy("Feedback"),
    "service": gettext_lazy("Service"),
    "data": gettext_lazy("The data"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One of the rows behind a figure."""

    title: str
    detail: str
    said: str
    href: str


def by_group() -> list[tuple[str, list[Metric]]]:
    """Return all metrics by what they are about."""
    found: dict[str, list[Metric]] = {}
    for one in queries.metrics():
        found.setdefault(one.group, []).append(one)
    return [(str(GROUPS.get(group, group)), metrics) for group, metrics in found.items()]


def shown(name: str, asked: Asked, actor: Actor) -> dict[str, Any]:
    """Return everything the page shows. Raises as `insight.queries.figures` does."""
    [figure] = asked.figures([name], actor)
    return {
        "figure": figure,
        "said": saying.of(figure, short=False),
        "interval": saying.interval(figure, short=False),
        "note": saying.note(figure),
        "change": saying.change(figure)[0],
        "change_unit": saying.change(figure)[1],
        "span": saying.span(figure.span),
        "target": saying.value(figure.target, figure.unit, figure.currency),
        "chart": trend(figure),
        "rows": behind(name, asked, actor),
        "models": figure.more.get("models", {}),
        "warnings": figure.more.get("warnings", []),
        "holdout": figure.more.get("holdout"),
    }


def trend(figure: Figure) -> Chart | None:
    """Return the trend of a figure as a chart; None when there are not two steps."""
    if len(figure.trend) < 2:
        return None
    scale = 0.01 if figure.unit == "%" else 1.0
    labels = [_step(point) for point in figure.trend]
    values = [None if point.value is None else point.value * scale for point in figure.trend]
    target = figure.target * scale if figure.target is not None else None
    text = _("%(label)s from %(first)s to %(last)s; the latest value is %(value)s.") % {
        "label": figure.label,
        "first": labels[0],
        "last": labels[-1],
        "value": saying.value(figure.trend[-1].value, figure.unit, figure.currency) or formats.MISSING,
    }
    series = [Series(figure.label, values)]
    return lines(figure.label, labels, series, text, number=saying.number_format(figure), area=True, target=target)


def _step(point: Point) -> str:
    start, end = point.span.start, point.span.end
    if start is not None and start.day == 1 and (end - start) <= timedelta(days=31):
        label = str(format_skeleton("yMMM", start, locale=formats.locale()))
    else:
        label = formats.day(end - timedelta(days=1))
    return f"{label}*" if point.partial else label


def behind(name: str, asked: Asked, actor: Actor) -> dict[str, Any]:
    """Return the newest rows behind a figure that the reader may see, in words."""
    start, end = asked.days()
    period: dict[str, Any] = {"start": start, "end": end, "segment": asked.segment, "only": asked.only}
    noun, keys = queries.rows_behind(name, limit=MOST, actor=actor, **period)
    telling = TELLING.get(noun)
    if telling is None or not keys:
        return {"lines": [], "count": 0}
    lines = telling(keys, actor)
    return {"lines": lines, "shown": len(lines), "count": len(keys), "capped": len(keys) >= MOST}


def _orders(keys: Sequence[UUID], actor: Actor) -> list[Line]:
    rows = Order.objects.visible_to(actor).filter(pk__in=keys).select_related("customer").order_by("-placed_at", "-id")
    return [
        Line(
            row.number,
            row.customer.label if row.customer else "",
            formats.money(Money(row.net_minor, row.currency)),
            _address("staff:order", row.pk),
        )
        for row in rows[:ROWS]
    ]


def _customers(keys: Sequence[UUID], actor: Actor) -> list[Line]:
    rows = Customer.objects.visible_to(actor).filter(pk__in=keys).order_by("name", "id")
    return [Line(row.label, row.city, row.code, _address("staff:customer", row.pk)) for row in rows[:ROWS]]


def _promises(keys: Sequence[UUID], actor: Actor) -> list[Line]:
    rows = (
        Promise.objects.visible_to(actor).filter(pk__in=keys).select_related("customer").order_by("-due_until", "-id")
    )
    return [
        Line(
            row.what,
            row.customer.label if row.customer else "",
            row.get_outcome_display() if row.outcome else pgettext("promise", "open"),
            _address("staff:customer", row.customer_id) if row.customer_id else "",
        )
        for row in rows[:ROWS]
    ]


def _answers(keys: Sequence[UUID], actor: Actor) -> list[Line]:
    rows = Answer.objects.visible_to(actor).filter(pk__in=keys).select_related("customer").order_by("-answered_at")
    return [
        Line(
            row.customer.label if row.customer else _("somebody"),
            row.text[:120],
            f"{formats.number(row.score)} / {row.scale_high}",
            _address("staff:customer", row.customer_id) if row.customer_id else "",
        )
        for row in rows[:ROWS]
    ]


def _tickets(keys: Sequence[UUID], actor: Actor) -> list[Line]:
    rows = Ticket.objects.visible_to(actor).filter(pk__in=keys).select_related("requester", "status")
    return [
        Line(
            f"{row.code} {row.subject}",
            row.requester.label if row.requester else "",
            str(row.status),
            _address("staff:inbox_ticket", row.number),
        )
        for row in rows.order_by("-opened_at", "-id")[:ROWS]
    ]


TELLING = {
    "service.ticket": _tickets,
    "commerce.order": _orders,
    "customers.customer": _customers,
    "promises.promise": _promises,
    "feedback.answer": _answers,
}


def _address(name: str, key: UUID | int) -> str:
    try:
        return reverse(name, args=[key])
    except NoReverseMatch:
        return ""
