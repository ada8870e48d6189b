"""A mapping that somebody named reads files that look alike, until it is forgotten."""

from __future__ import annotations

from pathlib import Path

import pytest

from rapport.customers.models import Customer
from rapport.imports.models import SavedMapping
from rapport.imports.profiles import parse
from rapport.imports.services import mappings, runs
from rapport.imports.sets import profile_names
from rapport.imports.tests.conftest import Import
from rapport.kernel.actors import SYSTEM
from rapport.kernel.permissions import Forbidden
from rapport.testing.cast import Cast, actor

pytestmark = pytest.mark.django_db
FILE = "Whom,Email,Where\nAna,{0}@example.com,Leeds\n"


@pytest.fixture
def kept(imported: Import, tmp_path: Path) -> SavedMapping:
    path = tmp_path / "first.csv"
    path.write_text(FILE.format("ana"))
    run = runs.start([path], by=SYSTEM)
    mapping = run.mapping.replace('fields.email = "Email"', 'fields.email = "Email"\nfields.name = "Whom"')
    return mappings.remember(runs.remap(run, mapping, by=SYSTEM), " Our  people ", by=SYSTEM)


def test_files_of_the_same_columns_are_recognised(kept: SavedMapping, imported: Import) -> None:
    assert (kept.name, parse(kept.toml).label, profile_names(SYSTEM)[0]) == ("Our people", "Our people", "Our people")
    done = imported({"second.csv": FILE.format("bo")})
    assert (done.run.profile, Customer.objects.get().name) == ("Our people", "Ana")


def test_it_is_asked_for_by_its_name_and_by_its_text(kept: SavedMapping, imported: Import, tmp_path: Path) -> None:
    assert imported({"a.csv": FILE.format("a")}, profile="Our people").counts("customer") == (1, 1, 0, 0, 0)
    file = tmp_path / "ours.toml"
    file.write_text(kept.toml)
    assert imported({"b.csv": FILE.format("b")}, profile=str(file)).counts("customer") == (1, 1, 0, 0, 0)
    assert set(Customer.objects.values_list("name", flat=True)) == {"Ana"}


def test_the_same_name_again_replaces_it_and_forgetting_ends_it(kept: SavedMapping, imported: Import) -> None:
    done = imported({"orders.csv": "Order number,Date,Total\nA1,2021-03-01,5\n"})
    again = mappings.remember(done.run, "Our people", by=SYSTEM)
    assert (again.pk, SavedMapping.objects.count()) == (kept.pk, 1)
    mappings.forget(again, by=SYSTEM)
    assert "Our people" not in profile_names(SYSTEM)
    with pytest.raises(runs.BadProfile):
        imported({"c.csv": FILE.format("c")}, profile="Our people")


@pytest.mark.parametrize("name", ["", "  ", "x" * 81, "olist", "generic_orders", "suggested", "mine.toml", "a/b"])
def test_names_that_would_mislead_are_refused(imported: Import, name: str) -> None:
    done = imported(FILE.format("ana"))
    with pytest.raises(mappings.BadName):
        mappings.remember(done.run, name, by=SYSTEM)
    assert SavedMapping.objects.count() == 0


def test_a_reader_may_not_remember_or_forget(kept: SavedMapping, imported: Import, cast: Cast) -> None:
    done = imported(FILE.format("d"))
    carla = actor(cast.carla)
    with pytest.raises(Forbidden):
        mappings.remember(done.run, "Mine", by=carla)
    with pytest.raises(Forbidden):
        mappings.forget(kept, by=carla)
    assert list(SavedMapping.objects.values_list("name", flat=True)) == ["Our people"]
