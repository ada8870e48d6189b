"""Why a customer's relationship is what it is: elements, their measures, and the rows behind each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from rapport.commerce.models import Order
from rapport.customers.models import Customer
from rapport.feedback.models import Answer
from rapport.insight import explained_service
from rapport.insight.elements.catalogue import ELEMENTS, MEASURES, WINDOW, Measure, weights
from rapport.insight.explained import Row as Row
from rapport.insight.kinds import FAMILIES, reasons
from rapport.insight.metrics.periods import month_start
from rapport.insight.models import Score, ScorePoint
from rapport.insight.permissions import VIEW
from rapport.insight.policy import Policy
from rapport.insight.queries import present_day
from rapport.kernel import clock
from rapport.kernel.actors import Actor
from rapport.kernel.events import EVENTS
from rapport.kernel.models import EventRecord
from rapport.promises.models import Promise
from rapport.team.queries import organisation
from rapport.timeline.models import Activity

TREND_DAYS = 90
"""Days over which a change is told."""


@dataclass(frozen=True, slots=True)
class MeasureReason:
    """What one measure says: 0 to 100, over n rows, with its weight, its confidence (0 to 1) and its rule in words."""

    name: str
    label: str
    rule: str
    value: float
    n: int
    confidence: float
    weight: float
    rows: str


@dataclass(frozen=True, slots=True)
class ElementReason:
    """An element (None: unknown), its weight in the index, and the measures with evidence, the heaviest first.

    `missing` names the measures that have none.
    """

    name: str
    label: str
    value: float | None
    weight: float
    measures: tuple[MeasureReason, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KindReason:
    """A membership of a kind (0 to 1) and the signals that speak for it in words, strongest first."""

    name: str
    family: str
    share: float
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Past:
    """The index ("index") and the elements as they stood at the end of a day, 0 to 100; None: unknown."""

    on: date
    values: Mapping[str, float | None]


def explain(customer: Customer, actor: Actor) -> list[ElementReason]:
    """Return the nine elements of a customer with their reasons; all unknown when nothing was worked out yet.

    Raises `Forbidden` without the right to see insight.
    """
    actor.require(VIEW)
    score = Score.objects.visible_to(actor).filter(customer=customer).first()
    chosen = weights(dict(Policy.of(organisation().policy).weights))
    return [_element(name, score, chosen) for name in ELEMENTS]


def past(customer: Customer, actor: Actor) -> list[Past]:
    """Return how the scores of a customer stood at the end of each month of the history, and now; oldest first.

    Empty where there is no history yet. Raises `Forbidden`.
    """
    actor.require(VIEW)
    score = Score.objects.visible_to(actor).filter(customer=customer).first()
    points = list(ScorePoint.objects.visible_to(actor).filter(customer=customer).order_by("on"))
    if score is None or not points:
        return []
    today, found = max(present_day(), points[-1].on + timedelta(days=1)), []
    here, on = 0, points[0].on
    while on < today:
        while here + 1 < len(points) and points[here + 1].on <= on:
            here += 1
        found.append(Past(on, _values(points[here])))
        on = month_start(on, 2) - timedelta(days=1)
    return [*found, Past(today, _values(score))]


def _values(row: Score | ScorePoint) -> dict[str, float | None]:
    return {name: getattr(row, name) for name in ("index", *ELEMENTS)}


def before(history: list[Past], days: int = TREND_DAYS) -> Mapping[str, float | None]:
    """Return how the scores stood `days` before the last of `history`; empty where that is not known."""
    if not history:
        return {}
    earlier = [one for one in history if one.on <= history[-1].on - timedelta(days=days)]
    return earlier[-1].values if earlier else {}


def _element(name: str, score: Score | None, chosen: dict[str, float]) -> ElementReason:
    known: dict[str, Any] = (score.reasons if score else {}).get(name, {})
    found, missing = [], []
    for measure in MEASURES.values():
        if measure.element != name:
            continue
        entry = known.get(measure.name.split(".")[1])
        if entry is None:
            missing.append(str(measure.label))
        else:
            found.append(_measure(measure, entry, chosen[measure.name]))
    found.sort(key=lambda one: -one.weight)
    value = getattr(score, name) if score else None
    return ElementReason(name, str(ELEMENTS[name]), value, chosen[name], tuple(found), tuple(missing))


def _measure(measure: Measure, entry: list[Any], weight: float) -> MeasureReason:
    value, n, confidence = entry
    return MeasureReason(
        measure.name, str(measure.label), str(measure.rule), value, n, confidence, weight, measure.rows
    )


def explain_kind(customer: Customer, actor: Actor) -> list[KindReason]:
    """Return the customer's memberships of both families, the strongest first in each; none without a purchase."""
    actor.require(VIEW)
    score = Score.objects.visible_to(actor).filter(customer=customer).first()
    if score is None or not score.kinds:
        return []
    rules = Policy.of(organisation().policy).kinds
    signals = score.kinds.get("signals", {})
    found = []
    for family, kinds in FAMILIES.items():
        shares = score.kinds.get(family, {})
        for kind in sorted(kinds, key=lambda one: -shares.get(one, 0.0)):
            because = tuple(text for text, _pull in reasons(kind, signals, rules)[:3])
            found.append(KindReason(kind, family, shares.get(kind, 0.0), because))
    return found


def rows_of(customer: Customer, measure: str, actor: Actor, limit: int = 20) -> list[Row]:
    """Return the newest rows behind a measure ("trust.promises_kept"), within the actor's reach.

    Raises `KeyError` for a measure there is not.
    """
    actor.require(VIEW)
    one = MEASURES[measure]
    score = Score.objects.filter(customer=customer).only("as_of").first()
    until = score.as_of if score else clock.now()
    return _FINDERS[one.source](customer, one, actor, until, limit)


Finder = Callable[[Customer, Measure, Actor, datetime, int], list[Row]]


def _promises(customer: Customer, one: Measure, actor: Actor, until: datetime, limit: int) -> list[Row]:
    rows = Promise.objects.visible_to(actor).filter(customer=customer, due_until__lte=until)
    rows = rows.exclude(outcome=Promise.Outcome.RELEASED)
    if one.name == "responsiveness.promised_replies":
        rows = rows.filter(kind__in=["reply", "call"])
    found = []
    for row in rows.order_by("-due_until")[:limit]:
        state = row.state(until)
        found.append(Row("promises.promise", row.pk, row.due_until, f"{row.what}: {_outcome(state)}", state == "kept"))
    return found


def _outcome(state: str) -> str:
    return str(dict(Promise.Outcome.choices).get(state, state))


def _orders(customer: Customer, one: Measure, actor: Actor, until: datetime, limit: int) -> list[Row]:
    rows = Order.objects.visible_to(actor).filter(customer=customer, placed_at__lte=until)
    if one.source == "orders":
        wanted = (
            Q(shipped_at__isnull=False)
            if one.name.endswith("dispatch")
            else Q(promised_on__isnull=False, delivered_at__isnull=False)
        )
        rows = rows.filter(wanted)
    return [
        Row("commerce.order", row.pk, row.placed_at, _told(row, one), None)
        for row in rows.order_by("-placed_at")[:limit]
    ]


def _told(row: Order, one: Measure) -> str:
    if one.name == "trust.delivery_accuracy" and row.delivered_at and row.promised_on:
        days = (row.delivered_at.date() - row.promised_on).days
        return _("%(number)s: %(days)+d days against the promised day") % {"number": row.number, "days": days}
    if one.name == "responsiveness.dispatch" and row.shipped_at:
        days = (row.shipped_at - row.placed_at).days
        return _("%(number)s: left after %(days)s days") % {"number": row.number, "days": days}
    return row.number


ANSWER_KINDS = {
    "helpfulness.satisfaction": ["csat"],
    "helpfulness.effort": ["ces"],
    "loyalty.index": ["cli"],
    "advocacy.recommends": ["nps"],
    "advocacy.reviews": ["review"],
}


def _answers(customer: Customer, one: Measure, actor: Actor, until: datetime, limit: int) -> list[Row]:
    rows: QuerySet[Answer] = Answer.objects.visible_to(actor).filter(customer=customer)
    if one.name in ANSWER_KINDS:
        rows = rows.filter(kind__in=ANSWER_KINDS[one.name], answered_at__lte=until)
    if one.name == "communication.questions_answered":
        rows = rows.filter(asked_at__lte=until)
    found = []
    for row in rows.annotate(when=F("answered_at")).order_by(F("when").desc(nulls_last=True))[:limit]:
        at = row.answered_at or row.asked_at or row.created_at
        score = _("not answered") if row.score is None else f"{row.score.normalize():f}/{row.scale_high}"
        good = None if row.score is None else float(row.score) >= (row.scale_low + row.scale_high) / 2
        found.append(Row("feedback.answer", row.pk, at, f"{row.get_kind_display()}: {score}", good))
    return found


def _activities(customer: Customer, one: Measure, actor: Actor, until: datetime, limit: int) -> list[Row]:
    rows = Activity.objects.visible_to(actor).filter(customer=customer, deleted_at__isnull=True, happened_at__lte=until)
    if one.source == "contacts" or one.name == "communication.calls_reached":
        rows = rows.filter(direction="out", kind="call")
    return [
        Row("timeline.activity", row.pk, row.happened_at, f"{row.get_kind_display()}: {row.text[:80]}", None)
        for row in rows.order_by("-happened_at")[:limit]
    ]


def _touches(customer: Customer, one: Measure, actor: Actor, until: datetime, limit: int) -> list[Row]:
    moved = [name for name, kind in EVENTS.items() if kind.direction in {"in", "out"}]
    rows = EventRecord.objects.filter(
        customer_id=customer.pk, type__in=moved, at__lte=until, at__gt=until - timedelta(days=WINDOW)
    )
    return [
        Row("kernel.eventrecord", row.pk, row.at, EVENTS[row.type].tell(row.data), EVENTS[row.type].direction == "in")
        for row in rows.order_by("-at", "-id")[:limit]
    ]


def _profile(customer: Customer, one: Measure, actor: Actor, until: datetime, limit: int) -> list[Row]:
    return [Row("customers.customer", customer.pk, customer.updated_at, customer.label, None)]


_FINDERS: dict[str, Finder] = {
    "promises": _promises,
    "orders": _orders,
    "buyers": _orders,
    "answers": _answers,
    "contacts": _activities,
    "activities": _activities,
    "touches": _touches,
    "profile": _profile,
    **explained_service.FINDERS,
}
