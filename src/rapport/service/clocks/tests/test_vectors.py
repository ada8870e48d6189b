"""Business time as other systems state it: the published cases."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from rapport.service.clocks.timetable import NoOpenHours, Timetable, timetable
from rapport.service.clocks.walk import OpenTime, Pause

CASES = Path(__file__).resolve().parents[6] / "shared" / "vectors" / "sla-business-time" / "cases.json"
KNOWN: dict[str, Any] = json.loads(CASES.read_text("utf-8")) if CASES.exists() else {"calendars": {}, "cases": []}


def calendar(name: str) -> Timetable:
    told = KNOWN["calendars"][name]
    special = {date.fromisoformat(day): pairs for day, pairs in told.get("special", {}).items()}
    closed = [date.fromisoformat(day) for day in told["holidays"]]
    return timetable(told["tz"], told["hours"], closed=closed, special=special)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def pauses(pairs: Iterable[tuple[str, str]]) -> list[Pause]:
    return [(at(start), at(end)) for start, end in pairs]


def length(case: dict[str, Any]) -> timedelta:
    return timedelta(minutes=case.get("minutes", 0), seconds=case.get("seconds", 0))


@pytest.mark.skipif(not KNOWN["cases"], reason="the published cases are not on this machine")
def test_the_published_cases_are_there() -> None:
    assert len(KNOWN["cases"]) > 50


@pytest.mark.parametrize("case", KNOWN["cases"], ids=lambda case: f"{case['id']}-{case['op']}-{case['calendar']}")
def test_business_time_agrees_with_the_published_case(case: dict[str, Any]) -> None:
    if not KNOWN["calendars"][case["calendar"]]["hours"]:
        with pytest.raises(NoOpenHours):
            calendar(case["calendar"])
        return
    open_time, start, paused = OpenTime(calendar(case["calendar"])), at(case["start"]), pauses(case.get("paused", ()))
    match case["op"]:
        case "deadline":
            assert open_time.add(start, length(case), paused) == at(case["expect"])
        case "deadline_backward":
            assert open_time.subtract(start, length(case)) == at(case["expect"])
        case "elapsed":
            passed = open_time.elapsed(start, at(case["end"]), paused)
            assert passed // timedelta(minutes=1) == case["expect_minutes"]
        case "periods":
            count = case.get("count", len(case["expect"]))
            found = list(islice(open_time.periods(start), count))
            assert found == [(at(low), at(high)) for low, high in case["expect"]]
        case other:
            pytest.fail(f"there is no operation {other}")
