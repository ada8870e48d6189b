"""Changing one cell of a list: by the verb, undone by its events, refused where one may not; and the look beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client

from rapport.customers.models import Customer
from rapport.customers.services import custom_fields
from rapport.kernel.actors import SYSTEM
from rapport.kernel.models import EventRecord
from rapport.testing import builders
from rapport.testing.cast import Cast

HTMX = {"HX-Request": "true"}


@pytest.fixture
def staff(client: Client, cast: Cast) -> Client:
    client.force_login(cast.alice)
    return client


@pytest.fixture
def ana(cast: Cast) -> Customer:
    """Ana Lima, of Porto."""
    return builders.customer("Ana Lima", city="Porto", tags=["vip"])


def cell(row: Customer, column: str) -> str:
    return f"/customers/cell/{row.pk}/{column}/"


def put(client: Client, row: Customer, column: str, value: object, headers: Mapping[str, str] = HTMX) -> Any:
    return client.post(cell(row, column), {"value": value}, headers=headers)


@pytest.mark.parametrize(
    ("column", "value", "expected"),
    [
        ("city", "Lisbon", {"city": "Lisbon"}),
        ("city", "", {"city": ""}),
        ("country", "PT", {"country": "PT"}),
        ("stage", "advocate", {"stage": "advocate"}),
        ("tags", "vip, wholesale, vip", {"tags": ["vip", "wholesale"]}),
        ("source", "fair", {"source": "fair"}),
    ],
)
def test_a_cell_takes_what_is_put_in_and_undo_puts_it_back(
    staff: Client, ana: Customer, column: str, value: str, expected: dict[str, Any]
) -> None:
    before = {name: getattr(ana, name) for name in expected}
    answer = put(staff, ana, column, value, headers={})

    ana.refresh_from_db()
    assert answer.status_code == 302
    assert {name: getattr(ana, name) for name in expected} == expected
    toast = next(iter(get_messages(answer.wsgi_request)))
    assert staff.post(toast.extra_tags).status_code == 302
    ana.refresh_from_db()
    assert {name: getattr(ana, name) for name in before} == before


def test_only_the_one_field_is_set(staff: Client, ana: Customer) -> None:
    Customer.objects.filter(pk=ana.pk).update(source="fair")
    put(staff, ana, "city", "Lisbon")

    event = EventRecord.objects.filter(type="customers.changed").get()
    assert event.data["changes"] == {"city": ["Porto", "Lisbon"]}


def test_an_owner_is_chosen_and_taken_away(staff: Client, cast: Cast, ana: Customer) -> None:
    put(staff, ana, "owner", cast.ben.pk)
    ana.refresh_from_db()
    assert ana.owner == cast.ben

    put(staff, ana, "owner", "")
    ana.refresh_from_db()
    assert ana.owner is None


def test_the_answer_is_the_cell_as_the_list_shows_it(staff: Client, ana: Customer) -> None:
    assert put(staff, ana, "city", "<b>").content.decode() == "&lt;b&gt;"
    answer = put(staff, ana, "tags", "wholesale")
    assert "wholesale" in answer.content.decode()
    assert "/customers/cell/tags/undo/" in answer.headers["HX-Trigger"]


def test_the_same_again_changes_nothing_and_offers_no_undo(staff: Client, ana: Customer) -> None:
    answer = put(staff, ana, "city", "Porto")

    assert "HX-Trigger" not in answer.headers
    assert not EventRecord.objects.filter(type="customers.changed").exists()


@pytest.mark.parametrize(("column", "value"), [("stage", "nonsense"), ("city", "x" * 121), ("tags", "x" * 61)])
def test_what_does_not_fit_is_said_in_the_cell(staff: Client, ana: Customer, column: str, value: str) -> None:
    answer = put(staff, ana, column, value)

    assert answer.status_code == 422
    assert "errorlist" in answer.content.decode()
    assert not EventRecord.objects.filter(type="customers.changed").exists()
    assert Customer.objects.get(pk=ana.pk).city == "Porto"


def test_columns_that_are_not_changed_in_place_have_no_input(staff: Client, ana: Customer) -> None:
    assert staff.get(cell(ana, "value")).status_code == 404
    assert staff.get(cell(ana, "nonsense")).status_code == 404
    assert staff.get(f"/orders/cell/{ana.pk}/city/").status_code == 404


def test_who_may_not_change_gets_no_input_and_changes_nothing(client: Client, cast: Cast, ana: Customer) -> None:
    cast.ben.role.grants = {"customers.view": "all"}
    cast.ben.role.save()
    client.force_login(cast.ben)

    assert client.get(cell(ana, "city")).status_code == 403
    assert put(client, ana, "city", "Lisbon").status_code == 403
    assert "data-cell=" not in client.get("/customers/?columns=name,city").content.decode()
    assert Customer.objects.get(pk=ana.pk).city == "Porto"


def test_out_of_reach_is_not_there(client: Client, cast: Cast) -> None:
    theirs = builders.customer("Ana Lima", owner=cast.sam, city="Porto")
    cast.ben.role.grants = {"customers.view": "own", "customers.change": "own"}
    cast.ben.role.save()
    client.force_login(cast.ben)

    assert put(client, theirs, "city", "Lisbon").status_code == 404
    assert client.get(f"/customers/peek/{theirs.pk}/").status_code == 404
    assert Customer.objects.get(pk=theirs.pk).city == "Porto"


def test_another_ones_change_is_not_undone(staff: Client, client: Client, cast: Cast, ana: Customer) -> None:
    answer = put(staff, ana, "city", "Lisbon", headers={})
    undo = next(iter(get_messages(answer.wsgi_request))).extra_tags
    other = Client()
    other.force_login(cast.sam)
    other.post(undo)

    assert Customer.objects.get(pk=ana.pk).city == "Lisbon"


def test_without_scripts_the_input_is_a_page(staff: Client, ana: Customer) -> None:
    page = staff.get(f"{cell(ana, 'city')}?next=/customers/").content.decode()

    assert "<h1" in page
    assert 'value="Porto"' in page
    assert staff.post(cell(ana, "city"), {"value": "Faro", "next": "/customers/"}).headers["Location"] == "/customers/"
    assert staff.post(cell(ana, "city"), {"value": "Faro", "next": "https://evil.example/"}).headers["Location"] == "/"


def test_tags_are_suggested_as_they_are_typed_the_frequent_ones_first(staff: Client, ana: Customer) -> None:
    builders.customer("Ben", tags=["wholesale", "vinyl"])
    builders.customer("Cy", tags=["vip"])

    def offered(typed: str) -> str:
        return staff.get("/customers/cell/tags/suggest/", {"value": typed}).content.decode()

    assert offered("vi") == '<option value="vip"></option><option value="vinyl"></option>'
    assert offered("wholesale, VI") == (
        '<option value="wholesale, vip"></option><option value="wholesale, vinyl"></option>'
    )
    assert offered("vip, vi") == '<option value="vip, vinyl"></option>'


def test_forms_suggest_tags_under_the_name_of_their_field(staff: Client, ana: Customer) -> None:
    found = staff.get("/customers/cell/tags/suggest/", {"field": "tag", "tag": "v"}).content.decode()

    assert found == '<option value="vip"></option>'
    assert "/customers/cell/tags/suggest/" in staff.get(f"/customers/{ana.pk}/edit/").content.decode()


def test_a_look_beside_the_list_says_all_that_is_known(staff: Client, ana: Customer) -> None:
    page = staff.get(f"/customers/peek/{ana.pk}/").content.decode()

    for text in ("Ana Lima", "Porto", "vip", f"/customers/{ana.pk}/edit/"):
        assert text in page
    assert "Company</dt>" not in page


def test_custom_fields_are_columns_that_sort_export_and_change(staff: Client) -> None:
    size = custom_fields.add("customer", "Shoe size", "number", by=SYSTEM)
    hue = custom_fields.add("customer", "Hue", "choice", options=["blue", "red"], by=SYSTEM)
    for name, custom in (("Al", {size.key: 41, hue.key: "blue"}), ("Bo", {size.key: 9.5}), ("Cy", {})):
        builders.customer(name, custom=custom)
    asked = f"/customers/?columns=name,custom_{size.key},custom_{hue.key}&sort=-custom_{size.key}"
    shown = staff.get(asked).context["shown"]

    assert [row.label for row in shown.table.rows] == ["Al", "Bo", "Cy"]
    assert [row.cells[1] for row in shown.table.rows] == ["41", "9.5", ""]
    up = staff.get(asked.replace("sort=-", "sort=")).context["shown"]
    assert [row.label for row in up.table.rows] == ["Bo", "Al", "Cy"]
    lines = b"".join(staff.get(asked.replace("/customers/?", "/customers/export.csv?"))).decode().splitlines()
    assert lines[1:] == ["Al,41,blue", "Bo,9.5,", "Cy,,"]
    bo = Customer.objects.get(name="Bo")
    put(staff, bo, f"custom_{hue.key}", "red")
    put(staff, bo, f"custom_{size.key}", "43")
    assert Customer.objects.get(name="Bo").custom == {size.key: 43, hue.key: "red"}
    assert put(staff, bo, f"custom_{hue.key}", "green").status_code == 422


def test_pages_of_an_order_by_a_custom_field_follow_each_other(staff: Client) -> None:
    size = custom_fields.add("customer", "Size", "number", by=SYSTEM)
    for number in range(55):
        builders.customer(f"P {number:02}", custom={size.key: number} if number < 52 else {})
    first = staff.get(f"/customers/?sort=-custom_{size.key}")
    assert first.context["shown"].table.rows[0].label == "P 51"
    assert "1 to 50 of 55" in first.content.decode()
    second = staff.get(first.context["shown"].after).context["shown"]
    assert [row.label for row in second.table.rows] == ["P 01", "P 00", "P 52", "P 53", "P 54"] or [
        row.label for row in second.table.rows
    ] == ["P 01", "P 00", "P 54", "P 53", "P 52"]
    back = staff.get(second.before).context["shown"]
    assert [row.label for row in back.table.rows] == [row.label for row in first.context["shown"].table.rows]
