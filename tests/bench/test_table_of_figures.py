"""The rows of the benchmarks: when a limit is reached, and how figures are shown."""

from __future__ import annotations

import io
import json

import pytest
from rich.console import Console

from bench import table
from bench.__main__ import kept
from bench.table import Row


def test_a_time_within_the_ratio_is_ok_and_beyond_is_missed() -> None:
    assert Row.at_most("fit", 1.0, 4.0, 1 / 3) == Row("fit", 1.0, 4.0, 0.25, "≤ 0.333×", "s", True)
    assert not Row.at_most("fit", 2.0, 4.0, 1 / 3).ok


def test_a_rate_must_reach_the_ratio() -> None:
    assert Row.at_least("import", 30.0, 10.0, 2, "rows/s").ok
    assert not Row.at_least("import", 19.0, 10.0, 2, "rows/s").ok


def test_an_absolute_limit_has_no_other_side() -> None:
    row = Row.below("list", 6.0, 5, "ms")
    assert (row.theirs, row.ratio, row.limit, row.ok) == (None, None, "≤ 5 ms", False)
    assert Row.above("list", 600, 500, "/s").ok


def test_rows_print_as_a_table_and_as_json() -> None:
    rows = [Row.at_most("fit", 0.2, 8.0, 1 / 3), Row.below("list", 6.0, 5, "ms")]
    text = io.StringIO()
    table.show(rows, "Figures", Console(file=text, width=120))
    assert "missed" in text.getvalue()
    assert "0.025×" in text.getvalue()
    assert json.loads(table.as_json(rows))[0]["ratio"] == 0.025


@pytest.mark.parametrize(
    ("value", "shown"), [(None, ""), (0.01234, "0.0123"), (12345.6, "12,346"), (-9582.4, "-9,582")]
)
def test_figures_are_short(value: float | None, shown: str) -> None:
    assert table.figure(value) == shown


def test_a_new_table_replaces_the_old_one_and_leaves_the_rest_of_the_page() -> None:
    page = "# Performance\n\n## Mail\n\nold\n\n## Chat\n\nstays\n\n## The rest\n\nwords\n"
    assert kept(page, "Mail", "new") == page.replace("old", "new")


def test_a_table_that_the_page_lacks_goes_before_its_last_words() -> None:
    assert kept("# Performance\n\n## The rest\n\nwords\n", "Mail", "new") == (
        "# Performance\n\n## Mail\n\nnew\n\n## The rest\n\nwords\n"
    )
