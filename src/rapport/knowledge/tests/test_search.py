from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.kernel import clock
from rapport.kernel.actors import SYSTEM
from rapport.knowledge import searching
from rapport.knowledge.models import Audience, SearchedWord
from rapport.knowledge.queries import reading, reports
from rapport.knowledge.services import articles, shelves, synonyms, versions
from rapport.knowledge.services import reading as marks


@pytest.fixture
def library(cast: object) -> None:
    shelf = shelves.add("Help", by=SYSTEM)
    for title, body in (
        ("Return a lamp", "Send it back within thirty days."),
        ("Delivery times", "A parcel takes three days. To return it see elsewhere."),
        ("Cafés à la carte", "Crème brûlée every day."),
    ):
        versions.publish(articles.begin(shelf, title, body=body, by=SYSTEM), "en", by=SYSTEM)


def titles(typed: str) -> list[str]:
    return [one.title for one in reading.find(typed, Audience.PUBLIC, "en")]


@pytest.mark.django_db
@pytest.mark.usefixtures("library")
@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("return", ["Return a lamp", "Delivery times"]),
        ("retu", ["Return a lamp", "Delivery times"]),
        ("how do I return a lamp?", ["Return a lamp"]),
        ("CAFES", ["Cafés à la carte"]),
        ("creme brulee", ["Cafés à la carte"]),
        ("returning my lamps", ["Return a lamp", "Delivery times"]),
        ("parcel unicorn", ["Delivery times"]),
        ("unicorn", []),
        ("", []),
        ("' & ! :* \\", []),
    ],
)
def test_words_are_found_by_their_beginnings_the_best_first(typed: str, found: list[str]) -> None:
    assert titles(typed) == found


@pytest.mark.django_db
@pytest.mark.usefixtures("library")
def test_a_synonym_is_found_like_the_word_itself() -> None:
    assert titles("luminaire") == []
    group = synonyms.add(["lamp", "Luminaire", "reading light"], by=SYSTEM)
    assert titles("luminaire") == ["Return a lamp"]
    synonyms.remove(group, by=SYSTEM)
    assert titles("luminaire") == []


@pytest.mark.django_db
@pytest.mark.usefixtures("cast")
@pytest.mark.parametrize("words", [[], ["lamp"], ["lamp", "LAMP"], ["lamp", " ! "]])
def test_one_word_alone_means_nothing_else(words: list[str]) -> None:
    with pytest.raises(synonyms.TooFew):
        synonyms.add(words, by=SYSTEM)


@pytest.mark.django_db
@pytest.mark.usefixtures("library")
def test_suggestions_leave_out_what_is_far_fetched() -> None:
    wanted = "Hello, I would like to return the lamp that I bought last week because it flickers"
    assert next(one.title for one in reading.suggest(wanted, Audience.PUBLIC, "en")) == "Return a lamp"
    assert reading.suggest("hello", Audience.PUBLIC, "en") == []


@pytest.mark.django_db
@pytest.mark.usefixtures("library")
def test_what_is_searched_for_in_vain_is_counted_by_day() -> None:
    today = clock.today("Europe/London")
    for typed in ("Gift card", "gift CARD!", "lamp", "", "?"):
        marks.note_search(typed, "en", len(titles(typed)))
    rows = SearchedWord.objects.order_by("term").values_list("term", "typed", "times", "missed", "day")
    assert list(rows) == [("gift card", "gift CARD!", 2, 2, today), ("lamp", "lamp", 1, 0, today)]
    assert [(one.typed, one.missed) for one in reports.searches(today, today, missed=True)] == [("gift CARD!", 2)]
    assert reports.search_counts(today, today) == (3, 2)
    assert reports.search_counts(date(2020, 1, 1), date(2020, 1, 2)) == (0, 0)


@given(typed=st.text(max_size=60), group=st.lists(st.text(max_size=12), max_size=4))
def test_whatever_is_typed_makes_a_query_or_none(typed: str, group: list[str]) -> None:
    for query in (searching.strict(typed, [group]), searching.loose(typed, [group])):
        assert query is None or query.text.count("(") == query.text.count(")")


@pytest.mark.django_db
@given(typed=st.text(max_size=40))
def test_the_database_takes_every_query(typed: str) -> None:
    assert reading.find(typed, Audience.PUBLIC, "en") == []


def test_a_word_keeps_the_weight_it_has_first() -> None:
    assert searching.document([("Lamp", "A"), ("The lamp's shade", "D")]) == "'lamp':1A 's':4D 'shade':5D 'the':2D"
