"""Which clocks run on a ticket, told from its history alone: its statuses and what was said in public.

Nothing is added up along the way, so a clock can be worked out again at any time: after a ticket was opened again,
after a message came in late, with another policy or calendar.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from rapport.service.clocks.stretches import Stretch, union
from rapport.service.clocks.walk import NEVER, OpenTime

LEVELS = (50, 75, 100)
"""Per cent of a target at which somebody is told, each once."""
GAPS = frozenset({"waiting", "solved", "closed"})
"""Categories of statuses in which no clock runs."""
ENDED = frozenset({"solved", "closed"})


class Aim(StrEnum):
    """What a clock runs towards."""

    FIRST = "first"
    NEXT = "next"
    SOLVE = "solve"


@dataclass(frozen=True, slots=True)
class Span:
    """A category of statuses and from when until when (None: still) a ticket was in it, in microseconds of UTC."""

    category: str
    start: int
    end: int | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """That one side spoke after the other had; `ours` is the first public message of a person of the staff."""

    at: int
    ours: bool


@dataclass(frozen=True, slots=True)
class Story:
    """What clocks are told from: when a ticket was opened, its spans and its turns in order of time.

    A story is over (`quiet`) when the ticket was merged into another one, is spam or in the trash.
    """

    opened: int
    spans: Sequence[Span] = ()
    turns: Sequence[Turn] = ()
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Run:
    """One clock: since when it runs towards what, when it stopped, and whether that was because it got there."""

    aim: Aim
    started: int
    stopped: int | None = None
    met: bool = False


def gaps(spans: Sequence[Span]) -> list[Stretch]:
    """Return when no clock runs: while the ticket waits for the customer, is solved or closed."""
    return union((one.start, NEVER if one.end is None else one.end) for one in spans if one.category in GAPS)


def resting(spans: Sequence[Span]) -> bool:
    """Return whether no clock runs now."""
    return bool(spans) and spans[-1].category in GAPS


def ended(spans: Sequence[Span]) -> int | None:
    """Return since when a ticket is solved or closed without a break; None when it is neither now."""
    since = None
    for span in spans:
        since = None if span.category not in ENDED else span.start if since is None else since
    return since


def runs(story: Story) -> list[Run]:
    """Return all clocks of a ticket, whether they run or have stopped.

    The first answer counts from the opening to the first of our turns. From then on each of the customer's turns
    starts a clock that our next one stops; what the customer adds meanwhile starts none. The solution counts from the
    opening until the ticket ended for good. A ticket that ended without an answer stops the clocks that wait for one.
    """
    if story.quiet:
        return []
    end = ended(story.spans)
    first = next((turn.at for turn in story.turns if turn.ours), None)
    found = [_run(Aim.FIRST, story.opened, first, end)]
    if first is not None:
        asked = None
        for turn in story.turns:
            if turn.at < first:
                continue
            if turn.ours and asked is not None:
                found.append(_run(Aim.NEXT, asked, turn.at, end))
                asked = None
            elif not turn.ours and asked is None:
                asked = turn.at
        if asked is not None and (end is None or asked < end):
            found.append(_run(Aim.NEXT, asked, None, end))
    found.append(Run(Aim.SOLVE, story.opened, end, met=end is not None))
    return found


def _run(aim: Aim, started: int, answered: int | None, end: int | None) -> Run:
    if answered is not None:
        return Run(aim, started, max(answered, started), met=True)
    return Run(aim, started, None if end is None else max(end, started))


def due(run: Run, length: int, pauses: Sequence[Stretch], hours: OpenTime) -> int | None:
    """Return when a clock is due that has `length` microseconds of open time, None while it stands still before that.

    For one that has stopped it is when it would have been due, had nothing stopped it. Raises `TooFar`.
    """
    return hours.due(run.started, length, _before(run, pauses))


def moments(run: Run, length: int, pauses: Sequence[Stretch], hours: OpenTime) -> list[int | None]:
    """Return when a clock reaches each of `LEVELS`, None for those that it does not reach as things stand."""
    return hours.dues(run.started, [length * level // 100 for level in LEVELS], _before(run, pauses))


def _before(run: Run, pauses: Sequence[Stretch]) -> Sequence[Stretch]:
    """Return the pauses that count for a clock: of one that has stopped, those before it did."""
    if run.stopped is None:
        return pauses
    cut = [one for one in pauses if one[0] < run.stopped]
    return [(low, run.stopped if high >= NEVER else high) for low, high in cut]
