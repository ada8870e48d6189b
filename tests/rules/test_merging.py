"""A merge of two customers reaches every table that says whose a row is."""

from __future__ import annotations

from django.apps import apps
from django.db.models import ForeignKey, UUIDField

from rapport.customers.following import FOLLOWING, STAYING
from rapport.customers.models import Customer


def places() -> set[str]:
    """Every column of ours that refers to customers, by a key or by the name of one."""
    found = set()
    for model in apps.get_models():
        if not model.__module__.startswith("rapport."):
            continue
        for field in model._meta.concrete_fields:
            refers = isinstance(field, ForeignKey) and field.related_model is Customer
            if refers or (isinstance(field, UUIDField) and field.name == "customer_id"):
                found.add(f"{model._meta.label_lower}.{field.name}")
    return found


def test_every_row_of_a_customer_goes_along_or_says_why_not() -> None:
    declared = FOLLOWING.keys() | STAYING.keys()
    assert places() - declared == set(), "add follow(Model, field) to reactions.py: see CONTRIBUTING.md, A noun"
    assert declared - places() == set()
    assert not FOLLOWING.keys() & STAYING.keys()
    assert len(FOLLOWING) > 15


def test_what_goes_along_has_one_key_that_is_an_id() -> None:
    for one in FOLLOWING.values():
        assert [field.column for field in one.model._meta.pk_fields] == ["id"], one.place
