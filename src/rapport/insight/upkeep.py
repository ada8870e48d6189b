"""Keeping insight up to date: the lake, then the scores of all customers, then how well they foretell."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.utils import translation

from rapport.insight import dashboards, pictures
from rapport.insight.elements import history
from rapport.insight.elements.back_test import back_test
from rapport.insight.elements.score import scored
from rapport.insight.elements.write import write
from rapport.insight.lake import reader
from rapport.insight.lake.refresh import Refreshed, refresh
from rapport.insight.metrics.figures import Span
from rapport.insight.metrics.scope import Scope
from rapport.insight.models import LakeState
from rapport.insight.policy import Policy
from rapport.insight.queries import present_day
from rapport.kernel import clock
from rapport.team.models import Organisation

OWN = frozenset({"insight_score"})
SHARE_OF_TIME = 20
"""Scores are worked out at most for one twentieth of the time."""
LEAST_PAUSE = timedelta(minutes=5)
QUICK = 60.0
"""Seconds of work on all scores, above which earlier months are not worked out afterwards."""
BACK_TEST_EVERY = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Scored:
    """What working out the scores did: rows added and changed, seconds taken."""

    added: int
    changed: int
    seconds: float


def bring_up_to_date(*, now: bool = False, full: bool = False) -> tuple[Refreshed, Scored | None]:
    """Refresh the lake, and work the scores out again when something changed and enough time has passed.

    now: work the scores out whatever the time; full: read the whole database again.
    """
    done = refresh(full=full)
    firm = Organisation.objects.first()
    if firm is None:
        return done, None
    scored = score_everybody(firm) if now or _due(done, firm) else None
    if scored and scored.added + scored.changed:
        refresh()
    if done.rows or scored:
        _prepare(firm)
    reader.close()
    return done, scored


def _prepare(firm: Organisation) -> None:
    """Work out the dashboards as they open, so that their first reader need not wait for the engine."""
    start, end = dashboards.year(present_day(firm))
    with translation.override(firm.language):
        dashboards.owner(start=start, end=end)
        pictures.prepare()
        today = clock.today(firm.zone)
        dashboards.service(start=today - timedelta(days=dashboards.MONTH - 1), end=today + timedelta(days=1))


def score_everybody(firm: Organisation) -> Scored:
    """Work out the scores of all customers as of the present day, and write those that changed."""
    started, at = time.perf_counter(), clock.now()
    lake = reader.open()
    scope = scope_of(lake, firm, present_day(firm))
    state = LakeState.objects.get(pk=1)
    if state.scored_for and history.turn(state.scored_for, scope.as_of) and state.looked_back:
        state.looked_back = history.month_end(state.scored_for)
    added, changed = write(lake, scored(scope), scope.as_of, settings.HOME.lake / "spill")
    seconds = time.perf_counter() - started
    if state.tested_at is None or at - state.tested_at > BACK_TEST_EVERY:
        back_test(scope, at)
        state.tested_at = at
    state.scored_at, state.scored_for, state.score_seconds, state.changed_at = at, scope.as_of, seconds, None
    state.save(update_fields=["scored_at", "scored_for", "score_seconds", "tested_at", "changed_at", "looked_back"])
    return Scored(added, changed, round(seconds, 2))


def look_back() -> int:
    """Work out the scores of earlier months that are not in the history yet; return how many rows that made.

    Only where scores are quick to work out: else the history begins with the first of them.
    """
    firm, state = Organisation.objects.first(), LakeState.objects.filter(pk=1).first()
    if firm is None or state is None or (state.score_seconds or QUICK) >= QUICK:
        return 0
    rows, day = 0, present_day(firm)
    while True:
        scope = scope_of(reader.open(), firm, day)
        first = scope.first_day()
        month = history.next_month(state.looked_back, first, day) if first else None
        if month is None:
            return rows
        rows += history.look_back(scope, month, settings.HOME.lake / "spill")
        state.looked_back = month
        state.save(update_fields=["looked_back"])
        reader.close()


def scope_of(lake: reader.Lake, firm: Organisation, day: date) -> Scope:
    """Return everything up to the end of `day`, by the firm's rules."""
    lag = max(0, (clock.today(firm.zone) - present_day(firm)).days)
    return Scope(lake, day, Span(None, day + timedelta(days=1)), Policy.of(firm.policy), firm.currency, lag=lag)


def _due(done: Refreshed, firm: Organisation) -> bool:
    state = LakeState.objects.get(pk=1)
    if done.tables - OWN and state.changed_at is None:
        state.changed_at = clock.now()
        state.save(update_fields=["changed_at"])
    if state.scored_at is None:
        return True
    pause = max(LEAST_PAUSE, timedelta(seconds=SHARE_OF_TIME * (state.score_seconds or 0)))
    if clock.now() - state.scored_at < pause:
        return False
    return state.changed_at is not None or state.scored_for != present_day(firm)


def scored_at() -> datetime | None:
    """Return when the scores were last worked out."""
    return LakeState.objects.values_list("scored_at", flat=True).first()
