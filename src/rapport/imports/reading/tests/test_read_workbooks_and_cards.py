"""Workbooks and address books give the same kind of rows as CSV."""

from __future__ import annotations

import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest
import xlsxwriter

from rapport.imports.reading import FileError, open_table, rows, sniff


def test_reads_a_workbook_with_numbers_dates_and_computed_cells(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Number", "Name", "Sum", "Day", "Moment", "Yes", "Computed"])
        day, moment = book.add_format({"num_format": "yyyy-mm-dd"}), book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        sheet.write_number(1, 0, 17850.0)
        sheet.write_string(1, 1, "00123")
        sheet.write_number(1, 2, 1234.5)
        sheet.write_datetime(1, 3, date(2021, 4, 15), day)
        sheet.write_datetime(1, 4, datetime(2021, 4, 15, 9, 30), moment)  # noqa: DTZ001
        sheet.write_boolean(1, 5, True)
        sheet.write_formula(1, 6, "=1+1", value="2")
        sheet.write_string(3, 1, "later")
    form = sniff(path)
    assert form.kind == "xlsx"
    (block,) = rows(path, form)
    assert block.cells(0) == ["17850", "00123", "1234.5", "2021-04-15", "2021-04-15 09:30:00", "true", "2"]
    assert list(block.rows) == [2, 4]
    exact = [None if mask is None else mask.to_pylist() for mask in block.exact]
    assert exact[0] == [True, False]
    assert exact[1] is None


def test_says_which_formulas_have_no_value(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("My & sheet")
        sheet.write_row(0, 0, ["Name", "Sum", "More"])
        sheet.write_row(1, 0, ["Ana", 1, 2])
        sheet.write_string(2, 0, "Bo")
        sheet.write_formula(2, 1, "=1/0", value="#DIV/0!")
        sheet.write_formula(2, 2, "=2*2", value="4")
    (block,) = rows(path, sniff(path))
    assert [(p.code, p.row, p.column, p.value) for p in block.problems] == [("formula-error", 3, "Sum", "#DIV/0!")]
    assert block.cells(1) == ["Bo", "", "4"]
    _take_out_computed_values(path)
    (block,) = rows(path, sniff(path))
    assert [(p.code, p.row, p.column) for p in block.problems if p.code == "formula-empty"] == [
        ("formula-empty", 3, "More")
    ]


def _take_out_computed_values(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    members[sheet] = members[sheet].replace(b"<f>2*2</f><v>4</v>", b"<f>2*2</f>")
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def test_refuses_a_workbook_without_rows_or_the_named_sheet(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("Here")
    with pytest.raises(FileError) as refused:
        sniff(path)
    assert refused.value.code == "empty"
    with pytest.raises(FileError) as refused:
        sniff(path, sheet="There")
    assert refused.value.code == "sheet"


_CARDS = """BEGIN:VCARD
VERSION:3.0
FN:Ana Silva
N:Silva;Ana;;;
ORG:Example Ltd;Sales
EMAIL;TYPE=HOME:ana@home.example.com
EMAIL;TYPE=WORK;TYPE=pref:ana@example.com
TEL;TYPE=CELL:+1 415 555 2671
ADR;TYPE=HOME:;;12 Main St;Springfield;IL;62701;USA
BDAY:1980-02-03
CATEGORIES:friends,customers
NOTE:first\\nsecond
UID:urn:uuid:42
PHOTO;ENCODING=b;TYPE=JPEG:AAAA
 BBBB
END:VCARD
BEGIN:VCARD
VERSION:2.1
N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BCller;J=C3=B6rg;;;
FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:J=C3=B6rg M=C3=BCller
TEL;CELL;PREF:0171 1234567
END:VCARD
BEGIN:VCARD
VERSION:4.0
FN:Zoe
TEL;VALUE=uri;PREF=1:tel:+4915112345678
EMAIL:zoe@example.com
END:VCARD
BEGIN:VCARD
this is no card
END:VCARD
"""


def test_reads_cards_of_three_versions(tmp_path: Path) -> None:
    path = tmp_path / "people.vcf"
    path.write_text(_CARDS)
    form = sniff(path)
    assert form.kind == "vcard"
    table = open_table(path, form)
    (block,) = table.blocks()
    ana = dict(zip(table.names, block.cells(0), strict=True))
    assert ana["E-mail"] == "ana@example.com ::: ana@home.example.com"
    assert (ana["Given name"], ana["Family name"], ana["Company"]) == ("Ana", "Silva", "Example Ltd")
    assert (ana["City"], ana["Postcode"], ana["Country"], ana["UID"]) == ("Springfield", "62701", "USA", "42")
    assert (ana["Note"], ana["Tags"], ana["Birthday"]) == ("first\nsecond", "friends;customers", "1980-02-03")
    jorg = dict(zip(table.names, block.cells(1), strict=True))
    assert (jorg["Name"], jorg["Family name"], jorg["Phone"]) == ("Jörg Müller", "Müller", "0171 1234567")
    zoe = dict(zip(table.names, block.cells(2), strict=True))
    assert (zoe["Name"], zoe["Phone"]) == ("Zoe", "+4915112345678")
    assert list(block.lines) == [1, 17, 23]
    assert [(p.code, p.row, p.line) for p in block.problems] == [("card", 4, 29)]
