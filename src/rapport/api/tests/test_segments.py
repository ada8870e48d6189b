"""Segments over the API: made, changed, filled and put away; refusals as problems."""

from __future__ import annotations

import pytest
from django.test import Client

from rapport.api.tests.calls import Caller, read, send
from rapport.kernel.actors import SYSTEM
from rapport.marketing.models import Membership, Segment
from rapport.marketing.services import members
from rapport.testing.builders import customer
from rapport.testing.cast import Cast

pytestmark = pytest.mark.django_db


def test_a_segment_by_a_condition(alice: Client, cast: Cast) -> None:
    ana = customer("Ana", country="GB")
    customer("Otto", country="SE")
    body = {"name": "British", "condition": "country = GB", "owner_id": str(cast.dora.pk)}
    made = read(send(alice, "segments", body, key="once"))
    assert read(send(alice, "segments", body, key="once")) == made
    assert (made["kind"], made["condition"], made["waiting"], made["size"]) == ("dynamic", 'country = "GB"', True, 0)
    members.settle(by=SYSTEM)
    url = f"segments/{made['id']}"
    assert alice.get(f"/api/v1/{url}").json()["size"] == 1
    assert [(row["name"], row["number"]) for row in alice.get(f"/api/v1/{url}/members").json()["items"]] == [
        ("Ana", ana.number)
    ]
    assert [row["name"] for row in alice.get("/api/v1/customers", {"filter": "segment = British"}).json()["items"]] == [
        "Ana"
    ]
    changed = read(send(alice, url, {"name": "Swedes", "condition": "country = SE"}, method="patch"))
    assert (changed["name"], changed["condition"], changed["waiting"], changed["owner_id"]) == (
        "Swedes", 'country = "SE"', True, str(cast.dora.pk),
    )  # fmt: skip
    assert send(alice, f"{url}/members", {"customer_ids": [str(ana.pk)]}).status_code == 409
    assert read(send(alice, f"{url}/archive", {}))["archived_at"]
    assert alice.get("/api/v1/segments").json()["items"] == []
    assert send(alice, f"{url}/recompute", {}).status_code == 409
    assert read(send(alice, f"{url}/restore", {}))["archived_at"] is None
    assert send(alice, f"{url}/recompute", {}).status_code == 202


def test_a_chosen_list_is_filled_all_or_nothing(alice: Client) -> None:
    ana, otto = customer("Ana"), customer("Otto")
    url = f"segments/{read(send(alice, 'segments', {'name': 'Evening'}))['id']}/members"
    both = {"customer_ids": [str(ana.pk), str(otto.pk)]}
    assert read(send(alice, url, both)) == {"moved": 2, "size": 2}
    strange = {"customer_ids": [str(ana.pk), "00000000-0000-0000-0000-000000000007"]}
    assert send(alice, f"{url}/remove", strange).status_code == 422
    assert Membership.objects.filter(until=None).count() == 2
    assert read(send(alice, f"{url}/remove", {"customer_ids": [str(ana.pk)]})) == {"moved": 1, "size": 1}


def test_what_can_not_be_is_a_problem(alice: Client, cast: Cast, caller: Caller) -> None:
    first = read(send(alice, "segments", {"name": "First", "condition": "country = GB"}))
    read(send(alice, "segments", {"name": "Second", "condition": "segment = First"}))
    for body, method, url, status in (
        ({"name": "FIRST"}, "post", "segments", 409),
        ({"name": "New", "condition": "country ="}, "post", "segments", 422),
        ({"name": "New", "condition": ""}, "post", "segments", 422),
        ({"name": ""}, "post", "segments", 422),
        ({"condition": "segment = Second"}, "patch", f"segments/{first['id']}", 422),
        ({}, "post", f"segments/{first['id']}/archive", 409),
    ):
        answer = send(alice, url, body, method=method)
        assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json"), body
    assert sorted(Segment.objects.values_list("name", "text", "archived_at")) == [
        ("First", 'country = "GB"', None), ("Second", f'segment = "{first["id"]}"', None),
    ]  # fmt: skip
    reader = caller(cast.carla, "marketing.view", "customers.view")
    assert reader.get("/api/v1/segments").status_code == 200
    assert send(reader, "segments", {"name": "Mine"}).status_code == 403
    assert caller(cast.alice, "customers.view").get("/api/v1/segments").status_code == 403
