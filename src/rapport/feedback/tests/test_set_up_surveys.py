from __future__ import annotations

from typing import Any

import pytest

from rapport.feedback import tokens
from rapport.feedback.models import Survey
from rapport.feedback.scales import SCALES, goodness
from rapport.feedback.services import surveys
from rapport.feedback.services.surveys import NameTaken, WrongSetting
from rapport.feedback.wording import words
from rapport.kernel.actors import SYSTEM
from rapport.kernel.conditions import ConditionError, parse
from rapport.kernel.ids import new_id
from rapport.kernel.permissions import Forbidden
from rapport.service.services.assigning import CannotWork
from rapport.testing.cast import Cast, actor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cast")]


@pytest.mark.parametrize(("scale", "poor"), [("csat5", 2), ("stars", 2), ("thumbs", 0), ("ces2", 3), ("nps", 6)])
def test_a_survey_knows_which_scores_are_low(scale: str, poor: int) -> None:
    assert surveys.add("After", scale, by=SYSTEM).poor == poor


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"scale": "mood"}, "scale"), ({"name": " "}, "name"), ({"delay_hours": 721}, "delay_hours"),
        ({"open_days": 0}, "open_days"), ({"remind_days": 14}, "remind_days"), ({"poor": 5}, "poor"),
        ({"channels": ["owl"]}, "channels"), ({"follow_up": "shout"}, "follow_up"),
    ],
)  # fmt: skip
def test_a_wrong_setting_is_refused(values: dict[str, Any], field: str) -> None:
    with pytest.raises(WrongSetting) as refused:
        surveys.add(**{"name": "After", "scale": "csat5", **values}, by=SYSTEM)
    assert refused.value.field == field
    assert not Survey.objects.exists()


def test_two_surveys_do_not_share_a_name() -> None:
    surveys.add("After", "csat5", by=SYSTEM)
    with pytest.raises(NameTaken):
        surveys.add("After", "nps", by=SYSTEM)
    assert Survey.objects.count() == 1


def test_a_condition_must_fit_tickets() -> None:
    with pytest.raises(ConditionError):
        surveys.add("After", "csat5", by=SYSTEM, condition=parse("mood = fine"))
    assert not Survey.objects.exists()


def test_only_who_may_set_up_service_sets_up_surveys(cast: Cast) -> None:
    with pytest.raises(Forbidden):
        surveys.add("After", "csat5", by=actor(cast.ben))
    with pytest.raises(CannotWork):
        surveys.add("After", "csat5", by=SYSTEM, lead=cast.carla)
    assert not Survey.objects.exists()


def test_surveys_are_asked_in_order_and_can_rest() -> None:
    first, second = (surveys.add(name, "csat5", by=SYSTEM) for name in ("One", "Two"))
    surveys.ask_earlier(second, by=SYSTEM)
    assert list(Survey.objects.values_list("name", flat=True)) == ["Two", "One"]
    assert surveys.pause(first, by=SYSTEM).paused_at is not None
    assert surveys.resume(first, by=SYSTEM).paused_at is None
    surveys.remove(second, by=SYSTEM)
    assert list(Survey.objects.all()) == [first]


def test_words_are_kept_without_what_is_empty() -> None:
    said = {"en": {"question": " Fine? ", "low": ["Slow", " Slow ", ""], "thanks": ""}, "xx": {"question": "?"}}
    assert surveys.add("After", "csat5", by=SYSTEM, words=said).words == {"en": {"question": "Fine?", "low": ["Slow"]}}


def test_reasons_are_kept_in_the_language_of_the_firm() -> None:
    own = {"en": {"low": ["Slow", "Rude"]}, "de": {"low": ["Langsam", "Unfreundlich"]}, "fr": {"low": ["Lent"]}}
    scale = SCALES["csat5"]
    assert words(own, scale, "de", "en").low == (("Slow", "Langsam"), ("Rude", "Unfreundlich"))
    assert words(own, scale, "fr", "en").low == (("Slow", "Slow"), ("Rude", "Rude"))


def test_names_stand_in_the_words() -> None:
    said = words({"en": {"question": "{name}, {number}?"}}, SCALES["nps"], "en", "en", name="Ana", number="T-1")
    assert said.question == "Ana, T-1?"
    assert "Lantern" in words({}, SCALES["nps"], "en", "en", company="Lantern").question


def test_a_token_is_nobodys_guess() -> None:
    key = new_id()
    made = tokens.token(key)
    assert tokens.read(made) == key
    assert tokens.read(made.upper()) == key
    for wrong in (
        "",
        made[:-1],
        made[:-1] + ("a" if made[-1] != "a" else "b"),
        tokens.token(new_id())[:34] + made[34:],
    ):
        assert tokens.read(wrong) is None


@pytest.mark.parametrize(
    ("kind", "low", "high", "score", "expected"),
    [
        ("csat", 1, 5, 5, 1.0),
        ("csat", 0, 1, 0, 0.0),
        ("ces", 1, 7, 4, 0.5),
        ("ces", 1, 5, 1, 1.0),
        ("nps", 0, 10, 9, 0.9),
    ],
)
def test_how_good_a_score_is(kind: str, low: int, high: int, score: int, expected: float) -> None:
    assert goodness(kind, low, high, score) == expected
