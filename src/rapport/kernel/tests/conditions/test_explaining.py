"""Why a thing meets a condition or not, and how a condition reads."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.utils import translation

from rapport.kernel.actors import Actor
from rapport.kernel.conditions import (
    Ctx,
    Verdict,
    chips,
    explain,
    matcher,
    matches,
    parse,
    read,
    reasons,
    sentence,
    to_q,
)
from rapport.kernel.conditions.sentences import Reason
from rapport.kernel.models import EventRecord
from rapport.testing.ground.models import Maker, Part, Thing

pytestmark = pytest.mark.django_db
NOW = datetime(2024, 5, 15, 12, tzinfo=UTC)
ANA = UUID(int=1)
CTX = Ctx(now=NOW, zone="UTC", currency="GBP", actor=Actor(kind="user", name="Ana", user_id=ANA))


@pytest.fixture
def kettle() -> Thing:
    """A red kettle by Ørsted with two parts, one of them spare, polished twice."""
    maker = Maker._default_manager.create(name="Ørsted", founded=None)
    thing = Thing._default_manager.create(
        name="Kettle", size=3, colour="red", price_minor=1250, price_currency="GBP", maker=maker
    )
    Part._default_manager.create(thing=thing, state="new", spare=True)
    Part._default_manager.create(thing=thing, state="worn")
    for days, cloth in ((3, "wool"), (40, "silk")):
        moment = NOW - timedelta(days=days)
        EventRecord.objects.create(
            type="ground.polished", at=moment, recorded_at=moment, actor_kind="user", actor_name="Ana", via="staff",
            customer_id=thing.pk, data={"cloth": cloth, "cost_minor": 500, "currency": "GBP"},
        )  # fmt: skip
    return thing


def test_explain_every_part(kettle: Thing) -> None:
    tree = read(
        "maker.name = orsted and (size > 5 or not parts.state has all (new, worn)) and did ground.polished >= 2 times",
        "thing",
    )
    verdict = explain(tree, "thing", kettle, CTX)
    by, either, polished = verdict.parts
    assert (verdict.holds, by.holds, either.holds, polished.holds) == (False, True, False, True)
    assert (by.found, polished.found) == (("Ørsted",), (2, NOW - timedelta(days=3)))
    assert [(part.holds, part.found) for part in either.parts] == [(False, (3,)), (False, ())]
    assert [(part.holds, sorted(part.found)) for part in either.parts[1].parts] == [(True, ["new", "worn"])]


def test_reasons_in_words(kettle: Thing) -> None:
    tree = read(
        "not colour = green and price < 10 and born is empty and did ground.polished within 7 days and fitted has"
        " (state = new)",
        "thing",
    )
    told = reasons(explain(tree, "thing", kettle, CTX), "thing", CTX)
    assert [(part.sentence, part.holds, part.found) for part in told.parts] == [
        ("Colour is not Green", True, ""),
        ("Price is less than £10.00", False, "£12.50"),
        ("Born is empty", True, "nothing"),
        ("polished in the last 7 days", True, "1 time, on May 12, 2024, noon"),
        ("Fitted parts with State is New", False, "0"),
    ]
    assert told.parts[0].parts == (Reason("Colour is Green", False, "Red", ()),)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "everything"),
        ("colour = red and did ground.polished at least 2 times within 365 days",
         "Colour is Red and polished at least 2 times in the last 365 days"),
        ("not did ground.polished within last month", "polished: never last month"),
        ("did ground.polished < 3 times where (cost >= 5 EUR and by_hand = yes)",
         "polished less than 3 times with Cost is at least €5.00 and By hand is yes"),
        ("size between 1 and 1000 or (name contains \" x\" and active != yes)",
         "Size is between 1 and 1000 or (Name contains “ x” and Active is not yes)"),
        ("colour in (red, green, blue)", "Colour is one of Red, Green or Blue"),
        ("not marks has any (a, b)", "Marks has none of Mark A or Mark B"),
        ("owner = me or owner = my team", "Owner is me or Owner is my team"),
        ("born before 2024-02-29 and born > today - 3 weeks",
         "Born is before Feb. 29, 2024 and Born is after 3 weeks ago"),
        ("seen = now - 2 hours or seen >= yesterday", "Seen is on 2 hours ago or Seen is not before yesterday"),
        ("born anniversary within next 7 days", "Born has its anniversary in the next 7 days"),
        ("seen within 2024-01-01 to today", "Seen is from Jan. 1, 2024 to today"),
        ("wait >= 2 hours", "Wait is at least 2 hours"),
        ("maker.name starts with O and parts.count > 1",
         "Maker: Name starts with O and Parts: more than 1"),
        ("not (size = 1 or size = 2)", "not (Size is 1 or Size is 2)"),
        ("not parts has (state = new) and not parts.count between 1 and 2",
         "Parts: none with State is New and not (Parts: 1 to 2)"),
        ("parts has exactly 2 (state = new or spare = no)", "Parts: exactly 2 with (State is New or Spare is no)"),
    ],
)  # fmt: skip
def test_say_condition(typed: str, said: str) -> None:
    assert sentence(read(typed, "thing"), "thing", CTX) == said


def test_say_condition_in_another_language() -> None:
    with translation.override("de"):
        assert sentence(read("price >= 1234.50", "thing"), "thing", CTX).endswith("1.234,50\xa0£")


def test_chips_come_off_one_by_one() -> None:
    found = chips(read("colour = red and (size = 1 or size = 2) and active = yes", "thing"), "thing", CTX)
    assert [(chip.sentence, chip.without) for chip in found] == [
        ("Colour is Red", "(size = 1 or size = 2) and active = true"),
        ("Size is 1 or Size is 2", 'colour = "red" and active = true'),
        ("Active is yes", 'colour = "red" and (size = 1 or size = 2)'),
    ]
    (single,) = chips(read("colour = red", "thing"), "thing", CTX)
    assert single.without == ""
    assert chips(parse(""), "thing", CTX) == []


def test_events_are_asked_of_the_database(kettle: Thing) -> None:
    other = Thing._default_manager.create()
    recent = read('did ground.polished within 7 days where (cloth = "Wool")', "thing")
    assert matches(recent, "thing", kettle, CTX)
    assert not matches(recent, "thing", other, CTX)
    holds = matcher(read("not did ground.polished where (cost > 5)", "thing"), "thing", CTX)
    assert [holds(kettle), holds(other)] == [True, True]


def test_missing_values_meet_no_positive_test_and_not_flips_that(kettle: Thing) -> None:
    blank = Thing._default_manager.create()
    for typed in ("size = 3", "size < 5", "colour = red", 'name contains "e"', "price > 1", "maker.name = orsted"):
        tree, contrary = read(typed, "thing"), read(f"not ({typed})", "thing")
        assert matches(tree, "thing", kettle, CTX) is True
        assert matches(tree, "thing", blank, CTX) is False
        assert matches(contrary, "thing", blank, CTX) is True
        assert set(Thing._default_manager.filter(to_q(contrary, "thing", CTX))) == {blank}


def test_verdict_of_nothing_holds(kettle: Thing) -> None:
    assert explain(parse(""), "thing", kettle, CTX) == Verdict(parse(""), holds=True)
