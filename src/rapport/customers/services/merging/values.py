"""What the survivor's own fields get of the source: chosen values, empty ones filled, tags and choices united.

What was brought is noted per field as `[before, after]`, so that it can be taken back where nobody changed it since.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from rapport.customers.models import Customer, CustomerMerge

GROUPS: dict[str, tuple[str, ...]] = {
    "name": ("name", "given_name", "family_name"),
    "stage": ("stage",),
    "owner": ("owner_id",),
    "language": ("language",),
    "zone": ("zone",),
    "preferred_channel": ("preferred_channel",),
    "quiet_hours": ("quiet_from", "quiet_to"),
    "birthday": ("birthday",),
    "address": ("street", "city", "region", "postcode", "country"),
    "source": ("source",),
}
"""What is chosen together: half of one address and half of another are no address."""
KEPT = "values"
CUSTOM = "custom."
TAG = "tags:"
_FURTHER = (Customer.Stage.FORMER, Customer.Stage.LEAD, Customer.Stage.PROSPECT, Customer.Stage.CUSTOMER,
            Customer.Stage.ADVOCATE)  # fmt: skip
_EMPTY: tuple[Any, ...] = (None, "", [], {})


def snapshot(customer: Customer) -> dict[str, Any]:
    """Return all that a merge may change of a customer's own fields, as JSON holds it."""
    found = {name: plain(getattr(customer, name)) for names in GROUPS.values() for name in names}
    return {**found, "since": plain(customer.since), "tags": customer.tags, "custom": customer.custom}


def choices(source: Customer, survivor: Customer) -> list[str]:
    """Return the names of what differs: groups of fields and custom ones that both have filled, not alike."""
    found = [name for name, names in GROUPS.items() if _differ(source, survivor, names)]
    return found + [
        f"{CUSTOM}{key}"
        for key, value in source.custom.items()
        if value not in _EMPTY and not isinstance(value, list)
        and survivor.custom.get(key) not in (*_EMPTY, value)
    ]  # fmt: skip


def known(name: str, source: Customer) -> bool:
    """Tell whether `name` is something that can be chosen."""
    return name in GROUPS or (name.startswith(CUSTOM) and name.removeprefix(CUSTOM) in source.custom)


def preferred(source: Customer, survivor: Customer) -> list[str]:
    """Return what is better taken from the source: the stage that is further along."""
    return (
        ["stage"]
        if _FURTHER.index(Customer.Stage(source.stage)) > _FURTHER.index(Customer.Stage(survivor.stage))
        else []
    )


def bring(merge: CustomerMerge, source: Customer, survivor: Customer, only: Collection[str] | None = None) -> None:
    """Give the survivor what it gets of the source, note it in the merge, and save neither.

    With `only`, the fields it names and no others: those that an un-merge freed.
    """
    noted = merge.brought.setdefault(KEPT, {})
    for name, value in _proposed(source, survivor, set(merge.chosen)):
        if only is None or name in only:
            before = plain(read(survivor, name))
            put(survivor, name, value)
            noted[name] = [before, plain(value)]


def take_back(merge: CustomerMerge, survivor: Customer) -> set[str]:
    """Take what a merge brought from the survivor again, where it is as it was brought; return the names of that."""
    freed = set()
    noted = merge.brought.get(KEPT, {})
    for name, (before, after) in list(noted.items()):
        if plain(read(survivor, name)) == after:
            put(survivor, name, before)
            del noted[name]
            freed.add(name)
    return freed


def read(customer: Customer, name: str) -> Any:
    """Return the value of a field, of a custom field, or whether a tag is there."""
    if name.startswith(CUSTOM):
        return customer.custom.get(name.removeprefix(CUSTOM))
    if name.startswith(TAG):
        return name.removeprefix(TAG) in customer.tags
    return getattr(customer, name)


def put(customer: Customer, name: str, value: Any) -> None:
    """Set a field, a custom field or a tag to a value, which may be as JSON holds it."""
    if name.startswith(TAG):
        tag = name.removeprefix(TAG)
        customer.tags = [*customer.tags, tag] if value else [one for one in customer.tags if one != tag]
    elif name.startswith(CUSTOM):
        key = name.removeprefix(CUSTOM)
        rest = {other: held for other, held in customer.custom.items() if other != key}
        customer.custom = rest if value is None else {**rest, key: value}
    else:
        field: Any = Customer._meta.get_field(name)
        setattr(customer, name, field.to_python(value))


def plain(value: Any) -> Any:
    """Return a value as JSON holds it."""
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def _proposed(source: Customer, survivor: Customer, chosen: set[str]) -> Iterable[tuple[str, Any]]:
    for group, names in GROUPS.items():
        if group in chosen or _fits(source, survivor, names):
            yield from (
                (name, getattr(source, name)) for name in names if getattr(source, name) != getattr(survivor, name)
            )
    if source.since < survivor.since:
        yield "since", source.since
    for key, value in source.custom.items():
        held, name = survivor.custom.get(key), f"{CUSTOM}{key}"
        if isinstance(value, list) and isinstance(held, list):
            if not set(value) <= set(held):
                yield name, [*held, *(one for one in value if one not in held)]
        elif value not in _EMPTY and value != held and (name in chosen or held in _EMPTY):
            yield name, value
    yield from ((f"{TAG}{tag}", True) for tag in source.tags if tag not in survivor.tags)


def _fits(source: Customer, survivor: Customer, names: tuple[str, ...]) -> bool:
    """Tell whether the source fills a group of fields without contradicting what the survivor has of it."""
    pairs = [(getattr(source, name), getattr(survivor, name)) for name in names]
    return all(held in _EMPTY or held == value for value, held in pairs)


def _differ(source: Customer, survivor: Customer, names: tuple[str, ...]) -> bool:
    return any(getattr(source, name) not in _EMPTY for name in names) and not _fits(source, survivor, names)
