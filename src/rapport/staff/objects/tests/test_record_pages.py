"""The pages of custom objects: their lists, a record, the forms, the customer's page, rail and palette."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from rapport.kernel.actors import SYSTEM
from rapport.kernel.models import EventRecord
from rapport.objects.models import ObjectType, Record
from rapport.objects.services import records, types
from rapport.objects.tests.garage import Garage
from rapport.staff.objects.tests.conftest import Door
from rapport.team.models import Role, SavedView
from rapport.testing import builders
from rapport.testing.cast import Cast
from rapport.testing.queries import query_count

LIST = "/objects/vehicle/"


def everything() -> tuple[Any, ...]:
    return list(Record.objects.order_by("pk").values()), EventRecord.objects.count()


def car(garage: Garage, name: str, **values: Any) -> Record:
    return records.add(garage.vehicle, by=SYSTEM, name=name, **values)


def names(client: Client, **query: str) -> list[str]:
    return [row.label for row in client.get(LIST, query).context["shown"].table.rows]


def page_of(row: Record) -> str:
    return f"/objects/{row.kind.key}/{row.pk}/"


def test_the_list_shows_what_the_type_declares_in_questions_that_do_not_grow(
    cast: Cast, door: Door, garage: Garage
) -> None:
    ana, carla = builders.customer("Ana Lima"), door(cast.carla)
    car(garage, "SAAB-1", customer=ana, owner=cast.ben, custom={"make": "Saab", "mileage": 120_000})
    shown = carla.get(LIST).context["shown"]
    labels = ["Registration", "Customer", "Make", "Mileage", "Features", "Owner", "Added"]
    assert [one.label for one in shown.table.columns] == labels
    told = carla.get(LIST).content.decode()
    assert all(text in told for text in ("SAAB-1", "Ana Lima", "Saab", "120,000", "Ben Okafor"))
    with query_count() as few:
        carla.get(LIST)
    for number in range(12):
        car(garage, f"X-{number}", customer=ana, owner=cast.ben)
    with query_count() as more:
        carla.get(LIST)
    assert more.count == few.count == 14


def test_the_list_is_filtered_sorted_searched_and_kept_as_a_view(cast: Cast, door: Door, garage: Garage) -> None:
    ben = door(cast.ben)
    car(garage, "A-1", custom={"make": "Saab", "mileage": 9}, owner=cast.ben)
    car(garage, "B-2", custom={"make": "Fiat", "mileage": 10})
    car(garage, "C-3", custom={"mileage": 8})
    assert names(ben, f="custom.make = Saab") == ["A-1"]
    assert names(ben, view="mine") == ["A-1"]
    assert names(ben, sort="-custom_mileage") == ["B-2", "A-1", "C-3"]
    assert names(ben, sort="name") == ["A-1", "B-2", "C-3"]
    assert names(ben, q="fiat") == ["B-2"]
    answer = ben.post(f"{LIST}save/?f=custom.make = Saab", {"name": "Saabs"})
    assert answer.status_code == 302
    view = SavedView.objects.get()
    assert (view.noun, view.condition) == ("custom_vehicle", 'custom.make = "Saab"')
    assert names(ben, view=str(view.pk)) == ["A-1"]


def test_a_cell_is_changed_in_place_and_put_back(cast: Cast, door: Door, garage: Garage) -> None:
    row, ben = car(garage, "A-1", owner=cast.ben, custom={"make": "Saab"}), door(cast.ben)
    answer = ben.post(f"{LIST}cell/{row.pk}/custom_make/", {"value": "Fiat"})
    assert answer.status_code == 302
    assert Record.objects.get().custom == {"make": "Fiat"}
    cause = EventRecord.objects.get(type="objects.record_changed").cause_id
    ben.post(f"{LIST}cell/custom_make/undo/{cause}/")
    assert Record.objects.get().custom == {"make": "Saab"}
    before = everything()
    assert ben.post(f"{LIST}cell/{row.pk}/custom_make/", {"value": "Trabant"}).status_code == 422
    assert door(cast.carla).post(f"{LIST}cell/{row.pk}/custom_make/", {"value": "Fiat"}).status_code == 403
    assert everything() == before


def test_cards_stand_on_a_board_by_a_choice_and_are_moved(cast: Cast, door: Door, garage: Garage) -> None:
    row, ben = car(garage, "A-1", owner=cast.ben, custom={"make": "Saab"}), door(cast.ben)
    car(garage, "B-2")
    lanes = ben.get(LIST, {"board": "custom_make"}).context["shown"].lanes
    assert [(one.label, [card.label for card in one.cards]) for one in lanes] == [
        ("Nothing", ["B-2"]), ("Audi", []), ("Fiat", []), ("Saab", ["A-1"]),
    ]  # fmt: skip
    ben.post(f"{LIST}board/custom_make/{row.pk}/", {"to": "Audi"})
    assert Record.objects.get(pk=row.pk).custom == {"make": "Audi"}


def test_many_are_given_to_somebody_trashed_and_restored(cast: Cast, door: Door, garage: Garage) -> None:
    rows, mona = [car(garage, "A-1"), car(garage, "B-2")], door(cast.mona)
    ids = [str(row.pk) for row in rows]
    mona.post(f"{LIST}bulk/owner/", {"ids": ids, "owner": cast.ben.pk, "go": "1"})
    assert {row.owner for row in Record.objects.all()} == {cast.ben}
    mona.post(f"{LIST}bulk/trash/", {"ids": ids, "go": "1"})
    assert names(mona) == []
    assert len(mona.get(f"{LIST}trash/").context["shown"].table.rows) == 2
    mona.post(f"{LIST}trash/bulk/restore/", {"ids": ids[:1], "go": "1"})
    assert names(mona) == ["A-1"]


def test_rows_are_taken_out_as_a_file_by_who_may(cast: Cast, door: Door, garage: Garage) -> None:
    car(garage, "=A-1", custom={"make": "Saab"})
    answer = door(cast.mona).get(f"{LIST}export.csv")
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]
    assert lines[0] == "Registration,Customer,Make,Mileage,Features,Owner,Added"
    assert lines[1].startswith("'=A-1,,Saab,,,,")
    assert door(cast.ben).get(f"{LIST}export.csv").status_code == 403


def test_a_record_is_added_by_its_form(cast: Cast, door: Door, garage: Garage) -> None:
    ana, ben = builders.customer("Ana Lima"), door(cast.ben)
    form = ben.get(f"{LIST}add/", {"customer": "Ana Lima"}).content.decode()
    assert "Registration" in form
    assert 'value="Ana Lima"' in form
    answer = ben.post(f"{LIST}add/", {
        "name": "LX-1", "customer": f"C-{ana.number}", "owner": cast.ben.pk, "custom_make": "Saab",
        "custom_mileage": "7", "custom_features": ["Hook"], "reference": "D-7",
    })  # fmt: skip
    row = Record.objects.get()
    assert answer.headers["Location"] == page_of(row)
    assert (row.name, row.customer, row.owner, row.reference) == ("LX-1", ana, cast.ben, "D-7")
    assert row.custom == {"make": "Saab", "mileage": 7, "features": ["Hook"]}


@pytest.mark.parametrize(
    ("given", "at"),
    [
        ({"customer": "Nobody Here"}, "customer"),
        ({"custom_make": "Trabant"}, "custom_make"),
        ({"custom_mileage": "far"}, "custom_mileage"),
        ({"reference": "D-7"}, "reference"),
    ],
)
def test_a_form_that_does_not_fit_says_where_and_keeps_nothing(
    cast: Cast, door: Door, garage: Garage, given: dict[str, str], at: str
) -> None:
    car(garage, "LX-0", reference="D-7")
    before = everything()
    answer = door(cast.ben).post(f"{LIST}add/", {"name": "LX-1", **given})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [at]
    assert everything() == before


def test_money_and_links_are_typed_as_people_say_them(cast: Cast, door: Door, garage: Garage) -> None:
    lx, ben = car(garage, "LX-1"), door(cast.ben)
    car(garage, "LX-2")
    ben.post("/objects/repair/add/", {"name": "Brakes", "link_vehicle": "lx-1", "custom_price": "120.50"})
    row = Record.objects.get(name="Brakes")
    assert (row.link_1, row.custom) == (lx, {"price": 12050})
    form = ben.get(f"{page_of(row)}edit/").content.decode()
    assert 'value="120.50"' in form
    assert 'value="V-1 LX-1"' in form
    answer = ben.post(f"{page_of(row)}edit/", {"name": "Brakes", "link_vehicle": "lx"})
    assert answer.context["form"].errors["link_vehicle"] == ["Several fit; choose one of the suggestions."]
    assert b"V-2 LX-2" in ben.get("/objects/vehicle/suggest/", {"field": "link_vehicle", "link_vehicle": "lx"}).content


def test_a_page_shows_fields_customer_links_and_history(cast: Cast, door: Door, garage: Garage) -> None:
    ana, alice = builders.customer("Ana Lima"), door(cast.alice)
    lx = car(garage, "LX-1", customer=ana, custom={"make": "Saab"})
    repair = records.add(garage.repair, by=SYSTEM, name="Brakes", links={"vehicle": lx}, custom={"price": 12050})
    records.change(lx, by=SYSTEM, custom={"make": "Audi"})
    told = alice.get(page_of(lx)).content.decode()
    assert all(text in told for text in ("Ana Lima", "Audi", "Repairs", "Brakes", "Make: Saab → Audi"))
    assert "/objects/repair/add/?link_vehicle=V-1+LX-1" in told
    told = alice.get(page_of(repair)).content.decode()
    assert all(text in told for text in ("£120.50", "Belongs to", page_of(lx)))


def test_a_change_goes_to_the_trash_and_back_by_one_click(cast: Cast, door: Door, garage: Garage) -> None:
    row, alice = car(garage, "LX-1"), door(cast.alice)
    alice.post(f"{page_of(row)}edit/", {"name": "LX-2"})
    assert Record.objects.get().name == "LX-2"
    alice.post(f"{page_of(row)}unedit/")
    assert Record.objects.get().name == "LX-1"
    alice.post(f"{page_of(row)}trash/")
    assert b"is in the trash" in alice.get(page_of(row)).content
    alice.post(f"{page_of(row)}restore/")
    assert Record.objects.get().deleted_at is None


def test_the_customers_page_shows_what_is_theirs_and_where_more_is_added(
    cast: Cast, door: Door, garage: Garage
) -> None:
    ana, ben = builders.customer("Ana Lima"), door(cast.ben)
    told = ben.get(f"/customers/{ana.pk}/").content.decode()
    assert f"/objects/vehicle/add/?customer=C-{ana.number}+Ana+Lima" in told
    row = car(garage, "LX-1", customer=ana)
    told = ben.get(f"/customers/{ana.pk}/").content.decode()
    assert page_of(row) in told
    assert "Vehicle LX-1 was added" in told


def test_rail_new_menu_and_palette_know_the_type(cast: Cast, door: Door, garage: Garage) -> None:
    row, ben = car(garage, "LX-1"), door(cast.ben)
    told = ben.get("/").content.decode()
    assert f'href="{LIST}"' in told
    assert f'href="{LIST}add/"' in told
    assert page_of(row) in ben.get("/ui/palette/", {"q": "LX-1"}).content.decode()


def test_a_restricted_type_is_out_of_sight_for_who_has_no_right(cast: Cast, door: Door, garage: Garage) -> None:
    ana = builders.customer("Ana Lima")
    row = car(garage, "LX-1", customer=ana)
    types.restrict(garage.vehicle, by=SYSTEM)
    agent = Role.objects.get(key="agent")
    agent.grants = {name: reach for name, reach in agent.grants.items() if not name.startswith("objects.vehicle.")}
    agent.save()
    ben = door(cast.ben)
    assert ben.get(LIST).status_code == 403
    assert ben.get(page_of(row)).status_code == 403
    assert LIST not in ben.get("/").content.decode()
    assert page_of(row) not in ben.get("/ui/palette/", {"q": "LX-1"}).content.decode()
    told = ben.get(f"/customers/{ana.pk}/").content.decode()
    assert "LX-1" not in told
    assert door(cast.mona).get(page_of(row)).status_code == 200


def test_what_is_not_declared_or_archived_is_not_there(cast: Cast, door: Door, garage: Garage) -> None:
    row, alice = car(garage, "LX-1"), door(cast.alice)
    assert alice.get("/objects/boat/").status_code == 404
    assert alice.get(f"/objects/repair/{row.pk}/").status_code == 404
    types.archive(garage.vehicle, by=SYSTEM)
    assert alice.get(LIST).status_code == 404
    assert ObjectType.objects.count() == 2
