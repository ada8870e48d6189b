"""The rows behind the measures of service: tickets with what speaks for or against us, messages, attempts to write."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from rapport.conversations.models import Message
from rapport.customers.models import Customer
from rapport.insight.elements.catalogue import WINDOW
from rapport.insight.elements.measure import Measure
from rapport.insight.explained import Row
from rapport.kernel.actors import Actor
from rapport.knowledge.models import Attempt
from rapport.service.models import Amends, Clock, Recovery, Ticket

Finder = Callable[[Customer, Measure, Actor, datetime, int], list[Row]]
AGAINST = {"trust.honest_answers": {"information", "promise"}, "respect.conduct": {"conduct"}}
AIMS = {"first_response": "first", "next_response": "next", "resolution": "solve", "worst_wait": "first"}


def _of(customer: Customer, actor: Actor, until: datetime) -> QuerySet[Ticket]:
    rows = Ticket.objects.visible_to(actor).standing().filter(requester=customer, opened_at__lte=until)
    return rows.filter(opened_at__gt=until - timedelta(days=WINDOW)).order_by("-opened_at", "-id")


def waits(customer: Customer, one: Measure, actor: Actor, until: datetime, limit: int) -> list[Row]:
    """Return the tickets with their clock of the measure's kind, or how long the first answer took."""
    aim = AIMS[one.name.split(".")[1]]
    rows = list(_of(customer, actor, until)[:limit])
    clocks: dict[object, Clock] = {}
    for clock in Clock.objects.visible_to(actor).filter(ticket__in=rows, aim=aim).order_by("started_at"):
        clocks.setdefault(clock.ticket_id, clock)
    return [_waited(row, clocks.get(row.pk), aim, until) for row in rows]


def _waited(row: Ticket, clock: Clock | None, aim: str, until: datetime) -> Row:
    if clock is not None and clock.due_at is not None:
        late = clock.late or (clock.stopped_at is None and clock.due_at <= until)
        text = _("%(ticket)s: too late") if late else _("%(ticket)s: in time")
        return _row(row, text, good=not late)
    if aim == "first" and row.first_response_at:
        hours = (row.first_response_at - row.opened_at).total_seconds() / 3600
        told = {"ticket": f"{row.code} {row.subject}", "hours": f"{hours:.1f}"}
        text = _("%(ticket)s: answered after %(hours)s hours") % told
        return Row("service.ticket", row.pk, row.opened_at, text, None, row.number)
    return _row(row, _("%(ticket)s: not answered yet") if not row.answers else _("%(ticket)s: answered"), good=None)


def desk(customer: Customer, one: Measure, actor: Actor, until: datetime, limit: int) -> list[Row]:
    """Return the tickets with what was complained of, whether they were answered, or whether they had to follow up."""
    rows = _of(customer, actor, until).annotate(cause=F("recovery__cause"))
    if one.name in AGAINST:
        bad = AGAINST[one.name]
        causes = dict(Recovery.Cause.choices)
        return [
            _row(
                row, f"%(ticket)s: {causes[row.cause]}" if row.cause in bad else "%(ticket)s", good=row.cause not in bad
            )
            for row in rows[:limit]
        ]
    if one.name == "responsiveness.answered":
        return [
            _row(row, _("%(ticket)s: answered") if row.first_response_at else _("%(ticket)s: not answered yet"),
                 good=row.first_response_at is not None)
            for row in rows[:limit]
        ]  # fmt: skip
    answered = rows.filter(first_response_at__isnull=False).prefetch_related("follow_ups")[:limit]
    return [
        _row(row, _("%(ticket)s: followed up") if row.follow_ups.all() else "%(ticket)s",
             good=not row.follow_ups.all())
        for row in answered
    ]  # fmt: skip


def endings(customer: Customer, one: Measure, actor: Actor, until: datetime, limit: int) -> list[Row]:
    """Return the tickets that were solved once, with how they ended."""
    rows = _of(customer, actor, until).filter(Q(solved_at__isnull=False) | Q(reopened__gt=0))[:limit]
    found = []
    for row in rows:
        if row.reopened:
            found.append(_row(row, _("%(ticket)s: opened again"), good=False))
        elif one.name == "helpfulness.first_contact" and row.answers > 1:
            found.append(_row(row, _("%(ticket)s: took several answers"), good=False))
        else:
            found.append(_row(row, _("%(ticket)s: solved"), good=True))
    return found


def recoveries(customer: Customer, one: Measure, actor: Actor, until: datetime, limit: int) -> list[Row]:
    """Return the complaints of which it was told how they ended."""
    outcomes = (Recovery.Outcome.RECOVERED, Recovery.Outcome.LOST)
    rows = _of(customer, actor, until).filter(recovery__outcome__in=outcomes).select_related("recovery")
    return [
        _row(row, f"%(ticket)s: {row.recovery.get_outcome_display()}", good=row.recovery.outcome == outcomes[0])
        for row in rows[:limit]
    ]


def extras(customer: Customer, one: Measure, actor: Actor, until: datetime, limit: int) -> list[Row]:
    """Return the amends that were made, and the finds that were solved."""
    mine = _of(customer, actor, until)
    found = [
        Row(
            "service.ticket",
            row.ticket_id,
            row.made_at,
            f"{row.ticket.code}: {row.get_kind_display()}",
            True,
            row.ticket.number,
        )
        for row in Amends.objects.visible_to(actor)
        .filter(ticket__in=mine)
        .select_related("ticket")
        .order_by("-made_at")[:limit]
    ]
    finds = mine.filter(type=Ticket.Type.FIND, solved_at__isnull=False)[:limit]
    found += [_row(row, _("%(ticket)s: found"), good=True) for row in finds]
    return sorted(found, key=lambda row: row.at, reverse=True)[:limit]


def letters(customer: Customer, one: Measure, actor: Actor, until: datetime, limit: int) -> list[Row]:
    """Return our messages to the customer."""
    rows = Message.objects.visible_to(actor).filter(
        thread__customer=customer, direction="out", sender_kind="agent", automatic="", sent_at__isnull=False,
        at__lte=until,
    )  # fmt: skip
    return [
        Row("conversations.message", row.pk, row.at, (row.fresh_text or row.text)[:80], None)
        for row in rows.defer("search").order_by("-at")[:limit]
    ]


def attempts(customer: Customer, one: Measure, actor: Actor, until: datetime, limit: int) -> list[Row]:
    """Return the attempts to write that were shown articles."""
    rows = Attempt.objects.visible_to(actor).filter(customer=customer, began_at__lte=until)
    rows = rows.filter(Q(solved_at__isnull=False) | Q(sent_at__isnull=False)).order_by("-began_at")[:limit]
    return [
        Row("knowledge.attempt", row.pk, row.began_at,
            _("an article was the answer") if row.sent_at is None else _("wrote to us all the same"),
            row.sent_at is None)
        for row in rows
    ]  # fmt: skip


def _row(row: Ticket, text: str, *, good: bool | None) -> Row:
    return Row(
        "service.ticket", row.pk, row.opened_at, text % {"ticket": f"{row.code} {row.subject}"}, good, row.number
    )


FINDERS: Mapping[str, Finder] = {
    "waits": waits,
    "channel_speeds": lambda customer, one, actor, until, limit: [
        _waited(row, None, "first", until) for row in _of(customer, actor, until)[:limit]
    ],
    "desk": desk,
    "endings": endings,
    "recoveries": recoveries,
    "extras": extras,
    "letters": letters,
    "attempts": attempts,
}
