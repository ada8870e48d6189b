from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from rapport.kernel import clock
from rapport.kernel.actors import SYSTEM
from rapport.kernel.clock import Period
from rapport.kernel.models import EventRecord
from rapport.knowledge.models import Article, Attempt, Comparison, Translation, Vote
from rapport.knowledge.queries import reading as questions
from rapport.knowledge.queries import reports
from rapport.knowledge.services import articles, attempts, comparisons, reading, shelves, versions
from rapport.knowledge.services.comparisons import Compared
from rapport.testing import builders

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cast")]
AT = datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.fixture
def text() -> Translation:
    row = articles.begin(shelves.add("Help", by=SYSTEM), "Return a lamp", body="Pack it.", by=SYSTEM)
    return versions.publish(row, "en", by=SYSTEM)


def counts(text: Translation) -> tuple[int, int]:
    row = Translation.objects.get(pk=text.pk)
    return row.helpful, row.unhelpful


def test_a_reader_votes_once_and_may_think_again(text: Translation) -> None:
    reading.vote(text, "a", helped=True)
    reading.vote(text, "b", helped=True)
    assert counts(text) == (2, 0)
    reading.vote(text, "a", helped=False, comment=" Which box? ")
    assert counts(text) == (1, 1)
    assert Vote.objects.get(voter="a").comment == "Which box?"
    assert [vote.comment for vote in reports.comments()] == ["Which box?"]


def test_what_is_not_published_takes_no_vote(text: Translation) -> None:
    versions.withdraw(text.article, "en", by=SYSTEM)
    with pytest.raises(reading.NotPublished):
        reading.vote(text, "a", helped=True)
    assert not Vote.objects.exists()


def test_the_least_helpful_come_first_once_there_are_three_votes(text: Translation) -> None:
    reading.vote(text, "a", helped=True)
    reading.vote(text, "b", helped=False)
    assert list(reports.judged()) == []
    reading.vote(text, "c", helped=False)
    assert list(reports.judged()) == [text]


def test_reads_make_an_article_popular(text: Translation) -> None:
    other = articles.begin(text.article.category, "Other", by=SYSTEM)
    versions.publish(other, "en", by=SYSTEM)
    for _ in range(2):
        reading.count_read(other.translations.get())
    assert [one.title for one in questions.popular(0, "en")] == ["Other", "Return a lamp"]


def attempt(*, shown: int = 0, opened: int = 0) -> Attempt:
    made = attempts.begin("en")
    ids = [uuid4() for _ in range(shown)]
    attempts.show(made, ids)
    for key in ids[:opened]:
        attempts.open_article(made, key)
    return made


def test_deflection_counts_who_read_a_suggestion_and_sent_nothing(text: Translation) -> None:
    with clock.frozen(AT):
        attempt()
        attempt(shown=3)
        attempt(shown=3, opened=1)
        attempts.solve(attempt(shown=2, opened=2), text.article, by=SYSTEM)
        attempts.send(attempt(shown=2, opened=1))
    with clock.frozen(AT + timedelta(hours=2)):
        found = reports.deflection(Period(AT - timedelta(days=1), AT + timedelta(days=1)))
    assert (found.began, found.shown, found.read, found.spared, found.solved) == (5, 4, 3, 2, 1)
    assert found.rate == 0.5
    with clock.frozen(AT + timedelta(minutes=59)):
        early = reports.deflection(Period(AT - timedelta(days=1), AT + timedelta(days=1)))
    assert (early.began, early.rate) == (0, None)


def test_an_answer_that_was_found_stands_on_the_timeline_once(text: Translation) -> None:
    ana = builders.customer("Ana")
    made = attempts.begin("en", customer=ana)
    attempts.solve(made, text.article, by=SYSTEM)
    attempts.solve(made, text.article, by=SYSTEM)
    event = EventRecord.objects.get(type="knowledge.answer_found")
    assert (event.customer_id, event.data["title"]) == (ana.pk, "Return a lamp")


def test_who_sends_after_all_was_not_spared(text: Translation) -> None:
    made = attempt(shown=1, opened=1)
    attempts.solve(made, text.article, by=SYSTEM)
    attempts.send(made)
    row = Attempt.objects.get(pk=made.pk)
    assert (row.solved_at, row.sent_at is not None) == (None, True)


def test_products_are_set_side_by_side() -> None:
    small, large = builders.product(name="Small"), builders.product(name="Large", price_minor=2500)
    made = comparisons.save(
        None, title="Lanterns", products=[Compared(small, "balconies"), Compared(large)],
        rows=[["Height", "20 cm", "40 cm", "too many"], ["Glass", "yes"], ["", "x"]], by=SYSTEM,
    )  # fmt: skip
    assert made.rows == [["Height", "20 cm", "40 cm"], ["Glass", "yes", ""]]
    assert [one.product for one in made.compared.all()] == [small, large]
    assert list(questions.comparisons(2)) == []
    comparisons.publish_comparison(made, by=SYSTEM)
    assert list(questions.comparisons(0)) == [made]
    again = comparisons.save(
        made, title="Lamps", products=[Compared(large), Compared(small)], rows=[], audience=1, by=SYSTEM
    )
    assert (again.slug, [one.product for one in again.compared.all()]) == ("lanterns", [large, small])
    assert list(questions.comparisons(0)) == []


@pytest.mark.parametrize("count", [0, 1, 7])
def test_too_few_or_too_many_products_are_no_comparison(count: int) -> None:
    products = [Compared(builders.product()) for _ in range(count)]
    with pytest.raises(comparisons.TooFew):
        comparisons.save(None, title="Lanterns", products=products, rows=[], by=SYSTEM)
    assert not Comparison.objects.exists()


def test_articles_about_a_product_are_found_by_it(text: Translation) -> None:
    lamp = builders.product()
    articles.arrange(Article.objects.get(), products=[lamp], by=SYSTEM)
    assert list(questions.of_products([lamp.pk], 0, "en")) == [text]
