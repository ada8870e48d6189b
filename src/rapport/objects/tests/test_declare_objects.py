"""Custom objects are declared: their names, numbers, links and rights."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.kernel.actors import SYSTEM, Reach
from rapport.kernel.conditions import ConditionError, root_named
from rapport.kernel.models import CustomField, EventRecord
from rapport.kernel.permissions import Forbidden, rights
from rapport.objects.models import Link, ObjectType, Record
from rapport.objects.permissions import CHANGE, VIEW
from rapport.objects.queries import types_for
from rapport.objects.services import links, records, types
from rapport.objects.services.naming import BadPrefix, Nameless, NameTaken, key_for, prefix_for
from rapport.objects.tests.garage import Garage
from rapport.team.models import Role
from rapport.testing.cast import Cast, actor


@pytest.mark.parametrize(
    ("name", "key"), [("Service contract", "service_contract"), ("Größe", "grosse"), ("3D", "o_3d"), ("…", "o")]
)  # fmt: skip
def test_the_key_follows_from_the_name(name: str, key: str) -> None:
    assert key_for(name) == key


@given(st.text(max_size=80), st.frozensets(st.text("ABCX", min_size=1, max_size=3), max_size=30))
def test_every_name_gives_a_key_and_a_free_prefix_that_fit(name: str, taken: frozenset[str]) -> None:
    key, prefix = key_for(name), prefix_for(name, taken)
    assert 1 <= len(key) <= 30
    assert ObjectType._meta.get_field("key").clean(key, None) == key
    assert 1 <= len(prefix) <= 6
    assert prefix not in taken | {"A", "C", "R", "T"}


def test_a_type_is_added_with_what_was_said_of_it(cast: Cast) -> None:
    made = types.add(
        " Service  contract ", "Service contracts", by=actor(cast.alice), description="Yearly.", icon="file"
    )
    row = ObjectType.objects.get()
    assert made == row
    assert (row.key, row.name, row.plural, row.prefix) == (
        "service_contract",
        "Service contract",
        "Service contracts",
        "S",
    )
    assert (row.noun, row.description, row.icon, row.customer) == (
        "custom_service_contract",
        "Yearly.",
        "file",
        "optional",
    )
    told = EventRecord.objects.get(type="objects.type_changed")
    assert told.data == {"key": "service_contract", "name": "Service contracts", "what": "added"}


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"name": " "}, Nameless),
        ({"plural": ""}, Nameless),
        ({"name": "vehicle"}, NameTaken),
        ({"prefix": "V"}, NameTaken),
        ({"prefix": "T"}, BadPrefix),
        ({"prefix": "1-2"}, BadPrefix),
        ({"customer": "often"}, types.UnknownValue),
        ({"number": "1"}, types.UnknownValue),
    ],
)
def test_a_type_that_does_not_fit_is_refused(garage: Garage, given: dict[str, Any], refusal: type[Exception]) -> None:
    before = EventRecord.objects.count()
    with pytest.raises(refusal):
        types.add(**{"name": "Course", "plural": "Courses", "by": SYSTEM, **given})
    assert ObjectType.objects.count() == 2
    assert EventRecord.objects.count() == before


def test_only_who_may_says_which_objects_there_are(cast: Cast) -> None:
    with pytest.raises(Forbidden):
        types.add("Course", "Courses", by=actor(cast.ben))
    assert not ObjectType.objects.exists()


def test_a_type_changes_its_words_and_never_its_key(garage: Garage) -> None:
    types.change(garage.vehicle, by=SYSTEM, name="Car", plural="Cars", prefix="car", customer="required")
    row = ObjectType.objects.get(pk=garage.vehicle.pk)
    assert (row.key, row.name, row.plural, row.prefix, row.customer) == ("vehicle", "Car", "Cars", "CAR", "required")


def test_a_link_takes_a_free_place_and_says_what_the_other_side_calls_it(garage: Garage) -> None:
    second = links.add(garage.repair, "Replaced by", garage.vehicle, by=SYSTEM)
    assert (garage.link.slot, garage.link.key, garage.link.back_label) == (1, "vehicle", "Repairs")
    assert (second.slot, second.key, second.back_label) == (2, "replaced_by", "Repairs")
    links.remove(garage.link, by=SYSTEM)
    assert links.add(garage.repair, "Vehicle", garage.vehicle, by=SYSTEM).slot == 1


def test_a_link_is_refused_by_name_and_number(garage: Garage) -> None:
    for label in ("Vehicle", "Owner", "Customer"):
        with pytest.raises(NameTaken):
            links.add(garage.repair, label, garage.vehicle, by=SYSTEM)
    for number in range(4):
        links.add(garage.repair, f"More {number}", garage.vehicle, by=SYSTEM)
    with pytest.raises(links.TooMany):
        links.add(garage.repair, "Sixth", garage.vehicle, by=SYSTEM)
    assert Link.objects.filter(type=garage.repair).count() == 5


def test_removing_a_link_frees_what_led_there(garage: Garage) -> None:
    car = records.add(garage.vehicle, name="LX-1", by=SYSTEM)
    repair = records.add(garage.repair, name="Brakes", by=SYSTEM, links={"vehicle": car})
    assert links.remove(garage.link, by=SYSTEM) == 1
    assert Record.objects.get(pk=repair.pk).link_1 is None


def test_a_restricted_type_has_rights_of_its_own_that_begin_as_the_general_ones(cast: Cast, garage: Garage) -> None:
    mine = records.add(garage.vehicle, name="Ben's", by=SYSTEM, owner=cast.ben)
    other = records.add(garage.vehicle, name="Sam's", by=SYSTEM, owner=cast.sam)
    repair = records.add(garage.repair, name="Brakes", by=SYSTEM)
    types.restrict(garage.vehicle, by=SYSTEM)
    agent = Role.objects.get(key="agent")
    assert agent.grants["objects.vehicle.view"] == "all"
    assert agent.grants["objects.vehicle.change"] == "team"
    assert "objects.vehicle.delete" not in agent.grants
    assert {"objects.vehicle.view", "objects.vehicle.delete"} <= rights().keys()
    assert set(Record.objects.visible_to(actor(cast.ben))) == {mine, other, repair}
    agent.grants["objects.vehicle.view"] = "own"
    agent.save()
    assert set(Record.objects.visible_to(actor(cast.ben))) == {mine, repair}
    del agent.grants["objects.vehicle.view"]
    agent.save()
    assert set(Record.objects.visible_to(actor(cast.ben))) == {repair}
    assert types_for(actor(cast.ben)) == [garage.repair]
    assert types_for(actor(cast.ben), CHANGE) == [garage.vehicle, garage.repair]


def test_a_verb_asks_for_the_right_of_a_restricted_type(cast: Cast, garage: Garage) -> None:
    types.restrict(garage.vehicle, by=SYSTEM)
    agent = Role.objects.get(key="agent")
    del agent.grants["objects.vehicle.change"]
    agent.save()
    car = records.add(garage.vehicle, name="LX-1", by=SYSTEM)
    before = EventRecord.objects.count()
    with pytest.raises(Forbidden) as refusal:
        records.add(garage.vehicle, name="LX-2", by=actor(cast.ben))
    assert refusal.value.right.name == "objects.vehicle.change"
    with pytest.raises(Forbidden):
        records.change(car, name="LX-2", by=actor(cast.ben))
    assert EventRecord.objects.count() == before
    assert records.add(garage.repair, name="Brakes", by=actor(cast.ben)).name == "Brakes"


def test_opening_a_type_up_takes_its_rights_from_the_roles(garage: Garage, cast: Cast) -> None:
    types.restrict(garage.vehicle, by=SYSTEM)
    types.open_up(garage.vehicle, by=SYSTEM)
    assert not any(name.startswith("objects.vehicle.") for role in Role.objects.all() for name in role.grants)
    assert "objects.vehicle.view" not in rights()
    assert actor(cast.carla).reach(garage.vehicle.right_for(VIEW)) is Reach.ALL


def test_an_archived_type_is_no_noun_and_comes_back_with_its_records(garage: Garage) -> None:
    car = records.add(garage.vehicle, name="LX-1", by=SYSTEM)
    types.archive(garage.vehicle, by=SYSTEM)
    with pytest.raises(ConditionError):
        root_named("custom_vehicle")
    with pytest.raises(records.Archived):
        records.add(ObjectType.objects.get(pk=garage.vehicle.pk), name="LX-2", by=SYSTEM)
    types.restore(garage.vehicle, by=SYSTEM)
    assert root_named("custom_vehicle").label == "Vehicle"
    assert Record.objects.get() == car


def test_a_type_with_records_is_not_removed_and_one_without_goes_with_its_fields(garage: Garage) -> None:
    car = records.add(garage.vehicle, name="LX-1", by=SYSTEM)
    with pytest.raises(types.InUse):
        types.remove(garage.vehicle, by=SYSTEM)
    assert ObjectType.objects.count() == 2
    car.delete()
    types.remove(garage.vehicle, by=SYSTEM)
    assert ObjectType.objects.get() == garage.repair
    assert not CustomField.objects.filter(noun="custom_vehicle").exists()
    assert not Link.objects.exists()
