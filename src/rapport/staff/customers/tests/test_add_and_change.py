"""Adding and changing a customer by form: twins are warned of, refusals stand at their fields, undo puts back."""

from __future__ import annotations

import pytest
from django.test import Client

from rapport.customers.models import Customer
from rapport.customers.services import custom_fields
from rapport.kernel.models import EventRecord
from rapport.testing import builders
from rapport.testing.cast import Cast, actor

ADD = "/customers/add/"


@pytest.fixture
def staff(client: Client, cast: Cast) -> Client:
    client.force_login(cast.alice)
    return client


def sent(**values: str) -> dict[str, str]:
    return {"kind": "person", "stage": "lead", **values}


def test_a_person_is_added_with_address_number_and_company(staff: Client) -> None:
    values = sent(given_name="Ana", family_name="Lima", email="Ana@Example.com", phone="020 7946 0958", country="GB",
                  company="Lima & Filhas", role="Owner", tags="vip, vip, old")  # fmt: skip
    answer = staff.post(ADD, values)
    made = Customer.objects.get(kind="person")

    assert answer.headers["Location"] == f"/customers/{made.pk}/"
    assert (made.name, made.tags, made.country) == ("Ana Lima", ["vip", "old"], "GB")
    assert set(made.identities.values_list("normal", flat=True)) == {"ana@example.com", "+442079460958"}
    assert (made.employers.get().company.name, made.employers.get().role) == ("Lima & Filhas", "Owner")


def test_a_company_that_is_known_is_joined_rather_than_added_again(staff: Client) -> None:
    firm = builders.company("Lima & Filhas")
    staff.post(ADD, sent(given_name="Ana", company="lima & filhas"))

    assert Customer.objects.filter(kind="company").count() == 1
    assert Customer.objects.get(kind="person").employers.get().company == firm


def test_a_company_has_one_name(staff: Client) -> None:
    staff.post(ADD, sent(kind="company", name="Haddad Interiors", given_name="ignored"))

    assert [(row.name, row.given_name) for row in Customer.objects.all()] == [("Haddad Interiors", "")]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({}, "given_name"),
        ({"kind": "company"}, "name"),
        ({"given_name": "Ana", "email": "not an address"}, "email"),
        ({"given_name": "Ana", "phone": "12"}, "phone"),
        ({"given_name": "Ana", "country": "Atlantis"}, "country"),
        ({"given_name": "x" * 101}, "given_name"),
        ({"given_name": "Ana", "tags": "y" * 61}, "tags"),
        ({"given_name": "Ana", "stage": "king"}, "stage"),
    ],
)
def test_what_is_wrong_comes_back_at_its_field(staff: Client, values: dict[str, str], field: str) -> None:
    answer = staff.post(ADD, sent(**values))

    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not Customer.objects.exists()
    assert not EventRecord.objects.exists()


def test_somebody_known_by_the_same_address_is_shown_while_typing(staff: Client) -> None:
    ana = builders.customer("Ana Lima", email="ana@example.com", phone="+44 20 7946 0958")
    by_mail = staff.get("/customers/twins/", {"email": "ANA@example.com", "phone": "", "country": "GB"})
    by_phone = staff.get("/customers/twins/", {"email": "", "phone": "020 7946-0958", "country": "GB"})
    neither = staff.get("/customers/twins/", {"email": "ana@", "phone": "020", "country": "GB"})

    for page in (by_mail, by_phone):
        assert f"/customers/{ana.pk}/" in page.content.decode()
    assert neither.content.decode().strip() == ""


def test_the_same_address_is_refused_and_the_same_number_asks_first(staff: Client) -> None:
    ana = builders.customer("Ana Lima", email="ana@example.com", phone="+44 20 7946 0958")
    address = staff.post(ADD, sent(given_name="Ann", email="ana@example.com"))
    number = staff.post(ADD, sent(given_name="Ann", phone="+44 20 7946 0958"))
    for answer, field in ((address, "email"), (number, "phone")):
        assert answer.status_code == 422
        assert f'href="/customers/{ana.pk}/"' in str(answer.context["form"].errors[field])
    assert Customer.objects.count() == 1

    assert staff.post(ADD, sent(given_name="Ann", phone="+44 20 7946 0958", anyway="on")).status_code == 302
    assert Customer.objects.count() == 2


def test_somebody_beyond_reach_is_not_named(client: Client, cast: Cast) -> None:
    theirs = builders.customer("Secret Person", email="ana@example.com", owner=cast.sam)
    cast.ben.role.grants = {"customers.view": "own", "customers.change": "own"}
    cast.ben.role.save()
    client.force_login(cast.ben)
    answer = client.post(ADD, sent(given_name="Ann", email="ana@example.com"))

    assert answer.status_code == 422
    assert "email" in answer.context["form"].errors
    assert str(theirs.pk) not in answer.content.decode()
    assert "Secret" not in client.get("/customers/twins/", {"email": "ana@example.com"}).content.decode()


def test_a_change_is_saved_and_undone(staff: Client) -> None:
    row = builders.customer("", given_name="Ana", family_name="Lima", city="Porto", tags=["vip"])
    edit = f"/customers/{row.pk}/edit/"
    initial = staff.get(edit).context["form"].initial
    assert (initial["given_name"], initial["city"], initial["tags"]) == ("Ana", "Porto", ["vip"])

    staff.post(edit, sent(given_name="Anna", family_name="Lima", city="Lisbon", stage="customer"))
    row.refresh_from_db()
    assert (row.name, row.city, row.tags, row.stage) == ("Anna Lima", "Lisbon", [], "customer")

    staff.post(f"/customers/{row.pk}/unedit/")
    row.refresh_from_db()
    assert (row.name, row.city, row.tags) == ("Ana Lima", "Porto", ["vip"])


def test_custom_fields_stand_in_the_form_by_their_type(staff: Client, cast: Cast) -> None:
    boss = actor(cast.alice)
    custom_fields.add("customer", "Shoe size", "number", by=boss)
    custom_fields.add("customer", "Colour", "choice", by=boss, options=["red", "blue"], required=True)
    without = staff.post(ADD, sent(given_name="Ana", custom_shoe_size="42"))
    assert without.status_code == 422
    assert "custom_colour" in without.context["form"].errors

    staff.post(ADD, sent(given_name="Ana", custom_shoe_size="42", custom_colour="red"))
    row = Customer.objects.get()
    assert row.custom == {"shoe_size": 42, "colour": "red"}
    assert staff.get(f"/customers/{row.pk}/edit/").context["form"]["custom_colour"].value() == "red"


def test_those_without_the_right_are_refused(client: Client, cast: Cast) -> None:
    row = builders.customer("Ana Lima", owner=cast.sam)
    before = EventRecord.objects.count()
    for who, status in ((cast.carla, 403), (cast.ben, 404)):
        client.force_login(who)
        assert client.get(f"/customers/{row.pk}/edit/").status_code == status
        assert client.post(f"/customers/{row.pk}/edit/", sent(given_name="x")).status_code == status
    client.force_login(cast.carla)
    assert client.get(ADD).status_code == 403
    assert client.post(ADD, sent(given_name="x")).status_code == 403

    assert EventRecord.objects.count() == before


def test_companies_and_customers_are_suggested(staff: Client) -> None:
    builders.company("Haddad Interiors")
    ana = builders.customer("Ana Haddad")

    assert "Haddad Interiors" in staff.get("/customers/companies/", {"company": "hadd"}).content.decode()
    suggested = staff.get("/customers/suggest/", {"field": "customer", "customer": "hadd"}).content.decode()
    assert f"{ana.code} Ana Haddad" in suggested
