"""An amount is read in its column's style or not at all."""

from __future__ import annotations

from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.imports.reading.values.amounts import (
    decimal_mark,
    decimals,
    integers,
    minor_units,
    number,
    scores,
)
from rapport.imports.reading.values.converting import Misfit


@pytest.mark.parametrize(
    ("cells", "mark"),
    [
        (["1.234,56", "7"], ","),
        (["1,234.56", "7"], "."),
        (["1.234", "0,5"], ","),
        (["1.234", "2.345"], ""),
        (["1", "2"], ""),
        (["1.234.567"], ","),
        (["12.5", "1,234"], "."),
        (["$1,117.10", "€ 3"], "."),
        (["0.125"], "."),
        (["1234.567"], "."),
    ],
)
def test_finds_the_decimal_mark_over_the_column(cells: list[str], mark: str) -> None:
    assert decimal_mark(cells) == mark


@pytest.mark.parametrize(
    ("cell", "mark", "value"),
    [
        ("1.234,56", ",", "1234.56"),
        ("1,234.56", ".", "1234.56"),
        ("1.234", ",", "1234"),
        ("1.234", ".", "1.234"),
        ("1'234.50", ".", "1234.50"),
        ("1 234,50 €", ",", "1234.50"),
        ("1\u202f234,50", ",", "1234.50"),
        ("R$ 12,50", ",", "12.50"),
        ("-$5.00", ".", "-5"),
        ("$-5.00", ".", "-5"),
        ("(5.00)", ".", "-5"),
        ("5.00-", ".", "-5"),
        ("\u22125", ".", "-5"),
        ("1,23,456.00", ".", "123456"),
        ("1.234.567", ",", "1234567"),
        (".5", ".", "0.5"),
        ("EUR 12", "", "12"),
        ("199.0", "", "199"),
    ],
)
def test_reads_amounts_as_people_write_them(cell: str, mark: str, value: str) -> None:
    assert number(cell, mark) == Decimal(value)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("cell", "mark", "code"),
    [
        ("1.234,56", ".", "amount-style"),
        ("12.34", ",", "amount-style"),
        ("1,234", "", "amount-ambiguous"),
        ("1,2345", ".", "amount-style"),
        ("12,34,5.00", ".", "amount"),
        ("4.9E+12", ".", "amount-spreadsheet"),
        ("twelve", ".", "amount"),
        ("x12", ".", "amount"),
        ("12 of 13", ".", "amount"),
        ("1.5.5", ".", "amount-style"),
        ("--5", ".", "amount"),
        ("-(5)", ".", "amount"),
    ],
)
def test_refuses_amounts_that_could_be_read_wrong(cell: str, mark: str, code: str) -> None:
    with pytest.raises(Misfit) as refused:
        number(cell, mark)  # type: ignore[arg-type]
    assert refused.value.code == code


def test_gives_money_in_minor_units_with_faults_by_row() -> None:
    found = minor_units(pa.array(["1.234,56", "", "12,345", "7", "12.34", "1,50"]), ",", 2, "EUR")
    assert found.values.to_pylist() == [123456, None, None, 700, None, 150]
    assert [(fault.place, fault.misfit.code) for fault in found.faults] == [(2, "amount-fraction"), (4, "amount-style")]


@pytest.mark.parametrize(("exponent", "expected"), [(0, 5), (2, 500), (3, 5000)])
def test_counts_the_currency_s_decimals(exponent: int, expected: int) -> None:
    assert minor_units(pa.array(["5"]), ".", exponent).values.to_pylist() == [expected]


@given(st.lists(st.integers(-(10**13), 10**13), min_size=1), st.sampled_from([".", ","]), st.booleans())
def test_money_comes_back_exactly(amounts: list[int], mark: str, grouped: bool) -> None:
    cells = []
    for amount in amounts:
        whole, fraction = divmod(abs(amount), 100)
        text = f"{whole:,}" if grouped else str(whole)
        text = text.replace(",", "." if mark == "," else ",")
        cells.append(f"{'-' if amount < 0 else ''}{text}{mark}{fraction:02}")
    found = minor_units(pa.array(cells), mark, 2)  # type: ignore[arg-type]
    assert found.values.to_pylist() == amounts
    assert found.faults == []


@given(st.lists(st.text("0123456789.,-' ", max_size=8), min_size=1), st.sampled_from(["", ".", ","]))
def test_fast_and_careful_reading_agree(cells: list[str], mark: str) -> None:
    found = decimals(pa.array(cells), mark)  # type: ignore[arg-type]
    faulty = {fault.place for fault in found.faults}
    for place, (cell, value) in enumerate(zip(cells, found.values.to_pylist(), strict=True)):
        try:
            expected = number(cell.strip(), mark) if cell.strip() not in ("", "-", "--") else None  # type: ignore[arg-type]
        except Misfit:
            assert place in faulty
        else:
            assert value == (round(expected, 6) if expected is not None else None)


def test_reads_whole_numbers_and_scores() -> None:
    assert integers(pa.array(["17850.0", "12", "1,5", ""])).values.to_pylist() == [17850, 12, None, None]
    found = scores(pa.array(["4", "4/5", "5.0", "6", "NA", "4.5"]), 1, 5)
    assert found.values.to_pylist() == [4, 4, 5, None, None, None]
    assert [fault.place for fault in found.faults] == [3, 5]
