from __future__ import annotations

import pytest
from django.test import Client

from rapport.staff.setup.guesses import zone_of
from rapport.team.models import Organisation, User
from rapport.testing.cast import PASSWORD, Cast

FORM = {
    "name": "Lantern & Sons",
    "country": "BR",
    "currency": "BRL",
    "zone": "America/Sao_Paulo",
    "language": "pt",
    "your_name": "Ana Lima",
    "email": "Ana@Example.com",
    "password": PASSWORD,
}


@pytest.mark.django_db
def test_every_page_of_a_fresh_installation_leads_to_the_set_up(client: Client) -> None:
    for address in ("/", "/customers/", "/accounts/login/", "/settings/"):
        assert client.get(address)["Location"] == "/setup/"
    assert client.get("/", headers={"HX-Request": "true"})["HX-Redirect"] == "/setup/"
    assert client.get("/setup/").status_code == 200


@pytest.mark.django_db
def test_setting_up_signs_the_founder_in_and_offers_a_start(client: Client) -> None:
    answer = client.post("/setup/", FORM)
    assert (answer.status_code, answer["Location"]) == (302, "/setup/welcome/")
    firm, user = Organisation.objects.get(), User.objects.get()
    assert (firm.name, firm.currency, firm.zone, firm.country) == ("Lantern & Sons", "BRL", "America/Sao_Paulo", "BR")
    assert (user.email, user.role.key, user.language) == ("ana@example.com", "administrator", "pt")
    assert client.get("/setup/welcome/").status_code == 200
    assert client.get("/").status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("field", "value"),
    [("currency", "XXQ"), ("zone", "Mars/Olympus"), ("language", "tlh"), ("password", "short"), ("email", "nobody"),
     ("name", "")],
)  # fmt: skip
def test_a_set_up_that_cannot_be_says_why_at_its_field_and_leaves_nothing(
    client: Client, field: str, value: str
) -> None:
    answer = client.post("/setup/", {**FORM, field: value})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not Organisation.objects.exists()
    assert not User.objects.exists()


def test_a_second_set_up_is_refused(client: Client, cast: Cast) -> None:
    assert client.get("/setup/")["Location"] == "/"
    assert client.post("/setup/", FORM)["Location"] == "/"
    assert Organisation.objects.get().name == "Lantern & Sons"
    assert not User.objects.filter(email="ana@example.com").exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("header", "country", "currency", "zone"),
    [
        ("pt-BR,pt;q=0.8", "BR", "BRL", "America/Sao_Paulo"),
        ("de-AT", "AT", "EUR", "Europe/Vienna"),
        ("en-US,en", "US", "USD", "America/New_York"),
        ("fr", "FR", "EUR", "Europe/Paris"),
        ("", "GB", "GBP", "Europe/London"),
        ("*;q=0.1", "GB", "GBP", "Europe/London"),
    ],
)
def test_the_browser_suggests_country_currency_and_zone(
    client: Client, header: str, country: str, currency: str, zone: str
) -> None:
    initial = client.get("/setup/", headers={"Accept-Language": header}).context["form"].initial
    assert (initial["country"], initial["currency"], initial["zone"]) == (country, currency, zone)


def test_a_country_with_many_zones_and_no_known_city_is_left_to_the_person() -> None:
    assert zone_of("CD") == "UTC"


def test_only_who_may_change_settings_is_welcomed(client: Client, cast: Cast) -> None:
    client.force_login(cast.ben)
    assert client.get("/setup/welcome/").status_code == 403
