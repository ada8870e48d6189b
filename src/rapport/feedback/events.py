"""The news of feedback."""

from __future__ import annotations

from dataclasses import dataclass, field

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
    """A customer answered a question of a survey; `number` is the ticket that it was about, `reasons` those chosen."""

    kind: str
    score: str
    high: int
    text: str = ""
    number: str = ""
    reasons: list[str] = field(default_factory=list)


@event("feedback.answer_replied", _("Feedback answered"), _("{author} replied to their feedback"), group="feedback",
       icon="message-reply", personal=("text",), direction="out")  # fmt: skip
@dataclass(frozen=True)
class AnswerReplied(Event):
    """Somebody of the staff replied to a piece of feedback."""

    author: str
    text: str


@event("feedback.answer_changed", _("Answer changed"), _("changed their answer: {score} of {high}"), group="feedback",
       icon="clipboard-check", personal=("text",), direction="in")  # fmt: skip
@dataclass(frozen=True)
class AnswerChanged(Event):
    """A customer changed what they had answered while the question was open. `before` is the score that they gave."""

    kind: str
    score: str
    high: int
    before: str
    text: str = ""
    number: str = ""
    reasons: list[str] = field(default_factory=list)


@event("feedback.low_score", _("Low score given"), _("{number}: only {score} of {high}"), group="feedback",
       icon="mood-sad", personal=("text",), timeline=False)  # fmt: skip
@dataclass(frozen=True)
class LowScoreGiven(Event):
    """A customer gave a low score after a ticket. The subject is the answer."""

    kind: str
    score: str
    high: int
    number: str
    text: str = ""


@event("feedback.answer_closed", _("Feedback closed"), _("{author} closed their feedback"), group="feedback",
       icon="check", timeline=False)  # fmt: skip
@dataclass(frozen=True)
class AnswerClosed(Event):
    """Somebody of the staff decided that a piece of feedback needs no reply."""

    author: str


@event("feedback.survey_sent", _("Survey sent"), _("was asked how {number} went"), group="feedback",
       icon="message-question", direction="out")  # fmt: skip
@dataclass(frozen=True)
class SurveySent(Event):
    """A customer was asked how a ticket went. `again` is yes for the reminder. The subject is the invitation."""

    number: str
    kind: str
    again: str = ""


@event("feedback.survey_dropped", _("Survey not sent"), _("{number}: not asked. {because}"), group="feedback",
       icon="message-off", timeline=False)  # fmt: skip
@dataclass(frozen=True)
class SurveyDropped(Event):
    """A customer is not asked how a ticket went, or not any longer. The subject is the invitation."""

    number: str
    because: str


@event("feedback.survey_changed", _("Survey changed"), _("{what} the survey {name}"), group="team", icon="settings",
       timeline=False, webhooks=False)  # fmt: skip
@dataclass(frozen=True)
class SurveyChanged(Event):
    """A survey was added, changed, moved, paused, resumed or removed. The subject is the survey."""

    name: str
    what: str
