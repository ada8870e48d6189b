"""Clocks of tickets: told from history whenever it grew, and written down with what is due.

`recompute` is right at any time and however often it is called: a clock keeps its row from its start on, each level is
told once for it, and its promise follows it. What has stopped keeps its verdict, unless the ticket is opened again.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import translation

from rapport.kernel import clock
from rapport.kernel.actors import SYSTEM, Actor
from rapport.kernel.events import EventLine, publish, publish_many
from rapport.kernel.verbs import verb
from rapport.service.clocks.stretches import moment, ticks
from rapport.service.clocks.ticking import LEVELS
from rapport.service.events import ClockBreached, ClockWarned
from rapport.service.models import LIVE, Clock, Ticket
from rapport.service.permissions import CHANGE
from rapport.service.services import pledges, retiming, writing
from rapport.service.services.planning import Plan, Row, plan
from rapport.service.services.pledges import Matter
from rapport.service.services.rulebook import Rule, choose, rules
from rapport.service.services.stories import stories
from rapport.team.queries import organisation

COLUMNS = (
    "id", "number", "subject", "priority", "category", "requester_id", "owner_id", "owner__name", "queue_id",
    "policy_id",
)  # fmt: skip
BATCH = 2_500
"""Tickets that are worked out in one transaction, as long as they are locked."""
HANDS = 3
"""So many batches are worked on at once: the database writes while others are worked out or wait for the disk."""
FEW = 100
"""Up to so many levels are told one by one in such a transaction, so that reactions hear of them."""


_RUNNING = "SELECT FROM service_clock WHERE stopped_at IS NULL AND ticket_id = ANY(%s) LIMIT 1"
_later: ContextVar[set[UUID] | None] = ContextVar("later", default=None)


def recompute(ticket: Ticket | UUID) -> None:
    """Tell the clocks of a ticket anew and write down what is due, by whatever has happened so far."""
    key = ticket.pk if isinstance(ticket, Ticket) else ticket
    later = _later.get()
    if later is not None:
        later.add(key)
    elif _concerned([key]):
        settle([key], by=SYSTEM)


@contextmanager
def together() -> Iterator[None]:
    """Tell the clocks of all tickets that the code inside touches once, at its end and in its transaction."""
    touched: set[UUID] = set()
    token = _later.set(touched)
    try:
        yield
    finally:
        _later.reset(token)
    if touched:
        settle(sorted(touched), by=SYSTEM)


def recompute_running(*, calendar_id: UUID | None = None) -> int:
    """Tell the clocks of all running tickets anew, or of those by a calendar, and return how many tickets that were.

    For when a calendar or a policy has changed: only what runs is concerned, what has stopped keeps its verdict.
    """
    tickets, ticking = Ticket.objects.running(), Clock.objects.running()
    if calendar_id is not None:
        tickets = tickets.filter(policy__calendar_id=calendar_id)
        ticking = ticking.filter(policy__calendar_id=calendar_id)
    ids = sorted({*tickets.values_list("pk", flat=True), *ticking.values_list("ticket_id", flat=True)})
    _each(settle if calendar_id is None else retimed, list(_batches(ids)))
    return len(ids)


def _each(work: Callable[..., None], batches: Sequence[Sequence[UUID]]) -> None:
    """Do the work on each batch in a transaction of its own, several at once.

    One after the other within a transaction, as others would not see what it has written.
    """
    if connection.in_atomic_block or len(batches) < 2:
        for batch in batches:
            work(batch, by=SYSTEM)
        return
    with ThreadPoolExecutor(HANDS, thread_name_prefix="clocks") as hands:
        for done in [hands.submit(copy_context().run, _alone, work, batch) for batch in batches]:
            done.result()


def _alone(work: Callable[..., None], batch: Sequence[UUID]) -> None:
    """Do the work on one batch over a connection of its own."""
    try:
        work(batch, by=SYSTEM)
    finally:
        connection.close()


def warn() -> int:
    """Tell the levels that clocks have reached by now, each once, and return of how many tickets that was."""
    late = Clock.objects.running().filter(warn_at__lte=clock.now())
    ids = sorted(set(late.values_list("ticket_id", flat=True)))
    for key in ids:
        settle([key], by=SYSTEM)
    return len(ids)


@verb(CHANGE, publishes=(ClockWarned, ClockBreached))
def retimed(ids: Collection[UUID], *, by: Actor) -> None:
    """Move the clocks of some tickets after a calendar changed, and settle those for which more follows from it."""
    left = retiming.retime(ids, {rule.policy_id: rule for rule in rules()}, by=by)
    if left:
        settle(left, by=by)


@verb(CHANGE, publishes=(ClockWarned, ClockBreached))
def settle(ids: Collection[UUID], *, by: Actor) -> None:
    """Tell the clocks of some tickets anew; they are locked meanwhile, in the order of their keys."""
    if not _concerned(ids):
        return
    known = rules()
    found = _locked(ids)
    tales, rows = stories(found), writing.read(found)
    live = [key for key, row in found.items() if row["category"] in LIVE]
    chosen = choose(live, known)
    before: dict[UUID | None, Rule] = {rule.policy_id: rule for rule in known}
    now = ticks(clock.now())
    plans = [
        plan(key, row["priority"], tales[key], _rule(row, chosen, before), rows.get(key, ()), now)
        for key, row in found.items()
    ]
    with translation.override(organisation().language):
        _write(plans, found, before, by)


def _concerned(ids: Collection[UUID]) -> bool:
    """Return whether there is any policy, or a clock that ran by one on some of these tickets."""
    if rules():
        return True
    with connection.cursor() as cursor:
        cursor.execute(_RUNNING, [list(ids)])
        return cursor.fetchone() is not None


def _rule(row: dict[str, Any], chosen: dict[UUID, Rule], before: dict[UUID | None, Rule]) -> Rule | None:
    """Return the policy of a ticket: for one that has ended the one that it had."""
    return chosen.get(row["id"]) if row["category"] in LIVE else before.get(row["policy_id"])


def _locked(ids: Collection[UUID]) -> dict[UUID, dict[str, Any]]:
    rows = Ticket.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk")
    return {row["id"]: row for row in rows.values(*COLUMNS)}


def _write(plans: Sequence[Plan], found: dict[UUID, dict[str, Any]], known: dict[UUID | None, Rule], by: Actor) -> None:
    """Write what clocks have become, let their promises follow, and tell the levels that were reached."""
    writing.tickets(plans)
    matters = {one.ticket_id: _matter(found[one.ticket_id], known.get(one.policy_id)) for one in plans}
    changed = [pair for one in plans for pair in one.changed]
    writing.update(after for _before, after in changed)
    made = [row for one in plans for row in one.made]
    bare = [after for _before, after in changed if after.promise_id is None]
    promises = pledges.make([(row, matters[row.ticket_id]) for row in (*made, *bare)], by=by)
    writing.insert(made, promises[: len(made)])
    writing.pledge((row.id, key) for row, key in zip(bare, promises[len(made) :], strict=True) if row.id and key)
    pledges.follow(changed, by=by)
    _tell([(row, level) for one in plans for row, level in one.told], found, by)


def _matter(row: dict[str, Any], rule: Rule | None) -> Matter:
    return Matter(
        row["requester_id"], f"T-{row['number']}", row["subject"], rule.zone if rule else "UTC", row["owner_id"],
        row["owner__name"] or "",
    )  # fmt: skip


def _tell(told: Sequence[tuple[Row, int]], found: dict[UUID, dict[str, Any]], by: Actor) -> None:
    """Publish that clocks have reached levels; very many at once, as after a new policy, wake no reactions."""
    if len(told) <= FEW:
        for row, level in told:
            ticket = found[row.ticket_id]
            happening = _news(row, level, ticket)
            publish(happening, by=by, subject=Ticket(pk=row.ticket_id), customer=ticket["requester_id"])
        return
    at = clock.now()
    lines = (
        EventLine(type(news), news.as_data(), row.ticket_id, found[row.ticket_id]["requester_id"], at)
        for row, news in ((row, _news(row, level, found[row.ticket_id])) for row, level in told)
    )
    publish_many(lines, subject_type=Ticket._meta.label_lower, by=by, count=len(told))


def _news(row: Row, level: int, ticket: dict[str, Any]) -> ClockBreached | ClockWarned:
    told = {
        "number": f"T-{ticket['number']}",
        "aim": row.aim.value,
        "due": moment(row.due).isoformat() if row.due is not None else "",
        "owner_id": ticket["owner_id"],
        "queue_id": ticket["queue_id"],
    }
    return ClockBreached(**told) if level >= LEVELS[-1] else ClockWarned(**told, level=level)


def _batches(ids: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    for start in range(0, len(ids), BATCH):
        yield ids[start : start + BATCH]
