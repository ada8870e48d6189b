"""The work of the day: promises due and late, feedback without an answer, customers who are slipping away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from urllib.parse import urlencode

from django.core.cache import cache
from django.db.models import BooleanField, Case, Count, DecimalField, ExpressionWrapper, F, Q, QuerySet, Sum, When
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rapport.commerce.models import CustomerTotals
from rapport.customers.models import Customer
from rapport.feedback.models import Answer
from rapport.feedback.permissions import CHANGE as ANSWERING
from rapport.feedback.queries import unanswered
from rapport.insight import queries
from rapport.insight.models import Score
from rapport.kernel import clock
from rapport.kernel.actors import Actor
from rapport.kernel.money import Money
from rapport.promises import queries as promises
from rapport.promises.models import Promise
from rapport.promises.permissions import CHANGE as PROMISING
from rapport.staff.record import owed
from rapport.timeline.permissions import LOG
from rapport.ui import formats

SHOWN = {"owing": 6, "waiting": 4, "slipping": 5}
WAITING_DAYS = 60
NEWEST = 300
COUNT_TO = 1_000
LOW = Decimal("0.4")
_WORST = ExpressionWrapper(
    F("scale_low") + (F("scale_high") - F("scale_low")) * LOW, output_field=DecimalField(max_digits=8, decimal_places=2)
)
UNHAPPY = Case(When(score__lte=_WORST, then=True), default=False, output_field=BooleanField())
ICONS = {
    "delivery": "truck-delivery",
    "reply": "mail",
    "call": "phone",
    "refund": "receipt-refund",
    "visit": "users-group",
}


@dataclass(frozen=True, slots=True)
class Item:
    """One row of work: who, what, why, how urgent, and the next act with its address."""

    id: str
    icon: str
    who: str
    href: str
    text: str
    why: str
    pill: str = ""
    tone: str = "neutral"
    act: str = ""
    act_href: str = ""
    act_icon: str = ""
    promise: Promise | None = None
    movable: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Work of one kind: the most urgent rows, how many there are, and where they all are."""

    name: str
    title: str
    note: str
    items: Sequence[Item]
    count: int
    all: str = ""


def mine_only(rows: QuerySet[Promise], actor: Actor) -> QuerySet[Promise]:
    """Return the promises that the reader made or whose customer they look after."""
    return rows.filter(Q(maker_id=actor.user_id) | Q(customer__owner_id=actor.user_id))


def owing(actor: Actor, zone: str, *, mine: bool) -> Group:
    """Return the promises that are late or fall due by the end of today, the most overdue first."""
    rows = promises.due_before(clock.today(zone), zone, actor).filter(customer__deleted_at__isnull=True)
    rows = mine_only(rows, actor) if mine else rows
    count = counted(rows)
    may_change, may_log = actor.may(PROMISING), actor.may(LOG)
    items = [_promise(row, may_change=may_change, may_log=may_log) for row in rows[: SHOWN["owing"]]]
    return Group("owing", _("What we owe"), said(count), items, count, listed("promises", view="open"))


def waiting(actor: Actor, *, mine: bool) -> Group:
    """Return the feedback of the last weeks that nobody answered: the unhappy among the newest first."""
    since = clock.now() - timedelta(days=WAITING_DAYS)
    rows = unanswered(actor).filter(answered_at__gte=since, customer__isnull=False, customer__deleted_at__isnull=True)
    rows = rows.filter(customer__owner_id=actor.user_id) if mine else rows
    count = counted(rows)
    may_answer = actor.may(ANSWERING)
    newest = Answer.objects.filter(pk__in=rows.values("pk")[:NEWEST]).select_related("customer", "order")
    first = newest.annotate(unhappy=UNHAPPY).order_by("-unhappy", "-answered_at", "-id")
    items = [_answer(row, may_answer=may_answer) for row in first[: SHOWN["waiting"]]]
    every = listed("customers", f="unreplied.count >= 1")
    return Group("waiting", _("Waiting for an answer"), said(count), items, count, every)


def slipping(actor: Actor, currency: str, *, mine: bool) -> Group:
    """Return the customers who are overdue by their own habit, the most worth first, and what is at risk in all."""
    rows = queries.slipping(actor)
    rows = rows.filter(customer__owner_id=actor.user_id) if mine else rows
    count, worth = _at_risk(rows, actor, mine=mine)
    chosen = list(rows.select_related("customer", "customer__totals")[: SHOWN["slipping"]])
    items = [_slipping(row, currency, may_log=actor.may(LOG)) for row in chosen]
    note = ""
    if count:
        said = {"n": formats.number(count), "money": formats.money(Money(worth, currency), "short")}
        note = _("%(n)s, worth %(money)s a year") % said
    every = listed("customers", f="score.at_risk > 0", sort="-predicted")
    return Group("slipping", _("Slipping away"), note, items, count, every)


def counted(rows: QuerySet[Promise] | QuerySet[Answer]) -> int:
    """Return how many rows there are, counting no further than `COUNT_TO`."""
    return rows.order_by().values("pk")[:COUNT_TO].count()


def said(count: int) -> str:
    """Return a count in words: from `COUNT_TO` on, that there are more."""
    return f"{formats.number(count)}+" if count >= COUNT_TO else formats.number(count)


def _at_risk(rows: QuerySet[Score], actor: Actor, *, mine: bool) -> tuple[int, int]:
    """Return how many are slipping and what is at risk in all; worked out at most once a minute for each reader."""

    def work_out() -> tuple[int, int]:
        sums = rows.order_by().aggregate(n=Count("pk"), worth=Sum("at_risk_minor"))
        return sums["n"], sums["worth"] or 0

    found = cache.get_or_set(f"at-risk-{actor.user_id}-{mine}", work_out, 60)
    return found or (0, 0)


def listed(name: str, **asked: str) -> str:
    """Return the address of a list with the filter that shows all of a group."""
    return f"{reverse(f'staff:{name}')}?{urlencode(asked)}"


def _promise(row: Promise, *, may_change: bool, may_log: bool) -> Item:
    assert row.customer
    one = owed.owed(row)
    parts = [_("promised for %(day)s") % {"day": one.by}]
    if row.maker_name:
        parts.append(_("by %(name)s") % {"name": row.maker_name})
    if row.source_label:
        parts.append(row.source_label)
    page = reverse("staff:customer", args=[row.customer_id])
    calls = row.kind == Promise.Kind.CALL and may_log
    return Item(
        id=f"promise-{row.pk}",
        icon="alert-triangle" if one.tone == "bad" else ICONS.get(row.kind, "heart-handshake"),
        who=row.customer.label,
        href=page,
        text=row.what,
        why=" · ".join(parts),
        pill=one.state,
        tone=one.tone,
        act=_("Call") if calls else "",
        act_href=f"{page}?compose=call#composer" if calls else "",
        act_icon="phone" if calls else "",
        promise=row if may_change else None,
        movable=one.movable,
    )


def _answer(row: Answer, *, may_answer: bool) -> Item:
    assert row.customer
    assert row.answered_at
    score = "" if row.score is None else _("%(score)s of %(high)s") % {
        "score": formats.number(row.score), "high": row.scale_high,
    }  # fmt: skip
    text = f"{score}: “{_cut(row.text)}”" if row.text and score else score or _cut(row.text)
    low = row.score is not None and (row.score - row.scale_low) <= (row.scale_high - row.scale_low) * LOW
    why = [row.get_kind_display(), formats.ago(row.answered_at)]
    if row.order:
        why.append(_("order %(number)s") % {"number": row.order.number})
    reply = reverse("staff:customer_feedback", args=[row.customer_id, row.pk])
    return Item(
        id=f"answer-{row.pk}",
        icon="mood-sad" if low else "star",
        who=row.customer.label,
        href=reverse("staff:customer", args=[row.customer_id]),
        text=text,
        why=" · ".join(why),
        pill=_("unhappy") if low else _("unanswered"),
        tone="bad" if low else "neutral",
        act=_("Answer") if may_answer else "",
        act_href=f"{reply}?next=/" if may_answer else "",
        act_icon="message",
    )


def _slipping(row: Score, currency: str, *, may_log: bool) -> Item:
    customer = row.customer
    totals: CustomerTotals | None = getattr(customer, "totals", None)
    page = reverse("staff:customer", args=[customer.pk])
    return Item(
        id=f"slipping-{customer.pk}",
        icon="trending-down",
        who=customer.label,
        href=page,
        text=_silence(row, totals),
        why=" · ".join(_reasons(row, totals, currency)),
        pill=formats.signed(round(row.trend)) if row.trend else "",
        tone="bad" if (row.trend or 0) <= -10 else "warn" if (row.trend or 0) < 0 else "neutral",
        act=_("Log call") if may_log else "",
        act_href=f"{page}?compose=call#composer",
        act_icon="phone",
    )


def _silence(row: Score, totals: CustomerTotals | None) -> str:
    """Return how long nothing was bought, and how often they usually buy."""
    if totals is None or totals.last_at is None:
        return ""
    days = (clock.now() - totals.last_at).days
    silent = ngettext("no order for %(n)s day", "no order for %(n)s days", days) % {"n": formats.number(days)}
    if row.usual_days is None:
        return silent
    return _("%(silent)s, usually every %(n)s") % {"silent": silent, "n": formats.number(round(row.usual_days))}


def _reasons(row: Score, totals: CustomerTotals | None, currency: str) -> list[str]:
    parts = []
    if row.p_alive is not None:
        parts.append(_("still active %(share)s") % {"share": formats.percent(row.p_alive, 0)})
    if totals:
        parts.append(_("%(money)s to date") % {"money": formats.money(Money(totals.net_minor, currency), "short")})
    if row.at_risk_minor:
        at_risk = formats.money(Money(row.at_risk_minor, currency), "short")
        parts.append(_("%(money)s at risk") % {"money": at_risk})
    return parts


def _cut(text: str, limit: int = 90) -> str:
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def anybody(actor: Actor) -> bool:
    """Return whether there is any customer within reach."""
    return Customer.objects.visible_to(actor).exists()
