"""Telling that somebody gave an answer: the events of an answer, made in one place from its row."""

from __future__ import annotations

from decimal import Decimal

from rapport.feedback import scales
from rapport.feedback.events import AnswerChanged, LowScoreGiven, ReviewGiven, SurveyAnswered
from rapport.feedback.models import Answer
from rapport.kernel.actors import Actor
from rapport.kernel.events import Event, publish
from rapport.service.models import Ticket
from rapport.service.services import complaints

GIVEN: tuple[type[Event], ...] = (ReviewGiven, SurveyAnswered, LowScoreGiven)


def given(answer: Answer, *, by: Actor, poor: int | None = None) -> None:
    """Tell of an answer that was just given; scores up to `poor` (else the usual one of the scale) are low ones."""
    high, text, score = answer.scale_high, answer.text, _plain(answer.score)
    happening: ReviewGiven | SurveyAnswered
    if answer.kind == Answer.Kind.REVIEW:
        happening = ReviewGiven(score=score, high=high, text=text)
    else:
        happening = SurveyAnswered(
            kind=answer.kind.upper(), score=score, high=high, text=text, number=_number(answer.ticket),
            reasons=list(answer.reasons),
        )  # fmt: skip
    publish(happening, by=by, subject=answer, customer=answer.customer_id, at=answer.answered_at)
    _follow(answer, poor, by)


def changed(answer: Answer, before: Decimal | None, *, by: Actor, poor: int | None = None) -> None:
    """Tell that a customer changed their answer."""
    happening = AnswerChanged(
        kind=answer.kind.upper(), score=_plain(answer.score), high=answer.scale_high, before=_plain(before),
        text=answer.text, number=_number(answer.ticket), reasons=list(answer.reasons),
    )  # fmt: skip
    publish(happening, by=by, subject=answer, customer=answer.customer_id)
    _follow(answer, poor, by)


def is_low(answer: Answer, poor: int | None = None) -> bool:
    """Return whether the score of an answer is a low one, counted from the bad end of its scale."""
    if answer.score is None:
        return False
    low, high = answer.scale_low, answer.scale_high
    least = scales.poor(answer.kind, low, high) if poor is None else poor
    score = low + high - answer.score if scales.low_is_good(answer.kind, low, high) else answer.score
    return score <= least


def _follow(answer: Answer, poor: int | None, by: Actor) -> None:
    """Tell whoever makes up for complaints, and that the score was low, when the answer is about a ticket."""
    ticket = answer.ticket
    if ticket is None or answer.score is None:
        return
    part = scales.goodness(answer.kind, answer.scale_low, answer.scale_high, float(answer.score))
    complaints.note_score(ticket, round(100 * part), by=by.with_everything())
    if is_low(answer, poor):
        happening = LowScoreGiven(
            kind=answer.kind.upper(), score=_plain(answer.score), high=answer.scale_high, number=ticket.code,
            text=answer.text,
        )  # fmt: skip
        publish(happening, by=by, subject=answer, customer=answer.customer_id)


def _plain(score: Decimal | None) -> str:
    return f"{score.normalize():f}" if score is not None else ""


def _number(ticket: Ticket | None) -> str:
    return ticket.code if ticket else ""
