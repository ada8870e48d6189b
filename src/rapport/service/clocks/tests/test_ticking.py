"""Clocks told from the history of a ticket. Times are hours after midnight of a Monday, in a calendar from 9 to 17."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from rapport.service.clocks.stretches import ticks
from rapport.service.clocks.ticking import LEVELS, Aim, Run, Span, Story, Turn, due, ended, gaps, moments, resting, runs
from rapport.service.clocks.timetable import WEEKDAYS, timetable
from rapport.service.clocks.walk import OpenTime

HOUR = 3_600_000_000
MONDAY = ticks(datetime(2026, 6, 1, tzinfo=UTC))
OFFICE = OpenTime(timetable("UTC", {name: [["09:00", "17:00"]] for name in WEEKDAYS}))


def at(hours: float) -> int:
    return MONDAY + round(hours * HOUR)


def span(category: str, start: float, end: float | None = None) -> Span:
    return Span(category, at(start), None if end is None else at(end))


def customer(*hours: float) -> list[Turn]:
    return [Turn(at(hour), ours=False) for hour in hours]


def ours(*hours: float) -> list[Turn]:
    return [Turn(at(hour), ours=True) for hour in hours]


def told(*spans: Span, turns: list[Turn] | None = None, quiet: bool = False) -> list[Run]:
    return runs(Story(at(9), spans, sorted(turns or [], key=lambda turn: turn.at), quiet))


def run_of(aim: Aim, found: list[Run]) -> list[Run]:
    return [one for one in found if one.aim is aim]


def test_a_new_ticket_waits_for_an_answer_and_a_solution() -> None:
    assert told(span("new", 9)) == [Run(Aim.FIRST, at(9)), Run(Aim.SOLVE, at(9))]


def test_the_first_answer_stops_the_first_clock() -> None:
    found = told(span("open", 9), turns=customer(9) + ours(10))
    assert found == [Run(Aim.FIRST, at(9), at(10), met=True), Run(Aim.SOLVE, at(9))]


def test_an_answer_at_once_is_an_answer() -> None:
    assert told(span("open", 9), turns=ours(9))[0] == Run(Aim.FIRST, at(9), at(9), met=True)


def test_the_next_answer_is_waited_for_while_the_customer_spoke_last() -> None:
    turns = customer(9) + ours(10) + customer(11) + ours(12) + customer(13)
    found = run_of(Aim.NEXT, told(span("open", 9), turns=turns))
    assert found == [Run(Aim.NEXT, at(11), at(12), met=True), Run(Aim.NEXT, at(13))]


def test_what_the_customer_adds_starts_no_new_clock() -> None:
    found = run_of(Aim.NEXT, told(span("open", 9), turns=ours(10) + customer(11, 12, 14)))
    assert found == [Run(Aim.NEXT, at(11))]


def test_before_the_first_answer_no_next_one_is_waited_for() -> None:
    assert run_of(Aim.NEXT, told(span("open", 9), turns=customer(9, 10, 11))) == []


def test_a_ticket_that_ended_unanswered_stops_its_clocks_without_meeting_them() -> None:
    found = told(span("open", 9, 12), span("solved", 12), turns=customer(9))
    assert found == [Run(Aim.FIRST, at(9), at(12)), Run(Aim.SOLVE, at(9), at(12), met=True)]


def test_thanks_after_the_end_start_no_clock() -> None:
    turns = customer(9) + ours(10) + customer(13)
    assert run_of(Aim.NEXT, told(span("open", 9, 12), span("solved", 12), turns=turns)) == []


def test_solved_and_then_closed_ended_when_it_was_solved() -> None:
    spans = (span("open", 9, 12), span("solved", 12, 20), span("closed", 20))
    assert ended(spans) == at(12)


def test_opened_again_it_runs_on_and_the_time_between_is_a_gap() -> None:
    spans = (span("open", 9, 12), span("solved", 12, 14), span("open", 14))
    (solve,) = run_of(Aim.SOLVE, told(*spans))
    assert solve == Run(Aim.SOLVE, at(9))
    assert due(solve, 5 * HOUR, gaps(spans), OFFICE) == at(16)


def test_waiting_is_a_gap_and_while_it_lasts_nothing_falls_due() -> None:
    solve = Run(Aim.SOLVE, at(9))
    waiting = (span("open", 9, 10), span("waiting", 10))
    assert resting(waiting)
    assert due(solve, 2 * HOUR, gaps(waiting), OFFICE) is None
    back = (span("open", 9, 10), span("waiting", 10, 15), span("open", 15))
    assert not resting(back)
    assert due(solve, 2 * HOUR, gaps(back), OFFICE) == at(16)


def test_what_was_late_before_it_waited_stays_late() -> None:
    spans = (span("open", 9, 12), span("waiting", 12))
    assert due(Run(Aim.SOLVE, at(9)), 2 * HOUR, gaps(spans), OFFICE) == at(11)


def test_opened_while_waiting_it_begins_when_the_customer_answers() -> None:
    spans = (span("waiting", 9, 12), span("open", 12))
    assert due(Run(Aim.FIRST, at(9)), HOUR, gaps(spans), OFFICE) == at(13)


def test_what_has_stopped_is_judged_by_when_it_would_have_been_due() -> None:
    spans = (span("open", 9, 12), span("solved", 12))
    (solve,) = run_of(Aim.SOLVE, told(*spans))
    assert due(solve, 6 * HOUR, gaps(spans), OFFICE) == at(15)
    assert due(solve, 2 * HOUR, gaps(spans), OFFICE) == at(11)


def test_another_policy_counts_from_the_opening_with_the_pauses_that_were() -> None:
    spans = (span("open", 9, 10), span("waiting", 10, 12), span("open", 12))
    assert [due(Run(Aim.SOLVE, at(9)), hours * HOUR, gaps(spans), OFFICE) for hours in (1, 2, 4)] == [
        at(10), at(13), at(15),
    ]  # fmt: skip


def test_merged_spam_and_trash_run_nothing() -> None:
    assert told(span("open", 9), turns=customer(9), quiet=True) == []


def test_levels_are_reached_in_open_time() -> None:
    spans = (span("open", 9, 10), span("waiting", 10, 12), span("open", 12))
    assert LEVELS == (50, 75, 100)
    assert moments(Run(Aim.SOLVE, at(9)), 8 * HOUR, gaps(spans), OFFICE) == [at(15), at(17), at(24 + 11)]


@st.composite
def stories(draw: st.DrawFn) -> Story:
    marks = sorted(draw(st.lists(st.integers(0, 400), unique=True, max_size=6)))
    edges = [0, *[mark + 1 for mark in marks], None]
    kinds = st.sampled_from(("new", "open", "waiting", "solved", "closed"))
    spans = [
        Span(draw(kinds), at(9 + low / 4), None if high is None else at(9 + high / 4))
        for low, high in pairwise(edges)
        if low is not None
    ]
    said = sorted(draw(st.lists(st.tuples(st.integers(0, 500), st.booleans()), max_size=8)))
    return Story(at(9), spans, [Turn(at(9 + hour / 4), who) for hour, who in said])


@given(stories(), st.integers(1, 40), st.integers(1, 40))
def test_clocks_stop_after_they_started_and_longer_ones_are_due_later(story: Story, one: int, more: int) -> None:
    pauses = gaps(story.spans)
    for run in runs(story):
        assert run.stopped is None or run.stopped >= run.started
        assert not (run.met and run.stopped is None)
        short, long = (due(run, length * HOUR, pauses, OFFICE) for length in (one, one + more))
        assert long is None or (short is not None and short < long)
        assert run.stopped is None or long is not None


@given(stories())
def test_at_most_one_clock_of_a_kind_runs(story: Story) -> None:
    found = [run.aim for run in runs(story) if run.stopped is None]
    assert len(found) == len(set(found))


@given(stories(), st.integers(1, 40))
def test_a_clock_is_due_exactly_when_its_time_has_passed_outside_the_gaps(story: Story, hours: int) -> None:
    pauses = gaps(story.spans)
    for run in runs(story):
        moment = due(run, hours * HOUR, pauses, OFFICE)
        if moment is not None and run.stopped is None:
            assert OFFICE.passed(run.started, moment, pauses) == hours * HOUR
