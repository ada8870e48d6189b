from __future__ import annotations

import json
from datetime import date
from uuid import uuid4

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries as Counter

from rapport.api.tests.calls import Caller, read, send
from rapport.api.v1.cursors import Page
from rapport.api.v1.customers import CustomerLine, CustomerMade, CustomerWithTimeline, TouchpointOut
from rapport.customers.models import Customer
from rapport.customers.services import merges
from rapport.kernel.actors import SYSTEM
from rapport.kernel.models import EventRecord, Idempotency
from rapport.testing import builders
from rapport.testing.cast import Cast

pytestmark = pytest.mark.django_db


def test_without_a_token_nothing_is_told(cast: Cast) -> None:
    answer = Client().get("/api/v1/customers")
    assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")
    assert Client(headers={"Authorization": "Bearer rap_guess"}).get("/api/v1/customers").status_code == 401


def test_a_customer_is_added_read_changed_and_trashed(alice: Client) -> None:
    body = {"name": "Ana Lima", "city": "Leeds", "identities": [{"kind": "email", "value": "Ana@example.com"}]}
    made = send(alice, "customers", body)
    assert made.status_code == 201
    url = f"customers/{json.loads(made.content)['id']}"
    read = alice.get(f"/api/v1/{url}").json()
    assert (read["number"], read["email"], read["orders"]) == (1, "ana@example.com", 0)
    assert json.loads(made.content) == read | {"possible_duplicates": None}
    assert json.loads(send(alice, url, {"city": "York"}, method="patch").content)["city"] == "York"
    assert alice.delete(f"/api/v1/{url}").status_code == 204
    assert alice.get("/api/v1/customers").json() == {"items": [], "next": None}


def test_what_is_written_straight_has_the_shape_of_its_schema(alice: Client) -> None:
    ana = builders.customer("Ana", email="ana@example.com", phone="0113 496 0182", birthday=date(1990, 2, 3))
    builders.order(ana)
    page = alice.get("/api/v1/customers").json()
    assert page["items"][0].keys() == CustomerLine.model_fields.keys()
    assert CustomerLine.model_validate(page["items"][0]).email == "ana@example.com"
    whole = alice.get(f"/api/v1/customers/{ana.pk}", {"timeline": "5"}).json()
    assert whole.keys() == CustomerWithTimeline.model_fields.keys()
    assert CustomerWithTimeline.model_validate(whole).timeline == Page[TouchpointOut].model_validate(whole["timeline"])
    assert len(whole["timeline"]["items"]) == 2
    made = read(send(alice, "customers?duplicates=true", {"name": "Ana", "birthday": "1990-02-03", "city": "Porto"}))
    assert made.keys() == CustomerMade.model_fields.keys()
    assert CustomerMade.model_validate(made).name == "Ana"


def test_pages_go_through_all_in_order(alice: Client) -> None:
    for name in ("Cy", "Ana", "Bo", "Ana", "Di"):
        builders.customer(name)
    names: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = alice.get("/api/v1/customers", {"sort": "name", "limit": "2", "cursor": cursor}).json()
        names += [item["name"] for item in page["items"]]
        cursor = page["next"]
    assert names == ["Ana", "Ana", "Bo", "Cy", "Di"]


def test_a_filter_is_a_condition(alice: Client) -> None:
    builders.customer("Ana", country="GB")
    builders.customer("Bruno", country="BR")
    page = alice.get("/api/v1/customers", {"filter": 'country = "BR"'}).json()
    assert [item["name"] for item in page["items"]] == ["Bruno"]


def test_sorting_by_value_has_those_who_never_bought(alice: Client) -> None:
    builders.customer("Ana")
    builders.order(builders.customer("Bruno"))
    page = alice.get("/api/v1/customers", {"sort": "-value"}).json()
    assert [(item["name"], item["value_minor"]) for item in page["items"]] == [("Bruno", 1250), ("Ana", 0)]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"filter": "colour = 3"}, "colour"),
        ({"filter": "country ="}, ""),
        ({"sort": "colour"}, "sort by one of"),
        ({"cursor": "x"}, "cursor"),
        ({"limit": "1000"}, "Some values"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(alice: Client, query: dict[str, str], said: str) -> None:
    answer = alice.get("/api/v1/customers", query)
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    assert said in answer.json()["detail"]


def test_a_key_makes_a_request_happen_once(alice: Client) -> None:
    first = send(alice, "customers", {"name": "Ana"}, key="k1")
    again = send(alice, "customers", {"name": "Ana"}, key="k1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert json.loads(first.content) == json.loads(again.content)
    assert Customer.objects.count() == 1
    assert send(alice, "customers", {"name": "Eve"}, key="k1").status_code == 422
    assert Customer.objects.count() == 1


def test_a_refused_request_leaves_its_key_free(alice: Client) -> None:
    assert send(alice, "customers", {}, key="k1").status_code == 422
    assert not Idempotency.objects.exists()
    assert send(alice, "customers", {"name": "Ana"}, key="k1").status_code == 201


def test_an_address_of_somebody_else_conflicts(alice: Client) -> None:
    builders.customer("Ana", email="ana@example.com")
    answer = send(alice, "customers", {"name": "Eve", "identities": [{"kind": "email", "value": "ana@example.com"}]})
    assert (answer.status_code, json.loads(answer.content)["code"]) == (409, "IdentityTaken")
    assert Customer.objects.count() == 1


def test_scopes_and_rights_both_bind(cast: Cast, caller: Caller) -> None:
    ana = builders.customer("Ana", owner=cast.sam)
    before = EventRecord.objects.count()
    assert send(caller(cast.carla), "customers", {"name": "Eve"}).status_code == 403
    assert send(caller(cast.alice, "customers.view"), "customers", {"name": "Eve"}).status_code == 403
    ben = caller(cast.ben)
    assert ben.get(f"/api/v1/customers/{ana.pk}").status_code == 200
    assert send(ben, f"customers/{ana.pk}", {"city": "York"}, method="patch").status_code == 404
    assert caller(cast.alice, "promises.view").get(f"/api/v1/customers/{ana.pk}").status_code == 404
    assert EventRecord.objects.filter(type__startswith="customers.").count() == before


def test_nobody_of_that_id_is_not_found(alice: Client) -> None:
    answer = alice.get(f"/api/v1/customers/{uuid4()}")
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
    assert alice.get("/api/v1/customers/not-an-id").status_code == 422


def test_consent_and_identities_come_and_go(alice: Client) -> None:
    ana = builders.customer("Ana")
    url = f"customers/{ana.pk}"
    assert send(alice, f"{url}/consents", {"channel": "email", "granted": True}).status_code == 204
    assert ana.consents.get().state == "granted"
    made = json.loads(send(alice, f"{url}/identities", {"kind": "phone", "value": "0113 496 0182"}).content)
    assert made["normal"] == "+441134960182"
    assert alice.delete(f"/api/v1/{url}/identities/{made['id']}").status_code == 204
    assert not ana.identities.exists()


def test_a_list_costs_the_same_however_long(alice: Client, django_assert_num_queries: Counter) -> None:
    builders.customer("Ana", email="ana@example.com")
    alice.get("/api/v1/customers")  # notes when the token was last used
    with django_assert_num_queries(2):
        alice.get("/api/v1/customers")
    for number in range(20):
        builders.customer("Ana", email=f"ana{number}@example.com")
    with django_assert_num_queries(2):
        alice.get("/api/v1/customers")


def test_who_was_merged_leads_to_the_survivor(cast: Cast, alice: Client, caller: Caller) -> None:
    ana, zoe = builders.customer("Ana", owner=cast.ben), builders.customer("Zoe", owner=cast.sam)
    merges.merge(ana, zoe, by=SYSTEM)
    told = {"code": "MergedAway", "merged_into": str(zoe.pk), "merged_into_number": zoe.number}
    read = alice.get(f"/api/v1/customers/{ana.pk}?timeline=3")
    assert (read.status_code, read["Location"]) == (307, f"/api/v1/customers/{zoe.pk}?timeline=3")
    assert read["Content-Type"] == "application/problem+json"
    assert told.items() <= json.loads(read.content).items()
    changes = [
        send(alice, f"customers/{ana.pk}", {"city": "York"}, method="patch"),
        send(alice, f"customers/{ana.pk}/restore", {}),
        send(alice, f"customers/{ana.pk}/notes", {"text": "Hello"}),
    ]
    assert [one.status_code for one in changes] == [409, 409, 409]
    assert all(told.items() <= json.loads(one.content).items() for one in changes)
    assert Customer.objects.get(pk=zoe.pk).city == ""


def test_a_survivor_out_of_reach_is_not_told(cast: Cast, caller: Caller) -> None:
    ana, zoe = builders.customer("Ana", owner=cast.ben), builders.customer("Zoe", owner=cast.sam)
    merges.merge(ana, zoe, by=SYSTEM)
    cast.ben.role.grants["customers.view"] = "own"
    cast.ben.role.save()
    answer = caller(cast.ben).get(f"/api/v1/customers/{ana.pk}")
    assert answer.status_code == 404
    assert str(zoe.pk) not in answer.content.decode()
