"""The custom objects that a person may bring records of: their fields, their links and how columns name them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import pyarrow as pa
import pyarrow.compute as pc

from rapport.customers import identities
from rapport.customers.identities import BadIdentity
from rapport.imports.mapping.custom import LINKS
from rapport.imports.mapping.targets import RECORD_TARGETS, Noun, Target
from rapport.imports.profiles.schema import BadProfile, Profile, header_key
from rapport.kernel.actors import Actor
from rapport.kernel.remembered import steady
from rapport.objects.models import Link, ObjectType
from rapport.objects.permissions import CHANGE
from rapport.objects.queries import links_for, types_for

_OF_CUSTOMER = frozenset(name for name in RECORD_TARGETS if name.startswith("customer"))


@dataclass(frozen=True)
class Declared:
    """A custom object: what its records are called, and by name the fields and links that columns can become."""

    label: str
    fields: Mapping[str, Target]
    links: Mapping[str, Target] = field(default_factory=dict)


def declared(by: Actor) -> dict[Noun, Declared]:
    """The custom objects whose records `by` may change, by noun, with the links that they may follow."""
    with steady():
        return {kind.noun: _declared(kind, links_for(kind, by)) for kind in types_for(by, CHANGE)}


def refuse_unknown(profile: Profile, known: Mapping[Noun, Declared]) -> None:
    """Raise BadProfile when a mapping names a custom object, a field of one or a link that there is not."""
    for extract in (one for one in profile.nouns if one.declared):
        found = known.get(extract.noun)
        if found is None:
            raise BadProfile(f"There is no custom object {extract.noun}.")
        unknown = sorted((set(extract.fields) - set(found.fields)) | (set(extract.links) - set(found.links)))
        if unknown:
            raise BadProfile(f"{extract.noun} has no {', '.join(unknown)}.")


def told_apart(columns: dict[str, pa.Array], country: str) -> dict[str, pa.Array]:
    """The columns of records, where a customer that is named by an e-mail or a phone stands as such, too."""
    named = columns.get("customer")
    if named is None:
        return columns
    readers: dict[str, Callable[[str], str]] = {
        "customer_email": lambda cell: identities.email(cell).value if "@" in cell else "",
        "customer_phone": lambda cell: identities.phone(cell, country or None).match_key,
    }
    found = dict(columns)
    for name, read in readers.items():
        read_off = _read(named, read)
        found[name] = pc.coalesce(columns[name], read_off) if name in columns else read_off
    return found


def _read(named: pa.Array, read: Callable[[str], str]) -> pa.Array:
    """What each distinct cell is when it is read so, null where it is not of that kind."""
    encoded = named.dictionary_encode()
    values: list[str | None] = []
    for cell in encoded.dictionary.to_pylist():
        try:
            values.append(read(cell) or None)
        except BadIdentity:
            values.append(None)
    return pa.array(values, pa.string()).take(encoded.indices)


def _declared(kind: ObjectType, links: list[Link]) -> Declared:
    offered = {name: one for name, one in RECORD_TARGETS.items() if kind.of_customers or name not in _OF_CUSTOMER}
    own = _keys(kind.name_label, kind.name, f"{kind.name} name", kind.key)
    name = replace(offered["name"], label=kind.name_label or offered["name"].label)
    offered["name"] = replace(name, headers=(*own, *name.headers))
    for field_name, words in (("reference", ("id", "reference")), ("number", ("number", "no"))):
        more = _keys(*(f"{kind.name} {word}" for word in words))
        offered[field_name] = replace(offered[field_name], headers=(*offered[field_name].headers, *more))
    return Declared(kind.plural, offered, {link.key: _link(link) for link in links})


def _link(link: Link) -> Target:
    there = ObjectType.known()[link.to_id]
    words = (link.label, link.key, f"{link.label} number", f"{link.label} id", there.name, f"{there.name} number")
    return Target(f"{LINKS}{link.key}", "key", link.label, _keys(*words), 200)


def _keys(*names: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(header_key(name) for name in names if name))
