"""Records are added, changed, put into the trash and taken out; what does not fit is refused whole."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from rapport.customers.models import Customer
from rapport.customers.services import customers, merges, purging
from rapport.kernel import clock
from rapport.kernel.actors import SYSTEM
from rapport.kernel.fields import InvalidField
from rapport.kernel.models import EventRecord
from rapport.kernel.permissions import Forbidden, OutOfReach
from rapport.objects.models import ObjectType, Record
from rapport.objects.queries import looked_for
from rapport.objects.services import records, types
from rapport.objects.tests.garage import Garage
from rapport.testing import builders
from rapport.testing.cast import Cast, actor


def state() -> tuple[list[Any], int]:
    return list(Record.objects.order_by("pk").values()), EventRecord.objects.count()


def test_a_record_is_added_with_all_that_was_given(cast: Cast, garage: Garage) -> None:
    ana = builders.customer("Ana Lima")
    made = records.add(
        garage.vehicle, by=actor(cast.ben), name=" LX  1 ", reference="DMS-7", customer=ana, owner=cast.ben,
        custom={"make": "Saab", "mileage": "120000", "features": ["Hook"]},
    )  # fmt: skip
    row = Record.objects.get()
    assert (made, row.code, row.name, row.reference) == (row, "V-1", "LX 1", "DMS-7")
    assert (row.customer, row.owner, row.deleted_at) == (ana, cast.ben, None)
    assert row.custom == {"make": "Saab", "mileage": 120000, "features": ["Hook"]}
    told = EventRecord.objects.get(type="objects.record_added")
    assert (told.customer_id, told.subject_id) == (ana.pk, row.pk)
    assert told.data == {"type": "Vehicle", "key": "vehicle", "record": "LX 1"}


def test_numbers_count_for_each_type_by_itself(garage: Garage) -> None:
    made = [records.add(one, by=SYSTEM).label for one in (garage.vehicle, garage.repair, garage.vehicle)]
    assert made == ["V-1", "RE-1", "V-2"]


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"colour": "red"}, records.UnknownField),
        ({"custom": {"make": "Trabant"}}, InvalidField),
        ({"custom": {"colour": "red"}}, InvalidField),
        ({"reference": "DMS-7"}, records.ReferenceTaken),
        ({"links": {"parent": None}}, records.UnknownField),
    ],
)
def test_a_record_that_does_not_fit_is_refused(garage: Garage, given: dict[str, Any], refusal: type[Exception]) -> None:
    records.add(garage.vehicle, by=SYSTEM, name="LX-1", reference="DMS-7")
    other = records.add(garage.vehicle, by=SYSTEM, name="LX-2")
    before = state()
    with pytest.raises(refusal):
        records.add(garage.vehicle, by=SYSTEM, name="LX-3", **given)
    with pytest.raises(refusal):
        records.change(other, by=SYSTEM, name="LX-3", **given)
    assert state() == before


def test_a_record_that_is_always_somebodys_needs_them_and_one_that_never_is_takes_nobody(garage: Garage) -> None:
    ana = builders.customer("Ana Lima")
    types.change(garage.vehicle, by=SYSTEM, customer="required")
    vehicle = ObjectType.objects.get(pk=garage.vehicle.pk)
    with pytest.raises(records.Nobodys):
        records.add(vehicle, by=SYSTEM, name="LX-1")
    with pytest.raises(records.UnknownField):
        records.add(garage.repair, by=SYSTEM, name="Brakes", customer=ana)
    assert not Record.objects.exists()
    mine = records.add(vehicle, by=SYSTEM, name="LX-1", customer=ana)
    with pytest.raises(records.Nobodys):
        records.change(mine, by=SYSTEM, customer=None)
    assert Record.objects.get().customer == ana


def test_a_link_leads_to_a_record_of_its_type_alone(garage: Garage) -> None:
    car = records.add(garage.vehicle, by=SYSTEM, name="LX-1")
    brakes = records.add(garage.repair, by=SYSTEM, name="Brakes", links={"vehicle": car})
    assert brakes.link_1 == car
    with pytest.raises(records.WrongLink) as refusal:
        records.change(brakes, by=SYSTEM, links={"vehicle": brakes})
    assert refusal.value.key == "vehicle"
    garage.link.required = True
    garage.link.save()
    with pytest.raises(records.WrongLink):
        records.change(brakes, by=SYSTEM, links={"vehicle": None})
    assert Record.objects.get(pk=brakes.pk).link_1 == car


def test_a_change_tells_what_was_and_what_is(garage: Garage) -> None:
    ana = builders.customer("Ana Lima")
    car = records.add(garage.vehicle, by=SYSTEM, name="LX-1", custom={"make": "Saab", "mileage": 7})
    records.change(car, by=SYSTEM, name="LX-2", customer=ana, custom={"mileage": 9, "make": None})
    told = EventRecord.objects.get(type="objects.record_changed")
    assert told.customer_id == ana.pk
    assert told.data["changes"] == {
        "name": ["LX-1", "LX-2"], "customer_id": [None, str(ana.pk)], "custom.mileage": [7, 9],
        "custom.make": ["Saab", None],
    }  # fmt: skip
    assert told.data["summary"] == "changed Registration, Customer, Make, Mileage"
    assert Record.objects.get().custom == {"mileage": 9}


def test_a_change_of_nothing_is_no_news(garage: Garage) -> None:
    car = records.add(garage.vehicle, by=SYSTEM, name="LX-1", custom={"mileage": 7})
    before = state()
    records.change(car, by=SYSTEM, name="LX-1", custom={"mileage": 7})
    assert state() == before


def test_a_record_is_found_by_name_number_reference_and_texts(garage: Garage) -> None:
    car = records.add(garage.vehicle, by=SYSTEM, name="Lübeck 77", reference="DMS/7", custom={"make": "Saab"})
    records.add(garage.vehicle, by=SYSTEM, name="Other")
    for typed in ("lubeck", "V-1", "dms/7", "saab lub"):
        assert list(looked_for(Record.objects.all(), typed)) == [car], typed
    records.change(car, by=SYSTEM, name="Kiel")
    assert not looked_for(Record.objects.all(), "lubeck").exists()


def test_a_record_goes_to_the_trash_comes_back_and_after_30_days_is_gone(garage: Garage) -> None:
    moment = datetime(2026, 5, 1, 12, tzinfo=UTC)
    with clock.frozen(moment):
        car = records.add(garage.vehicle, by=SYSTEM, name="LX-1")
        records.trash(car, by=SYSTEM)
        with pytest.raises(records.Trashed):
            records.change(car, by=SYSTEM, name="LX-2")
        records.restore(car, by=SYSTEM)
        assert Record.objects.get().deleted_at is None
        records.trash(car, by=SYSTEM)
    with clock.frozen(moment + timedelta(days=30, seconds=-1)):
        assert records.purge(by=SYSTEM) == 0
    with clock.frozen(moment + timedelta(days=30)):
        assert records.purge(by=SYSTEM) == 1
    assert not Record.objects.exists()
    kinds = list(EventRecord.objects.filter(type__startswith="objects.record").values_list("type", flat=True))
    assert kinds[-1] == "objects.records_purged"
    assert len(kinds) == 5


def test_reach_and_right_are_asked_for_every_record(cast: Cast, garage: Garage) -> None:
    of_sam = records.add(garage.vehicle, by=SYSTEM, name="LX-1", owner=cast.sam)
    before = state()
    with pytest.raises(OutOfReach):
        records.change(of_sam, by=actor(cast.ben), name="LX-2")
    with pytest.raises(Forbidden):
        records.change(of_sam, by=actor(cast.carla), name="LX-2")
    with pytest.raises(Forbidden):
        records.trash(of_sam, by=actor(cast.sam))
    assert state() == before


def test_records_follow_their_customer_through_a_merge_and_back(garage: Garage) -> None:
    ana, anna = builders.customer("Ana Lima"), builders.customer("Anna Lima")
    car = records.add(garage.vehicle, by=SYSTEM, name="LX-1", customer=anna)
    merges.merge(anna, ana, by=SYSTEM)
    assert Record.objects.get(pk=car.pk).customer == ana
    merges.unmerge(anna, by=SYSTEM)
    assert Record.objects.get(pk=car.pk).customer == anna


def test_of_somebody_deleted_for_good_only_what_may_be_nobodys_stays(garage: Garage) -> None:
    ana = builders.customer("Ana Lima")
    types.change(garage.repair, by=SYSTEM, customer="required")
    repair = ObjectType.objects.get(pk=garage.repair.pk)
    car = records.add(garage.vehicle, by=SYSTEM, name="LX-1", customer=ana)
    records.add(repair, by=SYSTEM, name="Ana's brakes", customer=ana, links={"vehicle": car})
    customers.trash(ana, by=SYSTEM)
    with clock.frozen(clock.now() + timedelta(days=31)):
        assert purging.purge(by=SYSTEM) == 1
    assert not Customer.objects.exists()
    assert Record.objects.get() == car
    assert Record.objects.get().customer is None
    assert all("record" not in one.data for one in EventRecord.objects.filter(type="objects.record_added"))
