from __future__ import annotations

import pytest
from django.db import connection
from hypothesis import example, given
from hypothesis import strategies as st

from rapport.kernel import folding, search


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Müller", "muller"),
        ("STRAẞE", "strasse"),
        ("Łódź", "lodz"),
        ("Ærø", "aero"),
        ("İstanbul", "istanbul"),
        ("ﬁn", "fin"),
        ("ＡＢＣ", "abc"),
        ("Yıldız", "yildiz"),
        ("が", "か"),
    ],
)
def test_folding_takes_case_and_accents_away(text: str, folded: str) -> None:
    assert search.fold(text) == folded


@given(st.text(max_size=40))
def test_what_conditions_take_for_alike_search_does_too(text: str) -> None:
    assert search.fold(folding.fold(text)) == search.fold(text)
    assert search.fold(search.fold(text)) == search.fold(text)


def test_nothing_typed_is_no_query() -> None:
    assert search.query("  !? ") is None


@pytest.mark.django_db
@given(st.lists(st.text(alphabet="a'\\ \x1f", max_size=4), max_size=5))
@example(["\x1f"])
def test_a_literal_holds_each_term_whole(terms: list[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tsvector_to_array(%s::tsvector)", [search.literal(terms)])
        assert set(cursor.fetchone()[0]) == {term for term in terms if term}


@pytest.mark.django_db
@given(st.text(max_size=60))
def test_whatever_is_stored_is_found_by_each_of_its_words(text: str) -> None:
    text = text.replace("\x00", "")  # which no text in the database has
    stored = search.document(text)
    for word in search.words(text)[: search.MAX_WORDS]:
        asked = search.query(word)
        assert asked is not None
        with connection.cursor() as cursor:
            cursor.execute("SELECT %s::tsvector @@ %s::tsquery", [stored, asked.text])
            assert cursor.fetchone() == (True,)
