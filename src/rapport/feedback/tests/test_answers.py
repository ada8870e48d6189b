from __future__ import annotations

from decimal import Decimal

import pytest

from rapport.customers.models import Customer
from rapport.feedback.models import Answer
from rapport.feedback.queries import unanswered
from rapport.feedback.services import answers
from rapport.kernel.actors import SYSTEM
from rapport.kernel.models import EventRecord
from rapport.testing import builders

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cast")]


@pytest.fixture
def ana() -> Customer:
    return builders.customer("Ana")


def test_a_review_is_told_with_its_scale(ana: Customer) -> None:
    answers.record(ana, "review", Decimal("4.50"), text="Lovely", by=SYSTEM)
    event = EventRecord.objects.get(type="feedback.review_given")
    assert event.data == {"score": "4.5", "high": 5, "text": "Lovely"}


@pytest.mark.parametrize(
    ("kind", "score", "scale"),
    [("review", 6, None), ("review", 0, None), ("nps", 11, None), ("nps", 5, (1, 10)), ("mood", 5, None)],
)
def test_what_is_off_its_scale_is_refused(ana: Customer, kind: str, score: int, scale: tuple[int, int] | None) -> None:
    with pytest.raises(answers.OffScale):
        answers.record(ana, kind, Decimal(score), scale=scale, by=SYSTEM)
    assert not Answer.objects.exists()


def test_the_same_answer_is_recorded_once(ana: Customer) -> None:
    answers.record(ana, "nps", Decimal(9), namespace="survey", external="1", by=SYSTEM)
    with pytest.raises(answers.RecordedAlready):
        answers.record(ana, "nps", Decimal(3), namespace="survey", external="1", by=SYSTEM)
    assert Answer.objects.get().score == 9


def test_feedback_waits_until_somebody_replies(ana: Customer) -> None:
    answer = answers.record(ana, "csat", Decimal(2), by=SYSTEM)
    assert list(unanswered(SYSTEM)) == [answer]
    answers.reply(answer, "So sorry", by=SYSTEM)
    assert list(unanswered(SYSTEM)) == []
