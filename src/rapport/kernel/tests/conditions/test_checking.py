"""A condition that does not fit its noun is refused by name; one that fits has its values settled."""

from __future__ import annotations

from uuid import UUID

import pytest

from rapport.kernel.actors import Actor, Reach
from rapport.kernel.conditions import ConditionError, Field, Is, Not, Type, check, parse, read, register, text
from rapport.kernel.conditions.errors import (
    FieldForbidden,
    NotUnderstood,
    UnknownEvent,
    UnknownField,
    UnknownRoot,
    WrongOperator,
    WrongValue,
)

pytestmark = pytest.mark.django_db
NOBODY = Actor(kind="user", name="Ana")
WEIGHER = Actor(kind="user", name="Bo", grants={"ground.secrets": Reach.OWN})


@pytest.mark.parametrize(
    ("typed", "error", "message"),
    [
        ("colr = red", UnknownField, "There is no colr; is colour meant?"),
        ("zzz = 1", UnknownField, "There is no zzz."),
        ("maker.nam = x", UnknownField, "There is no nam; is name meant?"),
        ("part has (size = 1)", UnknownField, "There is no part; is parts meant?"),
        ("custom.wrd = red", UnknownField, "There is no custom.wrd; is custom.word meant?"),
        ("maker.count = 1", UnknownField, "There is no count."),
        ("did ground.polish", UnknownEvent, "There is no ground.polish; is ground.polished meant?"),
        ("did ground.polished where (clth = x)", UnknownField, "There is no clth; is cloth meant?"),
        ("maker.things has any (x)", UnknownField, "maker.things leads to other rows; name one of their fields."),
        ("parts has (did ground.polished)", UnknownEvent, "part has no events."),
        ("name > 3", WrongOperator, "name can't be compared like that (gt)."),
        ("parts.count is empty", WrongOperator, "parts.count can't be compared like that (empty)."),
        ("size = 1.5", WrongValue, "size takes a whole number."),
        ('ratio = "1"', WrongValue, "ratio takes a number."),
        ("active = 1", WrongValue, "active takes yes or no."),
        ("name = 1", WrongValue, "name takes a text in quotes."),
        ("name = 2024-01-01", WrongValue, "name takes a text in quotes."),
        ("born > now", WrongValue, "born takes a day, such as 2024-05-31 or today."),
        ("born within last 3 hours", WrongValue, "born takes a period, such as last 7 days or this month."),
        ("wait > 3", WrongValue, "wait takes a length of time, such as 2 hours."),
        ("colour = pink", WrongValue, "pink is no choice of colour."),
        ("colour in (red, pink)", WrongValue, "pink is no choice of colour."),
        ("owner = bo", WrongValue, "bo is no choice of owner."),
        ("size between 3 and 2", WrongValue, "The first of the two comes after the second."),
        ("born between 2024-02-01 and 2024-01-31", WrongValue, "The first of the two comes after the second."),
        ("price between 1 EUR and 2 GBP", WrongValue, "Both ends need the same currency."),
        ("price between 1 and 2 GBP", WrongValue, "Both ends need the same currency."),
        ("price > 3 ZZZ", WrongValue, "ZZZ is not a currency."),
        ('name contains ""', WrongValue, "An empty text is nowhere to be found; ask whether name is empty."),
        ('name contains "\u0301"', WrongValue, "An empty text is nowhere to be found; ask whether name is empty."),
        ("active = yes and not everything", NotUnderstood, "A group needs at least one part."),
    ],
)
def test_refuse_what_does_not_fit(declared: None, typed: str, error: type[ConditionError], message: str) -> None:
    with pytest.raises(error) as caught:
        read(typed, "thing")
    assert caught.value.message == message


def test_refusal_names_the_place_of_the_part() -> None:
    with pytest.raises(WrongValue) as caught:
        read("size = 1 and (born = today or colour = pink)", "thing")
    assert caught.value.at == 30
    with pytest.raises(UnknownField) as caught_inside:
        read("size = 1 and did ground.polished where (by_hand = yes and clot = x)", "thing")
    assert caught_inside.value.at == 58


def test_refuse_unknown_noun() -> None:
    with pytest.raises(UnknownRoot):
        check(Is(field="name", value="x"), "ghost")


def test_values_are_settled() -> None:
    assert text(read('colour in (Red, GREEN) and born > "2024-05-01"', "thing")) == (
        'colour in ("red", "green") and born > 2024-05-01'
    )
    key = UUID(int=1)
    assert text(read(f'owner = "{key}"', "thing")) == f'owner = "{key}"'


def test_fields_ask_for_their_rights() -> None:
    heavy = parse("weight > 3")
    assert check(heavy, "thing") == heavy
    assert check(heavy, "thing", WEIGHER) == heavy
    with pytest.raises(FieldForbidden):
        check(heavy, "thing", NOBODY)
    with pytest.raises(FieldForbidden):
        check(Not(of=parse("parts has (thing.weight > 3)")), "thing", NOBODY)


def test_refuse_to_register_a_name_twice() -> None:
    with pytest.raises(ValueError, match=r"thing\.name is registered twice"):
        register("thing", fields=[Field("name", "Name", Type.TEXT)])
    with pytest.raises(ValueError, match="not can't be the name of a field"):
        register("thing", fields=[Field("not", "Not", Type.TEXT)])
