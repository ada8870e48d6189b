"""Metrics of service agree with plain Python over the same rows."""

from __future__ import annotations

import json
import statistics
import tempfile
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rapport.insight.metrics.figures import Span
from rapport.insight.metrics.registry import Metric
from rapport.insight.metrics.run import METRICS, Ask, NotSliced, figure, named, parts
from rapport.insight.metrics.scope import Scope
from rapport.insight.metrics.tickets import SLICES
from rapport.insight.policy import Policy
from rapport.insight.tests.lakes import ask, key, lake_of, values
from rapport.service.clocks.timetable import timetable
from rapport.service.clocks.walk import OpenTime

ZONE = "Europe/London"
FIRST, LAST = date(2024, 3, 18), date(2024, 4, 14)
HOURS = {day: [["09:00", "13:00"], ["14:00", "17:30"]] for day in ("mon", "tue", "wed", "thu", "fri")}
HOLIDAY = date(2024, 4, 1)
POLICY, CALENDAR = key(900), key(901)
CALENDARS: dict[str, list[Any]] = {
    "service_slapolicy": [{"id": POLICY, "calendar_id": CALENDAR}],
    "service_calendar": [{"id": CALENDAR, "zone": ZONE, "hours": json.dumps(HOURS)}],
    "service_calendarday": [
        {"calendar_id": CALENDAR, "day": HOLIDAY, "hours": "[]", "ignored_at": None},
        {
            "calendar_id": CALENDAR,
            "day": date(2024, 3, 20),
            "hours": "[]",
            "ignored_at": datetime(2024, 1, 1, tzinfo=UTC),
        },
    ],
}
OPEN = OpenTime(timetable(ZONE, HOURS, closed=[HOLIDAY]))
Row = dict[str, Any]
MOMENTS = st.integers(0, (LAST - FIRST).days * 24 * 60).map(
    lambda minutes: datetime.combine(FIRST, time(), UTC) + timedelta(minutes=minutes)
)


def here(at: datetime) -> date:
    return at.astimezone(ZoneInfo(ZONE)).date()


def minutes(row: Row, start: datetime, end: datetime) -> float:
    """Return the minutes of one wait: open ones with a policy, else all."""
    passed = OPEN.elapsed(start, end) if row["policy_id"] else max(end - start, timedelta())
    return passed / timedelta(minutes=1)


@st.composite
def desks(draw: st.DrawFn) -> dict[str, list[Row]]:
    """Tickets with their statuses and their talk."""
    tables: dict[str, list[Row]] = {
        name: []
        for name in (
            "service_ticket", "service_statusspan", "service_ticketthread", "conversations_thread",
            "conversations_message",
        )
    }  # fmt: skip
    for number in range(1, draw(st.integers(0, 8)) + 1):
        ticket(draw, number, tables)
    return tables


def ticket(draw: st.DrawFn, number: int, tables: dict[str, list[Row]]) -> None:
    moments = sorted(draw(st.lists(MOMENTS, min_size=2, max_size=7, unique=True)))
    opened, talk = moments[0], moments[1:]
    ours = [draw(st.booleans()) for _ in talk]
    answered = next((at for at, who in zip(talk, ours, strict=True) if who), None)
    spam = draw(st.sampled_from([False, False, False, True]))
    tables["service_ticket"].append({
        "id": key(number), "requester_id": key(draw(st.integers(1, 3))), "type": "question", "category": "open",
        "channel": draw(st.sampled_from(["email", "chat"])), "queue_id": draw(st.sampled_from([None, key(50)])),
        "owner_id": draw(st.sampled_from([None, key(60), key(61)])),
        "tags": draw(st.sampled_from([[], ["a"], ["a", "b"]])),
        "policy_id": draw(st.sampled_from([None, POLICY])), "follows_id": None, "opened_at": opened,
        "first_response_at": answered, "answers": sum(ours), "merged_into_id": None,
        "deleted_at": opened if draw(st.sampled_from([False] * 5 + [True])) else None,
    })  # fmt: skip
    changes = sorted(draw(st.lists(MOMENTS.filter(lambda at: at > opened), max_size=4, unique=True)))
    entered = [opened, *changes]
    categories = ["new", *(draw(st.sampled_from(["open", "waiting", "solved", "closed"])) for _ in changes)]
    for place, (at, category) in enumerate(zip(entered, categories, strict=True)):
        left = entered[place + 1] if place + 1 < len(entered) else None
        span = {"ticket_id": key(number), "category": category, "entered_at": at, "left_at": left}
        tables["service_statusspan"].append({"id": key(10_000 + 10 * number + place), **span})
    thread = {"id": key(100 + number), "channel": "email", "customer_id": None, "created_at": opened}
    tables["conversations_thread"].append({**thread, "spam_at": opened if spam else None})
    tables["service_ticketthread"].append({"ticket_id": key(number), "thread_id": thread["id"]})
    for at, who in [(opened, False), *zip(talk, ours, strict=True)]:
        tables["conversations_message"].append({
            "thread_id": thread["id"], "at": at, "direction": "out" if who else "in", "sent_at": at if who else None,
            "sender_kind": "agent" if who else "customer", "automatic": "",
        })  # fmt: skip


def spans_of(tables: dict[str, list[Row]], row: Row) -> list[Row]:
    return [
        one for one in tables["service_statusspan"] if one["ticket_id"] == row["id"] and here(one["entered_at"]) <= LAST
    ]


def ended(one: Row) -> bool:
    return one["category"] in ("solved", "closed")


def ends(spans: list[Row]) -> list[datetime]:
    """Return when the ticket came to be solved, each time."""
    return [
        one["entered_at"] for before, one in zip([None, *spans], spans, strict=False)
        if ended(one) and not (before and ended(before))
    ]  # fmt: skip


def counted(tables: dict[str, list[Row]]) -> list[Row]:
    spam = {row["id"] for row in tables["conversations_thread"] if row["spam_at"]}
    bad = {row["ticket_id"] for row in tables["service_ticketthread"] if row["thread_id"] in spam}
    return [row for row in tables["service_ticket"] if not row["deleted_at"] and row["id"] not in bad]


def median(found: Iterable[float]) -> Any:
    rows = list(found)
    return pytest.approx(statistics.median(rows), abs=1e-6) if rows else None


def share(found: Iterable[bool]) -> Any:
    rows = list(found)
    return pytest.approx(100 * sum(rows) / len(rows)) if rows else None


def said(tables: dict[str, list[Row]], row: Row) -> list[tuple[datetime, bool]]:
    threads = {one["thread_id"] for one in tables["service_ticketthread"] if one["ticket_id"] == row["id"]}
    rows = [one for one in tables["conversations_message"] if one["thread_id"] in threads]
    return sorted((one["at"], one["direction"] == "out") for one in rows)


def waits(tables: dict[str, list[Row]], row: Row) -> list[tuple[datetime, datetime]]:
    """Return from when until when the customer waited after the first answer."""
    found: list[tuple[datetime, datetime]] = []
    asked: datetime | None = None
    answered = False
    for at, ours in said(tables, row):
        if ours:
            if asked and answered:
                found.append((asked, at))
            asked, answered = None, True
        else:
            asked = asked or at
    return found


def rests(spans: list[Row], until: datetime) -> list[tuple[datetime, datetime]]:
    quiet = [one for one in spans if one["left_at"] and one["category"] in ("waiting", "solved", "closed")]
    return [(one["entered_at"], min(one["left_at"], until)) for one in quiet if one["entered_at"] < until]


@settings(deadline=None, max_examples=25)
@given(desks(), st.dates(FIRST, LAST), st.dates(FIRST, LAST))
def test_answers_and_solutions_of_a_period(tables: dict[str, list[Row]], one: date, other: date) -> None:
    start, end = min(one, other), max(one, other) + timedelta(days=1)
    names = (
        "tickets_opened", "tickets_solved", "first_response", "first_response_clock", "next_response", "resolution",
        "resolution_clock", "reopen_rate", "one_touch", "messages_per_ticket", "backlog", "backlog_age",
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        found = values(lake_of(Path(folder), ZONE, **tables, **CALENDARS), names, LAST, start, end)
    rows = counted(tables)

    def inside(at: datetime | None) -> bool:
        return at is not None and start <= here(at) < end

    solved = [(row, spans_of(tables, row)) for row in rows]
    over = [(row, spans, ends(spans)[-1]) for row, spans in solved if ended(spans[-1]) and inside(ends(spans)[-1])]
    first = [(spans, ends(spans)[0]) for row, spans in solved if ends(spans) and inside(ends(spans)[0])]
    answered = [row for row in rows if inside(row["first_response_at"])]
    again = [(row, *wait) for row in rows for wait in waits(tables, row) if inside(wait[1])]
    running = [row for row, spans in solved if here(row["opened_at"]) < end
               and not ended([one for one in spans if here(one["entered_at"]) < end][-1])]  # fmt: skip
    took = [
        minutes(row, row["opened_at"], at) - sum(minutes(row, *rest) for rest in rests(spans, at))
        for row, spans, at in over
    ]

    assert found["tickets_opened"] == sum(inside(row["opened_at"]) for row in rows)
    assert found["tickets_solved"] == len(over)
    assert found["first_response"] == median(minutes(r, r["opened_at"], r["first_response_at"]) for r in answered)
    assert found["first_response_clock"] == median(
        (row["first_response_at"] - row["opened_at"]) / timedelta(minutes=1) for row in answered
    )
    assert found["next_response"] == median(minutes(*wait) for wait in again)
    assert found["resolution"] == median(took)
    assert found["resolution_clock"] == median((at - row["opened_at"]) / timedelta(minutes=1) for row, _, at in over)
    assert found["reopen_rate"] == share(
        any(not ended(one) and one["entered_at"] > at for one in spans) for spans, at in first
    )
    assert found["one_touch"] == share(row["answers"] <= 1 for row, _, _ in over)
    assert found["messages_per_ticket"] == (
        pytest.approx(np.mean([len(said(tables, row)) for row, _, _ in over])) if over else None
    )
    assert found["backlog"] == len(running)
    assert found["backlog_age"] == median((end - here(row["opened_at"])).days - 1 for row in running)


@settings(deadline=None, max_examples=10)
@given(desks())
def test_a_slice_and_the_parts(tables: dict[str, list[Row]]) -> None:
    given = Ask(LAST, FIRST, LAST + timedelta(days=1), trend=False)
    rules: dict[str, Any] = {"policy": Policy(), "currency": "GBP"}
    metric = named("tickets_opened")
    with tempfile.TemporaryDirectory() as folder:
        lake = lake_of(Path(folder), ZONE, **tables, **CALENDARS)
        opened = {by: parts(lake, metric, given, by, **rules) for by in SLICES}
        one = {
            name: figure(lake, metric, replace(given, only=only), **rules)
            for name, only in {"agent": {"agent": str(key(60))}, "tag": {"tag": "a", "channel": "email"}}.items()
        }
    rows = counted(tables)

    def count(column: str) -> dict[Any, int]:
        found = {row[column] for row in rows}
        return {value: sum(row[column] == value for row in rows) for value in found}

    assert {part: it.value for part, it in opened["agent"].items()} == count("owner_id")
    assert {part: it.value for part, it in opened["queue"].items()} == count("queue_id")
    assert {part: it.value for part, it in opened["channel"].items()} == count("channel")
    tags = {tag: sum(tag in row["tags"] for row in rows) for tag in ("a", "b")}
    assert {part: it.value for part, it in opened["tag"].items() if part} == {t: n for t, n in tags.items() if n}
    assert one["agent"].value == sum(row["owner_id"] == key(60) for row in rows)
    assert one["tag"].value == sum("a" in row["tags"] and row["channel"] == "email" for row in rows)


def test_what_is_not_told_apart_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotSliced):
        figure(lake_of(tmp_path), named("revenue"), Ask(LAST, only={"queue": ""}), policy=Policy(), currency="GBP")


def desk(number: int, opened: datetime, **values: Any) -> Row:
    """Return a ticket of customer 1, by mail unless said."""
    return {"id": key(number), "requester_id": key(1), "channel": "email", "tags": [], "opened_at": opened, **values}


def at(day: int, hour: int = 12, minute: int = 0) -> datetime:
    return datetime(2024, 4, day, hour, minute, tzinfo=UTC)


def span(number: int, category: str, entered: datetime) -> Row:
    return {"ticket_id": key(number), "category": category, "entered_at": entered}


@pytest.mark.parametrize(
    ("name", "aim", "other"),
    [("sla_first", "first", "next"), ("sla_next", "next", "solve"), ("sla_solve", "solve", "first")],
)
def test_service_levels_count_what_has_a_verdict(tmp_path: Path, name: str, aim: str, other: str) -> None:
    def clock(due: datetime, stopped: datetime | None, end: str, number: int = 1, of: str = aim) -> Row:
        given = {"aim": of, "minutes": 60, "started_at": at(1)}
        return {"ticket_id": key(number), "due_at": due, "stopped_at": stopped, "end": end, **given}

    clocks = [
        clock(at(2, 12), at(2, 11), "met"),
        clock(at(2, 12), at(2, 12), "met"),  # at the moment it is due its time is over
        clock(at(3, 12), at(5, 11), "met"),
        clock(at(4), None, ""),
        clock(at(4), at(3), "dropped"),
        clock(at(4), at(6), "dropped"),
        clock(at(20), None, ""),
        clock(at(2), at(1), "met", number=2),  # a ticket in the trash
        clock(at(2), at(1), "met", of=other),
    ]
    gone = desk(2, at(1), deleted_at=at(1))
    lake = lake_of(tmp_path, ZONE, service_ticket=[desk(1, at(1)), gone], service_clock=clocks)
    lake.as_of = at(10, 23)
    found = ask(lake, name, date(2024, 4, 10), date(2024, 4, 1), date(2024, 4, 11))

    assert found.n == 5
    assert found.value == pytest.approx(20.0)


def test_first_contact_resolution_waits_a_week(tmp_path: Path) -> None:
    tickets = [
        desk(1, at(1), answers=1), desk(2, at(1), answers=2), desk(3, at(1), answers=1), desk(4, at(1), answers=1),
        desk(5, at(5), answers=1, follows_id=key(4)), desk(6, at(1), answers=1),
    ]  # fmt: skip
    spans = [
        *(span(number, "solved", at(2)) for number in (1, 2, 3, 4)),
        span(3, "open", at(4)), span(5, "solved", at(11)), span(6, "solved", at(2)), span(6, "open", at(10)),
    ]  # fmt: skip
    lake = lake_of(tmp_path, ZONE, service_ticket=tickets, service_statusspan=spans)
    found = ask(lake, "first_contact_resolution", date(2024, 4, 12), date(2024, 4, 1), date(2024, 4, 13))

    # 1 and 6 hold (6 was opened again after eight days); 2 took two answers, 3 was opened again, 4 was followed up
    assert found.n == 5
    assert found.value == pytest.approx(40.0)


def test_contacts_by_weekday_and_hour_of_the_zone(tmp_path: Path) -> None:
    threads = [
        {"id": key(1), "channel": "chat", "customer_id": key(1)},
        {"id": key(2), "channel": "email", "customer_id": key(1), "spam_at": at(1)},
    ]
    message = {"direction": "in", "sender_kind": "customer", "thread_id": key(1)}
    messages = [
        {**message, "at": at(1, 23, 30)},  # half past midnight on Tuesday in London
        {**message, "at": at(2, 9)},
        {**message, "at": at(2, 9), "automatic": "auto_reply"},
        {**message, "at": at(2, 9), "thread_id": key(2)},
        {**message, "at": at(2, 9), "direction": "out", "sender_kind": "agent"},
    ]
    calls = [
        {"customer_id": key(1), "kind": "call", "direction": "in", "happened_at": at(7, 9)},
        {"customer_id": key(1), "kind": "call", "direction": "out", "happened_at": at(7, 9)},
    ]
    lake = lake_of(
        tmp_path, ZONE, conversations_thread=threads, conversations_message=messages, timeline_activity=calls
    )
    found = ask(lake, "contacts_by_hour", date(2024, 4, 10), date(2024, 4, 1), date(2024, 4, 11))

    hits = {(day, hour): n for day, row in enumerate(found.more["grid"]) for hour, n in enumerate(row) if n}
    assert hits == {(1, 0): 1, (1, 10): 1, (6, 10): 1}
    assert found.more["channels"] == {"chat": 2, "phone": 1}
    assert found.value == 3


def test_evenness_compares_the_slowest_channel_with_the_quickest(tmp_path: Path) -> None:
    def answered(number: int, channel: str, minutes: int) -> Row:
        opened = at(2, 10)
        return desk(number, opened, channel=channel, first_response_at=opened + timedelta(minutes=minutes))

    rows = [answered(n, "email", 40 + n) for n in range(1, 6)] + [answered(10 + n, "chat", 9 + n) for n in range(1, 6)]
    alone = answered(30, "portal", 1)
    lake = lake_of(tmp_path, ZONE, service_ticket=[*rows, alone])
    found = ask(lake, "speed_between_channels", date(2024, 4, 10), date(2024, 4, 1), date(2024, 4, 11))

    assert found.value == pytest.approx(43 / 12)
    assert [(one["channel"], one["n"]) for one in found.more["channels"]] == [("portal", 1), ("chat", 5), ("email", 5)]


def test_only_what_nobody_asked_for_presses(tmp_path: Path) -> None:
    threads = [{"id": key(n), "channel": "email", "customer_id": key(1)} for n in range(1, 8)]
    ours = {"direction": "out", "sender_kind": "agent"}
    theirs = {"direction": "in", "sender_kind": "customer"}
    messages = [{**ours, "thread_id": key(n), "at": at(n), "sent_at": at(n)} for n in range(1, 6)]
    messages += [
        {**theirs, "thread_id": key(6), "at": at(1)},
        {**ours, "thread_id": key(6), "at": at(2), "sent_at": at(2)},  # an answer
        {**ours, "thread_id": key(7), "at": at(2), "automatic": "own", "sent_at": at(2)},
    ]
    lake = lake_of(tmp_path, ZONE, conversations_thread=threads, conversations_message=messages)
    found = ask(lake, "contact_pressure", date(2024, 4, 10), date(2024, 4, 1), date(2024, 4, 11))

    assert found.n == 5
    assert found.value == pytest.approx(20.0)


def test_complaints_articles_and_those_who_helped_themselves(tmp_path: Path) -> None:
    judged = [
        {"ticket_id": key(n), "outcome": outcome, "judged_at": at(3)}
        for n, outcome in enumerate(("recovered", "recovered", "lost", "unclear"), 1)
    ]
    attempts: list[Row] = [
        {"began_at": at(2), "solved_at": at(2), "sent_at": None},
        {"began_at": at(2), "solved_at": at(2), "sent_at": at(3)},
        {"began_at": at(2), "solved_at": None, "sent_at": at(2)},
        {"began_at": at(2), "solved_at": None, "sent_at": None},
    ]
    votes = [{"translation_id": key(1), "score": score, "at": at(2)} for score in (1, 1, 1, -1)]
    lake = lake_of(
        tmp_path, ZONE, service_ticket=[desk(n, at(1)) for n in range(1, 5)], service_recovery=judged,
        knowledge_attempt=attempts, knowledge_vote=votes,
    )  # fmt: skip
    names = ("complaints_recovered", "self_service", "helpful_articles")
    found = values(lake, names, date(2024, 4, 10), date(2024, 4, 1), date(2024, 4, 11))

    assert found == {
        "complaints_recovered": pytest.approx(200 / 3),
        "self_service": pytest.approx(100 / 3),
        "helpful_articles": pytest.approx(75.0),
    }


def test_answers_about_tickets_count_for_who_solved_them(tmp_path: Path) -> None:
    def answer(kind: str, score: int, high: int, **values: Any) -> Row:
        given = {"kind": kind, "score": float(score), "scale_low": 1, "scale_high": high, "answered_at": at(3)}
        return {**given, "ticket_id": key(1), "agent_id": key(60), "queue_id": key(50), **values}

    answers = [
        answer("csat", 5, 5), answer("csat", 6, 7, agent_id=key(61)), answer("csat", 3, 5), answer("ces", 6, 7),
        answer("ces", 2, 5), answer("csat", 1, 5, ticket_id=None),
    ]  # fmt: skip
    lake = lake_of(tmp_path, ZONE, service_ticket=[desk(1, at(1), channel="chat")], feedback_answer=answers)
    period = Ask(date(2024, 4, 10), date(2024, 4, 1), date(2024, 4, 11), trend=False)
    rules: dict[str, Any] = {"policy": Policy(), "currency": "GBP"}
    csat = figure(lake, named("service_csat"), period, **rules)
    ces = figure(lake, named("service_ces"), replace(period, only={"channel": "chat"}), **rules)
    agents = parts(lake, named("service_csat"), period, "agent", **rules)

    assert csat.n == 3
    assert csat.value == pytest.approx(200 / 3)
    assert (ces.n, ces.value) == (1, 6.0)
    assert {who: one.value for who, one in agents.items()} == {key(60): 50.0, key(61): 100.0}


def test_every_metric_of_service_answers_an_empty_lake(tmp_path: Path) -> None:
    lake = lake_of(tmp_path)
    service: list[Metric] = [one for one in METRICS.values() if one.group == "service"]

    for one in service:
        assert not figure(lake, one, Ask(LAST), policy=Policy(), currency="GBP").n
    scope = Scope(lake, LAST, Span(None, LAST), Policy(), "GBP", lag=3)
    assert scope.today.as_of == LAST + timedelta(days=3)
