"""The elements draw on service: exact values on small evidence, against plain Python."""

from __future__ import annotations

import json
import tempfile
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from math import log2
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rapport.insight.elements.catalogue import ELEMENTS, MEASURES, SERVICE
from rapport.insight.elements.compute import evidence, means, scores
from rapport.insight.elements.service import waits
from rapport.insight.lake.reader import Lake
from rapport.insight.tests.lakes import ZONE, key, lake_of, noon, order, scope_of

TODAY = date(2023, 12, 31)
Row = dict[str, Any]
HOURS = {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
CALENDARS: dict[str, list[Row]] = {
    "service_slapolicy": [{"id": key(900), "calendar_id": key(901)}],
    "service_calendar": [{"id": key(901), "zone": "UTC", "hours": json.dumps(HOURS)}],
}


def at(ago: float, hour: int = 12, minute: int = 0) -> datetime:
    """Return a moment so many days ago."""
    day = TODAY - timedelta(days=int(ago))
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)


def ticket(number: int, customer: int, opened: datetime, answered: datetime | None = None, **values: Any) -> Row:
    given: Row = {
        "id": key(number), "requester_id": key(customer), "type": "question", "category": "open", "channel": "email",
        "tags": [], "opened_at": opened, "first_response_at": answered, "answers": int(answered is not None),
    }  # fmt: skip
    return {**given, **values}


def solved(number: int, *when: tuple[str, datetime]) -> list[Row]:
    return [
        {"id": key(10_000 + 10 * number + n), "ticket_id": key(number), "category": category, "entered_at": moment}
        for n, (category, moment) in enumerate(when)
    ]


def clock(number: int, aim: str, minutes: int) -> Row:
    return {"ticket_id": key(number), "aim": aim, "minutes": minutes, "started_at": at(9), "end": ""}


def people(*numbers: int) -> list[Row]:
    return [{"id": key(number), "kind": "person", "since": noon(date(2020, 1, 1))} for number in numbers]


def worked_out(lake: Lake, lag: int = 0, **rules: Any) -> dict[int, Row]:
    scope = replace(scope_of(lake, TODAY, **rules), lag=lag)
    rows = lake.held(evidence(scope), ("test", lag, repr(rules)))
    found = scores(rows, means(rows, scope), dict(scope.policy.weights))
    return {row["customer_id"].int: row for row in lake.list(found)}


def counted(row: Row, measure: str) -> tuple[int, Any]:
    """Return how many rows a measure has and their mean without regard to age."""
    n, w, s = (row[f"{of}_{measure}"] for of in ("n", "w", "s"))
    return n, pytest.approx(s / w, abs=1e-6) if w else None


def aged(days: int) -> float:
    return float(0.5 ** (days / 180))


def test_answers_are_judged_against_their_target(tmp_path: Path) -> None:
    rows = [
        ticket(1, 1, at(9, 12), at(9, 13)),
        ticket(2, 2, at(9, 12), at(9, 15)),
        ticket(3, 3, at(6, 12), at(0, 12)),
    ]
    clocks = [clock(1, "first", 60), clock(2, "first", 60)]
    lake = lake_of(tmp_path, ZONE, customers_customer=people(1, 2, 3), service_ticket=rows, service_clock=clocks)
    found = worked_out(lake)

    assert found[1]["s_responsiveness_first_response"] == pytest.approx(aged(9))
    assert found[2]["s_responsiveness_first_response"] == pytest.approx(0.5 * aged(9))  # three times its hour
    assert found[3]["s_responsiveness_first_response"] == pytest.approx(0.5)  # six days of two
    assert found[1]["responsiveness"] > found[2]["responsiveness"]


def test_waits_count_in_business_hours(tmp_path: Path) -> None:
    friday, monday = datetime(2023, 12, 22, 16, tzinfo=UTC), datetime(2023, 12, 25, 10, tzinfo=UTC)
    row = ticket(1, 1, friday, monday, policy_id=key(900))
    lake = lake_of(
        tmp_path,
        ZONE,
        customers_customer=people(1),
        service_ticket=[row],
        service_clock=[clock(1, "first", 60)],
        **CALENDARS,
    )
    assert worked_out(lake)[1]["s_responsiveness_first_response"] == pytest.approx(0.75 * aged(6))  # twice its hour


def talk(number: int, *said: tuple[str, datetime], author: int = 60, **values: Any) -> dict[str, list[Row]]:
    """Return the tables of the talk of a ticket of customer 1."""
    messages = [
        {
            "id": key(20_000 + 100 * number + n), "thread_id": key(500 + number), "at": moment, "automatic": "",
            "direction": "out" if who == "us" else "in", "sender_kind": "agent" if who == "us" else "customer",
            "sent_at": moment if who == "us" else None, "author_id": key(author + n) if who == "us" else None, **values,
        }
        for n, (who, moment) in enumerate(said)
    ]  # fmt: skip
    return {
        "conversations_thread": [{"id": key(500 + number), "channel": "email", "customer_id": key(1)}],
        "service_ticketthread": [{"ticket_id": key(number), "thread_id": key(500 + number)}],
        "conversations_message": messages,
    }


def test_the_worst_recent_wait_counts_by_itself(tmp_path: Path) -> None:
    said = talk(1, ("them", at(9, 9)), ("us", at(9, 10)), ("them", at(9, 11)), ("us", at(9, 16)))
    row = ticket(1, 1, at(9, 9), at(9, 10))
    old = ticket(2, 1, at(200), at(100))
    clocks = [clock(1, "first", 120), clock(1, "next", 60)]
    lake = lake_of(
        tmp_path, ZONE, customers_customer=people(1), service_ticket=[row, old], service_clock=clocks, **said
    )
    found = worked_out(lake)[1]

    assert found["n_responsiveness_worst_wait"] == 1
    assert found["s_responsiveness_worst_wait"] == pytest.approx(0.0)  # five hours for one
    assert counted(found, "responsiveness_next_response") == (1, pytest.approx(0.0))


def test_who_still_waits_counts_once_the_target_has_passed(tmp_path: Path) -> None:
    rows = [ticket(1, 1, at(1)), ticket(2, 2, at(10)), ticket(3, 3, at(10), category="waiting")]
    spans = [*solved(1, ("new", at(1))), *solved(2, ("new", at(10))), *solved(3, ("waiting", at(10)))]
    lake = lake_of(tmp_path, ZONE, customers_customer=people(1, 2, 3), service_ticket=rows, service_statusspan=spans)
    found = worked_out(lake)

    assert not found[1]["n_responsiveness_first_response"]
    assert not found[1]["n_responsiveness_answered"]
    assert counted(found[2], "responsiveness_first_response") == (1, pytest.approx(0.0))
    assert counted(found[2], "responsiveness_answered") == (1, pytest.approx(0.0))
    assert found[1]["responsiveness"] is None


def test_solutions_are_judged_only_where_a_service_level_sets_a_time(tmp_path: Path) -> None:
    rows = [ticket(n, n, at(9, 9), at(9, 10), category="solved") for n in (1, 2)]
    spans = [*solved(1, ("new", at(9, 9)), ("solved", at(9, 11))), *solved(2, ("new", at(9, 9)), ("solved", at(9, 11)))]
    lake = lake_of(
        tmp_path, ZONE, customers_customer=people(1, 2), service_ticket=rows, service_statusspan=spans,
        service_clock=[clock(1, "solve", 60)],
    )  # fmt: skip
    found = worked_out(lake)

    assert counted(found[1], "responsiveness_resolution") == (1, pytest.approx(0.75))
    assert found[2]["n_responsiveness_resolution"] == 0


def test_solved_at_once_and_for_good_helps(tmp_path: Path) -> None:
    rows = [
        ticket(1, 1, at(20), at(20, 13), answers=1), ticket(2, 2, at(20), at(20, 13), answers=3),
        ticket(3, 3, at(20), at(20, 13), answers=1), ticket(4, 4, at(3), at(3, 13), answers=1),
        ticket(5, 1, at(15), at(15, 13), type="find"),
    ]  # fmt: skip
    spans = [
        *solved(1, ("solved", at(19))), *solved(2, ("solved", at(19))),
        *solved(3, ("solved", at(19)), ("open", at(18)), ("solved", at(17))), *solved(4, ("solved", at(2))),
        *solved(5, ("solved", at(10))),
    ]  # fmt: skip
    tables: dict[str, list[Row]] = {
        "service_amends": [{"ticket_id": key(2), "made_at": at(5)}, {"ticket_id": key(2), "made_at": at(4)}],
        "knowledge_attempt": [
            {"customer_id": key(4), "began_at": at(5), "solved_at": at(5), "sent_at": None},
            {"customer_id": key(4), "began_at": at(5), "solved_at": None, "sent_at": at(5)},
            {"customer_id": key(4), "began_at": at(5), "solved_at": None, "sent_at": None},
        ],
    }
    lake = lake_of(
        tmp_path, ZONE, customers_customer=people(1, 2, 3, 4), service_ticket=rows, service_statusspan=spans, **tables
    )
    found = worked_out(lake)

    assert [counted(found[n], "helpfulness_first_contact") for n in (1, 2, 3)] == [(2, 1), (1, 0), (1, 0)]
    assert found[4]["n_helpfulness_first_contact"] == 0  # not a week ago
    assert [counted(found[n], "helpfulness_held") for n in (1, 2, 3, 4)] == [(2, 1), (1, 1), (1, 0), (1, 1)]
    assert found[1]["s_helpfulness_extra_mile"] == pytest.approx(0.5 * aged(10))
    assert found[2]["s_helpfulness_extra_mile"] == pytest.approx(0.5 * aged(5) + 0.75 * aged(4))
    assert counted(found[4], "helpfulness_self_service") == (2, pytest.approx(0.5))


def test_complaints_speak_of_trust_and_respect(tmp_path: Path) -> None:
    rows = [ticket(n, n, at(9), at(9, 13), type="complaint") for n in (1, 2, 3, 4)]
    told = [
        {"ticket_id": key(n), "cause": cause, "outcome": outcome, "judged_at": at(2) if outcome else None}
        for n, cause, outcome in (
            (1, "conduct", "recovered"), (2, "information", "lost"), (3, "promise", "unclear"), (4, "price", ""),
        )
    ]  # fmt: skip
    lake = lake_of(tmp_path, ZONE, customers_customer=people(1, 2, 3, 4, 5), service_ticket=rows, service_recovery=told)
    found = worked_out(lake)

    assert [counted(found[n], "respect_conduct")[1] for n in (1, 2, 3, 4)] == [0, 1, 1, 1]
    assert [counted(found[n], "trust_honest_answers")[1] for n in (1, 2, 3, 4)] == [1, 0, 0, 1]
    assert [found[n]["n_trust_complaints_recovered"] or 0 for n in (1, 2, 3, 4)] == [1, 1, 0, 0]
    assert found[1]["s_trust_complaints_recovered"] == pytest.approx(aged(2))
    assert found[2]["s_trust_complaints_recovered"] == 0
    assert (found[5]["trust"], found[5]["respect"]) == (None, None)


def test_who_was_passed_on_or_had_to_follow_up_had_to_repeat_themselves(tmp_path: Path) -> None:
    said = talk(1, ("us", at(9, 13)), ("us", at(9, 14)))
    rows = [
        ticket(1, 1, at(9), at(9, 13)), ticket(2, 2, at(9), at(9, 13)), ticket(3, 3, at(9), at(9, 13)),
        ticket(4, 3, at(8), at(8, 13), follows_id=key(3)),
    ]  # fmt: skip
    lake = lake_of(tmp_path, ZONE, customers_customer=people(1, 2, 3), service_ticket=rows, **said)
    found = worked_out(lake)

    assert counted(found[1], "understanding_told_once") == (1, pytest.approx(0.5))
    assert counted(found[2], "understanding_told_once") == (1, pytest.approx(1.0))
    assert found[3]["s_understanding_told_once"] == pytest.approx(aged(8))


def test_long_sentences_are_hard_to_follow(tmp_path: Path) -> None:
    said = talk(1, ("us", at(9)), words=80, sentences=2)
    more = talk(2, ("us", at(9)), words=2, sentences=1)
    less = talk(3, ("us", at(9)), words=30, sentences=3)
    tables = {name: said[name] + more[name] + less[name] for name in said}
    found = worked_out(lake_of(tmp_path, ZONE, customers_customer=people(1), **tables))[1]

    assert found["n_communication_clarity"] == 2
    assert found["s_communication_clarity"] == pytest.approx(aged(9))


@settings(deadline=None, max_examples=15)
@given(st.lists(st.tuples(st.sampled_from(["email", "chat", "phone"]), st.integers(0, 3000)), max_size=6))
def test_evenness_over_channels(answers: list[tuple[str, int]]) -> None:
    opened = at(30)
    rows = [
        ticket(n, 1, opened, opened + timedelta(minutes=minutes), channel=channel)
        for n, (channel, minutes) in enumerate(answers, 1)
    ]
    with tempfile.TemporaryDirectory() as folder:
        found = worked_out(lake_of(Path(folder), ZONE, customers_customer=people(1), service_ticket=rows))[1]
    by_channel: dict[str, list[int]] = {}
    for channel, minutes in answers:
        by_channel.setdefault(channel, []).append(max(minutes, 1))
    means = [sum(each) / len(each) for each in by_channel.values()]
    if len(means) < 2:
        assert not found.get("n_communication_even_speed")
        return
    value = max(0.0, 1 - log2(max(means) / min(means)) / 4)
    assert found["n_communication_even_speed"] == len(answers)
    assert found["s_communication_even_speed"] / found["w_communication_even_speed"] == pytest.approx(value, abs=1e-5)


def test_a_firm_that_serves_nobody_here_misses_nothing(tmp_path: Path) -> None:
    lake = lake_of(tmp_path, ZONE, commerce_order=[order(1, TODAY, delivered_at=noon(TODAY), promised_on=TODAY)])
    found = worked_out(lake)[1]

    assert found["conf_trust"] == pytest.approx(0.25 / 4)
    assert not [name for name in found if name.startswith("v_") and MEASURES[_dotted(name)].source in SERVICE]


def _dotted(column: str) -> str:
    return next(one.name for one in MEASURES.values() if f"v_{one.column}" == column)


def test_service_is_seen_from_the_day_it_is_at(tmp_path: Path) -> None:
    later = noon(TODAY + timedelta(days=1000))
    row = {**ticket(1, 1, later, later + timedelta(hours=1)), "answers": 1}
    answer = {
        "kind": "csat", "score": 5.0, "customer_id": key(1), "asked_at": later, "answered_at": later,
        "ticket_id": key(1),
    }  # fmt: skip
    review = {**answer, "kind": "review", "ticket_id": None}
    lake = lake_of(tmp_path, ZONE, customers_customer=people(1), service_ticket=[row], feedback_answer=[answer, review])
    lake.as_of = later + timedelta(days=1)

    assert worked_out(lake)[1]["responsiveness"] is None
    found = worked_out(lake, lag=1001)[1]
    assert found["s_responsiveness_first_response"] == pytest.approx(aged(1))
    assert found["n_helpfulness_satisfaction"] == 1
    assert not found["n_advocacy_reviews"]


def test_every_element_that_service_speaks_of_has_its_measures() -> None:
    named = {one.element for one in MEASURES.values() if one.source in SERVICE}
    assert named == {"trust", "respect", "communication", "understanding", "responsiveness", "helpfulness"}
    assert named <= ELEMENTS.keys()


def test_a_wait_is_told_once_for_each_answer(tmp_path: Path) -> None:
    said = talk(1, ("them", at(9, 9)), ("us", at(9, 10)), ("them", at(9, 11)), ("us", at(9, 12)))
    lake = lake_of(
        tmp_path, ZONE, customers_customer=people(1), service_ticket=[ticket(1, 1, at(9, 9), at(9, 10))], **said
    )
    rows = lake.list(waits(scope_of(lake, TODAY)))
    assert sorted((row["aim"], row["open"]) for row in rows) == [("first", 60.0), ("next", 60.0)]
