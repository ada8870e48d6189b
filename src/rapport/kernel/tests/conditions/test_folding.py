"""Text is compared by one rule, the same in Python, PostgreSQL and DuckDB."""

from __future__ import annotations

import unicodedata

import duckdb
import ibis
import pyarrow as pa
import pytest
from django.db import connection
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rapport.kernel.conditions.lake_functions import folded
from rapport.kernel.folding import fold

SPANS = (range(1, 0x3100), range(0xAC00, 0xAC40), range(0xF900, 0xFB50), range(0xFF00, 0xFFF0))
LETTERS = [chr(code) for span in SPANS for code in span if unicodedata.category(chr(code)) != "Cn"]
MIXED = [
    "Café 東京",
    "ÄÖÜß ñ",
    "e\u0301 が",
    "Й\u0301 हिन्दी",
    "Straße ΟΔΟΣ",
    "ＡＢＣ é",
    "\u0301",
    "K Å",
    "🙂 É",
    "ﬁ Ǆ",
]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Škoda GROẞ", "skoda gross"),
        ("MÜLLER & Söhne", "muller & sohne"),
        ("İstanbul", "istanbul"),
        ("Ελλάς", "ελλασ"),
        ("Й", "и"),
        ("Łódź Ærø Þór", "lodz aero thor"),
        ("が", "が"),
        ("100%_\\", "100%_\\"),
    ],
)
def test_fold_text(text: str, expected: str) -> None:
    assert fold(text) == expected


@given(st.text(st.characters(min_codepoint=1, max_codepoint=0x24F)))
def test_fold_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_database_folds_every_letter_alike(db: None) -> None:
    texts = [*LETTERS, *MIXED, *(f"a{letter}\u0301" for letter in LETTERS)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT kernel_fold(t) FROM unnest(%s::text[]) WITH ORDINALITY AS u(t, n) ORDER BY n", [texts])
        found = [row[0] for row in cursor.fetchall()]
    assert [(text, got) for text, got in zip(texts, found, strict=True) if got != fold(text)] == []


def in_lake(texts: list[str]) -> list[str]:
    engine = duckdb.connect()
    engine.register("given", pa.table({"n": range(len(texts)), "t": texts}))
    backend = ibis.duckdb.from_connection(engine)
    given_texts = backend.table("given")
    asked = given_texts.select("n", f=folded(given_texts.t)).order_by("n")
    return [row[1] for row in engine.sql(backend.compile(asked)).fetchall()]


def test_lake_folds_every_letter_alike() -> None:
    texts = [
        *LETTERS,
        *MIXED,
        *(f"a{letter}\u0301" for letter in LETTERS),
        *(f"が{letter}" for letter in LETTERS[:600]),
    ]
    assert [(text, got) for text, got in zip(texts, in_lake(texts), strict=True) if got != fold(text)] == []


@settings(max_examples=25, deadline=None)
@given(st.lists(st.text(st.sampled_from([*LETTERS, *"ÀÉßİ\u0301\u0327が"]), max_size=8), min_size=20, max_size=40))
@example(["ǰ\u0301", "\u0344", "\u0374", "ΐ\u0301", "K\u0338"])
def test_random_texts_fold_alike_in_the_lake(texts: list[str]) -> None:
    assert in_lake(texts) == [fold(text) for text in texts]
