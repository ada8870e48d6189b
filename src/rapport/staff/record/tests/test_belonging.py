"""People join companies and leave them, from either page; both can be taken back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client

from rapport.customers.models import Affiliation, Customer
from rapport.kernel import clock
from rapport.kernel.models import EventRecord
from rapport.testing import builders
from rapport.testing.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_ten() -> Iterator[None]:
    with clock.frozen(datetime(2026, 11, 22, 10, 0, tzinfo=UTC)):
        yield


@pytest.fixture
def ana(client: Client, cast: Cast) -> Customer:
    """Ana, seen by the administrator."""
    client.force_login(cast.alice)
    return builders.customer("Ana Lima")


@pytest.fixture
def firm(cast: Cast) -> Customer:
    return builders.company("Lima & Sons")


def here(row: Customer, rest: str = "") -> str:
    return f"/customers/{row.pk}/belonging/{rest}"


def undo(client: Client, answered: Any) -> Any:
    return client.post(list(get_messages(answered.wsgi_request))[-1].extra_tags)


def test_a_person_joins_with_a_role_and_a_date_and_undo_takes_it_back(
    client: Client, ana: Customer, firm: Customer
) -> None:
    given = {"customer": firm.code, "role": "Buyer", "since": "2026-02-01"}
    answered = client.post(here(ana), given)

    made = Affiliation.objects.get()
    assert (made.person, made.company, made.role, made.since) == (ana, firm, "Buyer", date(2026, 2, 1))
    page = client.get(f"/customers/{ana.pk}/").content.decode()
    assert "Lima &amp; Sons" in page
    assert "since 1 Feb" in page
    undo(client, answered)
    assert not Affiliation.objects.exists()


def test_a_company_takes_a_person_in(client: Client, ana: Customer, firm: Customer) -> None:
    client.post(here(firm), {"customer": "ana lima", "role": "", "since": ""})

    assert Affiliation.objects.get().person == ana


def test_who_leaves_stays_known_and_undo_brings_them_back(client: Client, ana: Customer, firm: Customer) -> None:
    client.post(here(ana), {"customer": firm.code})
    made = Affiliation.objects.get()
    form = client.get(here(ana, f"{made.pk}/leave/")).content.decode()
    assert 'value="2026-11-22"' in form
    answered = client.post(here(ana, f"{made.pk}/leave/"), {"until": "2026-11-20"})

    made.refresh_from_db()
    assert (made.until, made.primary) == (date(2026, 11, 20), False)
    assert "Was at" in client.get(f"/customers/{ana.pk}/").content.decode()
    undo(client, answered)
    made.refresh_from_db()
    assert (made.until, made.primary) == (None, True)


def test_who_joined_again_is_not_brought_back(client: Client, ana: Customer, firm: Customer) -> None:
    client.post(here(ana), {"customer": firm.code})
    made = Affiliation.objects.get()
    left = client.post(here(ana, f"{made.pk}/leave/"), {"until": "2026-11-20"})
    client.post(here(ana), {"customer": firm.code})
    undo(client, left)

    made.refresh_from_db()
    assert made.until == date(2026, 11, 20)
    assert Affiliation.objects.filter(until__isnull=True).count() == 1


@pytest.mark.parametrize("given", [{"customer": ""}, {"customer": "nobody"}, {"customer": "Ben", "since": "x"}])
def test_what_does_not_fit_is_said_and_changes_nothing(client: Client, ana: Customer, given: dict[str, str]) -> None:
    builders.customer("Ben")
    assert client.post(here(ana), given).status_code == 422
    assert not Affiliation.objects.exists()


def test_a_person_does_not_join_a_person(client: Client, ana: Customer) -> None:
    ben = builders.customer("Ben")
    answered = client.post(here(ana), {"customer": ben.code})

    assert answered.status_code == 422
    assert "A person joins a company." in answered.content.decode()
    assert not EventRecord.objects.filter(type="customers.affiliated").exists()


def test_nobody_leaves_before_they_joined(client: Client, ana: Customer, firm: Customer) -> None:
    client.post(here(ana), {"customer": firm.code, "since": "2026-02-01"})
    made = Affiliation.objects.get()

    assert client.post(here(ana, f"{made.pk}/leave/"), {"until": "2026-01-31"}).status_code == 422
    made.refresh_from_db()
    assert made.until is None


def test_who_may_not_change_them_gets_no_form(client: Client, cast: Cast, ana: Customer, firm: Customer) -> None:
    cast.ben.role.grants = {"customers.view": "all"}
    cast.ben.role.save()
    client.force_login(cast.ben)

    assert client.get(here(ana)).status_code == 403
    assert client.post(here(ana), {"customer": firm.code}).status_code == 403
    assert "belonging" not in client.get(f"/customers/{ana.pk}/").content.decode()
    assert not Affiliation.objects.exists()
