"""Every kind of broken file ends in a clear error at its place, and the good rows are still read."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path

import pytest

from rapport.imports.reading import Block, CellError, FileError, open_table, rows, sniff
from rapport.imports.reading.delimited import LONGEST_CELL
from rapport.imports.reading.opening import LONGEST_LINE


def _write(folder: Path, content: str | bytes, name: str = "file.csv") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def _read(path: Path, **said: object) -> tuple[list[dict[str, str]], list[CellError], list[Block]]:
    blocks = list(rows(path, sniff(path, **said)))
    records = [
        dict(zip(block.names, block.cells(index), strict=True)) for block in blocks for index in range(block.size)
    ]
    return records, [problem for block in blocks for problem in block.problems], blocks


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b" \n\n", "empty"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 50, "binary"),
        (b"%PDF-1.7\n", "binary"),
        (bytes(range(256)) * 20, "binary"),
        (b"\x1f\x8b\x08\x00broken", "damaged"),
    ],
)
def test_refuses_what_is_no_table(tmp_path: Path, content: bytes, code: str) -> None:
    with pytest.raises(FileError) as refused:
        sniff(_write(tmp_path, content))
    assert refused.value.code == code


def test_refuses_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(FileError) as refused:
        sniff(tmp_path / "none.csv")
    assert refused.value.code == "missing"


def test_says_that_there_is_only_a_header(tmp_path: Path) -> None:
    path = _write(tmp_path, "Name,Email\n")
    with pytest.raises(FileError) as refused:
        list(rows(path, sniff(path)))
    assert refused.value.code == "header-only"


def test_names_columns_apart_when_the_header_repeats_a_name(tmp_path: Path) -> None:
    path = _write(tmp_path, "Email,Name,Email,\na@example.com,Ana,b@example.com,x\n")
    table = open_table(path, sniff(path))
    assert table.names == ("Email", "Name", "Email (2)", "Column 4")
    assert [(note.code, note.row, note.column) for note in table.notes] == [
        ("header-twice", 1, "Email (2)"),
        ("header-empty", 1, "Column 4"),
    ]


def test_leaves_out_a_header_that_stands_twice(tmp_path: Path) -> None:
    records, problems, _ = _read(_write(tmp_path, "Name,City\nAna,Rome\nName,City\nBo,Oslo\n"))
    assert [record["Name"] for record in records] == ["Ana", "Bo"]
    assert [(problem.code, problem.row) for problem in problems] == [("header-again", 3)]


def test_reports_ragged_rows_by_number_and_keeps_the_others(tmp_path: Path) -> None:
    records, problems, blocks = _read(_write(tmp_path, "a,b,c\n1,2,3\n1,2\n\n1,2,3,4\n1,2,3,,\n"))
    assert len(records) == 2
    assert [(problem.code, problem.row, problem.params["found"]) for problem in problems] == [
        ("row-short", 3, 2),
        ("row-long", 5, 4),
    ]
    assert blocks[0].refused == {3: ["1", "2"], 5: ["1", "2", "3", "4"]}


def test_counts_rows_and_lines_through_quoted_line_breaks(tmp_path: Path) -> None:
    records, problems, blocks = _read(_write(tmp_path, 'Name,Note\nAna,"one\r\ntwo\nthree"\nBo,x\nCy\nDi,y\n'))
    assert records[0]["Note"] == "one\r\ntwo\nthree"
    assert list(blocks[0].rows) == [2, 3, 5]
    assert list(blocks[0].lines) == [2, 5, 7]
    assert [(problem.row, problem.line) for problem in problems] == [(4, 6)]


def test_reads_on_after_a_quote_that_is_never_closed(tmp_path: Path) -> None:
    content = "Name,City\nAna,Rome\n" + 'Bo,"Oslo\n' + "Cy,Bern\n" * 200_000
    records, problems, _ = _read(_write(tmp_path, content))
    assert [(problem.code, problem.row, problem.line) for problem in problems] == [("quote-open", 3, 3)]
    assert len(records) == 200_001


def test_reads_on_after_a_stray_quote(tmp_path: Path) -> None:
    content = 'Name,City\nAna,"Rome\nBo,Oslo\nCy,"Bern"\nDi,Graz\n'
    records, problems, _ = _read(_write(tmp_path, content))
    assert [record["Name"] for record in records] == ["Bo", "Cy", "Di"]
    assert [(problem.code, problem.row) for problem in problems] == [("quote-stray", 2)]


def test_refuses_a_cell_beyond_the_limit_and_reads_on(tmp_path: Path) -> None:
    content = f"Name,Note\nAna,{'x' * (LONGEST_CELL + 10)}\nBo,short\n"
    records, problems, _ = _read(_write(tmp_path, content))
    assert [record["Name"] for record in records] == ["Bo"]
    assert [(problem.code, problem.row) for problem in problems] == [("quote-open", 2)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
def test_refuses_an_endless_line_and_reads_on(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "long.csv.gz"
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write("Name,City\nAna,Rome\n".encode(encoding))
        for _ in range(23):
            file.write(("ü" * (LONGEST_LINE // 4 + 1)).encode(encoding))
        file.write("\nBo,Oslo\n".encode(encoding))
    records, problems, _ = _read(path, encoding=encoding)
    assert [record["Name"] for record in records] == ["Ana", "Bo"]
    assert [(problem.code, problem.row, problem.line) for problem in problems] == [("line-too-long", 3, 3)]


def test_refuses_a_header_that_never_ends(tmp_path: Path) -> None:
    path = _write(tmp_path, "Name" * LONGEST_LINE + "\nAna\n")
    with pytest.raises(FileError) as refused:
        open_table(path, sniff(path))
    assert (refused.value.code, refused.value.row, refused.value.line) == ("line-too-long", 1, 1)


def test_refuses_rows_with_a_nul_character(tmp_path: Path) -> None:
    records, problems, blocks = _read(_write(tmp_path, b"Name,City\nA\x00na,Rome\nBo,Oslo\n"))
    assert [record["Name"] for record in records] == ["Bo"]
    assert [(problem.code, problem.row, problem.column) for problem in problems] == [("nul", 2, "Name")]
    assert blocks[0].refused == {2: ["A\x00na", "Rome"]}


def test_reads_stray_bytes_as_western_and_says_so(tmp_path: Path) -> None:
    content = ("Name,City\n" + "José,Łódź\n" * 60).encode() + "André,Rome\n".encode("cp1252")
    records, problems, _ = _read(_write(tmp_path, content))
    assert records[-1]["Name"] == "André"
    assert [(p.code, p.row, p.column, p.severity) for p in problems] == [("encoding", 62, "Name", "warning")]


def test_refuses_an_archive_of_several_files(tmp_path: Path) -> None:
    path = tmp_path / "several.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.csv", "a,b\n1,2\n")
        archive.writestr("b.csv", "a,b\n1,2\n")
    with pytest.raises(FileError) as refused:
        sniff(path)
    assert refused.value.code == "archive"


def test_says_when_a_delimiter_said_by_hand_fits_no_row(tmp_path: Path) -> None:
    with pytest.raises(FileError) as refused:
        sniff(_write(tmp_path, "Name,City\nAna,Rome\n"), delimiter=";")
    assert (refused.value.code, refused.value.detail, refused.value.row) == ("delimiter", ",", 1)
    assert sniff(_write(tmp_path, "Name\nAna\n"), delimiter=";").delimiter == ";"


def _until_it_breaks(path: Path) -> tuple[int, FileError]:
    read = 0
    try:
        for block in rows(path, sniff(path)):
            read += block.size
    except FileError as broken:
        return read, broken
    raise AssertionError("it does not break off")


def test_a_broken_gzip_file_says_where_it_ends(tmp_path: Path) -> None:
    whole = gzip.compress("".join(["Name,City\n", *(f"Ana {number},Rome\n" for number in range(100_000))]).encode())
    path = _write(tmp_path, whole[: len(whole) // 2], "half.csv.gz")
    read, broken = _until_it_breaks(path)
    assert read > 30_000
    assert (broken.code, broken.row, broken.line) == ("damaged", read + 2, read + 2)


def test_cards_before_a_file_breaks_off_are_read(tmp_path: Path) -> None:
    cards = "".join(f"BEGIN:VCARD\nVERSION:3.0\nFN:Ana {number**3}\nEND:VCARD\n" for number in range(5000))
    whole = gzip.compress(cards.encode())
    path = _write(tmp_path, whole[: len(whole) // 2], "half.vcf.gz")
    read, broken = _until_it_breaks(path)
    assert read > 1000
    assert (broken.code, broken.row) == ("damaged", read + 1)
