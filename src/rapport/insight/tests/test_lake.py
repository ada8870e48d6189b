"""The lake: a full build and a refresh hold what the database holds, whenever it was committed."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.apps import apps
from django.db import connection

from rapport.customers.models import Customer
from rapport.insight.lake import manifest, merge
from rapport.insight.lake.reader import Lake, NoLake, close
from rapport.insight.lake.reader import open as open_lake
from rapport.insight.lake.refresh import refresh
from rapport.insight.lake.snapshot import address
from rapport.insight.lake.tables import TABLES
from rapport.insight.models import Change
from rapport.kernel import clock
from rapport.kernel.ids import new_id, new_ids
from rapport.team.models import Organisation

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2024, 5, 1, 9, tzinfo=UTC)
TABLE = "customers_customer"


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Path]:
    Organisation.objects.create(id=1, name="Firm", currency="GBP", zone="Europe/London", language="en", created_at=NOW)
    with clock.frozen(NOW):
        yield tmp_path / "lake"
    close()


def row(number: int, **values: Any) -> Customer:
    moment = NOW - timedelta(days=number)
    given = {"name": f"Customer {number}", "since": moment, "created_at": moment, "updated_at": moment}
    return Customer(number=number, **{**given, **values})


def add(*numbers: int, **values: Any) -> None:
    Customer.objects.bulk_create([row(number, **values) for number in numbers])


def names(lake: Lake) -> dict[int, str]:
    table = lake.table(TABLE)
    return {one["number"]: one["name"] for one in lake.list(table.select("number", "name"))}


def stored() -> dict[int, str]:
    return dict(Customer.objects.values_list("number", "name"))


def test_every_table_has_its_triggers() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text, count(*) FROM pg_trigger WHERE tgname LIKE 'insight_note_%' GROUP BY 1"
        )
        found = dict(cursor.fetchall())

    assert found == {table.name: 4 for table in TABLES}


def test_the_first_refresh_reads_everything(root: Path) -> None:
    add(1, 2, 3)
    done = refresh(root)

    assert done.full
    assert names(open_lake(root)) == stored()
    assert open_lake(root).as_of == NOW
    assert not Change.objects.exists()


def test_columns_are_those_of_the_model(root: Path) -> None:
    refresh(root)
    lake = open_lake(root)

    for table in TABLES:
        columns = {field.column for field in apps.get_model(table.model)._meta.concrete_fields} - table.without
        columns = columns & table.only if table.only else columns - {"search"}
        added = {day.name for day in table.days} | {one.name for one in table.worked}
        assert columns | added == set(lake.table(table.name).columns)
        assert not table.only - columns


def test_a_refresh_reads_only_what_changed(root: Path) -> None:
    add(*range(1, 50))
    refresh(root)
    Customer.objects.filter(number=7).update(name="Changed")
    Customer.objects.filter(number=9).delete()
    add(100)
    done = refresh(root)

    assert not done.full
    assert done.rows == 2
    assert names(open_lake(root)) == stored()


def test_values_survive_the_way(root: Path) -> None:
    moment = datetime(2024, 3, 31, 0, 30, 0, 123456, tzinfo=UTC)
    add(1, name="Zoë “quoted”, comma\nline", tags=["a", "b,c"], custom={"size": [1, 2]}, since=moment)
    refresh(root)
    lake = open_lake(root)
    found = lake.list(lake.table(TABLE))[0]

    assert found["name"] == "Zoë “quoted”, comma\nline"
    assert found["tags"] == ["a", "b,c"]
    assert json.loads(found["custom"]) == {"size": [1, 2]}
    assert found["since"] == moment
    assert str(found["since_on"]) == "2024-03-31"
    assert found["id"] == Customer.objects.get(number=1).pk


def test_what_is_committed_late_is_not_lost(root: Path) -> None:
    refresh(root)
    early = new_id(int((NOW - timedelta(days=400)).timestamp() * 1000))
    add(5)
    with psycopg.connect(address()) as other:
        other.execute(f"CREATE TEMP TABLE late AS SELECT * FROM {TABLE}")
        other.execute("UPDATE late SET id = %s, number = 6, name = 'Late', updated_at = '2001-01-01'", [early])
        other.execute(f"INSERT INTO {TABLE} SELECT * FROM late")
        refresh(root)
        assert 6 not in names(open_lake(root))
        other.commit()
    refresh(root)

    assert names(open_lake(root)) == {5: "Customer 5", 6: "Late"}


def test_a_rolled_back_change_leaves_no_note(root: Path) -> None:
    refresh(root)
    with psycopg.connect(address()) as other:
        other.execute(f"UPDATE {TABLE} SET name = 'x'")
        other.rollback()

    assert not Change.objects.exists()


def test_a_bulk_load_leaves_one_note(root: Path) -> None:
    refresh(root)
    rows = [row(number, id=key) for number, key in enumerate(new_ids(3000), 1)]
    Customer.objects.bulk_create(rows)

    assert Change.objects.filter(source=TABLE).count() == 1
    refresh(root)
    assert names(open_lake(root)) == stored()


def test_a_reader_keeps_its_state_until_it_opens_again(root: Path) -> None:
    add(1)
    refresh(root)
    with ThreadPoolExecutor(1) as other:
        held = other.submit(open_lake, root).result()
        Customer.objects.update(name="Changed")
        refresh(root)
        refresh(root)

        assert other.submit(names, held).result() == {1: "Customer 1"}
        assert other.submit(lambda: names(open_lake(root))).result() == {1: "Changed"}
        other.submit(close).result()


def test_old_files_go_when_nobody_reads_them(root: Path) -> None:
    for number in range(1, 15):
        add(number)
        refresh(root)
    current = manifest.load(root, manifest.current(root)[0])
    assert current

    assert {path.name for path in root.glob("*.parquet")} == current.used
    assert len(list(root.glob("manifest-*.json"))) == 1


def test_small_files_are_joined_and_the_dead_forgotten(root: Path) -> None:
    refresh(root)
    for number in range(1, 30):
        add(number)
        Customer.objects.filter(number__in=[number - 1, 1]).update(name=f"Name {number}")
        refresh(root)
        current = manifest.load(root, manifest.current(root)[0])
        assert current
        assert len(current.tables[TABLE].files) <= merge.MOST_SMALL + 1
        assert current.tables[TABLE].rows == number
        assert names(open_lake(root)) == stored()


def test_nothing_changed_keeps_the_state_and_moves_its_moment(root: Path) -> None:
    add(1)
    refresh(root)
    before = open_lake(root)
    with clock.frozen(NOW + timedelta(hours=1)):
        refresh(root)

    assert open_lake(root) is before
    assert before.as_of == NOW + timedelta(hours=1)


def test_a_deleted_lake_is_built_anew(root: Path) -> None:
    add(1)
    refresh(root)
    for path in root.glob("*.*"):
        path.unlink()
    (root / manifest.CURRENT).unlink()

    assert refresh(root).full
    assert names(open_lake(root)) == stored()


def test_another_database_behind_the_lake_is_noticed(root: Path, tmp_path: Path) -> None:
    add(1)
    refresh(root)
    refresh(tmp_path / "elsewhere", full=True)

    assert refresh(root).full


def test_another_zone_gives_other_days(root: Path) -> None:
    add(1, since=datetime(2024, 1, 1, 23, 30, tzinfo=UTC))
    refresh(root)
    Organisation.objects.update(zone="Asia/Tokyo")

    assert refresh(root).full
    lake = open_lake(root)
    assert str(lake.list(lake.table(TABLE))[0]["since_on"]) == "2024-01-02"


def test_a_failed_refresh_changes_nothing(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add(1)
    refresh(root)
    Customer.objects.update(name="Changed")

    def fail(*_args: object) -> None:
        raise OSError("disk full")

    with monkeypatch.context() as patch:
        patch.setattr(manifest, "save", fail)
        with pytest.raises(OSError, match="disk full"):
            refresh(root)

    assert names(open_lake(root)) == {1: "Customer 1"}
    assert Change.objects.exists()
    assert refresh(root).rows == 1
    assert names(open_lake(root)) == stored()


def test_without_a_lake_there_is_none(tmp_path: Path) -> None:
    with pytest.raises(NoLake):
        open_lake(tmp_path)


def test_a_hundred_random_changes_agree(root: Path) -> None:
    chance = random.Random(11)
    refresh(root)
    for step in range(8):
        add(*(step * 1000 + n for n in range(1, chance.choice([2, 30, 200]))))
        keys = list(Customer.objects.values_list("pk", flat=True))
        Customer.objects.filter(pk__in=chance.sample(keys, len(keys) // 5)).update(name=f"Step {step}")
        Customer.objects.filter(pk__in=chance.sample(keys, len(keys) // 7)).delete()
        refresh(root)
        assert names(open_lake(root)) == stored()
