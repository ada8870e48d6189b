"""The text form and JSON: what is written is read back; what can't be read says what and where."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings

from rapport.kernel.conditions import (
    All,
    AnyOf,
    ConditionError,
    Did,
    Has,
    Is,
    Node,
    Not,
    Op,
    Times,
    dump,
    load,
    parse,
    text,
)
from rapport.kernel.conditions.errors import NotUnderstood, TooLarge, WrongValue
from rapport.kernel.conditions.tree import simplify
from rapport.kernel.conditions.values import Amount, Calendar, Day, Last, Me, MyTeam, Now, Span, Today
from rapport.kernel.tests.conditions.strategies import trees
from rapport.kernel.tests.conditions.test_agreement import small


@pytest.mark.django_db
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tree=trees.filter(small))
def test_random_trees_come_back_from_text_and_json(declared: None, tree: Node) -> None:
    assert parse(text(tree)) == simplify(tree)
    assert text(parse(text(tree))) == text(tree)
    assert load(json.loads(json.dumps(dump(tree)))) == tree


def is_(field: str, op: Op = Op.EQ, value: object = None) -> Is:
    return Is.model_validate({"field": field, "op": op, "value": value})


@pytest.mark.parametrize(
    ("typed", "tree"),
    [
        ("", All()),
        ('country = "United Kingdom"', is_("country", Op.EQ, "United Kingdom")),
        ("country is france", is_("country", Op.EQ, "france")),
        ("country != france", Not(of=is_("country", Op.EQ, "france"))),
        ("name is not empty", Not(of=is_("name", Op.EMPTY))),
        ("size not between -1 and 2.50", Not(of=is_("size", Op.BETWEEN, (-1, 2.5)))),
        ("owner in (me, my team)", is_("owner", Op.IN, (Me(), MyTeam()))),
        ("total >= 12.50 GBP", is_("total", Op.GE, Amount(amount=12.5, currency="GBP"))),
        ("due before today + 3 days", is_("due", Op.LT, Today(shift=3))),
        ("due = yesterday", is_("due", Op.EQ, Today(shift=-1))),
        ("seen after now - 2 hours", is_("seen", Op.GT, Now(shift=-2))),
        ("seen within last month", is_("seen", Op.WITHIN, Calendar(which="previous", unit="month"))),
        ("seen within 7 days", is_("seen", Op.WITHIN, Last(n=7, unit="day"))),
        ("tags has any (a, b)", is_("tags", Op.HAS_ANY, ("a", "b"))),
        ("orders has >= 2 (paid = yes)", Has(relation="orders", times=Times(n=2), where=is_("paid", Op.EQ, True))),
        ("did a.b at least 2 times", Did(event="a.b", times=Times(n=2))),
        (
            "did a.b between 2024-01-01 and today where (x = 1 and y = 2)",
            Did(
                event="a.b",
                within=Span(start=Day.model_validate({"on": "2024-01-01"}), end=Today()),
                where=(is_("x", Op.EQ, 1), is_("y", Op.EQ, 2)),
            ),
        ),
        (
            "a = 1 and b = 2 or not c = 3",
            AnyOf(of=(All(of=(is_("a", Op.EQ, 1), is_("b", Op.EQ, 2))), Not(of=is_("c", Op.EQ, 3)))),
        ),
    ],
)
def test_read_text_form(typed: str, tree: Node) -> None:
    assert parse(typed) == tree
    assert parse(text(tree)) == tree


def test_moments_without_offset_are_in_the_readers_zone() -> None:
    assert text(parse("seen = 2024-07-01T10:00", zone="Europe/Lisbon")) == "seen = 2024-07-01T09:00:00Z"


@pytest.mark.parametrize(
    ("typed", "error", "at", "message"),
    [
        ("a =", NotUnderstood, 3, "A value is missing at the end."),
        ("a = 1 b", NotUnderstood, 6, "“and” or “or” is missing before “b”."),
        ("(a = 1", NotUnderstood, 6, "“)” is missing at the end."),
        ("a ~ 2", NotUnderstood, 2, "“~” has no meaning here."),
        ('a = "x', NotUnderstood, 4, "This text has no closing quote."),
        ('a = "\\q"', NotUnderstood, 4, "This text has an unknown \\ sequence."),
        ('a = "\\u0000"', WrongValue, 4, '“"\\u0000"” is no value.'),
        ("a = 2024-02-31", WrongValue, 4, "“2024-02-31” is no value."),
        ("a = 1234567890123456", WrongValue, 4, "“1234567890123456” is no value."),
        ("a within 0 days", WrongValue, 9, "“days” is no value."),
        ("a within this 3 days", NotUnderstood, 14, "A unit, such as month, is missing before “3”."),
        ("a in ()", NotUnderstood, 6, "A value is missing before “)”."),
        ("a has", NotUnderstood, 5, "“any”, “all”, a number or a condition in brackets is missing at the end."),
        ("a = 1 and and", NotUnderstood, 10, "The name of a field is missing before “and”."),
        ("did x where (did y)", NotUnderstood, 13, "The name of a field is missing before “did”."),
        ("A.b = 1", NotUnderstood, 0, "“A.b” is not a comparison."),
    ],
)
def test_refuse_text_with_its_place(typed: str, error: type[ConditionError], at: int, message: str) -> None:
    with pytest.raises(error) as caught:
        parse(typed)
    assert (caught.value.at, caught.value.message) == (at, message)


@pytest.mark.parametrize(
    "typed",
    [
        "(" * 100 + "a = 1" + ")" * 100,
        "not " * 5000 + "a = 1",
        " or ".join(f"(b = 1 and {' and '.join(['a = 1'] * 3)})" for _step in range(11)),
        "a = 1 and " * 3000 + "a = 1",
        f"a in ({', '.join('1' * 501)})",
        "not (not (not (not (not (not (a = 1 or b = 2))))))",
    ],
)
def test_refuse_text_that_is_too_large(typed: str) -> None:
    with pytest.raises(TooLarge):
        parse(typed)


def nested(depth: int) -> object:
    data: object = {"kind": "is", "field": "a", "value": 1}
    for _step in range(depth):
        data = {"kind": "not", "of": data}
    return data


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (None, NotUnderstood),
        ([], NotUnderstood),
        ({"kind": "sql", "text": "1=1"}, NotUnderstood),
        ({"kind": "is", "field": "a; drop", "value": 1}, NotUnderstood),
        ({"kind": "is", "field": "a", "value": float("nan")}, NotUnderstood),
        ({"kind": "is", "field": "a", "value": "\x00"}, NotUnderstood),
        ({"kind": "is", "field": "a", "value": "\ud800"}, NotUnderstood),
        ({"kind": "is", "field": "a", "value": {"kind": "day", "on": "2024-02-31"}}, NotUnderstood),
        ({"kind": "is", "field": "a", "more": 1}, NotUnderstood),
        ({"kind": "any", "of": []}, NotUnderstood),
        (nested(7), TooLarge),
        (nested(10_000), TooLarge),
        ({"kind": "all", "of": [{"kind": "is", "field": "a", "value": 1}] * 41}, TooLarge),
    ],
)
def test_refuse_json(data: object, error: type[ConditionError]) -> None:
    with pytest.raises(error):
        load(data)
