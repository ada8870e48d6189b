"""Records of custom objects come in by their type's noun; again nothing changes, and undo takes them back."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import pytest

from rapport.customers.models import Customer
from rapport.customers.services import custom_fields
from rapport.imports import command
from rapport.imports.models import ImportRun
from rapport.imports.services import mappings, runs
from rapport.imports.sets import profile_names
from rapport.imports.tests.conftest import Import
from rapport.kernel.actors import SYSTEM
from rapport.kernel.models import EventRecord
from rapport.objects.models import ObjectType, Record
from rapport.objects.queries import looked_for
from rapport.objects.services import links, records, types
from rapport.objects.tests.garage import Garage, garage
from rapport.runtime import database, home, prepare
from rapport.team.models import Role
from rapport.testing import builders
from rapport.testing.cast import Cast, actor
from rapport.testing.queries import query_count

pytestmark = pytest.mark.django_db
State = Callable[[], dict[str, tuple[int, str]]]
ASKED = 35
CARS = (
    "Registration,Reference,Owner,Customer,Make,Mileage,Features\n"
    'LX 1,D-1,ben@example.com,ana@example.com,saab,120000,"Hook; Roof rack"\n'
    "LX 2,D-2,Sam Castro,C-2,Fiat,900,\n"
    "LX 3,D-3,,Bo Berg,Audi,,\n"
)
REPAIRS = "Name,Vehicle,Price,Done on\nBrakes,D-1,500.00,2026-03-01\nTyres,V-2,99,2026-05-01\nOil,LX 3,,\n"


@pytest.fixture
def made(cast: Cast) -> Garage:
    """The garage, with Ana and Bo as its customers."""
    builders.customer("Ana Lima", email="ana@example.com", phone="0113 496 0182")
    builders.customer("Bo Berg")
    return garage()


def cars() -> list[tuple[object, ...]]:
    rows = Record.objects.filter(type__key="vehicle").order_by("number")
    return list(rows.values_list("number", "name", "reference", "owner__name", "customer__name", "custom"))


def test_rows_become_records_with_all_they_say(imported: Import, made: Garage) -> None:
    done = imported(CARS, "custom_vehicle")
    assert (done.counts("custom_vehicle"), done.problems) == ((3, 3, 0, 0, 0), [])
    assert cars() == [
        (1, "LX 1", "D-1", "Ben Okafor", "Ana Lima",
         {"make": "Saab", "mileage": 120_000, "features": ["Hook", "Roof rack"]}),
        (2, "LX 2", "D-2", "Sam Castro", "Bo Berg", {"make": "Fiat", "mileage": 900}),
        (3, "LX 3", "D-3", None, "Bo Berg", {"make": "Audi"}),
    ]  # fmt: skip
    for typed in ("lx 1", "v-1", "d-1", "saab"):
        assert [row.name for row in looked_for(Record.objects.all(), typed)][:1] == ["LX 1"], typed
    told = EventRecord.objects.filter(cause_id=done.run.pk).order_by("pk")
    assert [(one.type, one.data["record"], one.via) for one in told] == [
        ("objects.record_added", name, "import") for name in ("LX 1", "LX 2", "LX 3")
    ]
    first = Record.objects.get(number=1)
    assert told[0].data == {"type": "Vehicle", "key": "vehicle", "record": "LX 1"}
    assert (told[0].subject_id, told[0].customer_id) == (first.pk, first.customer_id)
    assert records.add(made.vehicle, by=SYSTEM).number == 4


def test_links_lead_by_reference_number_and_name(imported: Import, made: Garage) -> None:
    imported(CARS, "custom_vehicle")
    done = imported({"repairs.csv": REPAIRS}, "custom_repair")
    assert (done.counts("custom_repair"), done.problems) == ((3, 3, 0, 0, 0), [])
    rows = Record.objects.filter(type=made.repair).order_by("number")
    assert list(rows.values_list("name", "link_1__name", "custom")) == [
        ("Brakes", "LX 1", {"price": 50_000, "done_on": "2026-03-01"}),
        ("Tyres", "LX 2", {"price": 9_900, "done_on": "2026-05-01"}),
        ("Oil", "LX 3", {}),
    ]


def test_the_same_again_changes_nothing_and_undo_brings_back_what_was(
    imported: Import, made: Garage, state: State
) -> None:
    before = state()
    first, second = imported(CARS, "custom_vehicle"), imported({"repairs.csv": REPAIRS}, "custom_repair")
    after = state()
    assert imported(CARS, "custom_vehicle").counts("custom_vehicle") == (3, 0, 0, 3, 0)
    assert imported({"repairs.csv": REPAIRS}, "custom_repair").counts("custom_repair") == (3, 0, 0, 3, 0)
    assert state() == after
    for done in (second, first):
        assert runs.undo(done.run, by=SYSTEM).kept == ()
    assert state() == before


def test_a_record_is_known_by_reference_else_by_number(imported: Import, made: Garage, state: State) -> None:
    ana = Customer.objects.get(name="Ana Lima")
    records.add(made.vehicle, by=SYSTEM, name="LX 1", reference="D-1", custom={"make": "Saab"})
    records.add(made.vehicle, by=SYSTEM, name="LX 2")
    before = state()
    file = "Name,Reference,Number,Customer,Mileage,Make\nLX 9,D-1,,0113 496 0182,7,Fiat\n,D-2,v-2,,9,\n,,2,,9,\n"
    done = imported(file, "custom_vehicle")
    assert (done.counts("custom_vehicle"), done.problems) == ((3, 0, 2, 0, 1), [("key-twice", 4, "Number")])
    assert cars() == [
        (1, "LX 1", "D-1", None, "Ana Lima", {"make": "Saab", "mileage": 7}),
        (2, "LX 2", "D-2", None, None, {"mileage": 9}),
    ]
    told = EventRecord.objects.get(cause_id=done.run.pk, subject_id=Record.objects.get(number=1).pk)
    assert (told.type, told.customer_id) == ("objects.record_changed", ana.pk)
    assert told.data["changes"] == {"customer_id": [None, str(ana.pk)], "custom.mileage": [None, 7]}
    assert told.data["summary"] == "changed Customer, Mileage"
    assert [row.number for row in looked_for(Record.objects.all(), "d-2")] == [2]
    again = imported(file.replace(",,2,,9,\n", ""), "custom_vehicle", overwrite=True)
    assert again.counts("custom_vehicle") == (2, 0, 1, 1, 0)
    assert cars()[0][1:] == ("LX 9", "D-1", None, "Ana Lima", {"make": "Fiat", "mileage": 7})
    for run in (again.run, done.run):
        assert runs.undo(run, by=SYSTEM).kept == ()
    assert state() == before


def test_what_a_row_names_and_is_not_there_is_an_error_of_it(imported: Import, made: Garage, state: State) -> None:
    builders.customer("Bo Berg")
    trashed = records.add(made.vehicle, by=SYSTEM, name="LX 7", reference="D-7")
    records.trash(trashed, by=SYSTEM)
    before = state()
    bad = (
        "Registration,Reference,Number,Assigned to,Holder,Make,Mileage\n"
        "A,D-1,,Nobody,,,\nB,D-2,,,C-77,,\nC,D-3,,,Bo Berg,,\nD,D-4,V-9,,,,\nE,D-7,,,,,\nF,D-5,,,,Trabant,\n"
        "G,D-6,,,,,far\nH,D-1,,,,,\n,,,,,,\n"
    )
    done = imported(bad, "custom_vehicle")
    assert done.problems == [
        ("owner-unknown", 2, "Assigned to"), ("customer-unknown", 3, "Holder"), ("customer-unclear", 4, "Holder"),
        ("record-unknown", 5, "Number"), ("record-trashed", 6, "Reference"), ("choice", 7, "Make"),
        ("amount", 8, "Mileage"), ("key-twice", 9, "Reference"),
    ]  # fmt: skip
    assert done.counts("custom_vehicle") == (8, 0, 0, 0, 8)
    assert state() == before


def test_a_link_that_leads_nowhere_refuses_its_row_and_what_leads_to_it(imported: Import, made: Garage) -> None:
    links.add(made.repair, "Follows", made.repair, by=SYSTEM)
    for _twice in range(2):
        records.add(made.vehicle, by=SYSTEM, name="Twin")
    file = (
        "Name,Reference,Vehicle,Follows\nBrakes,1,Twin,\nTyres,2,,1\nOil,3,,2\nGlass,4,LX 9,\nPaint,5,V-1,6\n"
        "Lights,6,,\nDoor,7,,7\n"
    )
    done = imported({"repairs.csv": file}, "custom_repair")
    assert done.problems == [
        ("link-unclear", 2, "Vehicle"), ("link-unknown", 3, "Follows"), ("link-unknown", 4, "Follows"),
        ("link-unknown", 5, "Vehicle"), ("link-unknown", 8, "Follows"),
    ]  # fmt: skip
    rows = Record.objects.filter(type=made.repair).order_by("number")
    assert list(rows.values_list("name", "link_1__number", "link_2__name")) == [
        ("Paint", 1, "Lights"), ("Lights", None, None),
    ]  # fmt: skip
    assert imported({"repairs.csv": file}, "custom_repair").counts("custom_repair") == (7, 0, 0, 2, 5)


def test_what_a_type_needs_is_asked_of_new_records(imported: Import, made: Garage) -> None:
    types.change(made.vehicle, by=SYSTEM, customer="required")
    custom_fields.add("custom_vehicle", "Colour", "text", by=SYSTEM, required=True)
    links.change(made.link, by=SYSTEM, label="Vehicle", required=True)
    done = imported("Name,Customer,Colour\nLX 1,Bo Berg,red\nLX 2,,red\nLX 3,Bo Berg,\n", "custom_vehicle")
    assert done.problems == [("required", 3, "Customer"), ("required", 4, "Colour")]
    assert imported("Name,Customer\nLX 4,Bo Berg\n", "custom_vehicle").problems == [("required", 2, "custom.colour")]
    assert imported("Name\nBrakes\n", "custom_repair").problems == [("required", 2, "links.vehicle")]
    assert [row[1] for row in cars()] == ["LX 1"]


def test_new_records_begin_with_what_their_fields_begin_with(imported: Import, made: Garage) -> None:
    records.add(made.vehicle, by=SYSTEM, name="LX 0", reference="D-0")
    custom_fields.add("custom_vehicle", "Doors", "number", by=SYSTEM, default=4)
    file = "Name,Reference,Doors\nLX 0,D-0,\nLX 1,,\nLX 2,,2\n"
    assert imported(file, "custom_vehicle").counts("custom_vehicle") == (3, 2, 0, 1, 0)
    assert [(row[1], row[5]) for row in cars()] == [("LX 0", {}), ("LX 1", {"doors": 4}), ("LX 2", {"doors": 2})]
    assert imported(file, "custom_vehicle").counts("custom_vehicle") == (3, 0, 0, 3, 0)


def test_a_mapping_that_was_remembered_reads_files_that_look_alike(imported: Import, made: Garage) -> None:
    assert profile_names(SYSTEM)[-2:] == ["custom_vehicle", "custom_repair"]
    mappings.remember(imported(CARS, "custom_vehicle").run, "Our cars", by=SYSTEM)
    again = imported({"again.csv": CARS})
    assert (again.run.profile, again.counts("custom_vehicle")) == ("Our cars", (3, 0, 0, 3, 0))
    types.archive(made.vehicle, by=SYSTEM)
    assert imported({"once.csv": CARS}, dry=True).run.profile == "suggested"


def test_customers_that_are_not_there_are_added_by_number_and_address(imported: Import, made: Garage) -> None:
    file = "Name,Customer,Customer number\nLX 1,Cy@Example.com,\nLX 2,,K-7\nLX 3,K-7,\n"
    done = imported(file, "custom_vehicle")
    assert (done.counts("customer"), done.problems) == ((2, 2, 0, 0, 0), [])
    whose = dict(Record.objects.values_list("name", "customer__identities__normal"))
    assert whose == {"LX 1": "cy@example.com", "LX 2": "K-7", "LX 3": "K-7"}
    runs.undo(done.run, by=SYSTEM)
    assert set(Customer.objects.values_list("name", flat=True)) == {"Ana Lima", "Bo Berg"}
    assert not Record.objects.exists()


def test_several_objects_in_one_load_lead_to_each_other(imported: Import, made: Garage, state: State) -> None:
    mapping = """schema = 1
name = "garage"
label = "Garage"
[files]
cars = { columns = ["Plate"] }
work = { columns = ["Job"] }
[[nouns]]
noun = "custom_repair"
file = "work"
fields.name = "Job"
links.vehicle = "Car"
custom.price = "Cost"
[[nouns]]
noun = "custom_vehicle"
file = "cars"
fields.name = "Plate"
"""
    before = state()
    files = {"work.csv": "Job,Car,Cost\nBrakes,LX 1,5\n", "cars.csv": "Plate\nLX 1\n"}
    done = imported(files, mapping)
    assert (done.counts("custom_repair"), done.counts("custom_vehicle")) == ((1, 1, 0, 0, 0), (1, 1, 0, 0, 0))
    assert Record.objects.get(type=made.repair).link_1 == Record.objects.get(type=made.vehicle)
    assert imported(files, mapping).counts("custom_repair") == (1, 0, 0, 1, 0)
    runs.undo(done.run, by=SYSTEM)
    assert state() == before


def test_what_was_changed_since_stays_with_what_it_leads_to(imported: Import, made: Garage) -> None:
    done = imported(CARS, "custom_vehicle")
    repairs = imported({"repairs.csv": REPAIRS}, "custom_repair")
    records.change(Record.objects.get(name="Brakes"), by=SYSTEM, name="Brakes and discs")
    records.add(made.repair, by=SYSTEM, name="By hand", links={"vehicle": Record.objects.get(name="LX 2")})
    assert [name for _, name in runs.undo(repairs.run, by=SYSTEM).kept] == ["Brakes and discs"]
    assert sorted(name for _, name in runs.undo(done.run, by=SYSTEM).kept) == ["LX 1", "LX 2"]
    assert set(Record.objects.values_list("name", flat=True)) == {"LX 1", "LX 2", "Brakes and discs", "By hand"}


def test_a_dry_run_writes_nothing(imported: Import, made: Garage, state: State) -> None:
    before = state()
    assert imported(CARS, "custom_vehicle", dry=True).counts("custom_vehicle") == (3, 3, 0, 0, 0)
    assert state() == before
    assert not Record.objects.exists()


def test_an_import_asks_the_same_however_many_rows(imported: Import, made: Garage) -> None:
    imported(CARS.replace("D-", "A-"), "custom_vehicle")  # what is asked the first times alone
    with query_count() as few:
        imported(CARS, "custom_vehicle")
    rows = [f"LX {number},D-{number},ben@example.com,ana@example.com,Saab,{number},Hook\n" for number in range(40, 140)]
    with query_count() as many:
        done = imported(CARS.splitlines(keepends=True)[0] + "".join(rows), "custom_vehicle")
    assert done.counts("custom_vehicle") == (100, 100, 0, 0, 0)
    assert few.count == many.count
    assert sum("load_thing" in one or "objects_record" in one for one in many.statements) == ASKED


@pytest.mark.parametrize(
    ("mapping", "refusal"),
    [
        ('noun = "custom_boat"\nfields.name = "Name"', "There is no custom object custom_boat."),
        ('noun = "custom_repair"\nfields.customer = "Name"', "custom_repair has no customer."),
        ('noun = "custom_repair"\nlinks.boat = "Name"', "custom_repair has no boat."),
        ('noun = "custom_repair"\ncustom.sail = "Name"', "There is no custom field sail of custom_repair."),
    ],
)
def test_a_mapping_to_what_is_not_there_is_refused(imported: Import, made: Garage, mapping: str, refusal: str) -> None:
    head = 'schema = 1\nname = "mine"\nlabel = "Mine"\n[files]\nf = { columns = ["Name"] }\n[[nouns]]\nfile = "f"\n'
    fields = "" if "fields" in mapping else 'fields.name = "Name"\n'
    with pytest.raises(runs.BadProfile) as refused:
        imported("Name\nBrakes\n", f"{head}{mapping}\n{fields}")
    assert str(refused.value) == refusal
    assert not ImportRun.objects.exists()


def test_rights_of_the_type_and_reach_bind(imported: Import, made: Garage, cast: Cast) -> None:
    manager = Role.objects.get(key="manager")
    manager.grants["objects.change"] = "own"
    manager.save()
    cast.mona.refresh_from_db()
    theirs = records.add(made.vehicle, by=SYSTEM, name="LX 1", reference="D-1", owner=cast.sam)
    done = imported("Name,Reference,Owner\nLX 9,D-1,\nLX 2,D-2,Mona Ferris\n", "custom_vehicle", by=actor(cast.mona))
    assert done.problems == [("record-theirs", 2, "Reference")]
    assert [row[1] for row in cars()] == ["LX 1", "LX 2"]
    types.restrict(made.vehicle, by=SYSTEM)
    manager.refresh_from_db()
    del manager.grants["objects.vehicle.change"]
    manager.save()
    cast.mona.refresh_from_db()
    with pytest.raises(runs.BadProfile):
        imported("Name\nLX 3\n", "custom_vehicle", by=actor(cast.mona))
    types.archive(made.vehicle, by=SYSTEM)
    with pytest.raises(runs.BadProfile):
        imported("Name\nLX 3\n", "custom_vehicle")
    assert Record.objects.count() == 2
    assert theirs.pk in set(Record.objects.values_list("pk", flat=True))
    assert ObjectType.objects.count() == 2


def test_the_command_takes_the_noun_of_an_object(
    made: Garage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(database, "available", lambda _place: nullcontext())
    monkeypatch.setattr(prepare, "django", lambda: None)
    monkeypatch.setattr(prepare, "migrate", lambda: None)
    monkeypatch.setattr(home, "current", lambda: tmp_path)
    file = tmp_path / "vehicles.csv"
    file.write_text(CARS + "LX 4,D-4,,Nobody at all,,,\n")
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    assert command.run(parser.parse_args([str(file), "--profile", "custom_vehicle", "--json"])) == 3
    told = json.loads(capsys.readouterr().out)
    assert told["counts"]["custom_vehicle"] == {"read": 4, "created": 3, "updated": 0, "unchanged": 0, "failed": 1}
    [problem] = told["problems"]
    assert (problem["row"], problem["column"], problem["message"]) == (
        5, "Customer", "There is no customer Nobody at all.",
    )  # fmt: skip
    assert command.run(parser.parse_args(["--list"])) == 0
    assert capsys.readouterr().out.split()[-2:] == ["custom_vehicle", "custom_repair"]
