"""Delimiter, encoding, header and kind are found without being told."""

from __future__ import annotations

import csv
import gzip
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.imports.reading import Format, open_table, rows, sniff
from rapport.imports.reading.encodings import _by_letters

_ROWS = "Name,Città,Note\nAna,Forlì,perché\nBo,Málaga,größer\n"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_finds_delimiter_and_encoding(tmp_path: Path, delimiter: str, encoding: str) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(_ROWS.replace(",", delimiter).encode(encoding))
    table = open_table(path, sniff(path))
    assert table.names == ("Name", "Città", "Note")
    (block,) = table.blocks()
    assert block.cells(1) == ["Bo", "Málaga", "größer"]


@pytest.mark.parametrize(("compression", "name"), [("gzip", "f.csv.gz"), ("zip", "f.zip")])
def test_opens_compressed_files_by_their_bytes(tmp_path: Path, compression: str, name: str) -> None:
    path = tmp_path / name
    if compression == "gzip":
        path.write_bytes(gzip.compress(_ROWS.encode()))
    else:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("f.csv", _ROWS)
    form = sniff(path)
    assert form.compression == compression
    assert sum(block.size for block in rows(path, form)) == 2


def test_finds_columns_set_apart_by_spaces_under_a_header(tmp_path: Path) -> None:
    path = tmp_path / "master.txt"
    path.write_text(" id  date number  value\n 00001 19970101  1   11.77\n 00002 19970112  12  12.00\n")
    table = open_table(path, sniff(path))
    assert table.names == ("id", "date", "number", "value")
    assert next(table.blocks()).cells(1) == ["00002", "19970112", "12", "12.00"]


def test_sees_that_there_is_no_header(tmp_path: Path) -> None:
    path = tmp_path / "sample.csv"
    path.write_text("00004,19970101,29.33\n00005,19970118,29.73\n")
    table = open_table(path, sniff(path))
    assert table.names == ("Column 1", "Column 2", "Column 3")
    (block,) = table.blocks()
    assert list(block.rows) == [1, 2]


def test_skips_lines_above_the_header(tmp_path: Path) -> None:
    path = tmp_path / "report.csv"
    path.write_text("Report of May\n\nName;City;Sum\nAna;Rome;12\nBo;Oslo;13\n")
    table = open_table(path, sniff(path))
    assert table.names == ("Name", "City", "Sum")
    assert list(next(table.blocks()).rows) == [4, 5]


def test_takes_the_delimiter_that_excel_wrote_down(tmp_path: Path) -> None:
    path = tmp_path / "excel.csv"
    path.write_text("sep=;\nName;Sum\nAna;1,5\nBo;2,5\n")
    table = open_table(path, sniff(path))
    assert table.names == ("Name", "Sum")
    assert list(next(table.blocks()).rows) == [3, 4]


def test_what_a_person_says_wins(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes("Name;A,B\nJos\xe9;1\n".encode("cp1250"))
    form = sniff(path, delimiter=",", encoding="cp1250", header_row=0, decimal=",", date_order="dmy")
    assert (form.delimiter, form.encoding, form.header_row, form.decimal, form.date_order) == (
        ",", "cp1250", 0, ",", "dmy",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Zażółć gęślą jaźń, Łódź, Kraków, dostawa była szybka i zgodna z opisem. ", "cp1250"),
        ("Příliš žluťoučký kůň. Děkuji za rychlé dodání zboží, všechno v pořádku. ", "cp1250"),
        ("Árvíztűrő tükörfúrógép. Nagyon elégedett vagyok a gyors szállítással. ", "cp1250"),
        ("Très bon accueil, le délai était élevé mais la qualité est là. Où ça? ", "cp1252"),
        ("Schöne Grüße aus München, größtenteils zufrieden. ", "cp1252"),
        ("A entrega não foi feita no prazo, mas a solução foi boa. Coração. ", "cp1252"),
        ("¿Cómo está? El envío llegó mañana, señor Núñez. ", "cp1252"),
        ("Çok hızlı teslimat, teşekkürler. Şikayetim yok, değerli müşteri. ", "cp1254"),
        ("Очень быстрая доставка, спасибо большое, всем советую. ", "cp1251"),
        ("Πολύ γρήγορη παράδοση, ευχαριστώ πολύ. Η ποιότητα είναι εξαιρετική. ", "cp1253"),
        ("とても良い商品でした。配送も早くて満足しています。", "cp932"),
    ],
)
def test_tells_encodings_apart_by_their_letters(text: str, encoding: str) -> None:
    assert _by_letters((text * 5).encode(encoding)) == encoding


_CELL = st.text(st.characters(codec="utf-8", exclude_characters="\x00\x1a"), max_size=12)


@given(table=st.lists(st.lists(_CELL, min_size=3, max_size=3), min_size=1, max_size=20))
def test_gives_back_what_the_csv_module_wrote(tmp_path_factory: pytest.TempPathFactory, table: list[list[str]]) -> None:
    path = tmp_path_factory.mktemp("round") / "file.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["one", "two", "three"])
        writer.writerows(table)
    wanted = [row for row in table if any(row)]
    blocks = open_table(path, Format(kind="csv")).blocks() if wanted else iter(())
    assert [block.cells(index) for block in blocks for index in range(block.size)] == wanted
