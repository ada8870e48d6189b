"""Conditions ask of custom objects as of everything else: of their fields, over links, and from their customers."""

from __future__ import annotations

import pytest

from rapport.customers.models import Customer
from rapport.kernel import clock
from rapport.kernel.actors import SYSTEM
from rapport.kernel.conditions import ConditionError, Ctx, catalogue, explain, matches, read, sentence, text, to_q
from rapport.kernel.conditions.catalogue import Choice
from rapport.objects.models import Record
from rapport.objects.services import records, types
from rapport.objects.tests.garage import Garage
from rapport.team.models import Role
from rapport.testing import builders
from rapport.testing.cast import Cast, actor


@pytest.fixture
def filled(garage: Garage) -> Garage:
    """Ana has a Saab with two repairs and a Fiat without, Bo an Audi in the trash, Cy nothing."""
    ana, bo = builders.customer("Ana"), builders.customer("Bo")
    builders.customer("Cy")
    saab = records.add(
        garage.vehicle, by=SYSTEM, name="SAAB-1", customer=ana,
        custom={"make": "Saab", "mileage": 120_000, "features": ["Hook", "Roof rack"]},
    )  # fmt: skip
    records.add(garage.vehicle, by=SYSTEM, name="FIAT-1", customer=ana, custom={"make": "Fiat", "mileage": 900})
    audi = records.add(garage.vehicle, by=SYSTEM, name="AUDI-1", customer=bo, custom={"make": "Audi"})
    records.trash(audi, by=SYSTEM)
    for price, day in ((50_000, "2026-03-01"), (9_900, "2026-05-01")):
        given = {"price": price, "done_on": day}
        records.add(garage.repair, by=SYSTEM, name=day, links={"vehicle": saab}, custom=given)
    return garage


def found(condition: str, root: str) -> list[str]:
    """Return the names of what a condition finds, after database and memory agreed on it."""
    ctx = Ctx(now=clock.now(), zone="UTC", currency="GBP", actor=SYSTEM)
    tree = read(condition, root, SYSTEM)
    rows = Customer.objects.all() if root == "customer" else Record.objects.live().filter(type__key=root[7:])
    there = sorted(row.name for row in rows.filter(to_q(tree, root, ctx)))
    assert there == sorted(row.name for row in rows if matches(tree, root, row, ctx))
    return there


@pytest.mark.parametrize(
    ("condition", "names"),
    [
        ("custom.make = Saab", ["SAAB-1"]),
        ("custom.mileage > 1000", ["SAAB-1"]),
        ("custom.features has all (Hook, \"Roof rack\")", ["SAAB-1"]),
        ("not custom.make = Saab", ["FIAT-1"]),
        ("name starts with fiat", ["FIAT-1"]),
        ("custom_repair_vehicle.count = 2", ["SAAB-1"]),
        ("custom_repair_vehicle.count = 0", ["FIAT-1"]),
        ("custom_repair_vehicle.custom.price > 400 GBP", ["SAAB-1"]),
        ("custom_repair_vehicle has (custom.price < 100 GBP and custom.done_on after 2026-04-01)", ["SAAB-1"]),
        ("customer.name = Ana", ["FIAT-1", "SAAB-1"]),
        ("customer.name = Bo", []),
        ("did objects.record_added", ["FIAT-1", "SAAB-1"]),
        ("did objects.record_changed", []),
    ],
)  # fmt: skip
def test_vehicles_are_asked_for(filled: Garage, condition: str, names: list[str]) -> None:
    assert found(condition, "custom_vehicle") == names


@pytest.mark.parametrize(
    ("condition", "names"),
    [
        ("vehicle.custom.make = Saab", ["2026-03-01", "2026-05-01"]),
        ("vehicle.customer.name = Ana and custom.price > 100 GBP", ["2026-03-01"]),
        ("vehicle.name is empty", []),
    ],
)
def test_repairs_are_asked_for_over_their_link(filled: Garage, condition: str, names: list[str]) -> None:
    assert found(condition, "custom_repair") == names


@pytest.mark.parametrize(
    ("condition", "names"),
    [
        ("custom_vehicle.count >= 1", ["Ana"]),
        ("custom_vehicle.count = 0", ["Bo", "Cy"]),
        ("custom_vehicle.custom.make = Fiat", ["Ana"]),
        ("custom_vehicle.custom.make = Audi", []),
        ("custom_vehicle has >= 2 (custom.mileage > 100)", ["Ana"]),
        ("custom_vehicle has (custom.make = Fiat and custom.mileage > 1000)", []),
        ("custom_vehicle.custom_repair_vehicle.custom.price > 400 GBP", ["Ana"]),
        ("did objects.record_added within last 1 day where (key = vehicle)", ["Ana", "Bo"]),
    ],
)
def test_customers_are_asked_for_by_what_is_theirs(filled: Garage, condition: str, names: list[str]) -> None:
    assert found(condition, "customer") == names


def test_a_condition_on_objects_is_written_said_and_explained(filled: Garage) -> None:
    tree = read('custom_vehicle.custom.make="Saab"', "customer", SYSTEM)
    ctx = Ctx(now=clock.now(), zone="UTC", currency="GBP", actor=SYSTEM)
    assert text(tree) == 'custom_vehicle.custom.make = "Saab"'
    assert "Vehicles" in sentence(tree, "customer", ctx)
    assert explain(tree, "customer", Customer.objects.get(name="Ana"), ctx).found == ("Saab", "Fiat")


def test_what_is_not_there_is_said(filled: Garage) -> None:
    for condition in ("custom_boat.count > 1", "custom_vehicle.custom.colour = red", "custom_vehicle.parent.name = x"):
        with pytest.raises(ConditionError):
            read(condition, "customer", SYSTEM)


def test_who_may_not_see_a_restricted_type_may_not_ask_of_it(filled: Garage, cast: Cast) -> None:
    types.restrict(filled.vehicle, by=SYSTEM)
    agent = Role.objects.get(key="agent")
    del agent.grants["objects.vehicle.view"]
    agent.save()
    with pytest.raises(ConditionError, match="may not use"):
        read("custom_vehicle.count >= 1", "customer", actor(cast.ben))
    assert not [one for one in offered(cast) if one.path.startswith("custom_vehicle")]


def test_a_type_is_offered_with_its_fields(filled: Garage, cast: Cast) -> None:
    paths = {one.path for one in offered(cast)}
    assert {"custom_vehicle.count", "custom_vehicle.name", "custom_vehicle.custom.make"} <= paths
    assert not paths & {"custom_vehicle.type", "custom_vehicle.trashed", "custom_repair.count"}


def offered(cast: Cast) -> list[Choice]:
    return catalogue("customer", actor(cast.ben))
