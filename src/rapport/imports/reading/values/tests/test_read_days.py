"""A day is read in its column's order or not at all; moments become UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.imports.reading.values.converting import Misfit
from rapport.imports.reading.values.days import date_order, day_and_time, days, moments


@pytest.mark.parametrize(
    ("cells", "order"),
    [
        (["03/04/2021", "25/03/2021"], "dmy"),
        (["03/04/2021", "03/25/2021"], "mdy"),
        (["03/04/2021", "05/06/2021"], ""),
        (["3.4.2021"], "dmy"),
        (["2021-04-03", "2021/4/3"], "ymd"),
        (["03/03/2021"], ""),
        (["99-12-31"], "ymd"),
        (["31/02/2021"], "dmy"),
    ],
)
def test_finds_the_order_over_the_column(cells: list[str], order: str) -> None:
    assert date_order(cells) == order


@pytest.mark.parametrize(
    ("cell", "order", "day", "clock"),
    [
        ("15 Apr, 2021 00:03:00", "", date(2021, 4, 15), time(0, 3)),
        ("Apr 15, 2021", "", date(2021, 4, 15), None),
        ("15. März 2021", "", date(2021, 3, 15), None),
        ("30 de agosto de 2021", "", date(2021, 8, 30), None),
        ("Thu, 15 Apr 2021 10:00:00 GMT", "", date(2021, 4, 15), time(10)),
        ("03/04/2021", "dmy", date(2021, 4, 3), None),
        ("03/04/2021", "mdy", date(2021, 3, 4), None),
        ("03/04/05", "dmy", date(2005, 4, 3), None),
        ("03/03/2021", "", date(2021, 3, 3), None),
        ("3/15/2024 2:30 PM", "", date(2024, 3, 15), time(14, 30)),
        ("12/25/2020 12:05 AM", "mdy", date(2020, 12, 25), time(0, 5)),
        ("44301", "", date(2021, 4, 15), None),
        ("44301.75", "", date(2021, 4, 15), time(18)),
        ("19970101", "", date(1997, 1, 1), None),
        ("1609459200", "", date(2021, 1, 1), time()),
        ("2021-04-15T10:00:00.25Z", "", date(2021, 4, 15), time(10, 0, 0, 250000)),
    ],
)
def test_reads_days_as_people_and_programs_write_them(cell: str, order: str, day: date, clock: time | None) -> None:
    assert day_and_time(cell, order)[:2] == (day, clock)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("cell", "order", "code"),
    [
        ("31/02/2021", "dmy", "date-impossible"),
        ("2021-02-30", "", "date-impossible"),
        ("2021-13-01", "", "date-impossible"),
        ("0000-00-00", "", "date-impossible"),
        ("03/04/2021", "", "date-ambiguous"),
        ("25/03/2021", "mdy", "date-order"),
        ("2021-04-15 25:00", "", "date-impossible"),
        ("13:00 PM", "", "date"),
        ("soon", "", "date"),
        ("99999", "", "date"),
        ("15 Foo 2021", "", "date"),
    ],
)
def test_refuses_days_that_could_be_read_wrong(cell: str, order: str, code: str) -> None:
    with pytest.raises(Misfit) as refused:
        day_and_time(cell, order)  # type: ignore[arg-type]
    assert refused.value.code == code


def test_reads_moments_in_the_organisation_s_zone() -> None:
    cells = [
        "2021-04-15 10:00:00",
        "2021-03-28 02:30:00",
        "2021-10-31 02:30:00",
        "2026-05-01 10:00:00 +0200",
        "",
        "2021-04-15",
    ]
    found = moments(pa.array(cells), "", "Europe/Berlin")
    assert found.values.to_pylist() == [
        datetime(2021, 4, 15, 8, tzinfo=UTC),
        datetime(2021, 3, 28, 1, 30, tzinfo=UTC),
        datetime(2021, 10, 31, 0, 30, tzinfo=UTC),
        datetime(2026, 5, 1, 8, tzinfo=UTC),
        None,
        datetime(2021, 4, 14, 22, tzinfo=UTC),
    ]
    assert found.faults == []


def test_leaves_out_days_to_come_with_a_warning() -> None:
    found = days(pa.array(["2021-04-15", "2999-01-01", "31/02/2021"]), "", latest=date(2021, 12, 31))
    assert found.values.to_pylist() == [date(2021, 4, 15), None, None]
    assert [(f.place, f.misfit.code, f.misfit.severity) for f in found.faults] == [
        (1, "date-future", "warning"),
        (2, "date-impossible", "error"),
    ]


_LONG_AGO, _ONE_DAY = datetime(1950, 1, 1), datetime(2050, 1, 1)  # noqa: DTZ001 - written without a zone


@given(
    st.lists(st.datetimes(_LONG_AGO, _ONE_DAY), min_size=1),
    st.sampled_from(["dmy", "mdy", "ymd"]),
)
def test_moments_come_back_exactly(written: list[datetime], order: str) -> None:
    pattern = {"dmy": "%d/%m/%Y %H:%M:%S", "mdy": "%m/%d/%Y %I:%M:%S %p", "ymd": "%Y-%m-%d %H:%M:%S"}[order]
    found = moments(pa.array([moment.strftime(pattern) for moment in written]), order, "UTC")  # type: ignore[arg-type]
    assert found.values.to_pylist() == [moment.replace(microsecond=0, tzinfo=UTC) for moment in written]


@given(st.lists(st.text("0123456789-/: TZ+.", max_size=20), min_size=1))
def test_fast_and_careful_reading_agree(cells: list[str]) -> None:
    together = days(pa.array([*cells, "2021-04-15"]), "dmy")
    apart = [days(pa.array([cell]), "dmy") for cell in cells]
    assert together.values.to_pylist()[:-1] == [one.values.to_pylist()[0] for one in apart]
    assert [f.place for f in together.faults] == [place for place, one in enumerate(apart) if one.faults]
