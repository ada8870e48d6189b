"""Customers → Duplicates: the queue, two side by side, merging, taking apart, and saying that they are two."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from rapport.customers.models import Customer, Duplicate
from rapport.customers.services import comparing, merges
from rapport.kernel.actors import SYSTEM
from rapport.testing.builders import company, customer, order
from rapport.testing.cast import Cast
from rapport.testing.queries import query_count

pytestmark = pytest.mark.django_db
PHONE = "+447911123456"
Two = tuple[Customer, Customer]


@pytest.fixture
def two(client: Client, cast: Cast) -> Two:
    """Two who may be one, seen by the administrator."""
    client.force_login(cast.alice)
    older = customer("Ana Lima", phone=PHONE, city="Porto", source="fair", stage="lead")
    newer = customer("Lima, Ana", phone=PHONE, city="Porto", source="shop", email="ana@example.com", stage="customer")
    order(newer)
    comparing.compare_noted()
    return older, newer


def beside(one: Customer, other: Customer) -> str:
    return reverse("staff:customer_merge", args=[one.pk, other.pk])


def page(of: Customer) -> str:
    return reverse("staff:customer", args=[of.pk])


def undo(client: Client, answered: Any) -> Any:
    """Press Undo in the newest toast that came with an answer."""
    return client.post(list(get_messages(answered.wsgi_request))[-1].extra_tags)


def text(answered: Any) -> str:
    return str(answered.content.decode())


def test_the_queue_shows_pairs_with_score_and_reasons(client: Client, two: Two) -> None:
    shown = text(client.get(reverse("staff:duplicates")))
    assert beside(*two) in shown
    assert "same phone number, same name, hardly anybody else has this name, same city" in shown
    assert "83%" in shown


def test_the_queue_is_read_by_a_constant_number_of_questions(client: Client, two: Two) -> None:
    with query_count() as few:
        client.get(reverse("staff:duplicates"))
    for n in range(5):
        for name in (f"Bo {chr(97 + n) * 5}", f"{chr(97 + n) * 5}, Bo"):
            customer(name, phone=f"+44791112346{n}")
    comparing.compare_noted()
    with query_count() as many:
        client.get(reverse("staff:duplicates"))
    assert Duplicate.objects.count() == 6
    assert many.count == few.count


def test_two_stand_side_by_side_with_what_would_move(client: Client, two: Two) -> None:
    answered = client.get(beside(*two))
    rows = {row.label: row for row in answered.context["rows"]}
    assert (rows["Source"].left, rows["Source"].right, rows["Source"].chosen) == ("fair", "shop", "left")
    assert rows["Stage"].chosen == "right"
    assert rows["Address"].same
    assert rows["Address"].name == ""
    assert ("Orders", 0, 1) in answered.context["moving"]
    assert (answered.context["left"], answered.context["right"]) == two


def test_they_are_merged_as_chosen_and_taken_apart_by_undo(client: Client, two: Two) -> None:
    older, newer = two
    before = list(Customer.objects.order_by("pk").values("pk", "name", "source", "stage", "merged_into_id"))
    answered = client.post(beside(*two), {"survivor": "left", "source": "right", "name": "left", "stage": "right"})
    assert answered["Location"] == page(older)
    older.refresh_from_db()
    assert (older.name, older.source, older.stage) == ("Ana Lima", "shop", "customer")
    assert older.identities.count() == 2
    undo(client, answered)
    assert list(Customer.objects.order_by("pk").values("pk", "name", "source", "stage", "merged_into_id")) == before
    assert newer.identities.count() == 2


def test_the_newer_one_may_stay(client: Client, two: Two) -> None:
    older, newer = two
    client.post(beside(*two), {"survivor": "right", "source": "left", "name": "right", "stage": "right"})
    newer.refresh_from_db()
    assert (newer.merged_into_id, newer.source, newer.stage) == (None, "fair", "customer")
    older.refresh_from_db()
    assert older.merged_into_id == newer.pk


def test_what_cannot_be_merged_says_so(client: Client, two: Two) -> None:
    firm = company("Lima")
    answered = client.post(beside(two[0], firm), {"survivor": "left"})
    assert answered.status_code == 422
    assert "A person and a company cannot be one." in text(answered)
    assert Customer.objects.filter(merged_into__isnull=False).count() == 0


def test_not_the_same_is_remembered_and_can_be_undone(client: Client, two: Two) -> None:
    pair = Duplicate.objects.get()
    answered = client.post(reverse("staff:duplicate_apart", args=[pair.pk]))
    assert beside(*two) not in text(client.get(reverse("staff:duplicates")))
    assert "Alice Young said that they are not the same." in text(client.get(beside(*two)))
    undo(client, answered)
    assert beside(*two) in text(client.get(reverse("staff:duplicates")))


def test_many_are_merged_at_once_and_taken_apart_again(client: Client, two: Two) -> None:
    for _ in range(2):
        customer("Bo Berg", phone="+447911123499")
    comparing.compare_noted()
    keys = [str(key) for key in Duplicate.objects.values_list("pk", flat=True)]
    answered = client.post(reverse("staff:duplicates_bulk", args=["merge"]), {"ids": keys, "go": "1"})
    assert Customer.objects.filter(merged_into__isnull=False).count() == 2
    undo(client, answered)
    assert Customer.objects.filter(merged_into__isnull=False).count() == 0


def test_the_customer_page_names_who_may_be_the_same_and_who_was_merged(client: Client, two: Two) -> None:
    older, newer = two
    assert beside(older, newer) in text(client.get(page(older)))
    merges.merge(newer, older, by=SYSTEM)
    shown = text(client.get(page(older)))
    assert "Merged from" in shown
    assert reverse("staff:customer_unmerge", args=[newer.pk]) in shown


def test_taking_apart_says_what_goes_back_and_asks_no_more(client: Client, two: Two) -> None:
    older, newer = two
    merges.merge(newer, older, by=SYSTEM)
    address = reverse("staff:customer_unmerge", args=[newer.pk])
    back = dict(client.get(address).context["back"])
    assert (back["Orders"], back["Addresses and numbers"]) == (1, 2)
    answered = client.post(address, {"apart": "yes"})
    assert answered["Location"] == page(newer)
    assert Duplicate.objects.get().dismissed_at is not None
    assert client.get(address)["Location"] == page(newer)


def test_with_whom_is_asked(client: Client, two: Two) -> None:
    older, newer = two
    address = reverse("staff:customer_merge_with", args=[older.pk])
    assert beside(older, newer) in text(client.get(address))
    assert client.post(address, {"other": newer.code})["Location"] == beside(older, newer)
    assert client.post(address, {"other": older.code}).status_code == 422
    firm = company("Berg")
    assert client.post(address, {"other": firm.code}).status_code == 422


def test_an_address_that_another_has_leads_to_both_side_by_side(client: Client, two: Two) -> None:
    older, newer = two
    address = reverse("staff:customer_identity_add", args=[older.pk])
    answered = client.post(address, {"identity-kind": "email", "identity-value": "ana@example.com"})
    assert answered.status_code == 422
    assert beside(older, newer) in text(answered)


def test_a_number_that_another_has_is_told_on_the_page_at_once(client: Client, two: Two) -> None:
    made = customer("A. Lima")
    address = reverse("staff:customer_identity_add", args=[made.pk])
    answered = client.post(address, {"identity-kind": "phone", "identity-value": PHONE}, follow=True)
    assert beside(made, two[0]) in text(answered)


def test_who_may_be_the_same_is_shown_while_typing_and_asked_about_once(client: Client, two: Two) -> None:
    typed = {"kind": "person", "given_name": "Ana", "family_name": "Lima", "city": "Porto"}
    shown = text(client.get(reverse("staff:customer_twins"), typed))
    assert page(two[0]) in shown
    assert "same name" in shown
    add = reverse("staff:customer_add")
    refused = client.post(add, {**typed, "stage": "lead"})
    assert refused.status_code == 422
    assert page(two[0]) in text(refused)
    assert Customer.objects.count() == 2
    assert client.post(add, {**typed, "stage": "lead", "anyway": "on"}).status_code == 302
    assert Customer.objects.count() == 3


def test_it_takes_the_right_and_reach_over_both(client: Client, cast: Cast, two: Two) -> None:
    pair = Duplicate.objects.get()
    addresses = [
        beside(*two),
        reverse("staff:customer_unmerge", args=[two[1].pk]),
        reverse("staff:duplicate_apart", args=[pair.pk]),
    ]
    client.force_login(cast.carla)
    assert client.get(reverse("staff:duplicates")).status_code == 403
    assert [client.post(one).status_code for one in addresses] == [403, 403, 404]
    cast.ben.role.grants["customers.merge"] = "own"
    cast.ben.role.save()
    Customer.objects.filter(pk=two[0].pk).update(owner=cast.ben)
    Customer.objects.filter(pk=two[1].pk).update(owner=cast.sam)
    client.force_login(cast.ben)
    assert beside(*two) not in text(client.get(reverse("staff:duplicates")))
    assert [client.post(one).status_code for one in addresses] == [404, 404, 404]
    assert "May be the same as" not in text(client.get(page(two[0])))
    assert Customer.objects.filter(merged_into__isnull=False).count() == 0
