"""Bad input of every kind: one clear error at its row and column in the dry run and in the load, and nothing lost."""

from __future__ import annotations

import argparse
import gzip
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from rapport.commerce.models import Order
from rapport.customers.models import Customer
from rapport.imports import command
from rapport.imports.reading.opening import LONGEST_LINE
from rapport.imports.services import runs
from rapport.imports.tests.conftest import Import
from rapport.kernel.actors import SYSTEM
from rapport.runtime import database, prepare
from rapport.runtime.errors import Refusal
from rapport.testing.cast import Cast

pytestmark = pytest.mark.django_db
HEADER = "Name,Email,City\n"
ROW = "{0},n{0}@example.com,Leeds\n"
GIGABYTE = 1024**3
State = Callable[[], dict[str, tuple[int, str]]]
Found = tuple[str, int, str]


def rows(first: int, last: int) -> str:
    return "".join(ROW.format(number) for number in range(first, last + 1))


def both(path: Path, state: State, **said: Any) -> tuple[list[Found], tuple[int, int, int]]:
    """Check a file, which changes nothing, then load it: the problems, and customers read, created and failed."""
    before = state()
    run = runs.start([path], by=SYSTEM, settings=said)
    checked = runs.check(run, by=SYSTEM)
    assert state() == before
    loaded = runs.load(run, by=SYSTEM)
    found = [[(problem.code, problem.row, problem.column) for problem in one.problems] for one in (checked, loaded)]
    assert found[0] == found[1]
    assert list(run.problems.order_by("id").values_list("code", "row", "column")) == found[1]
    run.refresh_from_db()
    assert run.notes == []
    counts = loaded.counts["customer"].as_dict() if loaded.counts else {}
    return found[1], (counts.get("read", 0), counts.get("created", 0), counts.get("failed", 0))


@pytest.fixture
def folder(tmp_path: Path, cast: Cast) -> Path:
    return tmp_path


def test_a_line_of_two_gigabytes_costs_its_own_row(folder: Path, state: State) -> None:
    path = folder / "long.csv"
    with path.open("wb") as file:
        file.write((HEADER + rows(1, 20_000)).encode())
        file.seek(2 * GIGABYTE, 1)  # a hole, which takes no room on the disk
        file.write(("\n" + rows(20_003, 20_004)).encode())
    assert both(path, state) == ([("line-too-long", 20_002, "")], (20_003, 20_002, 1))
    assert Customer.objects.filter(name="20004").exists()


def test_rows_before_half_of_an_archive_ends_are_loaded(folder: Path, state: State) -> None:
    whole = gzip.compress((HEADER + rows(1, 3000)).encode())
    path = folder / "half.csv.gz"
    path.write_bytes(whole[: len(whole) // 2])
    (problem,), (read, created, failed) = both(path, state)
    assert problem == ("damaged", read + 2, "")
    assert (created, failed) == (read, 0)
    assert created > 500


def test_a_header_alone_says_so(folder: Path, state: State) -> None:
    path = folder / "header.csv"
    path.write_text(HEADER)
    assert both(path, state) == ([("header-only", 1, "")], (0, 0, 0))


@pytest.mark.parametrize(
    ("content", "said", "why"),
    [
        (b"", {}, "The file is empty."),
        (b"\n \n", {}, "The file is empty."),
        (
            b"\x89PNG\r\n\x1a\n" + bytes(50),
            {},
            "This is not a table: a picture. CSV, Excel and vCard files can be read.",
        ),
        (HEADER.encode(), {"delimiter": ";"}, "The cells are not set apart as was said; it looks like “,”."),
        (b"x" * (5 * LONGEST_LINE), {}, "Line 1 is longer than 2,097,152 characters."),
    ],
)
def test_what_is_no_table_is_refused_in_one_line(
    folder: Path, state: State, content: bytes, said: dict[str, str], why: str
) -> None:
    path, before = folder / "bad.csv", state()
    path.write_bytes(content)
    with pytest.raises(runs.NothingToImport) as refused:
        runs.start([path], by=SYSTEM, settings=said)
    assert (str(refused.value), state()) == (f"bad.csv: {why}", before)


def test_one_bad_file_of_several_is_an_error_and_the_others_are_loaded(folder: Path) -> None:
    good, bad = folder / "good.csv", folder / "bad.csv"
    good.write_text(HEADER + rows(1, 2))
    bad.write_bytes(b"")
    run = runs.start([bad, good], by=SYSTEM)
    outcome = runs.load(run, by=SYSTEM)
    assert [(run.files[problem.file]["name"], problem.code, problem.row) for problem in outcome.problems] == [
        ("bad.csv", "empty", 1)
    ]
    run.refresh_from_db()
    assert (outcome.errors, outcome.counts["customer"].created, run.notes) == (1, 2, [])


def test_letters_of_windows_are_read(folder: Path, state: State) -> None:
    path = folder / "windows.csv"
    path.write_bytes((HEADER + "José Núñez,jose@example.com,Málaga\n" * 1).encode("cp1252"))
    assert both(path, state) == ([], (1, 1, 0))
    assert (Customer.objects.get().name, Customer.objects.get().city) == ("José Núñez", "Málaga")


def test_a_header_in_the_middle_and_a_zero_byte_cost_their_own_rows(folder: Path, state: State) -> None:
    path = folder / "joined.csv"
    path.write_text(HEADER + rows(1, 2) + HEADER + rows(3, 3) + "A\x00na,a@example.com,Leeds\n")
    assert both(path, state) == ([("header-again", 4, ""), ("nul", 6, "Name")], (5, 3, 2))


def test_a_day_that_never_was_is_an_error_of_its_cell(folder: Path, state: State) -> None:
    path = folder / "days.csv"
    path.write_text("Name,Birthday\nAna,31/02/1980\nBo,25/12/1981\n")
    assert both(path, state) == ([("date-impossible", 2, "Birthday")], (2, 1, 1))
    assert Customer.objects.get().birthday == date(1981, 12, 25)


def test_a_column_of_nothing_but_bad_cells_is_still_that_column(folder: Path, state: State) -> None:
    path = folder / "short.csv"
    path.write_text("Name;Email;Sum\nAna;a@;1\n")
    assert both(path, state) == ([("email", 2, "Email")], (1, 0, 1))


AMOUNTS = "Order number,Date,Total\n"


@pytest.mark.parametrize(
    ("totals", "problems", "gross"),
    [
        (["1.234,56", "12,50"], [], [123456, 1250]),
        (["1.234,56", "12.50", "1.99"], [("amount-style", 2, "Total")], [1250, 199]),
        (["1.234", "2.345"], [("amount-ambiguous", 2, "Total"), ("amount-ambiguous", 3, "Total")], []),
        (["12,50", "twelve"], [("amount", 3, "Total")], [1250]),
    ],
)
def test_an_amount_is_read_as_its_column_writes_them_or_not_at_all(
    imported: Import, totals: list[str], problems: list[Found], gross: list[int]
) -> None:
    lines = [f'A{number},2021-03-01,"{total}"\n' for number, total in enumerate(totals)]
    done = imported({"orders.csv": AMOUNTS + "".join(lines)}, profile="generic_orders")
    assert done.problems == problems
    assert list(Order.objects.order_by("number").values_list("gross_minor", flat=True)) == gross


def test_a_formula_is_text_and_said(folder: Path, state: State) -> None:
    path = folder / "formula.csv"
    path.write_text(HEADER + '"=HYPERLINK(""http://x"")",a@example.com,Leeds\n')
    assert both(path, state) == ([("formula", 2, "Name")], (1, 1, 0))
    assert Customer.objects.get().name == '=HYPERLINK("http://x")'


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    """Run the command on the database of the test: exit code and what it printed."""

    @contextmanager
    def available(_place: object) -> Iterator[str]:
        yield ""

    monkeypatch.setattr(database, "available", available)
    for name in ("django", "migrate"):
        monkeypatch.setattr(prepare, name, lambda: None)
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)

    def run(*words: str) -> tuple[int, str]:
        code = command.run(parser.parse_args(words))
        return code, capsys.readouterr().out

    return run


@pytest.mark.parametrize("dry", [[], ["--dry-run"]])
def test_the_command_says_where_a_file_breaks_off(
    folder: Path, ran: Callable[..., tuple[int, str]], dry: list[str]
) -> None:
    whole = gzip.compress((HEADER + rows(1, 3000)).encode())
    path = folder / "half.csv.gz"
    path.write_bytes(whole[: len(whole) // 2])
    code, printed = ran(str(path), "--json", *dry)
    said = json.loads(printed)
    (problem,) = said["problems"]
    assert (code, said["errors"], problem["code"], problem["file"]) == (3, 1, "damaged", "half.csv.gz")
    assert problem["row"] == said["rows"] + 2
    assert problem["message"].startswith("The file is damaged: ")
    assert Customer.objects.count() == (0 if dry else said["rows"])
    code, printed = ran(str(path), *dry)
    assert code == 3
    assert f"error: half.csv.gz, row {problem['row']}: The file is damaged" in " ".join(printed.split())


def test_the_command_names_a_column_that_stands_twice(folder: Path, ran: Callable[..., tuple[int, str]]) -> None:
    path = folder / "twice.csv"
    path.write_text("Name,Email,Email\nAna,ana@example.com,b@example.com\n", encoding="utf-8")
    _code, printed = ran(str(path), "--dry-run")
    said = "note: twice.csv: Two columns are named Email; the second is called Email (2) here."
    assert said in " ".join(printed.split())


def test_the_command_refuses_an_empty_file_in_one_line(folder: Path, ran: Callable[..., tuple[int, str]]) -> None:
    path = folder / "empty.csv"
    path.write_text("")
    with pytest.raises(Refusal) as refused:
        ran(str(path), "--json")
    assert str(refused.value) == "empty.csv: The file is empty."
