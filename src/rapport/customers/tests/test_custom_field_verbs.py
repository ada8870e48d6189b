from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.customers.services import custom_fields
from rapport.customers.services.custom_fields import key_for
from rapport.kernel.actors import SYSTEM
from rapport.kernel.fields import InvalidField, declared
from rapport.kernel.models import CustomField
from rapport.kernel.permissions import Forbidden
from rapport.testing.cast import Cast, actor


@pytest.mark.parametrize(
    ("label", "key"), [("VAT number", "vat_number"), ("Größe", "grosse"), ("3 D", "field_3_d"), ("…", "field")]
)
def test_the_key_follows_from_the_label(label: str, key: str) -> None:
    assert key_for(label) == key


@given(st.text(max_size=120))
def test_every_label_gives_a_key_that_fits(label: str) -> None:
    key = key_for(label)
    assert 1 <= len(key) <= 40
    assert key[0] in "abcdefghijklmnopqrstuvwxyz"
    assert set(key) <= set("abcdefghijklmnopqrstuvwxyz0123456789_")


@pytest.mark.django_db
def test_a_field_is_added_changed_archived_and_brought_back() -> None:
    field = custom_fields.add("customer", "Shade", "choice", by=SYSTEM, options=["Paper", " Glass ", "", "Paper"])
    assert (field.key, field.options, field.position) == ("shade", ["Paper", "Glass"], 1)
    changed = custom_fields.change(field, by=SYSTEM, label="Lampshade", options=["Paper"], required=True)
    assert (changed.key, changed.label, changed.options, changed.required) == ("shade", "Lampshade", ["Paper"], True)
    custom_fields.archive(field, by=SYSTEM)
    assert not declared("customer").exists()
    custom_fields.restore(field, by=SYSTEM)
    assert declared("customer").get() == field


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("noun", "label", "kind", "refusal"),
    [
        ("promise", "Other", "text", custom_fields.UnknownNoun),
        ("customer", "shade", "text", custom_fields.FieldTaken),
        ("customer", "Other", "choices", custom_fields.NoChoices),
    ],
)
def test_a_field_that_cannot_be_is_refused_and_nothing_is_added(
    noun: str, label: str, kind: str, refusal: type[Exception]
) -> None:
    custom_fields.add("customer", "Shade", "text", by=SYSTEM)
    with pytest.raises(refusal):
        custom_fields.add(noun, label, kind, by=SYSTEM)
    assert CustomField.objects.count() == 1


def test_who_may_not_manage_fields_adds_none(cast: Cast) -> None:
    with pytest.raises(Forbidden):
        custom_fields.add("customer", "Shade", "text", by=actor(cast.ben))
    assert not CustomField.objects.exists()


@pytest.mark.django_db
def test_a_field_has_bounds_and_begins_with_something() -> None:
    field = custom_fields.add("customer", "Rooms", "number", by=SYSTEM, minimum=1, maximum=9, default="2")
    assert (field.minimum, field.maximum, field.default) == (1, 9, 2)
    custom_fields.change(field, by=SYSTEM, label="Rooms", maximum=20)
    field.refresh_from_db()
    assert (field.minimum, field.maximum, field.default) == (None, 20, None)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "given", "refusal"),
    [
        ("number", {"minimum": 9, "maximum": 1}, custom_fields.BadBounds),
        ("date", {"minimum": 1}, custom_fields.BadBounds),
        ("number", {"maximum": 9, "default": "10"}, InvalidField),
        ("email", {"default": "nobody"}, InvalidField),
    ],
)
def test_bounds_and_beginnings_that_do_not_fit_are_refused(
    kind: str, given: dict[str, Any], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        custom_fields.add("customer", "Rooms", kind, by=SYSTEM, **given)
    assert not CustomField.objects.exists()
