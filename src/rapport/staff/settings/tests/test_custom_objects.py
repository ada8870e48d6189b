"""Custom objects are declared on a page of the settings."""

from __future__ import annotations

import pytest
from django.test import Client

from rapport.kernel.actors import SYSTEM
from rapport.kernel.models import CustomField, EventRecord
from rapport.objects.models import Link, ObjectType
from rapport.objects.services import links, records, types
from rapport.team.models import Role
from rapport.testing.cast import Cast

GIVEN = {"name": "Vehicle", "plural": "Vehicles", "customer": "optional", "icon": "car"}


@pytest.fixture
def alice(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.alice)
    return client


def vehicle() -> ObjectType:
    return types.add("Vehicle", "Vehicles", by=SYSTEM)


def test_a_type_is_added_given_a_field_and_opened(alice: Client) -> None:
    assert b"Nothing of your own yet" in alice.get("/settings/objects/").content
    answer = alice.post("/settings/objects/add/", {**GIVEN, "name_label": "Registration", "numbers": "car"})
    row = ObjectType.objects.get()
    assert answer.headers["Location"] == f"/settings/objects/{row.pk}/"
    assert (row.key, row.prefix, row.name_label, row.icon) == ("vehicle", "CAR", "Registration", "car")
    answer = alice.post("/settings/fields/add/", {"noun": row.noun, "label": "Make", "type": "text"})
    assert answer.headers["Location"] == f"/settings/objects/{row.pk}/"
    assert CustomField.objects.get().noun == "custom_vehicle"
    assert b"Make" in alice.get(f"/settings/objects/{row.pk}/").content
    assert b"Registration" in alice.get("/objects/vehicle/").content


@pytest.mark.parametrize(
    ("given", "at"), [({"name": ""}, "name"), ({"numbers": "T"}, "numbers"), ({"icon": "skull"}, "icon")]
)
def test_a_type_that_does_not_fit_says_where(alice: Client, given: dict[str, str], at: str) -> None:
    before = EventRecord.objects.count()
    answer = alice.post("/settings/objects/add/", {**GIVEN, **given})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [at]
    assert (ObjectType.objects.count(), EventRecord.objects.count()) == (0, before)


def test_a_type_is_changed_and_the_same_name_again_refused(alice: Client) -> None:
    row, _other = vehicle(), types.add("Course", "Courses", by=SYSTEM)
    assert b'value="Vehicles"' in alice.get(f"/settings/objects/{row.pk}/change/").content
    alice.post(f"/settings/objects/{row.pk}/change/", {**GIVEN, "plural": "Cars", "numbers": "V"})
    assert ObjectType.objects.get(pk=row.pk).plural == "Cars"
    answer = alice.post(f"/settings/objects/{row.pk}/change/", {**GIVEN, "numbers": "C0"})
    assert answer.status_code == 302
    answer = alice.post("/settings/objects/add/", GIVEN)
    assert answer.context["form"].errors["name"] == ["There is a custom object of this name or prefix already."]


def test_a_link_is_added_changed_and_removed(alice: Client) -> None:
    row, repair = vehicle(), types.add("Repair", "Repairs", by=SYSTEM)
    place = f"/settings/objects/{repair.pk}/links"
    alice.post(f"{place}/add/", {"label": "Vehicle", "to": row.pk, "back_label": "Mended by"})
    link = Link.objects.get()
    assert (link.type, link.to, link.back_label) == (repair, row, "Mended by")
    alice.post(f"{place}/{link.pk}/", {"label": "Car", "back_label": "", "required": "on"})
    link.refresh_from_db()
    assert (link.key, link.label, link.back_label, link.required) == ("vehicle", "Car", "Repairs", True)
    assert alice.post(f"{place}/add/", {"label": "Vehicle", "to": row.pk}).status_code == 422
    alice.post(f"{place}/{link.pk}/remove/")
    assert not Link.objects.exists()


def test_a_type_gets_rights_of_its_own_that_the_roles_show(alice: Client) -> None:
    row = vehicle()
    alice.post(f"/settings/objects/{row.pk}/restrict/")
    agent = Role.objects.get(key="agent")
    assert b"Let the general rights hold" in alice.get(f"/settings/objects/{row.pk}/").content
    page = alice.get(f"/settings/roles/{agent.pk}/")
    assert b"See custom objects: Vehicles" in page.content
    grants = {**agent.grants, "objects.vehicle.view": "own"}
    alice.post(f"/settings/roles/{agent.pk}/", grants)
    assert Role.objects.get(key="agent").grants["objects.vehicle.view"] == "own"
    alice.post(f"/settings/objects/{row.pk}/open-up/")
    assert "objects.vehicle.view" not in Role.objects.get(key="agent").grants


def test_a_type_is_archived_restored_and_removed_once_empty(alice: Client) -> None:
    row = vehicle()
    car = records.add(row, by=SYSTEM, name="LX-1")
    alice.post(f"/settings/objects/{row.pk}/archive/")
    assert ObjectType.objects.get().archived_at is not None
    alice.post(f"/settings/objects/{row.pk}/restore/")
    assert ObjectType.objects.get().archived_at is None
    alice.post(f"/settings/objects/{row.pk}/remove/")
    assert ObjectType.objects.get() == row
    car.delete()
    alice.post(f"/settings/objects/{row.pk}/remove/")
    assert not ObjectType.objects.exists()
    assert alice.post(f"/settings/objects/{row.pk}/melt/").status_code == 404


def test_who_may_not_design_sees_nothing_of_it(cast: Cast) -> None:
    row, client = vehicle(), Client()
    client.force_login(cast.ben)
    link = links.add(row, "Other", row, by=SYSTEM)
    before = EventRecord.objects.count()
    for address in (
        "",
        "add/",
        f"{row.pk}/",
        f"{row.pk}/change/",
        f"{row.pk}/links/add/",
        f"{row.pk}/links/{link.pk}/",
    ):
        assert client.get(f"/settings/objects/{address}").status_code == 403
    for act in ("archive", "restrict", "remove", f"links/{link.pk}/remove"):
        assert client.post(f"/settings/objects/{row.pk}/{act}/").status_code == 403
    assert EventRecord.objects.count() == before
