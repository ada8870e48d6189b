"""A customer who was merged into another: their page, and all that could be done there, leads to the survivor."""

from __future__ import annotations

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from rapport.customers.models import Customer
from rapport.customers.services import merges
from rapport.kernel.actors import SYSTEM
from rapport.testing.builders import customer
from rapport.testing.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair(client: Client, cast: Cast) -> tuple[Customer, Customer]:
    """Somebody who was merged into somebody, seen by the administrator."""
    client.force_login(cast.alice)
    source, survivor = customer("Ana Lima"), customer("Ana L.")
    merges.merge(source, survivor, by=SYSTEM)
    return source, survivor


def page(of: Customer) -> str:
    return reverse("staff:customer", args=[of.pk])


def test_the_page_leads_to_the_survivor_and_says_why(client: Client, pair: tuple[Customer, Customer]) -> None:
    source, survivor = pair
    answered = client.get(page(source))
    assert (answered.status_code, answered["Location"]) == (302, page(survivor))
    said = [str(one) for one in get_messages(answered.wsgi_request)]
    assert said == [f"{source.code} was merged into {survivor.code}."]


@pytest.mark.parametrize("act", ["trash", "restore"])
def test_an_act_on_the_old_page_does_nothing_and_leads_there_too(
    client: Client, pair: tuple[Customer, Customer], act: str
) -> None:
    source, survivor = pair
    before = list(Customer.objects.order_by("pk").values())
    answered = client.post(reverse(f"staff:customer_{act}", args=[source.pk]))
    assert answered["Location"] == page(survivor)
    assert list(Customer.objects.order_by("pk").values()) == before


def test_a_part_of_the_page_leads_the_whole_page_on(client: Client, pair: tuple[Customer, Customer]) -> None:
    source, survivor = pair
    address = reverse("staff:customer_panel", args=[source.pk, "portal"])
    answered = client.get(address, headers={"HX-Request": "true"})
    assert answered["HX-Redirect"] == page(survivor)


def test_who_is_merged_is_not_in_the_trash(client: Client, pair: tuple[Customer, Customer]) -> None:
    assert "Ana Lima" not in client.get(reverse("staff:trash")).content.decode()


def test_a_survivor_out_of_reach_is_not_told(client: Client, cast: Cast) -> None:
    cast.ben.role.grants["customers.view"] = "own"
    cast.ben.role.save()
    source, survivor = customer("Ana Lima", owner=cast.ben), customer("Zoe Ray", owner=cast.sam)
    merges.merge(source, survivor, by=SYSTEM)
    client.force_login(cast.ben)
    answered = client.get(page(source))
    assert answered.status_code == 404
    assert list(get_messages(answered.wsgi_request)) == []
