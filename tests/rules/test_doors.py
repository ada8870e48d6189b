"""Nobody gets past the doors: every verb, page and operation of the API, without sign-in and as a reader."""

from __future__ import annotations

import re
from collections.abc import Iterator
from uuid import UUID

import pytest
from django.db.models import ForeignKey, OneToOneField
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.converters import IntConverter, SlugConverter, StringConverter, UUIDConverter

from rapport.customers.models import Customer
from rapport.kernel.actors import SYSTEM, Actor
from rapport.kernel.models import EventRecord
from rapport.kernel.permissions import Forbidden
from rapport.kernel.verbs import VERBS, Verb
from rapport.objects.services import types
from rapport.staff.objects.urls import ListConverter, TypeConverter
from rapport.testing.cast import PASSWORD, Cast
from tools.docs.pages import load_verbs

NOBODY = Actor(kind="user", name="Nobody")
SAMPLES = {
    UUIDConverter: str(UUID(int=7)),
    IntConverter: "7",
    SlugConverter: "seven",
    StringConverter: "seven",
    TypeConverter: "vehicle",
    ListConverter: "vehicle",
}
PUBLIC = (
    "accounts/login/", "accounts/logout/", "accounts/password/reset/", "accounts/signup/", "accounts/2fa/authenticate/",
    "accounts/reauthenticate/", "api/v1/docs", "api/v1/openapi.json", "setup/", "accounts/inactive/",
    "accounts/confirm-email/", "accounts/password/", "accounts/mfa/authenticate/", "accounts/mfa/trust/",
    "accounts/login/", "static/", "ui/look/", "ui/style/", "help/", "my/sign-in/", "my/sign-out/",
    "phone/", "book/", "chat/", "calendar/feed/",
)  # fmt: skip
ONES_OWN = (
    "accounts/",
    "me/",
    "account/",
    "views/",
    "customers/save/",
    "orders/save/",
    "promises/save/",
    "feedback/save/",
    "tickets/save/",
    "objects/vehicle/save/",
)

load_verbs()


def addresses(patterns: list[URLPattern | URLResolver] | None = None, prefix: str = "") -> Iterator[str]:
    """Yield an address for every pattern, with sample values in the place of its parameters."""
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        path = prefix + _filled(entry)
        if isinstance(entry, URLResolver):
            yield from addresses(entry.url_patterns, path)
        elif "(?P" not in path and "^" not in path:
            yield path


def _filled(entry: URLPattern | URLResolver) -> str:
    text = str(entry.pattern)
    for name, converter in getattr(entry.pattern, "converters", {}).items():
        sample = next((value for kind, value in SAMPLES.items() if isinstance(converter, kind)), "seven")
        text = re.sub(rf"<(\w+:)?{name}>", sample, text)
    return text


ALL = sorted(set(addresses()))


def counts() -> tuple[int, int]:
    return Customer.objects.count(), EventRecord.objects.count()


@pytest.mark.parametrize("verb", VERBS.values(), ids=lambda verb: verb.name)
def test_a_verb_refuses_who_has_no_right(verb: Verb) -> None:
    with pytest.raises(Forbidden) as refusal:
        verb.run(by=NOBODY)
    assert refusal.value.right is verb.right


def test_the_sweep_sees_the_whole_product() -> None:
    assert len(ALL) > 60
    assert {"api/v1/customers", "objects/vehicle/filter/"} <= set(ALL)
    assert len(VERBS) > 30


@pytest.mark.django_db
def test_without_sign_in_no_page_and_no_operation_tells_anything(cast: Cast) -> None:
    types.add("Vehicle", "Vehicles", by=SYSTEM)
    client = Client()
    for address in ALL:
        if address.startswith(PUBLIC):
            continue
        for answer in (client.get(f"/{address}"), client.post(f"/{address}")):
            told = (address, answer.status_code, answer.headers.get("Location", ""))
            if answer.status_code == 302:
                assert ("/my/sign-in/" if address.startswith("my/") else "/accounts/login/") in told[2], told
            else:
                assert answer.status_code in {401, 403, 404, 405}, told


@pytest.mark.django_db
def test_a_reader_changes_nothing(cast: Cast) -> None:
    client = Client()
    assert client.login(email=cast.carla.email, password=PASSWORD)
    types.add("Vehicle", "Vehicles", by=SYSTEM)
    before = counts()
    for address in ALL:
        if address.startswith((*PUBLIC, *ONES_OWN, "api/")):
            continue
        assert client.get(f"/{address}").status_code < 500, address
        answer = client.post(f"/{address}")
        assert answer.status_code in {302, 400, 403, 404, 405, 422}, (address, answer.status_code)
    assert counts() == before


def test_every_row_of_a_customer_is_reached_through_a_door() -> None:
    from django.apps import apps

    own = [model for model in apps.get_models() if model.__module__.startswith("rapport.") and model is not Customer]
    of_customers = {
        model
        for model in own
        for field in model._meta.get_fields()
        if isinstance(field, ForeignKey | OneToOneField) and field.related_model is Customer
    }
    assert len(of_customers) > 8
    for model in of_customers:
        assert getattr(model, "OWNER", ""), model
        assert hasattr(model._default_manager, "visible_to"), model
