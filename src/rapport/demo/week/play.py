"""Playing the week: everything that anybody does in it, in order of time, each at its own moment of a stopped clock."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import count
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from rapport.conversations.services import outbox, threads
from rapport.demo.week import acts, desk, groups, shelf
from rapport.demo.week.acts import Talk
from rapport.demo.week.cast import Cast
from rapport.demo.week.desk import Desk
from rapport.demo.week.hours import FRESH, LEAST_AGO, WEEK, awake, ends_of, worked, writing_moments
from rapport.demo.week.scripts import Script, Turn, scripts
from rapport.feedback.models import Answer
from rapport.kernel import clock
from rapport.kernel.actors import SYSTEM, Actor
from rapport.kernel.jobs import react
from rapport.kernel.queueing import Waiting, aside
from rapport.promises.models import Promise
from rapport.service.clocks.timetable import Timetable
from rapport.service.models import Ticket
from rapport.service.services import assigning, clocks, routing
from rapport.team.models import User

CAUSE = UUID("7a1dbeef-0000-7000-8000-000000000001")
"""What every event of the week names as its cause, so that what it made is found again."""
BEFORE = timedelta(days=60)
EARLY = timedelta(days=3)
SHARED, SHARED_AGO = 7, timedelta(minutes=3)
WARNS = timedelta(hours=1)
USUAL = {"them": 95, "second": 180, "rate": 140, "us": 45, "canned": 35, "macro": 25, "make_good": 60}
IN_CHAT = 2
READ_AFTER = 240
LEAVES_THE_HOUSE = ("rapport.meetings.",)

Report = Callable[[str, int, int], None]


class Stage:
    """The week while it is played: what is still to happen, the next first."""

    def __init__(self, by: Actor, now: datetime, dice: Random) -> None:
        self.by, self.now, self.dice = by, now, dice
        self.coming: list[tuple[datetime, int, Callable[[], None]]] = []
        self.order = count()
        self.acts = 0

    def at(self, moment: datetime, act: Callable[[], None]) -> None:
        """Let something happen at a moment; what would come after the present is left to the staff of today."""
        if moment < self.now:
            heapq.heappush(self.coming, (moment, next(self.order), act))

    def run(self, tell: Callable[[datetime], None]) -> None:
        """Let everything happen."""
        with aside() as waiting:
            while self.coming:
                moment, _order, act = heapq.heappop(self.coming)
                with clock.frozen(moment), clocks.together():
                    act()
                    self._follow(waiting)
                self.acts += 1
                tell(moment)

    def _follow(self, waiting: list[Waiting]) -> None:
        """Do what was put aside: reactions at once, sending when it is due. Invitations are written to nobody."""
        while waiting:
            job = waiting.pop(0)
            if job.task == "conversations.send":
                key = UUID(job.arguments["message"])
                self.at(max(job.due or clock.now(), clock.now()), lambda key=key: _send(key))  # type: ignore[misc]
            elif job.task == "kernel.react" and not job.arguments["reaction"].startswith(LEAVES_THE_HOUSE):
                react.func(**job.arguments)


@contextmanager
def _all_or_nothing() -> Iterator[None]:
    """One transaction without a savepoint for each verb: whatever fails lets the whole week go."""
    with transaction.atomic():
        connection.features.uses_savepoints, before = False, connection.features.uses_savepoints
        try:
            yield
        finally:
            connection.features.uses_savepoints = before


def play(report: Report, *, fresh: bool, password: str = "") -> int:
    """Play the week that ends now, and return how many things happened; none without customers or the usual roles.

    It is one transaction: there is a whole week, or none. On a `fresh` installation its staff signs in with `password`.
    """
    with _all_or_nothing():
        return _play(report, fresh=fresh, password=password)


def _play(report: Report, *, fresh: bool, password: str) -> int:
    now = clock.now().replace(microsecond=0)
    dice = Random("rapport week")  # noqa: S311 - the same week every time
    cast = Cast(dice)
    if not cast.anybody() or not desk.can_be_set_up():
        return 0
    by = SYSTEM.because_of(CAUSE)
    stage = Stage(by, now, dice)
    with translation.override("en"), aside():
        with clock.frozen(now - BEFORE):
            made = desk.set_up(by, fresh=fresh, password=password)
        shelf.fill(made, now)
        _cast(stage, made, cast)
        _watch(stage, made)
        _group(stage)
        stage.run(lambda moment: report(_("A made-up week"), _share(now, moment), 100))
        groups.follow(by=by)
    _mark()
    if fresh:
        _share_out(made, now)
    report(_("A made-up week"), 100, 100)
    return stage.acts


def conversations(stage: Stage, zone: ZoneInfo) -> Iterator[tuple[Script, datetime]]:
    """Yield every conversation with the moment at which it begins; at one moment it is always the same week."""
    start, plans = stage.now - WEEK, scripts()
    rest = [one for one in plans if not one.when]
    stage.dice.shuffle(rest)
    spans = (
        ([one for one in plans if one.when == "late"], stage.now - FRESH, stage.now - LEAST_AGO),
        ([one for one in plans if one.when == "early"], start, start + EARLY),
        (rest, start, stage.now - LEAST_AGO),
    )
    for group, first, last in spans:
        yield from zip(group, writing_moments(len(group), first, last, stage.dice, zone), strict=True)


def _group(stage: Stage) -> None:
    """Make the segments as the week begins, and work them out once a day."""
    stage.at(stage.now - WEEK, lambda: groups.make(by=stage.by))
    for before in groups.moments():
        stage.at(stage.now - before, lambda: groups.follow(by=stage.by))


def _cast(stage: Stage, made: Desk, cast: Cast) -> None:
    """Give every conversation somebody who speaks in it."""
    assert made.hours is not None
    for number, (script, at) in enumerate(conversations(stage, made.hours.zone), start=1):
        part = cast.part(script.country, script.like, again=script.again)
        talk = Talk(script, part, made, number)
        begins = _served(script, at, made)
        stage.at(begins, lambda talk=talk, begins=begins: _begin(stage, talk, begins))  # type: ignore[misc]


def _served(script: Script, at: datetime, made: Desk) -> datetime:
    """Return when a conversation begins: chats and calls that are answered, while somebody is there."""
    assert made.hours is not None
    attended = script.channel == "chat" or (script.channel == "phone" and not script.data.get("missed"))
    return worked(made.hours, at, 4) if attended else at


def _begin(stage: Stage, talk: Talk, at: datetime) -> None:
    acts.begin(talk)
    _next(stage, talk, list(talk.script.turns), at)


def _next(stage: Stage, talk: Talk, turns: list[Turn], at: datetime) -> None:
    """Let the next turn come when it is time; it lets the one after it come."""
    if not turns:
        return
    turn, *rest = turns
    hours = talk.desk.hours
    assert hours is not None
    then = _when(stage, talk, turn, hours, at)

    def act() -> None:
        acts.do(talk, turn)
        if turn.do == "rate":
            read = worked(hours, then, READ_AFTER)
            stage.at(read, lambda: acts.acknowledge(talk))
        _next(stage, talk, rest, then)

    stage.at(then, act)


def _when(stage: Stage, talk: Talk, turn: Turn, hours: Timetable, at: datetime) -> datetime:
    usual = USUAL.get(turn.do, 1)
    if turn.after is not None:
        minutes = turn.after
    elif talk.chat is not None:
        minutes = IN_CHAT if usual > 1 else 1
    else:
        minutes = round(usual * (0.5 + stage.dice.random() * 1.2)) if usual > 1 else 1
    if turn.do in acts.THEIRS:
        return at + timedelta(minutes=minutes) if talk.chat else awake(at, minutes, hours.zone)
    return worked(hours, at, minutes)


def _watch(stage: Stage, made: Desk) -> None:
    """Let the clocks warn, offers lapse and what rests wake, as the jobs of every minute do."""
    assert made.hours is not None
    for moment in ends_of(made.hours, stage.now - WEEK, stage.now, WARNS):
        stage.at(moment, _every_hour)
    stage.at(stage.now - timedelta(seconds=1), _every_hour)


def _every_hour() -> None:
    clocks.warn()
    routing.lapse_due()
    routing.offer_waiting()
    threads.wake_due(by=SYSTEM)


def _send(key: UUID) -> None:
    outbox.send(key)


def _share(now: datetime, moment: datetime) -> int:
    return max(0, min(99, int(100 * (moment - now + WEEK) / WEEK)))


def _share_out(made: Desk, now: datetime) -> None:
    """Give whoever signs in first some work of today."""
    founder = User.objects.filter(deactivated_at__isnull=True).exclude(pk__in=[one.pk for one in made.people.values()])
    user = founder.order_by("joined_at").first()
    waits = (
        Ticket.objects.running().filter(sample=True, waiting_since__isnull=False).order_by("next_breach_at", "number")
    )
    with clock.frozen(now - SHARED_AGO), aside() as waiting:
        for ticket in waits[:SHARED] if user else ():
            assigning.assign(ticket, user, by=made.actors["mona"])
        for job in waiting:
            react.func(**job.arguments)


def _mark() -> None:
    """Mark what follows from made-up tickets as made up, too."""
    Promise.objects.filter(sample=False, customer__sample=True).update(sample=True)
    Answer.objects.filter(sample=False, ticket__sample=True).update(sample=True)
