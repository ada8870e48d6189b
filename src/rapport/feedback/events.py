"""The news of feedback."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from rapport.kernel.events import Event, event


@event("feedback.review_given", _("Review given"), _("rated {score} of {high}"), group="feedback", icon="star",
       personal=("text",), direction="in")  # fmt: skip
@dataclass(frozen=True)
class ReviewGiven(Event):
    """A customer reviewed an order, a product or the firm."""

    score: str
    high: int
    text: str = ""


@event("feedback.survey_answered", _("Survey answered"), _("answered {kind}: {score} of {high}"), group="feedback",
       icon="clipboard-check", personal=("text",), direction="in")  # fmt: skip
@dataclass(frozen=True)
class SurveyAnswered(Event):
    """A customer answered a question of a survey."""

    kind: str
    score: str
    high: int
    text: str = ""


@event("feedback.answer_replied", _("Feedback answered"), _("{author} replied to their feedback"), group="feedback",
       icon="message-reply", personal=("text",), direction="out")  # fmt: skip
@dataclass(frozen=True)
class AnswerReplied(Event):
    """Somebody of the staff replied to a piece of feedback."""

    author: str
    text: str
