from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from rapport.kernel import clock
from rapport.team.models import Organisation
from rapport.testing.builders import customer
from rapport.testing.cast import PASSWORD, Cast

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nobody_tried() -> None:
    """Forget how often somebody tried to sign in."""
    cache.clear()


def sign_in(client: Client, email: str, password: str = PASSWORD) -> int:
    return client.post("/accounts/login/", {"login": email, "password": password}).status_code


def test_who_has_not_signed_in_is_led_to_the_sign_in_and_then_on(client: Client, cast: Cast) -> None:
    assert client.get("/settings/users/")["Location"] == "/accounts/login/?next=/settings/users/"
    assert client.get("/", headers={"HX-Request": "true"})["HX-Redirect"] == "/accounts/login/"
    answer = client.post("/accounts/login/?next=/settings/users/", {"login": "alice@example.com", "password": PASSWORD})
    assert answer["Location"] == "/settings/users/"


def test_a_wrong_password_and_a_closed_account_do_not_sign_in(client: Client, cast: Cast) -> None:
    assert sign_in(client, "alice@example.com", "wrong") == 200
    cast.ben.deactivated_at = cast.ben.joined_at
    cast.ben.save()
    sign_in(client, "ben@example.com")
    assert client.get("/")["Location"].startswith("/accounts/login/")


def test_after_many_wrong_passwords_even_the_right_one_has_to_wait(client: Client, cast: Cast) -> None:
    for _attempt in range(6):
        sign_in(client, "alice@example.com", "wrong")
    sign_in(client, "alice@example.com")
    assert client.get("/").status_code == 302


def test_signing_out_closes_the_door(client: Client, cast: Cast) -> None:
    sign_in(client, "alice@example.com")
    assert client.get("/").status_code == 200
    client.post("/accounts/logout/")
    assert client.get("/").status_code == 302


def test_nobody_signs_up_by_themselves(client: Client, cast: Cast) -> None:
    assert "Accounts are made by an administrator" in client.get("/accounts/signup/").content.decode()


@pytest.mark.parametrize(
    "address",
    ["/accounts/login/", "/accounts/password/reset/", "/accounts/password/reset/done/", "/accounts/inactive/",
     "/accounts/password/reset/key/done/"],
)  # fmt: skip
def test_pages_before_the_sign_in_stand_in_our_layout(client: Client, cast: Cast, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 200
    assert 'class="narrow' in answer.content.decode()


def test_what_is_beyond_reach_is_not_there_and_what_is_not_allowed_is_refused(client: Client, cast: Cast) -> None:
    row = customer("Ana Lima", owner=cast.sam)
    cast.ben.role.grants = {"customers.view": "own"}
    cast.ben.role.save()
    client.force_login(cast.ben)
    assert client.get(reverse("staff:customer", args=[row.pk])).status_code == 404
    client.force_login(cast.carla)
    assert client.get(reverse("staff:customer", args=[row.pk])).status_code == 200
    assert client.post(reverse("staff:customer_trash", args=[row.pk])).status_code == 403
    refused = client.post(reverse("staff:customer_trash", args=[row.pk]), headers={"HX-Request": "true"})
    assert refused.status_code == 403
    assert "Your role does not allow this." in refused["HX-Trigger"]
    row.refresh_from_db()
    assert row.deleted_at is None


def test_every_page_says_that_there_is_sample_data_as_long_as_there_is(client: Client, cast: Cast) -> None:
    client.force_login(cast.alice)
    words = "Sample data: the purchases of a real shop"
    for address in ("/", "/customers/", "/feedback/", "/settings/organisation/"):
        assert words not in client.get(address).content.decode()
    Organisation.objects.update(sample_since=clock.now())
    for address in ("/", "/customers/", "/feedback/", "/settings/organisation/"):
        assert words in client.get(address).content.decode()
