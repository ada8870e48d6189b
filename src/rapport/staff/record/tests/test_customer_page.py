from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from rapport.customers.models import Customer
from rapport.customers.services import consents, customers
from rapport.insight.models import Score
from rapport.kernel import clock
from rapport.kernel.actors import SYSTEM
from rapport.kernel.ids import new_id
from rapport.kernel.models import EventRecord
from rapport.testing.builders import answer, company, customer, order, promise
from rapport.testing.cast import Cast, actor
from rapport.timeline.services import activities

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def at_ten() -> Any:
    with clock.frozen(NOW):
        yield


def page(client: Client, row: Customer, **query: str) -> Any:
    return client.get(reverse("staff:customer", args=[row.pk]), query)


def busy(cast: Cast) -> Customer:
    """Return a customer with some of everything."""
    row = customer("Eleanor Marsh", owner=cast.ben, email="eleanor@example.com", phone="0113 496 0182",
                   company=company("Marsh & Daughters"), city="Leeds", tags=["trade"], language="en",
                   since=NOW - timedelta(days=340))  # fmt: skip
    customers.enter_stage(row, "customer", by=SYSTEM)
    consents.give(row, "email", by=SYSTEM)
    order(row, promised_on=date(2026, 11, 20))
    promise(row, "Replacement lantern", by=actor(cast.ben), due_on=date(2026, 11, 30))
    answer(row, 4, text="Lovely things as always.")
    activities.write_note(row, "Keeps the bent ones.", by=actor(cast.ben))
    Score.objects.create(customer=row, index=72, trend=-6, trust=61, respect=94, evidence=46, kind="loyalty_based",
                         stage="post_purchase", p_alive=0.94, cltv_minor=295_000, cltv_low_minor=231_000,
                         cltv_high_minor=359_000, as_of=NOW)  # fmt: skip
    return row


def test_the_page_says_who_where_and_what_is_open(client: Client, cast: Cast) -> None:
    client.force_login(cast.alice)
    text = page(client, busy(cast)).content.decode()
    for said in ("Eleanor Marsh", escape("Marsh & Daughters"), "Leeds", "customer for 11 months", "English",
                 "Loyalty-based", "Post-purchase", "promise late", "eleanor@example.com", "+441134960182",
                 "Replacement lantern", "Lovely things as always.", "Keeps the bent ones.", "£2,310 to £3,590",
                 "94%", "46 pieces of evidence", "Ben Okafor", "trade"):  # fmt: skip
        assert said in text, said


def test_unknown_elements_stay_unknown(client: Client, cast: Cast) -> None:
    client.force_login(cast.alice)
    left = page(client, busy(cast)).context["left"]
    elements = next(one.context["elements"] for one in left if one.panel.name == "relationship")
    assert [(one.label, one.value) for one in elements][:3] == [
        ("Trust", 61), ("Respect", 94), ("Communication", None),
    ]  # fmt: skip
    assert elements[-1].value is None


def test_a_customer_of_whom_nothing_is_known_has_a_page(client: Client, cast: Cast) -> None:
    client.force_login(cast.alice)
    row = customers.create(by=SYSTEM, identities=[customers.NewIdentity("external", "4711", "shop")])
    answered = page(client, row)
    assert answered.status_code == 200
    assert f"<title>{row.code}" in answered.content.decode()


def test_the_longest_name_fits(client: Client, cast: Cast) -> None:
    client.force_login(cast.alice)
    name = "Ø" * 200
    assert name in page(client, customer(name)).content.decode()


def test_markup_in_what_people_wrote_is_shown_not_run(client: Client, cast: Cast) -> None:
    client.force_login(cast.alice)
    row = customer("<script>alert(1)</script>", city="<b>Leeds</b>")
    activities.write_note(row, "<img src=x onerror=alert(1)>", by=SYSTEM)
    text = page(client, row).content.decode()
    assert "<script>alert" not in text
    assert "<b>Leeds" not in text
    assert "<img src=x" not in text


def test_a_customer_in_the_trash_says_so_and_takes_no_notes(client: Client, cast: Cast) -> None:
    client.force_login(cast.alice)
    row = customer()
    client.post(reverse("staff:customer_trash", args=[row.pk]))
    answered = page(client, row)
    assert "is in the trash" in answered.content.decode()
    assert answered.context["composer"] is None
    client.post(reverse("staff:customer_restore", args=[row.pk]))
    assert page(client, row).context["composer"] is not None


def test_each_reader_sees_the_panels_of_their_rights(client: Client, cast: Cast) -> None:
    row = busy(cast)
    cast.carla.role.grants = {"customers.view": "all"}
    cast.carla.role.save()
    client.force_login(cast.carla)
    answered = page(client, row)
    shown = [one.panel.name for side in ("left", "right") for one in answered.context[side]]
    assert shown == ["facts"]
    assert answered.context["composer"] is None
    assert answered.context["days"] == []
    assert "£" not in answered.content.decode()


def test_the_timeline_is_filtered_and_goes_on_where_it_ended(client: Client, cast: Cast) -> None:
    client.force_login(cast.alice)
    row = customer()
    for number in range(70):
        activities.write_note(row, f"note {number}", by=SYSTEM, at=NOW - timedelta(hours=number))
    order(row)
    first = page(client, row)
    assert first.context["touchpoints"] == (72, False)
    seen: list[str] = []
    older = ""
    for _step in range(5):
        answered = page(client, row, before=older)
        seen += [line.quote for day in answered.context["days"] for line in day.lines if line.quote]
        older = answered.context["older"]
        if not older:
            break
    assert seen == [f"note {number}" for number in range(70)]
    only = page(client, row, group="orders").context["days"]
    assert [line.title for day in only for line in day.lines] == ["Ordered R-1, £12.50"]


def test_older_touchpoints_come_alone_when_htmx_asks(client: Client, cast: Cast) -> None:
    client.force_login(cast.alice)
    row = customer()
    answered = client.get(
        reverse("staff:customer", args=[row.pk]), headers={"HX-Request": "true", "HX-Target": "older"}
    )
    assert "<html" not in answered.content.decode()
    assert "Was added" in answered.content.decode()


@pytest.mark.parametrize("cursor", ["x", "2026-01-01~x", "2026-01-01T00:00:00~01900000-0000-7000-8000-000000000000"])
def test_a_place_in_the_timeline_that_is_none_is_refused(client: Client, cast: Cast, cursor: str) -> None:
    client.force_login(cast.alice)
    assert page(client, customer(), before=cursor).status_code == 400


def test_the_page_asks_the_database_the_same_number_of_times_whatever_there_is(
    client: Client, cast: Cast, django_assert_max_num_queries: Any
) -> None:
    client.force_login(cast.alice)
    row = busy(cast)
    with django_assert_max_num_queries(30) as few:
        page(client, row)
    for number in range(40):
        order(row, promised_on=date(2026, 12, 1))
        promise(row, f"Thing {number}", due_on=date(2026, 12, 2))
        answer(row, 3, text="So so.")
        activities.log_call(row, "Called", by=SYSTEM)
    customer("Tom Ashby", company=row.employers.get().company)
    with django_assert_max_num_queries(30) as many:
        page(client, row)
    assert len(many) == len(few)


def test_the_page_of_a_company_shows_its_people(client: Client, cast: Cast) -> None:
    client.force_login(cast.alice)
    firm = company("Marsh & Daughters")
    customer("Eleanor Marsh", company=firm)
    assert "Eleanor Marsh" in page(client, firm).content.decode()


def test_times_are_told_in_the_zone_of_the_reader(client: Client, cast: Cast) -> None:
    row = customer()
    activities.write_note(row, "late in the evening", by=SYSTEM, at=datetime(2026, 11, 20, 23, 30, tzinfo=UTC))
    cast.alice.zone = "Asia/Tokyo"
    cast.alice.save()
    client.force_login(cast.alice)
    days = page(client, row).context["days"]
    assert next(day.on for day in days for line in day.lines if line.quote) == date(2026, 11, 21)


def test_the_relationship_is_explained_on_a_page_of_its_own(client: Client, cast: Cast) -> None:
    row = busy(cast)
    address = reverse("staff:customer_relationship", args=[row.pk])
    client.force_login(cast.carla)
    assert client.get(address).status_code == 200
    cast.carla.role.grants = {"customers.view": "all"}
    cast.carla.role.save()
    assert client.get(address).status_code == 403


def test_a_slow_panel_comes_by_itself(client: Client, cast: Cast) -> None:
    client.force_login(cast.alice)
    row = busy(cast)
    assert "hx-trigger" in page(client, row).content.decode()
    address = reverse("staff:customer_panel", args=[row.pk, "next"])
    part = client.get(address, headers={"HX-Request": "true"}).content.decode()
    assert "Keep the overdue promise, or say when" in part
    assert "<html" not in part
    assert "Keep the overdue promise" in client.get(address).content.decode()
    calm = reverse("staff:customer_panel", args=[customer("Calm Person").pk, "next"])
    assert client.get(calm, headers={"HX-Request": "true"}).content == b""
    assert client.get(calm).status_code == 200
    assert client.get(reverse("staff:customer_panel", args=[row.pk, "nothing"])).status_code == 404


def test_a_customer_of_ten_thousand_touchpoints_opens_as_quickly(
    client: Client, cast: Cast, django_assert_max_num_queries: Any
) -> None:
    client.force_login(cast.alice)
    row = customer()
    template = EventRecord.objects.filter(customer_id=row.pk).first()
    assert template is not None
    EventRecord.objects.bulk_create(
        EventRecord(
            id=new_id(), type="timeline.reached_out", at=NOW - timedelta(minutes=number), recorded_at=NOW,
            actor_kind="system", actor_name="Shop", via="api", customer_id=row.pk, subject_type="customers.customer",
            subject_id=row.pk, data={"channel": "web", "name": f"visit {number}"},
        )
        for number in range(10_000)
    )  # fmt: skip
    with django_assert_max_num_queries(21):
        shown = page(client, row)
    assert shown.context["touchpoints"] == (1_000, True)
    assert len([line for day in shown.context["days"] for line in day.lines]) == 20
