"""Custom objects are declared over the API, with their fields and links; refusals say which field is meant."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from rapport.api.tests.calls import Caller, read, send
from rapport.kernel.models import CustomField, EventRecord
from rapport.objects.models import Link, ObjectType
from rapport.objects.services import types
from rapport.objects.tests.garage import Garage, garage
from rapport.team.models import Role
from rapport.testing.builders import customer
from rapport.testing.cast import Cast, actor

pytestmark = pytest.mark.django_db


def test_an_object_is_declared_with_fields_and_links(alice: Client) -> None:
    made = read(send(alice, "object-types", {"name": "Vehicle", "plural": "Vehicles", "icon": "car"}, key="k1"))
    assert read(send(alice, "object-types", {"name": "Vehicle", "plural": "Vehicles", "icon": "car"}, key="k1")) == made
    assert (made["key"], made["noun"], made["prefix"]) == ("vehicle", "custom_vehicle", "V")
    assert (made["customer"], made["restricted"], made["archived_at"]) == ("optional", False, None)
    assert made["may"] == ["view", "change", "delete", "export"]
    given = {"noun": "custom_vehicle", "label": "Make", "type": "choice", "options": ["Saab", "Fiat"]}
    field = read(send(alice, "custom-fields", given))
    assert (field["key"], field["options"], field["required"]) == ("make", ["Saab", "Fiat"], False)
    send(alice, "object-types", {"name": "Repair", "plural": "Repairs", "customer": "none"})
    linked = read(send(alice, "object-types/repair/links", {"label": "Vehicle", "to": "vehicle", "required": True}))
    assert [(one["key"], one["to"], one["back_label"], one["required"]) for one in linked["links"]] == [
        ("vehicle", "vehicle", "Repairs", True)
    ]
    listed = alice.get("/api/v1/object-types").json()
    assert [row["key"] for row in listed] == ["vehicle", "repair"]
    assert [row["key"] for row in listed[0]["fields"]] == ["make"]
    assert alice.get("/api/v1/object-types/repair").json() == linked


def test_what_is_declared_changes_is_put_away_and_comes_back(alice: Client) -> None:
    garage()
    changed = read(send(alice, "object-types/vehicle", {"plural": "Cars", "customer": "required"}, method="patch"))
    assert (changed["name"], changed["plural"], changed["customer"]) == ("Vehicle", "Cars", "required")
    renamed = read(send(alice, "object-types/repair/links/vehicle", {"label": "Car"}, method="patch"))
    assert [(one["key"], one["label"], one["back_label"]) for one in renamed["links"]] == [
        ("vehicle", "Car", "Repairs")
    ]
    assert read(send(alice, "object-types/vehicle/restrict", {}))["restricted"] is True
    assert read(send(alice, "object-types/vehicle/open-up", {}))["restricted"] is False
    assert read(send(alice, "object-types/vehicle/archive", {}))["archived_at"]
    assert [row["key"] for row in alice.get("/api/v1/object-types").json()] == ["repair"]
    assert [row["key"] for row in alice.get("/api/v1/object-types", {"archived": "true"}).json()] == ["vehicle"]
    assert alice.get("/api/v1/object-types/repair").json()["links"] == []
    assert alice.get("/api/v1/objects/vehicle").status_code == 404
    assert read(send(alice, "object-types/vehicle/restore", {}))["archived_at"] is None
    assert json.loads(alice.delete("/api/v1/object-types/repair/links/vehicle").content)["links"] == []
    assert alice.delete("/api/v1/object-types/repair").status_code == 204
    assert [row.key for row in ObjectType.objects.all()] == ["vehicle"]


def test_a_field_changes_is_put_away_and_comes_back(alice: Client) -> None:
    garage()
    [make] = [row for row in alice.get("/api/v1/custom-fields?noun=custom_vehicle").json() if row["key"] == "make"]
    url = f"custom-fields/{make['id']}"
    assert read(send(alice, url, {"label": "Brand", "required": True}, method="patch")) == {
        **make, "label": "Brand", "required": True,
    }  # fmt: skip
    assert read(send(alice, f"{url}/archive", {}))["archived_at"]
    assert [row["key"] for row in alice.get("/api/v1/custom-fields?noun=custom_vehicle").json()] == [
        "mileage", "features",
    ]  # fmt: skip
    assert [row["key"] for row in alice.get("/api/v1/custom-fields?archived=true").json()] == ["make"]
    assert read(send(alice, f"{url}/restore", {}))["archived_at"] is None


@pytest.mark.parametrize(
    ("url", "body", "status", "code", "field"),
    [
        ("object-types", {"name": "vehicle", "plural": "Cars"}, 409, "NameTaken", None),
        ("object-types", {"name": " ", "plural": "Cars"}, 422, "Nameless", None),
        ("object-types", {"name": "Car", "plural": "Cars", "prefix": "T"}, 422, "BadPrefix", "prefix"),
        ("object-types/repair/links", {"label": "Vehicle", "to": "vehicle"}, 409, "NameTaken", None),
        ("custom-fields", {"noun": "custom_boat", "label": "Sail", "type": "text"}, 422, "UnknownNoun", "noun"),
        ("custom-fields", {"noun": "custom_vehicle", "label": "make", "type": "text"}, 409, "FieldTaken", "label"),
        ("custom-fields", {"noun": "customer", "label": "Size", "type": "choice"}, 422, "NoChoices", "options"),
    ],
)
def test_what_does_not_fit_is_refused(
    alice: Client, url: str, body: dict[str, Any], status: int, code: str, field: str | None
) -> None:
    garage()
    before = EventRecord.objects.count(), CustomField.objects.count(), Link.objects.count()
    answer = send(alice, url, body)
    told = read(answer)
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert (told["code"], told.get("field")) == (code, field)
    assert (EventRecord.objects.count(), CustomField.objects.count(), Link.objects.count()) == before


def test_a_type_with_records_is_not_removed(alice: Client) -> None:
    garage()
    send(alice, "objects/vehicle", {"name": "LX-1"})
    answer = alice.delete("/api/v1/object-types/vehicle")
    assert (answer.status_code, answer.json()["code"]) == (409, "InUse")
    assert ObjectType.objects.count() == 2


def test_only_who_designs_declares_and_only_who_may_look_is_told(cast: Cast, caller: Caller) -> None:
    made: Garage = garage()
    types.restrict(made.vehicle, by=actor(cast.alice))
    agent = Role.objects.get(key="agent")
    del agent.grants["objects.vehicle.view"]
    agent.save()
    before = EventRecord.objects.count()
    cast.ben.refresh_from_db()
    ben = caller(cast.ben)
    [repair] = ben.get("/api/v1/object-types").json()
    assert (repair["key"], repair["links"], repair["may"]) == ("repair", [], ["view", "change"])
    assert ben.get("/api/v1/object-types/vehicle").status_code == 404
    assert ben.get("/api/v1/custom-fields?noun=custom_vehicle").json() == []
    assert len(ben.get("/api/v1/custom-fields?noun=custom_repair").json()) == 2
    for url, body in (
        ("object-types", {"name": "Boat", "plural": "Boats"}),
        ("object-types/repair/archive", {}),
        ("object-types/repair/links", {"label": "Next", "to": "repair"}),
        ("custom-fields", {"noun": "custom_repair", "label": "Done", "type": "boolean"}),
    ):
        assert send(ben, url, body).status_code == 403, url
    told = EventRecord.objects.exclude(type="team.token_issued").count()
    assert told == before
    customer("Ana")
    assert caller(cast.alice, "objects.design").get("/api/v1/object-types").json()[0]["may"] == []
