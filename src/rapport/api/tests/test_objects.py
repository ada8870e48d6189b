"""Records of custom objects over the API: added, found, changed, put into the trash and taken out."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries as Counter

from rapport.api.tests.calls import Caller, read, send
from rapport.kernel.actors import SYSTEM
from rapport.kernel.models import EventRecord
from rapport.objects.models import Record
from rapport.objects.services import records, types
from rapport.objects.tests.garage import Garage, garage
from rapport.team.models import Role
from rapport.testing.builders import customer
from rapport.testing.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def made(db: None) -> Garage:
    return garage()


def state() -> tuple[list[Any], int]:
    return list(Record.objects.order_by("pk").values()), EventRecord.objects.count()


def names(client: Client, **query: str) -> list[str]:
    return [row["name"] for row in client.get("/api/v1/objects/vehicle", query).json()["items"]]


def test_a_record_is_added_read_changed_trashed_and_restored(alice: Client, made: Garage, cast: Cast) -> None:
    ana = customer("Ana")
    body = {
        "name": "LX 1", "reference": "DMS-7", "customer_id": str(ana.pk), "owner_id": str(cast.ben.pk),
        "custom": {"make": "Saab", "mileage": 120_000, "features": ["Hook"]},
    }  # fmt: skip
    answer = send(alice, "objects/vehicle", body, key="k1")
    car = read(answer)
    assert answer.status_code == 201
    assert read(send(alice, "objects/vehicle", body, key="k1")) == car
    assert car == {
        **body, "id": car["id"], "type": "vehicle", "number": 1, "code": "V-1", "links": {}, "deleted_at": None,
        "created_at": car["created_at"], "updated_at": car["updated_at"],
    }  # fmt: skip
    url = f"objects/vehicle/{car['id']}"
    assert alice.get(f"/api/v1/{url}").json() == car
    changed = read(send(alice, url, {"name": "LX 2", "customer_id": None, "custom": {"mileage": 9}}, method="patch"))
    assert (changed["name"], changed["customer_id"], changed["reference"]) == ("LX 2", None, "DMS-7")
    assert changed["custom"] == {"make": "Saab", "mileage": 9, "features": ["Hook"]}
    assert alice.delete(f"/api/v1/{url}").status_code == 204
    assert names(alice) == []
    assert names(alice, trashed="true") == ["LX 2"]
    assert send(alice, url, {"name": "LX 3"}, method="patch").status_code == 409
    assert read(send(alice, f"{url}/restore", {}))["deleted_at"] is None
    told = alice.get(f"/api/v1/{url}/events", {"limit": "3"}).json()
    assert [one["type"] for one in told["items"]] == [
        "objects.record_restored", "objects.record_trashed", "objects.record_changed",
    ]  # fmt: skip
    [first] = alice.get(f"/api/v1/{url}/events", {"cursor": told["next"]}).json()["items"]
    assert first["sentence"] == "Vehicle LX 1 was added"


def test_links_lead_to_records_by_their_ids(alice: Client, made: Garage) -> None:
    car = read(send(alice, "objects/vehicle", {"name": "LX 1"}))
    repair = read(send(alice, "objects/repair", {"name": "Brakes", "links": {"vehicle": car["id"]}}))
    assert repair["links"] == {"vehicle": car["id"]}
    [found] = alice.get("/api/v1/objects/repair", {"filter": 'vehicle.name = "LX 1"'}).json()["items"]
    assert found == repair
    freed = read(send(alice, f"objects/repair/{repair['id']}", {"links": {"vehicle": None}}, method="patch"))
    assert freed["links"] == {"vehicle": None}


def test_a_record_is_put_by_its_reference(alice: Client, made: Garage) -> None:
    url = "objects/vehicle/by-reference/DMS/7"
    first = send(alice, url, {"name": "LX 1", "custom": {"make": "Saab"}}, method="put")
    again = send(alice, url, {"name": "LX 2"}, method="put")
    assert (first.status_code, again.status_code) == (201, 200)
    assert read(again) == {**read(first), "name": "LX 2", "updated_at": read(again)["updated_at"]}
    assert Record.objects.get().reference == "DMS/7"
    before = state()
    assert send(alice, url, {"name": "LX 2"}, method="put").status_code == 200
    assert state() == before


def test_records_are_filtered_found_and_paged(alice: Client, made: Garage) -> None:
    ana = customer("Ana")
    for name, make in (("Cy", "Saab"), ("Ana", "Fiat"), ("Bo", "Saab"), ("Ana", "Audi"), ("Di", "Saab")):
        whose = ana if name == "Bo" else None
        records.add(made.vehicle, by=SYSTEM, name=name, customer=whose, custom={"make": make})
    records.add(made.repair, by=SYSTEM, name="Brakes")
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = alice.get("/api/v1/objects/vehicle", {"sort": "name", "limit": "2", "cursor": cursor}).json()
        seen += [item["name"] for item in page["items"]]
        cursor = page["next"]
    assert seen == ["Ana", "Ana", "Bo", "Cy", "Di"]
    assert names(alice, filter="custom.make = Saab", sort="-name") == ["Di", "Cy", "Bo"]
    assert names(alice, filter="customer.name = Ana") == names(alice, customer_id=str(ana.pk)) == ["Bo"]
    assert names(alice, search="saab", sort="number") == ["Cy", "Bo", "Di"]
    assert names(alice, search="v-2") == ["Ana"]
    assert names(alice, search=" ") == []
    for query in ({"filter": "custom.colour = red"}, {"sort": "custom.make"}, {"cursor": "x"}):
        assert alice.get("/api/v1/objects/vehicle", query).status_code == 422, query


def test_a_customers_records_of_all_types(alice: Client, made: Garage) -> None:
    ana = customer("Ana")
    contract = types.add("Contract", "Contracts", by=SYSTEM)
    car = records.add(made.vehicle, by=SYSTEM, name="LX 1", customer=ana)
    records.add(contract, by=SYSTEM, name="Gold", customer=ana)
    records.trash(records.add(made.vehicle, by=SYSTEM, name="LX 2", customer=ana), by=SYSTEM)
    page = alice.get(f"/api/v1/customers/{ana.pk}/records").json()
    assert [(row["type"], row["name"]) for row in page["items"]] == [("contract", "Gold"), ("vehicle", "LX 1")]
    types.archive(contract, by=SYSTEM)
    [only] = alice.get(f"/api/v1/customers/{ana.pk}/records").json()["items"]
    assert only["id"] == str(car.pk)
    assert alice.get(f"/api/v1/customers/{uuid4()}/records").status_code == 404


@pytest.mark.parametrize(
    ("body", "status", "code", "field"),
    [
        ({"custom": {"make": "Trabant"}}, 422, "InvalidField", "custom.make"),
        ({"custom": {"colour": "red"}}, 422, "InvalidField", "custom.colour"),
        ({"reference": "DMS-7"}, 409, "ReferenceTaken", "reference"),
        ({"links": {"parent": None}}, 422, "UnknownField", None),
        ({"links": {"sister": str(uuid4())}}, 422, "WrongLink", "links.sister"),
        ({"customer_id": None}, 422, "Nobodys", "customer_id"),
        ({"customer_id": str(uuid4())}, 404, None, None),
        ({"owner_id": str(uuid4())}, 404, None, None),
        ({"name": "x" * 201}, 422, None, None),
    ],
)
def test_what_does_not_fit_is_refused(
    alice: Client, made: Garage, body: dict[str, Any], status: int, code: str | None, field: str | None
) -> None:
    ana = customer("Ana")
    types.change(made.vehicle, by=SYSTEM, customer="required")
    send(alice, "object-types/vehicle/links", {"label": "Sister", "to": "vehicle"})
    records.add(made.vehicle, by=SYSTEM, name="LX-1", reference="DMS-7", customer=ana)
    other = records.add(made.vehicle, by=SYSTEM, name="LX-2", customer=ana)
    before = state()
    whole = {"name": "LX-3", "customer_id": str(ana.pk), **body}
    for url, method, given in (
        ("objects/vehicle", "post", whole),
        (f"objects/vehicle/{other.pk}", "patch", body),
    ):
        answer = send(alice, url, given, method=method)
        told = read(answer)
        assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json"), url
        assert (told.get("code"), told.get("field")) == (code, field)
    assert state() == before


def test_reach_and_right_bind(cast: Cast, caller: Caller, made: Garage) -> None:
    of_sam = records.add(made.vehicle, by=SYSTEM, name="LX-1", reference="DMS-7", owner=cast.sam)
    before = state()[0]
    ben, carla = caller(cast.ben), caller(cast.carla)
    assert names(ben) == names(carla) == ["LX-1"]
    url = f"objects/vehicle/{of_sam.pk}"
    assert send(ben, url, {"name": "LX-2"}, method="patch").status_code == 404
    assert send(ben, "objects/vehicle/by-reference/DMS-7", {"name": "LX-2"}, method="put").status_code == 409
    assert ben.delete(f"/api/v1/{url}").status_code == 403
    assert send(carla, url, {"name": "LX-2"}, method="patch").status_code == 403
    assert send(carla, "objects/vehicle", {"name": "LX-2"}).status_code == 403
    assert caller(cast.alice, "customers.view").get(f"/api/v1/{url}").status_code == 404
    assert Client().get(f"/api/v1/{url}").status_code == 401
    assert state()[0] == before


def test_a_restricted_type_is_not_there_for_who_may_not_look(cast: Cast, caller: Caller, made: Garage) -> None:
    ana = customer("Ana")
    car = records.add(made.vehicle, by=SYSTEM, name="LX-1", customer=ana)
    repair = records.add(made.repair, by=SYSTEM, name="Brakes", links={"vehicle": car})
    types.restrict(made.vehicle, by=SYSTEM)
    agent = Role.objects.get(key="agent")
    del agent.grants["objects.vehicle.view"]
    agent.save()
    before = state()
    ben = caller(cast.ben)
    for answer in (
        ben.get("/api/v1/objects/vehicle"),
        ben.get(f"/api/v1/objects/vehicle/{car.pk}"),
        ben.get(f"/api/v1/objects/repair/{car.pk}"),
        ben.get(f"/api/v1/objects/vehicle/{car.pk}/events"),
        send(ben, "objects/vehicle", {"name": "LX-2"}),
        send(ben, "objects/vehicle/by-reference/7", {"name": "LX-2"}, method="put"),
    ):
        assert answer.status_code == 404
    assert ben.get(f"/api/v1/customers/{ana.pk}/records").json()["items"] == []
    assert ben.get(f"/api/v1/objects/repair/{repair.pk}").json()["links"] == {}
    led = send(ben, f"objects/repair/{repair.pk}", {"links": {"vehicle": str(car.pk)}}, method="patch")
    assert (led.status_code, json.loads(led.content)["code"]) == (422, "UnknownField")
    assert ben.get("/api/v1/objects/repair", {"filter": "vehicle.name = x"}).status_code == 422
    told = EventRecord.objects.exclude(type="team.token_issued").count()
    assert (state()[0], told) == before


def test_a_list_costs_the_same_however_long(alice: Client, made: Garage, django_assert_num_queries: Counter) -> None:
    ana = customer("Ana")
    urls = ("/api/v1/objects/vehicle?filter=custom.make%20%3D%20Saab", f"/api/v1/customers/{ana.pk}/records")
    records.add(made.vehicle, by=SYSTEM, name="LX", customer=ana, custom={"make": "Saab"})
    for url in urls:
        alice.get(url)  # notes when the token was last used, and what the types are
    counts = (3, 4)
    for url, count in zip(urls, counts, strict=True):
        with django_assert_num_queries(count):
            alice.get(url)
    for _number in range(20):
        records.add(made.vehicle, by=SYSTEM, name="LX", customer=ana, custom={"make": "Saab"})
    for url, count in zip(urls, counts, strict=True):
        with django_assert_num_queries(count):
            assert len(alice.get(url).json()["items"]) == 21
