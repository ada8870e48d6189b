"""Duplicates over the API: the queue, merging and taking apart, and the hint when somebody is added."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from rapport.api.tests.calls import Caller, read, send
from rapport.api.v1.customers import CustomerMade
from rapport.customers.models import Customer, Duplicate
from rapport.customers.services import comparing
from rapport.kernel.models import EventRecord
from rapport.testing.builders import customer, order
from rapport.testing.cast import Cast

pytestmark = pytest.mark.django_db
PHONE = "+447911123456"


def two(**values: Any) -> tuple[Customer, Customer]:
    pair = customer("Ana Lima", phone=PHONE, **values), customer("Lima, Ana", phone=PHONE, **values)
    comparing.compare_noted()
    return pair


def test_pairs_are_listed_dismissed_and_reopened(alice: Client) -> None:
    ana, other = two()
    listed = alice.get("/api/v1/duplicates", {"min_score": "50", "customer_id": str(other.pk)}).json()
    assert listed["next"] is None
    item = listed["items"][0]
    assert (item["score"], [one["id"] for one in item["customers"]]) == (80, [str(ana.pk), str(other.pk)])
    assert item["reasons"][0] == {"code": "phone", "text": "same phone number"}
    assert alice.get("/api/v1/duplicates", {"min_score": "90"}).json()["items"] == []

    done = read(send(alice, f"duplicates/{item['id']}/dismiss", {}))
    assert (done["dismissed_by"], done["dismissed_at"] is None) == ("test", False)
    assert alice.get("/api/v1/duplicates").json()["items"] == []
    assert len(alice.get("/api/v1/duplicates", {"dismissed": "true"}).json()["items"]) == 1
    assert read(send(alice, f"duplicates/{item['id']}/reopen", {}))["dismissed_at"] is None
    assert len(alice.get("/api/v1/duplicates").json()["items"]) == 1


def test_a_customer_is_merged_once_per_key_and_taken_apart(alice: Client) -> None:
    ana, other = two()
    order(other)
    body = {"into": str(ana.pk), "take": ["name"]}
    answers = [send(alice, f"customers/{other.pk}/merge", body, key="m1") for _ in range(2)]
    assert [one.status_code for one in answers] == [200, 200]
    assert read(answers[0]) == read(answers[1])
    assert (read(answers[0])["id"], read(answers[0])["name"], read(answers[0])["orders"]) == (
        str(ana.pk),
        "Lima, Ana",
        1,
    )
    assert EventRecord.objects.filter(type="customers.merged").count() == 1
    again = send(alice, f"customers/{other.pk}/merge", body)
    assert (again.status_code, read(again)["merged_into"]) == (409, str(ana.pk))

    apart = send(alice, f"customers/{other.pk}/unmerge", {})
    assert (apart.status_code, read(apart)["id"], read(apart)["orders"]) == (200, str(other.pk), 1)
    assert send(alice, f"customers/{other.pk}/unmerge", {}).status_code == 409


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"take": ["shoe"]}, 422, "NoChoice"),
        ({"into": "itself"}, 409, "IntoItself"),
        ({"into": "firm"}, 422, "DifferentKinds"),
    ],
)
def test_what_cannot_be_merged_is_refused(alice: Client, body: dict[str, Any], status: int, code: str) -> None:
    ana, other = two()
    firm = customer("Lima", kind="company")
    into = {"itself": other, "firm": firm}.get(body.get("into", ""), ana)
    answer = send(alice, f"customers/{other.pk}/merge", {**body, "into": str(into.pk)})
    assert (answer.status_code, read(answer)["code"]) == (status, code)
    assert Customer.objects.filter(merged_into__isnull=False).count() == 0


def test_it_takes_the_scope_and_reach_over_both(cast: Cast, caller: Caller) -> None:
    ana, other = two(owner=cast.sam)
    pair = Duplicate.objects.get()
    calls = [(f"customers/{other.pk}/merge", {"into": str(ana.pk)}), (f"duplicates/{pair.pk}/dismiss", {})]
    without = caller(cast.alice, "customers.view", "customers.change")
    assert [send(without, url, body).status_code for url, body in calls] == [403, 403]
    assert without.get("/api/v1/duplicates").status_code == 403
    cast.ben.role.grants["customers.merge"] = "own"
    cast.ben.role.save()
    ben = caller(cast.ben)
    assert [send(ben, url, body).status_code for url, body in calls] == [404, 404]
    assert ben.get("/api/v1/duplicates").json()["items"] == []
    pair.refresh_from_db()
    assert (pair.dismissed_at, Customer.objects.filter(merged_into__isnull=False).count()) == (None, 0)


def test_who_may_be_the_same_is_told_when_somebody_is_added(alice: Client) -> None:
    ana, _other = two(city="Porto")
    body = {"name": "Ana Lima", "city": "Porto", "identities": [{"kind": "phone", "value": PHONE}]}
    assert read(send(alice, "customers", {"name": "Ana Lima", "city": "Porto"}))["possible_duplicates"] is None
    made = send(alice, "customers?duplicates=true", body)
    assert made.status_code == 201
    found = read(made)["possible_duplicates"]
    assert CustomerMade.model_validate(read(made)).possible_duplicates
    assert ana.number in [one["customer"]["number"] for one in found]
    assert found[0]["score"] >= 50
    fresh = read(send(alice, "customers?duplicates=true", {"name": "Zoe Ray"}))
    assert fresh["possible_duplicates"] == []
    identity = {"kind": "phone", "value": PHONE}
    added = read(send(alice, f"customers/{fresh['id']}/identities?duplicates=true", identity))
    assert (added["normal"], added["possible_duplicates"]) == (PHONE, [])


def test_an_address_that_another_has_names_them_to_who_can_see_them(cast: Cast, alice: Client, caller: Caller) -> None:
    ana = customer("Ana", email="ana@example.com", owner=cast.sam)
    body = {"name": "Zoe", "identities": [{"kind": "email", "value": "ana@example.com"}]}
    taken = read(send(alice, "customers", body))
    assert (taken["code"], taken["holder"], taken["holder_number"]) == ("IdentityTaken", str(ana.pk), ana.number)
    cast.ben.role.grants["customers.view"] = "own"
    cast.ben.role.save()
    assert "holder" not in read(send(caller(cast.ben), "customers", body))
