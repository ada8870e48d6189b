"""Whether a tree fits a noun: fields, operators, values, rights and size. Every compiler expects a checked tree."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from rapport.kernel.actors import Actor
from rapport.kernel.conditions.errors import (
    ConditionError,
    FieldForbidden,
    NotUnderstood,
    UnknownEvent,
    WrongOperator,
    WrongValue,
)
from rapport.kernel.conditions.happenings import happening
from rapport.kernel.conditions.operators import LISTED, SINGLE, operators, period_fits, settled
from rapport.kernel.conditions.parsing import parse_with_places
from rapport.kernel.conditions.registry import Field, Relation, Spot, Type, reach, relation_at, root_named
from rapport.kernel.conditions.tree import All, AnyOf, Did, Has, Is, Node, Not, Op, limit
from rapport.kernel.conditions.values import MOMENTS, Amount, Span
from rapport.kernel.folding import fold
from rapport.kernel.money import MoneyError, check_currency
from rapport.kernel.permissions import Right


def check(tree: Node, root: str, actor: Actor | None = None) -> Node:
    """Return `tree` as it is asked of the noun `root`, by `actor` when one is given.

    Labels of choices become their stored values, and texts in the place of days become days. Raises the
    `ConditionError` that says what is wrong; its `leaf` is the part it is about.
    """
    limit(tree)
    return _checked(tree, root, actor, outermost=True)


def read(text: str, root: str, actor: Actor | None = None, *, zone: str = "UTC") -> Node:
    """Return the checked tree of a condition in its text form. Raises the `ConditionError` with its place."""
    tree, places = parse_with_places(text, zone)
    try:
        return check(tree, root, actor)
    except ConditionError as error:
        raise error.placed(next((at for leaf, at in places if leaf is error.leaf), None)) from error


def _checked(tree: Node, root: str, actor: Actor | None, *, outermost: bool = False) -> Node:
    match tree:
        case All() if not tree.of and not outermost:
            raise NotUnderstood(_("A group needs at least one part."))
        case All() | AnyOf():
            return tree.model_copy(update={"of": tuple(_checked(part, root, actor) for part in tree.of)})
        case Not():
            return Not(of=_checked(tree.of, root, actor))
        case _:
            try:
                return _checked_leaf(tree, root, actor)
            except ConditionError as error:
                error.leaf = error.leaf or tree
                raise


def _checked_leaf(tree: Is | Did | Has, root: str, actor: Actor | None) -> Node:
    match tree:
        case Has():
            hop, noun = relation_at(root, tree.relation)
            _permit(hop, actor)
            where = None if tree.where is None else _checked(tree.where, noun.name, actor)
            return tree.model_copy(update={"where": where})
        case Did():
            return _checked_did(tree, root)
        case Is():
            return checked_leaf(tree, reach(root, tree.field), actor)


def _checked_did(tree: Did, root: str) -> Did:
    if root_named(root).news is None:
        raise UnknownEvent(_("%(noun)s has no events.") % {"noun": root})
    known = happening(tree.event)
    if isinstance(tree.within, Span):
        _check_span(tree.within)
    where = []
    for leaf in tree.where:
        try:
            where.append(checked_leaf(leaf, Spot((), root_named(root), known.field(leaf.field))))
        except ConditionError as error:
            error.leaf = leaf
            raise
    return tree.model_copy(update={"where": tuple(where)})


def checked_leaf(leaf: Is, spot: Spot, actor: Actor | None = None) -> Is:
    """Return a comparison of the field at `spot` with its values settled, or raise the error it deserves."""
    for hop in spot.hops:
        _permit(hop, actor)
    _permit(spot.field, actor)
    if leaf.op not in operators(spot):
        raise WrongOperator(
            _("%(field)s can't be compared like that (%(op)s).") % {"field": leaf.field, "op": leaf.op.value}
        )
    value = settled(leaf.value, spot.field)
    if value is not leaf.value:
        leaf = leaf.model_copy(update={"value": value})
    if not _fits(leaf, spot.field):
        raise WrongValue(_expected(leaf, spot.field))
    _check_value(leaf, spot.field)
    return leaf


def _permit(entry: Field | Relation, actor: Actor | None) -> None:
    right: Right | None = entry.right
    if actor is not None and right is not None and not actor.may(right):
        raise FieldForbidden(_("You may not use %(field)s.") % {"field": entry.name})


def _fits(leaf: Is, field: Field) -> bool:
    value = leaf.value
    if leaf.op is Op.EMPTY:
        return value is None
    if leaf.op in {Op.WITHIN, Op.ANNIVERSARY}:
        return period_fits(field.type, leaf.op, value)
    single = SINGLE[field.type]
    if leaf.op in LISTED or leaf.op is Op.BETWEEN:
        if not isinstance(value, tuple) or not value:
            return False
        return (leaf.op is not Op.BETWEEN or len(value) == 2) and all(single(field, one) for one in value)
    return single(field, value)


def _check_value(leaf: Is, field: Field) -> None:
    several: tuple[Any, ...] = leaf.value if isinstance(leaf.value, tuple) else (leaf.value,)
    for one in several:
        if field.type is Type.TEXT and isinstance(one, str) and not fold(one):
            raise WrongValue(
                _("An empty text is nowhere to be found; ask whether %(field)s is empty.") % {"field": leaf.field}
            )
        if field.type in {Type.CHOICE, Type.CHOICES} and isinstance(one, str | int):
            _check_choice(field, one)
        if isinstance(one, Amount):
            _check_amount(one)
        if isinstance(one, Span):
            _check_span(one)
    if leaf.op is Op.BETWEEN:
        _check_order(several)


def _check_choice(field: Field, value: str | int) -> None:
    try:
        stored = UUID(str(value)) if field.key is UUID else field.key(str(value))
    except ValueError as error:
        raise WrongValue(_("%(value)s is no choice of %(field)s.") % {"value": value, "field": field.name}) from error
    known = field.stored()
    if known and str(stored) not in known:
        raise WrongValue(_("%(value)s is no choice of %(field)s.") % {"value": value, "field": field.name})


def _check_amount(amount: Amount) -> None:
    try:
        check_currency(amount.currency)
    except MoneyError as error:
        raise WrongValue(_("%(code)s is not a currency.") % {"code": amount.currency}) from error


def _check_order(ends: tuple[Any, ...]) -> None:
    first, last = ends
    if isinstance(first, Amount) != isinstance(last, Amount):
        raise WrongValue(_("Both ends need the same currency."))
    if isinstance(first, Amount):
        if first.currency != last.currency:
            raise WrongValue(_("Both ends need the same currency."))
        first, last = first.amount, last.amount
    if isinstance(first, int | Decimal) and first > last:
        raise WrongValue(_("The first of the two comes after the second."))
    if isinstance(first, MOMENTS):
        _check_span(Span(start=first, end=last))


def _check_span(span: Span) -> None:
    start, end = getattr(span.start, "on", None), getattr(span.end, "on", None)
    if start and end and start > end:
        raise WrongValue(_("The first of the two comes after the second."))


def _expected(leaf: Is, field: Field) -> str:
    """Return the sentence that says which value the field and the operator take."""
    what = {
        Type.TEXT: _("a text in quotes"),
        Type.NUMBER: _("a whole number") if field.whole else _("a number"),
        Type.MONEY: _("an amount, such as 12.50 or 12.50 GBP"),
        Type.BOOLEAN: _("yes or no"),
        Type.DATE: _("a day, such as 2024-05-31 or today"),
        Type.DATETIME: _("a day or a moment, such as 2024-05-31, today or now - 2 hours"),
        Type.CHOICE: _("one of its choices"),
        Type.CHOICES: _("one of its choices"),
        Type.DURATION: _("a length of time, such as 2 hours"),
    }[field.type]
    if leaf.op is Op.EMPTY:
        what = _("no value")
    elif leaf.op in {Op.WITHIN, Op.ANNIVERSARY}:
        what = _("a period, such as last 7 days or this month")
    elif leaf.op in LISTED:
        what = _("a list, each entry %(what)s") % {"what": what}
    elif leaf.op is Op.BETWEEN:
        what = _("two values, each %(what)s") % {"what": what}
    return _("%(field)s takes %(what)s.") % {"field": leaf.field, "what": what}
