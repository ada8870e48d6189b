"""Business hours for whole columns: how much open time of a calendar lies between two moments, in minutes.

Each calendar becomes an axis of open time (see `service.clocks.walk`): a moment's place on it is found by
interpolation, so millions of waits take a fraction of a second. Without a policy a wait counts by the clock.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from ibis.expr import types as ir

from rapport.insight.metrics.scope import Scope
from rapport.service.clocks.stretches import Stretch, moment
from rapport.service.clocks.timetable import WEEKDAYS, NoOpenHours, Timetable
from rapport.service.clocks.windows import windows

Ticks = npt.NDArray[np.int64]
Minutes = npt.NDArray[np.float64]
MINUTE = 60_000_000


def with_minutes(scope: Scope, rows: ir.Table, key: str) -> ir.Table:
    """Return `rows`, which have policy_id, start and end, with `open` and `passed`: minutes of open time and by the
    clock from start to end. Worked out once for the scope's question under `key`.
    """
    return scope.lake.keep(
        (key, scope.question), lambda: scope.lake.hold(_worked_out(scope, rows), (key, scope.question))
    )


def _worked_out(scope: Scope, rows: ir.Table) -> pa.Table:
    found = scope.lake.arrow(rows)
    start, end = (_ticks(found.column(name)) for name in ("start", "end"))
    passed = np.maximum(end - start, 0) / MINUTE
    minutes = passed.copy()
    policies = np.array(found.column("policy_id").to_pylist(), dtype=object)
    for policy, timetable in timetables(scope).items():
        mine = np.flatnonzero(policies == policy)
        if mine.size:
            minutes[mine] = _between(timetable, start[mine], end[mine])
    return found.append_column("open", pa.array(minutes)).append_column("passed", pa.array(passed))


def _ticks(column: pa.ChunkedArray) -> Ticks:
    plain = column.cast(pa.timestamp("us", "UTC")).combine_chunks().view(pa.int64())
    found: Ticks = plain.to_numpy(zero_copy_only=False).astype(np.int64)
    return found


def _between(timetable: Timetable, start: Ticks, end: Ticks) -> Minutes:
    """Return the open minutes between moments; none where the end is earlier."""
    first, last = moment(int(start.min())).date(), moment(int(max(start.max(), end.max()))).date()
    edges = np.array([edge for one in _stretches(timetable, first, last) for edge in one], np.int64)
    if not edges.size:
        return np.zeros(start.size)
    lengths = edges[1::2] - edges[0::2]
    total = np.cumsum(lengths)
    places = np.empty(edges.size)
    places[0::2], places[1::2] = total - lengths, total
    found: Minutes = np.maximum(np.interp(end, edges, places) - np.interp(start, edges, places), 0.0) / MINUTE
    return found


def _stretches(timetable: Timetable, first: date, last: date) -> Iterator[Stretch]:
    """Yield the open stretches that touch the days from `first` to `last` of any zone, joined where they meet."""
    waiting: Stretch | None = None
    day = first - timedelta(days=3)
    while day <= last + timedelta(days=3):
        for low, high in timetable.stretches_on(day):
            if waiting and low <= waiting[1]:
                waiting = waiting[0], max(high, waiting[1])
                continue
            if waiting:
                yield waiting
            waiting = low, high
        day += timedelta(days=1)
    if waiting:
        yield waiting


def timetables(scope: Scope) -> Mapping[UUID, Timetable]:
    """Return the open hours by policy; one whose calendar is never open is left out."""
    return scope.lake.keep("timetables", lambda: _read(scope))


def _read(scope: Scope) -> Mapping[UUID, Timetable]:
    days: dict[UUID, dict[date, Any]] = {}
    calendar_days = scope.table("service_calendarday")
    for row in scope.lake.list(calendar_days.filter(calendar_days.ignored_at.isnull())):
        days.setdefault(row["calendar_id"], {})[row["day"]] = windows(json.loads(row["hours"]))
    found: dict[UUID, Timetable] = {}
    for row in scope.lake.list(scope.table("service_calendar")):
        hours = json.loads(row["hours"])
        week = tuple(windows(hours.get(name, ())) for name in WEEKDAYS)
        try:
            found[row["id"]] = Timetable(ZoneInfo(row["zone"]), week, days.get(row["id"], {}))
        except NoOpenHours:
            continue
    policies = scope.lake.list(scope.table("service_slapolicy"))
    return {row["id"]: found[row["calendar_id"]] for row in policies if row["calendar_id"] in found}
