"""The pages of segments: the list, a page with its reasons, making one by a filter, and putting people in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from rapport.customers.models import Customer
from rapport.kernel.actors import SYSTEM
from rapport.kernel.models import EventRecord
from rapport.marketing.models import Membership, Segment
from rapport.marketing.services import members, segments
from rapport.team.models import User
from rapport.testing.builders import customer, order
from rapport.testing.cast import Cast
from rapport.testing.queries import query_count

Door = Callable[[User], Client]


@pytest.fixture
def door(cast: Cast) -> Door:
    def of(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return of


@pytest.fixture
def people(cast: Cast) -> list[Customer]:
    found = [customer("Ana Lima", country="GB"), customer("Otto Berg", country="SE"), customer("Ida Ny", country="GB")]
    order(found[0])
    return found


def british() -> Segment:
    made = segments.create("British", by=SYSTEM, condition="country = GB", description="At home")
    members.recompute(made, by=SYSTEM)
    return made


def everything() -> tuple[Any, ...]:
    return list(Segment.objects.values()), list(Membership.objects.values()), EventRecord.objects.count()


def test_the_list_tells_of_every_segment_in_a_few_questions(cast: Cast, door: Door, people: list[Customer]) -> None:
    made, carla = british(), door(cast.carla)
    segments.create("Abroad", by=SYSTEM, condition="segment != British")
    carla.get("/segments/")
    with query_count() as few:
        shown = carla.get("/segments/").context["shown"]
    assert [row.label for row in shown.table.rows] == ["Abroad", "British"]
    page = carla.get("/segments/").content.decode()
    assert "Country is United Kingdom" in page
    assert "+2" in page
    assert "/segments/draft/" not in page
    for number in range(6):
        segments.create(f"More {number}", by=SYSTEM, condition="segment = British")
    carla.get("/segments/")
    with query_count() as many:
        carla.get("/segments/")
    assert many.count == few.count
    assert [row.label for row in carla.get("/segments/", {"q": "bri"}).context["shown"].table.rows] == [made.name]


def test_a_segment_tells_who_is_in_it_and_why(cast: Cast, door: Door, people: list[Customer]) -> None:
    made, carla = british(), door(cast.carla)
    above = segments.create("Buyers", by=SYSTEM, condition="segment = British and did commerce.order_placed")
    ana, otto, ida = people
    page = carla.get(f"/segments/{made.pk}/", {"who": otto.code}).content.decode()
    assert "Country is United Kingdom" in page
    assert "found: Sweden" in page
    assert "In the last 7 days 2 joined and 0 left." in page
    assert "Not in it." in page
    assert f"/segments/{above.pk}/" in page  # what stands on it
    assert "Ida Ny" in page
    assert "Archive" not in page
    members.recompute(above, by=SYSTEM)
    why = carla.get(f"/segments/{above.pk}/", {"who": ida.code}).context["answer"].why
    assert [(part.sentence, part.holds) for part in why.parts] == [
        ("Segment is British", True), ("Order placed", False),
    ]  # fmt: skip
    assert carla.get(f"/segments/{made.pk}/", {"who": "C-999999"}).status_code == 422
    assert carla.get(f"/segments/{ana.pk}/").status_code == 404


def test_the_customer_page_tells_of_segments_and_the_list_filters_by_them(
    cast: Cast, door: Door, people: list[Customer]
) -> None:
    made, carla = british(), door(cast.carla)
    segments.create("Swedes", by=SYSTEM, condition="country = SE")
    page = carla.get(f"/customers/{people[0].pk}/").content.decode()
    assert f'<a href="/segments/{made.pk}/">British</a>' in page
    assert f"?who={people[0].code}#why" in page
    assert "Why not in another one?" in page
    shown = carla.get("/customers/", {"f": "segment = British"}).context["shown"]
    assert [row.label for row in shown.table.rows] == ["Ana Lima", "Ida Ny"]
    assert [chip.text for chip in shown.chips] == ["Segment is British"]
    form = carla.get("/customers/filter/", {"field": "segment"}).content.decode()
    assert "British" in form
    assert "Make a segment" not in carla.get("/customers/", {"f": "country = GB"}).content.decode()


def test_a_filter_becomes_a_segment(cast: Cast, door: Door, people: list[Customer]) -> None:
    dora = door(cast.dora)
    keeps = dora.get("/customers/", {"f": "country = GB"}).context["shown"].keeps
    url = keeps[0][1]
    shown = dora.get(url)
    assert (shown.context["found"].count.number, [one.name for one in shown.context["found"].some]) == (
        2, ["Ana Lima", "Ida Ny"],
    )  # fmt: skip
    part = dora.get(url, headers={"HX-Request": "true", "HX-Target": "list"}).content.decode()
    assert 'name="condition" value="country = &quot;GB&quot;"' in part
    assert "<html" not in part
    led = dora.get(
        "/segments/draft/filter/", {"f": "country = GB", "field": "stage", "op": "is", "value": "lead", "add": "1"}
    )
    assert led.status_code == 302
    assert led.headers["Location"].startswith("/segments/draft/?f=")
    given = {"name": "British", "kind": "dynamic", "condition": 'country = "GB"', "owner": "", "description": ""}
    answer = dora.post("/segments/draft/", given)
    made = Segment.objects.get()
    assert (answer.headers["Location"], made.text, made.waiting) == (f"/segments/{made.pk}/", 'country = "GB"', True)
    assert dora.post("/segments/draft/", {**given, "name": "Frozen", "kind": "static"}).status_code == 302
    frozen = Segment.objects.get(name="Frozen")
    assert (frozen.kind, frozen.size) == ("static", 2)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": ""}, "This field is required"),
        ({"name": "british"}, "There is a segment british already."),
        ({"condition": ""}, "Say what they have in common"),
        ({"condition": "owner = me"}, "name somebody"),
        ({"condition": "colour = red"}, "colour"),
    ],
)
def test_what_can_not_be_kept_is_told_in_the_form(
    cast: Cast, door: Door, people: list[Customer], change: dict[str, str], words: str
) -> None:
    british()
    before = everything()
    given = {"name": "New", "kind": "dynamic", "condition": "country = GB", "owner": "", "description": "", **change}
    answer = door(cast.dora).post("/segments/draft/", given)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert everything() == before


def test_a_segment_is_changed_by_the_same_form(cast: Cast, door: Door, people: list[Customer]) -> None:
    made, dora = british(), door(cast.dora)
    segments.create("Above", by=SYSTEM, condition="segment = British")
    page = dora.get("/segments/draft/", {"view": str(made.pk)})
    assert page.context["asked"].filter == 'country = "GB"'
    assert 'name="kind"' not in page.content.decode()
    given = {"name": "British", "condition": "segment = Above", "owner": "", "description": ""}
    before = everything()
    refused = dora.post(f"/segments/draft/?view={made.pk}", given)
    assert "goes in a circle: British → Above → British" in refused.content.decode()
    assert everything() == before
    assert dora.post(f"/segments/draft/?view={made.pk}", {**given, "condition": "country = SE"}).status_code == 302
    assert Segment.objects.get(pk=made.pk).text == 'country = "SE"'
    assert dora.get("/segments/draft/", {"view": "seven"}).status_code == 404
    assert door(cast.ben).get("/segments/draft/").status_code == 403


def test_a_segment_that_is_named_elsewhere_can_not_go(cast: Cast, door: Door, people: list[Customer]) -> None:
    made, dora = british(), door(cast.dora)
    above = segments.create("Above", by=SYSTEM, condition="segment = British")
    before = everything()
    page = dora.post(f"/segments/{made.pk}/archive/", follow=True).content.decode()
    assert "It is used in Segment “Above”." in page
    assert everything() == before
    dora.post(f"/segments/{above.pk}/remove/")
    dora.post(f"/segments/{made.pk}/archive/")
    assert Segment.objects.get().archived_at is not None
    dora.post(f"/segments/{made.pk}/restore/")
    members.settle(by=SYSTEM)
    dora.post(f"/segments/{made.pk}/ask/")
    assert "being worked out" in dora.get(f"/segments/{made.pk}/").content.decode()
    assert dora.post(f"/segments/{made.pk}/eat/").status_code == 404


def test_people_are_put_into_a_list_one_by_one_and_many_at_once(cast: Cast, door: Door, people: list[Customer]) -> None:
    dora, made = door(cast.dora), segments.create("Evening", by=SYSTEM)
    ana, otto, ida = people
    dora.post(f"/segments/{made.pk}/members/", {"customer": ana.code})
    answer = dora.post(
        "/customers/bulk/segment/", {"ids": [str(otto.pk), str(ida.pk)], "segment": str(made.pk), "go": "1"}
    )
    assert answer.status_code in {200, 302}
    inside = set(Membership.objects.filter(until=None).values_list("customer", flat=True))
    assert inside == {ana.pk, otto.pk, ida.pk}
    dora.post(f"/segments/{made.pk}/members/{ana.pk}/take-out/")
    assert "Evening" in dora.get(f"/customers/{otto.pk}/").content.decode()
    made.refresh_from_db()
    assert made.size == 2
