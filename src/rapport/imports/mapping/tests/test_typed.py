"""Rows become typed nouns as a profile says; one bad cell refuses its row for every noun."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
import xlsxwriter

from rapport.imports.mapping.typed import Context, TypedBlock, TypedTable
from rapport.imports.profiles import parse
from rapport.imports.reading import open_table, sniff

CONTEXT = Context(currency="EUR", country="DE", zone="Europe/Berlin", now=datetime(2024, 1, 1, tzinfo=UTC))
HEAD = 'schema = 1\nname = "t"\nlabel = "T"\n[files]\na = {}\n'


def _typed(path: Path, nouns: str, **said: object) -> list[TypedBlock]:
    profile = parse(HEAD + nouns)
    return list(TypedTable(open_table(path, sniff(path, **said)), "a", profile, CONTEXT).blocks())


def _file(folder: Path, text: str) -> Path:
    path = folder / "a.csv"
    path.write_text(text, encoding="utf-8")
    return path


ORDERS = '[[nouns]]\nnoun = "order"\nfile = "a"\nfields.number = "No"\nfields.total = "Sum"\nfields.placed_at = "Day"\n'


def test_types_every_column_in_its_own_style(tmp_path: Path) -> None:
    (typed,) = _typed(_file(tmp_path, "No;Sum;Day\n1.0;1.234,50;31/01/2021\n2;7;01/02/2021 10:30\n"), ORDERS)
    columns = {name: column.to_pylist() for name, column in typed.nouns[0].columns.items()}
    assert columns == {
        "number": ["1", "2"],
        "total": [123450, 700],
        "placed_at": [datetime(2021, 1, 30, 23, tzinfo=UTC), datetime(2021, 2, 1, 9, 30, tzinfo=UTC)],
    }


def test_an_ambiguous_column_is_an_error_until_somebody_says_its_style(tmp_path: Path) -> None:
    path = _file(tmp_path, 'No,Sum,Day\n1,"1,234",2021-01-31\n2,"2,345",2021-02-01\n3,3,2021-02-01\n')
    (typed,) = _typed(path, ORDERS)
    assert typed.nouns[0].columns["number"].to_pylist() == ["3"]
    assert [(p.code, p.row, p.column, p.value) for p in typed.block.problems] == [
        ("amount-ambiguous", 2, "Sum", "1,234"),
        ("amount-ambiguous", 3, "Sum", "2,345"),
    ]
    (typed,) = _typed(path, ORDERS, decimal=".")
    assert typed.nouns[0].columns["total"].to_pylist() == [123400, 234500, 300]


def test_a_style_that_only_the_end_of_a_long_file_tells_is_found(tmp_path: Path) -> None:
    rows = "".join(f'{number},"1,234",03/04/2021\n' for number in range(60_000))
    path = _file(tmp_path, f'No,Sum,Day\n{rows}60001,"1,234.5",25/04/2021\n')
    blocks = _typed(path, ORDERS)
    assert sum(len(typed.nouns[0].places) for typed in blocks) == 60_001
    assert blocks[0].nouns[0].columns["total"][0].as_py() == 123400
    assert blocks[0].nouns[0].columns["placed_at"][0].as_py() == datetime(2021, 4, 2, 22, tzinfo=UTC)


def test_cells_that_a_workbook_stores_as_numbers_keep_their_value_in_any_style(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["No", "Sum", "Day"])
        sheet.write_row(1, 0, [1, 1.25, "31.01.2021"])
        sheet.write_row(2, 0, [2, "1.234,50", 44227])
    (typed,) = _typed(path, ORDERS)
    assert typed.nouns[0].columns["total"].to_pylist() == [125, 123450]
    assert [day.day for day in typed.nouns[0].columns["placed_at"].to_pylist()] == [30, 30]


def test_a_bad_cell_refuses_its_row_for_every_noun(tmp_path: Path) -> None:
    nouns = (
        ORDERS + '[[nouns]]\nnoun = "customer"\nfile = "a"\nonce = true\nfields.email = "Mail"\nfields.name = "Who"\n'
    )
    path = _file(
        tmp_path,
        "No,Sum,Day,Mail,Who\n1,x,2021-01-31,a@example.com,A\n2,1,2021-01-31,b@,B\n3,1,2021-01-31,c@example.com,C\n",
    )
    (typed,) = _typed(path, nouns)
    assert [noun.places.tolist() for noun in typed.nouns] == [[0], [0]]
    assert typed.nouns[1].identities["email"].values.to_pylist() == ["c@example.com"]
    assert [(p.code, p.row) for p in typed.block.problems] == [("amount", 2), ("email", 3)]
    assert sorted(typed.block.refused) == [2, 3]


def test_a_lenient_cell_is_left_out_alone(tmp_path: Path) -> None:
    nouns = '[[nouns]]\nnoun = "customer"\nfile = "a"\nfields.name = "Who"\n'
    nouns += 'fields.phone = { column = "Tel", on_error = "cell" }\n'
    (typed,) = _typed(_file(tmp_path, "Who,Tel\nAna,ask her\nBo,030 123456\n"), nouns)
    assert typed.nouns[0].columns["name"].to_pylist() == ["Ana", "Bo"]
    assert typed.nouns[0].identities["phone"].values.to_pylist() == ["+4930123456"]
    assert [(p.code, p.severity) for p in typed.block.problems] == [("phone", "warning")]


def test_changes_cells_as_the_profile_says(tmp_path: Path) -> None:
    nouns = (
        '[[nouns]]\nnoun = "customer"\nfile = "a"\n'
        'fields.external = { column = ["None", "Id"], strip = "\'", prefix = "S-" }\n'
        'fields.name = { columns = ["First", "Last"], title = true }\n'
        'fields.postcode = { column = "Zip", pad = 5 }\n'
        'fields.stage = { column = "Status", values = { "won*" = "customer", open = "lead" } }\n'
        'fields.city = { column = "Place", part = { separator = "/", index = -1 } }\n'
        'fields.country = { constant = "Brasil" }\n'
    )
    text = "Id,First,Last,Zip,Status,Place\n'7,ana,lima,8775,Won deal,BR/Rio\n'8,bo,,12345,OPEN,Oslo\n"
    (typed,) = _typed(_file(tmp_path, text), nouns)
    columns = {name: column.to_pylist() for name, column in typed.nouns[0].columns.items()}
    assert columns == {
        "name": ["Ana Lima", "Bo"],
        "postcode": ["08775", "12345"],
        "stage": ["customer", "lead"],
        "city": ["Rio", "Oslo"],
        "country": ["BR", "BR"],
    }
    assert typed.nouns[0].identities["external"].values.to_pylist() == ["S-7", "S-8"]


def test_takes_every_address_column_that_a_file_has(tmp_path: Path) -> None:
    nouns = '[[nouns]]\nnoun = "customer"\nfile = "a"\nfields.email = { columns = ["E-mail * - Value"] }\n'
    text = "E-mail 1 - Value,E-mail 2 - Value\na@example.com ::: b@example.com,c@example.com\n,d@example.com\n"
    (typed,) = _typed(_file(tmp_path, text), nouns)
    found = typed.nouns[0].identities["email"]
    assert sorted(zip(found.rows.tolist(), found.values.to_pylist(), strict=True)) == [
        (0, "a@example.com"), (0, "b@example.com"), (0, "c@example.com"), (1, "d@example.com"),
    ]  # fmt: skip


def test_ignored_columns_are_never_read(tmp_path: Path) -> None:
    nouns = '[[nouns]]\nnoun = "customer"\nfile = "a"\nfields.name = "Who"\nfields.note = "password_hash"\n'
    profile = parse(HEAD.replace('label = "T"', 'label = "T"\nignore = ["password_hash"]') + nouns)
    path = _file(tmp_path, "Who,password_hash\nAna,secret\n")
    (typed,) = TypedTable(open_table(path, sniff(path)), "a", profile, CONTEXT).blocks()
    assert list(typed.nouns[0].columns) == ["name"]


@pytest.mark.parametrize("values", ["", ', values = ["yes"]'])
def test_takes_only_the_rows_that_a_noun_is_about(tmp_path: Path, values: str) -> None:
    nouns = f'[[nouns]]\nnoun = "customer"\nfile = "a"\nwhen = {{ column = "Keep"{values} }}\nfields.name = "Who"\n'
    (typed,) = _typed(_file(tmp_path, "Who,Keep\nAna,yes\nBo,\n"), nouns)
    assert typed.nouns[0].columns["name"].to_pylist() == ["Ana"]
