"""What conditions can be about: nouns (roots) with their fields, relations to other nouns and events.

A domain registers its nouns in `conditions.py`; a higher one adds fields to a noun of a lower one in the same way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.apps import apps
from django.db.models import Model
from django.db.models.expressions import Combinable
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rapport.kernel.conditions.errors import UnknownField, UnknownRoot
from rapport.kernel.fields import live
from rapport.kernel.models import CustomField
from rapport.kernel.permissions import Right

if TYPE_CHECKING:
    from rapport.kernel.conditions.tree import Node

Label = str | Promise
LakeColumn = Callable[[Any], Any]
KeyType = type[str] | type[int] | type[UUID]
Choices = Sequence[tuple[Any, Label]] | Callable[[], Sequence[tuple[Any, Label]]]


class Type(StrEnum):
    """The type of a field; it decides the operators and the values."""

    TEXT = "text"
    NUMBER = "number"
    MONEY = "money"
    BOOLEAN = "boolean"
    DATE = "date"
    DATETIME = "datetime"
    CHOICE = "choice"
    CHOICES = "choices"
    DURATION = "duration"


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that can be asked of a noun.

    `name` is how conditions write it. `orm` is the path of the column from the model, through to-one relations
    only, or an expression; `python` reads the value off an instance; `lake` names the lake's column, or is a
    function of the table that returns one. Each follows from `name` when it is not given. Money is in minor units,
    with `currency` the path of the column of the code (none: the organisation's currency); durations are whole
    seconds; `key` is the type of a choice's stored value. `inside` names the key when the column is a JSON object.
    `right` is needed to use the field at all. One that is not `offered` is for the product's own conditions.
    """

    name: str
    label: Label
    type: Type
    orm: str | Combinable = ""
    python: Callable[[Any], Any] | None = None
    lake: str | LakeColumn = ""
    choices: Choices = ()
    key: KeyType = str
    currency: str = ""
    whole: bool = False
    group: Label = ""
    help: Label = ""
    right: Right | None = None
    inside: str = ""
    offered: bool = True

    @property
    def path(self) -> str | Combinable:
        """The column's path or expression in the ORM."""
        return self.orm or self.name

    def stored(self) -> list[str]:
        """Return the stored values of the choices as they are now, as text."""
        return [str(key) for key, _label in self._offered()]

    def options(self) -> list[tuple[Any, str]]:
        """Return the choices as they are now: stored value and label."""
        return [(key, str(label)) for key, label in self._offered()]

    def _offered(self) -> Iterable[tuple[Any, Label]]:
        return self.choices() if callable(self.choices) else self.choices


@dataclass(frozen=True, slots=True)
class Relation:
    """Rows of another noun: those whose column `there` holds what `here` holds on this one.

    `attr` is the Django attribute that leads to them. `only` is a condition on the other noun that they all meet.
    `means` is the field of the other noun that is meant where the relation alone is named: `segment = "Regulars"`.
    """

    name: str
    label: Label
    to: str
    here: str = "id"
    there: str = "id"
    attr: str = ""
    many: bool = True
    only: Node | None = None
    group: Label = ""
    right: Right | None = None
    means: str = ""


@dataclass(frozen=True, slots=True)
class News:
    """Where a noun's events are: rows of the event table whose column `there` holds what `here` holds."""

    there: str = "customer_id"
    here: str = "id"


@dataclass(slots=True)
class Root:
    """A noun with its fields and relations by name. `custom` names its JSON column of custom fields."""

    name: str
    label: Label = ""
    model_name: str = ""
    custom: str = ""
    news: News | None = None
    fields: dict[str, Field] = field(default_factory=dict)
    relations: dict[str, Relation] = field(default_factory=dict)

    @property
    def model(self) -> type[Model]:
        """The Django model of the noun."""
        return apps.get_model(self.model_name)

    @property
    def table(self) -> str:
        """The table of the noun, by the same name in the database and in the lake."""
        return self.model._meta.db_table

    def relation(self, name: str) -> Relation | None:
        """Return the relation of this name, a declared one included."""
        found = self.relations.get(name)
        if found is None and name.startswith(DECLARED):
            return _supplied().relations.get(self.name, {}).get(name)
        return found

    def every_relation(self) -> dict[str, Relation]:
        """Return all relations by name, declared ones included."""
        return {**self.relations, **_supplied().relations.get(self.name, {})}


@dataclass(frozen=True, slots=True)
class Supplied:
    """Nouns that the firm declared, by name, and the relations that lead to them, by noun and name.

    All their names begin with `DECLARED`, which no name of the product's own does.
    """

    roots: Mapping[str, Root] = field(default_factory=dict)
    relations: Mapping[str, Mapping[str, Relation]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Spot:
    """A field as reached from a root: the relations on the way, the noun it belongs to, and the field itself.

    `counts` says that the field is how many rows the last relation leads to.
    """

    hops: tuple[Relation, ...]
    owner: Root
    field: Field
    counts: bool = False

    @property
    def many(self) -> bool:
        """Whether a thing can have several values here."""
        hops = self.hops[:-1] if self.counts else self.hops
        return any(hop.many for hop in hops)


ROOTS: dict[str, Root] = {}
DECLARED = "custom_"
CUSTOM = "custom"
COUNT = "count"
TAKEN = frozenset({CUSTOM, COUNT, "and", "or", "not", "did", "everything"})
_CUSTOM_TYPES = {
    CustomField.Type.LONG_TEXT: Type.TEXT,
    CustomField.Type.URL: Type.TEXT,
    CustomField.Type.EMAIL: Type.TEXT,
    CustomField.Type.PHONE: Type.TEXT,
    CustomField.Type.PERCENT: Type.NUMBER,
    CustomField.Type.RATING: Type.NUMBER,
}


def register(
    root: str,
    *,
    model: str = "",
    label: Label = "",
    fields: Sequence[Field] = (),
    relations: Sequence[Relation] = (),
    custom: str = "",
    news: News | None = None,
) -> Root:
    """Add fields and relations to the noun `root`, which the first call with a `model` ("app.Model") defines.

    Raises `ValueError` when a name is taken.
    """
    noun = ROOTS.setdefault(root, Root(root))
    if model:
        if noun.model_name not in {"", model}:
            raise ValueError(f"{root} is {noun.model_name} already")
        noun.model_name, noun.label = model, label or root
    noun.custom = custom or noun.custom
    noun.news = news or noun.news
    for field_ in fields:
        if not isinstance(field_.path, str) and field_.python is None:
            raise ValueError(f"{root}.{field_.name} is an expression and needs a Python reader")
        noun.fields[_free(noun, field_.name)] = field_
    for relation in relations:
        noun.relations[_free(noun, relation.name)] = relation
    return noun


def _free(noun: Root, name: str) -> str:
    if name in TAKEN:
        raise ValueError(f"{name} can't be the name of a field")
    if name in noun.fields or name in noun.relations:
        raise ValueError(f"{noun.name}.{name} is registered twice")
    return name


_source: list[Callable[[], Supplied]] = []


def supply_with(source: Callable[[], Supplied]) -> None:
    """Ask `source` for the nouns that the firm declared."""
    _source[:] = [source]


def _supplied() -> Supplied:
    return _source[0]() if _source else Supplied()


def root_named(name: str) -> Root:
    """Return the noun, or raise `UnknownRoot`."""
    found = _supplied().roots.get(name) if name.startswith(DECLARED) else ROOTS.get(name)
    if found is None or not found.model_name:
        raise UnknownRoot(_("There are no conditions on %(name)s.") % {"name": name})
    return found


def reach(root: str, path: str) -> Spot:
    """Return where `path` leads from `root`: "country", "orders.status", "orders.count", "custom.size".

    Raises `UnknownField` when there is no such field.
    """
    noun = root_named(root)
    hops: list[Relation] = []
    steps = path.split(".")
    while len(steps) > 1 and (hop := noun.relation(steps[0])) is not None:
        hops.append(hop)
        del steps[0]
        noun = root_named(hop.to)
    rest = ".".join(steps)
    if rest == COUNT and hops and hops[-1].many:
        return Spot(tuple(hops), noun, counting(hops[-1]), counts=True)
    found = noun.fields.get(rest) or _custom_field(noun, rest)
    last = noun.relation(rest) if found is None else None
    if last is not None:
        if last.means:
            there = root_named(last.to)
            return Spot((*hops, last), there, there.fields[last.means])
        raise UnknownField(_("%(path)s leads to other rows; name one of their fields.") % {"path": path})
    if found is None:
        raise UnknownField(unknown(rest, [*by_name(noun), *noun.every_relation()]))
    return Spot(tuple(hops), noun, found)


def relation_at(root: str, name: str) -> tuple[Relation, Root]:
    """Return the relation `name` of a noun and the noun it leads to, or raise `UnknownField`."""
    noun = root_named(root)
    found = noun.relation(name)
    if found is None:
        raise UnknownField(unknown(name, noun.every_relation()))
    return found, root_named(found.to)


def unknown(name: str, known: Iterable[str]) -> str:
    """Return the sentence that there is no `name`, with the one that may have been meant."""
    close = get_close_matches(name, list(known), n=1)
    if close:
        return _("There is no %(name)s; is %(close)s meant?") % {"name": name, "close": close[0]}
    return _("There is no %(name)s.") % {"name": name}


def declared(noun: Root) -> Iterator[Field]:
    """Yield the live custom fields of a noun as fields named `custom.<key>`."""
    if noun.custom:
        for found in live(noun.name):
            yield _as_field(noun.custom, found)


def by_name(noun: Root) -> Mapping[str, Field]:
    """Return all fields of a noun, custom ones included, by name."""
    return noun.fields | {custom.name: custom for custom in declared(noun)}


def _custom_field(noun: Root, name: str) -> Field | None:
    if not name.startswith(f"{CUSTOM}."):
        return None
    return next((custom for custom in declared(noun) if custom.name == name), None)


def _as_field(column: str, found: CustomField) -> Field:
    known = CustomField.Type(found.type)
    return Field(
        f"{CUSTOM}.{found.key}",
        found.label,
        _CUSTOM_TYPES.get(known) or Type(known.value),
        orm=column,
        choices=[(option, option) for option in found.options],
        group=gettext_lazy("Custom fields"),
        help=found.help,
        inside=found.key,
    )


def counting(relation: Relation) -> Field:
    """Return the field that says how many rows a relation leads to."""
    label = _("%(things)s: how many") % {"things": relation.label}
    return Field(COUNT, label, Type.NUMBER, whole=True, group=relation.group, right=relation.right)
