"""A test of one field as SQL: of a column reached over to-one joins, of an expression, or of a key inside JSON."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import (
    BooleanField,
    DateField,
    DateTimeField,
    F,
    FloatField,
    Func,
    Q,
    TextField,
    Value,
)
from django.db.models.expressions import Combinable, Expression
from django.db.models.fields.json import KeyTransform
from django.db.models.functions import ExtractDay, ExtractMonth
from django.db.models.lookups import (
    Contains,
    EndsWith,
    Exact,
    GreaterThan,
    GreaterThanOrEqual,
    In,
    IsNull,
    LessThan,
    LessThanOrEqual,
    StartsWith,
)

from rapport.kernel.conditions.moments import Ctx, Days, Stretch
from rapport.kernel.conditions.plan import Check, Compared, Empty, Holds, Listed, OneOf, Ranged, Test, Yearly
from rapport.kernel.conditions.registry import Field, Type
from rapport.kernel.conditions.tree import Op
from rapport.kernel.folding import Fold

ALWAYS = Q(Value(True, output_field=BooleanField()))
NEVER = Q(Value(False, output_field=BooleanField()))
_COMPARE: dict[Op, Any] = {
    Op.EQ: Exact,
    Op.LT: LessThan,
    Op.LE: LessThanOrEqual,
    Op.GT: GreaterThan,
    Op.GE: GreaterThanOrEqual,
}
_HOLD: dict[Op, Any] = {Op.CONTAINS: Contains, Op.STARTS: StartsWith, Op.ENDS: EndsWith}
_READ: dict[Type, tuple[str, Any]] = {
    Type.TEXT: ("kernel_json_text", TextField),
    Type.CHOICE: ("kernel_json_text", TextField),
    Type.NUMBER: ("kernel_json_number", FloatField),
    Type.MONEY: ("kernel_json_number", FloatField),
    Type.DURATION: ("kernel_json_number", FloatField),
    Type.BOOLEAN: ("kernel_json_boolean", BooleanField),
    Type.DATE: ("kernel_json_date", DateField),
    Type.DATETIME: ("kernel_json_moment", DateTimeField),
}


def tested(field: Field, prefix: str, check: Check, ctx: Ctx) -> Q:
    """Return the test of `field`, whose column is reached over the joins that `prefix` names ("company__")."""
    if field.type is Type.CHOICES:
        return _list_tested(field, prefix, check.test)
    found = _scalar_tested(field, column(field, prefix), check.test)
    if field.type is Type.MONEY and not isinstance(check.test, Empty):
        return _of_currency(field, prefix, check.currency, ctx, found)
    return found


def column(field: Field, prefix: str = "") -> Combinable:
    """Return the expression of a field's value; keys inside JSON are read by the rules of `json_sql`."""
    path = field.path
    if not isinstance(path, str):
        assert not prefix, f"{field.name} is an expression and can't be joined"
        return path
    if not field.inside:
        return F(prefix + path)
    return _key(prefix + path, field.inside, field.type)


def _key(path: str, key: str, kind: Type) -> Expression:
    function, output = _READ[kind]
    return Func(KeyTransform(key, F(path)), function=function, output_field=output())


def _of_currency(field: Field, prefix: str, currency: str, ctx: Ctx, found: Q) -> Q:
    if not field.currency:
        return found if currency == ctx.currency else NEVER
    if field.inside:
        code: Combinable = _key(f"{prefix}{field.path}", field.currency, Type.TEXT)
    else:
        code = F(prefix + field.currency)
    return Q(Exact(code, Value(currency))) & found


def _scalar_tested(field: Field, value: Combinable, test: Test) -> Q:
    match test:
        case Empty():
            return _empty(field, value)
        case Compared(op, number):
            return Q(_COMPARE[op](value, Value(number)))
        case Ranged(low, high):
            return Q(GreaterThanOrEqual(value, Value(low)), LessThanOrEqual(value, Value(high)))
        case Days(start, end) | Stretch(start, end):
            return _window(value, start, end)
        case Yearly(spans, zone):
            return _yearly(value, spans, zone if field.type is Type.DATETIME else None)
        case Holds(op, text):
            return Q(_HOLD[op](Fold(value), text))
        case OneOf(values) | Listed(_, values):
            return _one_of(Fold(value) if field.type is Type.TEXT else value, values)


def _empty(field: Field, value: Combinable) -> Q:
    missing = Q(IsNull(value, True))
    if field.type is Type.TEXT or (field.type is Type.CHOICE and field.key is str):
        return missing | Q(Exact(value, Value("")))
    return missing


def _window(value: Combinable, start: Any, end: Any) -> Q:
    found = Q(GreaterThanOrEqual(value, Value(start))) if start is not None else Q()
    return found & Q(LessThan(value, Value(end))) if end is not None else found


def _yearly(value: Combinable, spans: tuple[tuple[int, int], ...], zone: str | None) -> Q:
    tzinfo = ZoneInfo(zone) if zone else None
    day = ExtractMonth(value, tzinfo=tzinfo) * 100 + ExtractDay(value, tzinfo=tzinfo)
    found = [Q(GreaterThanOrEqual(day, Value(low)), LessThanOrEqual(day, Value(high))) for low, high in spans]
    return reduce(or_, found) if found else NEVER


def _one_of(value: Combinable, values: tuple[Any, ...]) -> Q:
    if not values:
        return NEVER
    if len(values) == 1:
        return Q(Exact(value, Value(values[0])))
    return Q(In(value, values))


def _list_tested(field: Field, prefix: str, test: Test) -> Q:
    """Return the test of a list: an array column, or a JSON array of texts inside an object."""
    path = f"{prefix}{field.path}"
    if isinstance(test, Empty):
        return _list_empty(field, path)
    assert isinstance(test, Listed)
    if not test.values:
        return NEVER
    if not field.inside:
        return Q(**{f"{path}__{'contains' if test.every else 'overlap'}": list(test.values)})
    if test.every:
        return Q(**{f"{path}__contains": {field.inside: list(test.values)}})
    return reduce(or_, (Q(**{f"{path}__contains": {field.inside: [one]}}) for one in test.values))


def _list_empty(field: Field, path: str) -> Q:
    if field.inside:
        filled = Func(KeyTransform(field.inside, F(path)), function="kernel_json_filled", output_field=BooleanField())
        return Q(Exact(filled, Value(False))) | Q(IsNull(filled, True))
    return Q(**{f"{path}__isnull": True}) | Q(**{f"{path}__len": 0})
