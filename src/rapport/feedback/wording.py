"""What a survey says, in the language of whoever is asked: the firm's words, and the usual ones where it has none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from rapport.feedback.scales import CES, NPS, Scale

Stored = Mapping[str, Mapping[str, Any]]
TEXTS = ("subject", "question", "thanks")
CHOICES = ("low", "high")
LONGEST = 300
MOST_REASONS, LONGEST_REASON = 8, 80


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a survey in one language. `low` and `high` are the reasons: what is kept, and what is read."""

    subject: str
    question: str
    thanks: str
    worst: str
    best: str
    low: tuple[tuple[str, str], ...]
    high: tuple[tuple[str, str], ...]

    def reasons(self) -> dict[str, str]:
        """Return how every reason reads, by what is kept."""
        return dict((*self.low, *self.high))


def words(stored: Stored, scale: Scale, language: str, home: str, **names: str) -> Words:
    """Return the words of a survey in `language`; `home` is that of the firm, in which reasons are kept.

    `names` stand in the places of {number}, {subject}, {name} and {company}. A language in which the firm says nothing
    has the usual words.
    """
    own = stored.get(language, {})
    usual = standard(scale, language)
    texts = {name: _filled(str(own.get(name) or usual[name]), names) for name in TEXTS}
    low, high = (_reasons(stored, scale, language, home, name) for name in CHOICES)
    return Words(**texts, worst=str(usual["worst"]), best=str(usual["best"]), low=low, high=high)


def standard(scale: Scale, language: str) -> dict[str, Any]:
    """Return the usual words for a scale in a language."""
    with translation.override(language):
        question, worst, best = _question(scale)
        return {
            "subject": _("How did we do? ({number})"),
            "question": question,
            "thanks": _("Thank you for telling us. We read every answer."),
            "worst": worst,
            "best": best,
            "low": [
                _("It took too long"), _("It is not solved"), _("I had to repeat myself"), _("The answer was unclear"),
                _("I was not treated well"),
            ],
            "high": [
                _("It was quick"), _("It is solved"), _("The answer was clear"), _("I was treated kindly"),
                _("You were easy to reach"),
            ],
        }  # fmt: skip


def _question(scale: Scale) -> tuple[str, str, str]:
    """Return the usual question with the words for its lowest and highest score."""
    if scale.kind == NPS:
        question = _("How likely are you to recommend {company} to a friend or colleague?")
        return question, _("not at all likely"), _("extremely likely")
    if scale.kind == CES:
        question = _("How far do you agree: {company} made it easy for me to have my matter handled.")
        return question, _("strongly disagree"), _("strongly agree")
    question = _("How satisfied are you with how we handled your matter?")
    if scale.look == "thumbs":
        return question, _("Not satisfied"), _("Satisfied")
    return question, _("very dissatisfied"), _("very satisfied")


def _reasons(stored: Stored, scale: Scale, language: str, home: str, name: str) -> tuple[tuple[str, str], ...]:
    kept: Sequence[str] = stored.get(home, {}).get(name) or standard(scale, home)[name]
    said: Sequence[str] = stored.get(language, {}).get(name) or ()
    if not said and not stored.get(home, {}).get(name):
        said = standard(scale, language)[name]
    return tuple(zip(kept, said if len(said) == len(kept) else kept, strict=True))


def _filled(text: str, names: Mapping[str, str]) -> str:
    for name, value in names.items():
        text = text.replace("{" + name + "}", value)
    return " ".join(text.split())
