"""Text, yes and no, choices, lists, places and identities."""

from __future__ import annotations

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from rapport.customers.identities import BadIdentity, email, external
from rapport.imports.reading.values.addresses import identities_of
from rapport.imports.reading.values.converting import EMPTY
from rapport.imports.reading.values.places import countries, currencies, exponent, languages
from rapport.imports.reading.values.words import SEPARATORS, booleans, choices, lists, texts


def test_trims_text_and_keeps_formulas_as_text() -> None:
    found = texts(pa.array(["\u00a0 a\u00a0 b\n c ", '="00123"', "=cmd|' /C calc'!A0", "", "too long"]), 6)
    assert found.values.to_pylist() == ["a b c", "00123", "=cmd|'", None, "too lo"]
    assert sorted((f.place, f.misfit.code, f.misfit.severity) for f in found.faults) == [
        (2, "formula", "warning"),
        (2, "too-long", "error"),
        (4, "too-long", "error"),
    ]


def test_keeps_line_breaks_of_notes() -> None:
    assert texts(pa.array([" a\r\nb "]), lines=True).values.to_pylist() == ["a\r\nb"]


def test_reads_yes_and_no_in_many_languages() -> None:
    found = booleans(pa.array(["Yes", "no", "", "SÍ", "não", "1", "maybe"]))
    assert found.values.to_pylist() == [True, False, None, True, False, True, None]
    assert [(f.place, f.misfit.code) for f in found.faults] == [(6, "boolean")]


def test_reads_choices_and_says_which_there_are() -> None:
    found = choices(pa.array(["Hot Lead", "won", "?", "odd"]), {"hot lead": "lead", "won": "customer"})
    assert found.values.to_pylist() == ["lead", "customer", None, None]
    assert [(f.place, f.misfit.params["detail"]) for f in found.faults] == [(3, "lead, customer")]


def test_splits_lists_by_the_first_separator_in_the_cell() -> None:
    found = lists(pa.array(["* myContacts ::: Navy", "a; b;a", '["x", "y"]', "one", ""]))
    assert found.values.to_pylist() == [["myContacts", "Navy"], ["a", "b"], ["x", "y"], ["one"], None]


def test_reads_countries_languages_and_currencies() -> None:
    found = countries(pa.array(["EIRE", "Deutschland", "USA", "NA", "españa", "Atlantis", "Unspecified", "bra"]))
    assert found.values.to_pylist() == ["IE", "DE", "US", "NA", "ES", None, None, "BR"]
    assert [(f.place, f.misfit.code) for f in found.faults] == [(5, "country")]
    assert languages(pa.array(["pt_BR", "German", "deutsch", "zz"])).values.to_pylist() == ["pt-BR", "de", "de", None]
    assert currencies(pa.array(["eur", "£", "$"])).values.to_pylist() == ["EUR", "GBP", None]
    assert [exponent("EUR"), exponent("JPY"), exponent("KWD")] == [2, 0, 3]


def test_finds_every_identity_in_a_cell() -> None:
    found = identities_of(pa.array(["A@example.com ::: b@example.com", "bad", "-", "c@example.com"]), "email")
    pairs = sorted(zip(found.rows.tolist(), found.values.to_pylist(), strict=True))
    assert pairs == [(0, "a@example.com"), (0, "b@example.com"), (3, "c@example.com")]
    assert [(f.place, f.misfit.code) for f in found.faults] == [(1, "email")]


def test_dials_numbers_in_the_row_s_country() -> None:
    written = ["020 7946 0958", "030 123456", "+1 415 555 2671"]
    found = identities_of(pa.array(written), "phone", pa.array(["GB", None, "GB"]), "DE")
    assert found.values.to_pylist() == ["+442079460958", "+4930123456", "+14155552671"]
    assert found.written.to_pylist() == written


_CELLS = st.text("aZ09@.-_+'\u00fc ;", min_size=1, max_size=14) | st.sampled_from(
    ["a@b.co", "a@b.test", "a@b--c.de", "a.b@c.d.com", "A@B.COM", "na", "N/A", "17.0", "1E+5", "x@y.c0"]
)


@given(st.lists(_CELLS, min_size=1), st.sampled_from(["email", "external"]))
def test_plain_cells_read_together_are_as_read_apart(cells: list[str], kind: str) -> None:
    found = identities_of(pa.array(cells), kind)  # type: ignore[arg-type]
    forms = zip(found.values.to_pylist(), found.keys.to_pylist(), strict=True)
    read = dict(zip(found.rows.tolist(), forms, strict=True))
    normal = {"email": email, "external": external}[kind]
    faulty = {fault.place for fault in found.faults}
    for row, cell in enumerate(cells):
        empty = cell.strip().lower() in EMPTY
        if any(separator in cell for separator in SEPARATORS) or empty:
            continue
        try:
            expected = normal(cell)
        except BadIdentity:
            assert row in faulty
        else:
            assert read[row] == (expected.value, expected.match_key)
