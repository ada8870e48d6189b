"""How cells of the customers list are changed in place, each through the customer's verb."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from rapport.customers.models import Customer
from rapport.customers.permissions import CHANGE
from rapport.customers.services import customers
from rapport.customers.services.customers import Trashed
from rapport.kernel.actors import Actor
from rapport.kernel.fields import InvalidField
from rapport.kernel.folding import fold
from rapport.kernel.models import CustomField
from rapport.staff import choices
from rapport.staff.custom_inputs import custom_input, plain
from rapport.staff.customers import verbs
from rapport.staff.customers.forms import TagsField
from rapport.staff.listing.nouns import Edit
from rapport.team.models import User

SAMPLE = 2_000
SUGGESTED = 8


def tags_like(typed: str, actor: Actor) -> Sequence[str]:
    """Return tags that begin with what was typed, the frequent ones first, out of the newest customers within reach."""
    rows = Customer.objects.visible_to(actor).live().exclude(tags=[]).order_by("-pk")
    known = Counter(tag for tags in rows.values_list("tags", flat=True)[:SAMPLE] for tag in tags)
    beginning = fold(typed)
    return [tag for tag, _times in known.most_common() if fold(tag).startswith(beginning)][:SUGGESTED]


def _edit(field: Callable[[], forms.Field], value: Callable[[Customer], Any], change: Any, **more: Any) -> Edit:
    refusals = (Trashed, InvalidField)
    return Edit(CHANGE, field, value, change, verbs.unchange, refusals, **more)


def text(name: str, length: int) -> Edit:
    """Return how a plain text of a customer is changed."""
    return _edit(
        lambda: forms.CharField(max_length=length, required=False),
        lambda row: getattr(row, name),
        lambda row, actor, value: customers.change(row, by=actor, **{name: value}),
    )


def choice(name: str, offered: Callable[[], Any]) -> Edit:
    """Return how a field that is one of a few is changed; it may be left empty."""
    return _edit(
        lambda: forms.ChoiceField(choices=[("", "–"), *offered()], required=False),
        lambda row: getattr(row, name),
        lambda row, actor, value: customers.change(row, by=actor, **{name: value}),
    )


def named(name: str, kind: str = Customer.Kind.PERSON) -> dict[str, Any]:
    """Return the fields of a name as it is written in one cell; the last word of a person's is the family's."""
    name = " ".join(name.split())
    given, _space, family = name.rpartition(" ")
    if kind == Customer.Kind.COMPANY:
        return {"name": name}
    return {"name": name, "given_name": given or family, "family_name": family if given else ""}


def _rename(row: Customer, actor: Actor, name: str) -> Customer:
    """Change the name; of a person without its parts on record the whole of it alone."""
    parts = row.given_name or row.family_name
    return customers.change(row, by=actor, **(named(name, row.kind) if parts else {"name": " ".join(name.split())}))


NAME = _edit(lambda: forms.CharField(max_length=200), lambda row: row.name, _rename)
OWNER = _edit(
    lambda: forms.ModelChoiceField(
        User.objects.filter(deactivated_at__isnull=True), required=False, empty_label=_("Nobody")
    ),
    lambda row: row.owner_id,
    lambda row, actor, value: customers.change(row, by=actor, owner_id=value.pk if value else None),
)
TAGS = _edit(
    lambda: TagsField(max_length=600, required=False),
    lambda row: row.tags,
    lambda row, actor, value: customers.change(row, by=actor, tags=value),
    suggest=tags_like,
)
STAGE = Edit(
    CHANGE,
    lambda: forms.ChoiceField(choices=Customer.Stage.choices),
    lambda row: row.stage,
    lambda row, actor, value: customers.enter_stage(row, value, by=actor),
    verbs.unenter,
    (Trashed,),
)
CITY = text("city", 120)
SOURCE = text("source", 80)
COUNTRY = choice("country", choices.countries)


def custom(field: CustomField) -> Edit:
    """Return how a custom field is changed."""
    return _edit(
        partial(custom_input, field),
        lambda row: row.custom.get(field.key),
        lambda row, actor, value: customers.change(row, by=actor, custom={field.key: plain(value)}),
    )
