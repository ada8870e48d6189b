"""`rapport metrics`: what it prints, and one clear line for what it does not understand."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings

from rapport.customers.models import Customer
from rapport.insight import command
from rapport.insight.lake import reader
from rapport.kernel import clock
from rapport.kernel.actors import SYSTEM
from rapport.marketing.services import members, segments
from rapport.objects.services import records
from rapport.objects.tests.garage import garage
from rapport.runtime import database, prepare
from rapport.runtime.errors import Refusal
from rapport.testing.builders import customer, line, order
from rapport.testing.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2024, 5, 15, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def business(cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    @contextmanager
    def available(_place: object) -> Iterator[str]:
        yield ""

    monkeypatch.setattr(settings, "HOME", SimpleNamespace(lake=tmp_path / "lake"))
    monkeypatch.setattr(database, "available", available)
    monkeypatch.setattr(prepare, "django", lambda: None)
    with clock.frozen(NOW):
        ana, otto = customer("Ana Lima", country="PT"), customer("Otto Berg", country="SE")
        order(ana, placed_at=datetime(2024, 3, 1, 12, tzinfo=UTC))
        order(ana, placed_at=datetime(2024, 4, 1, 12, tzinfo=UTC))
        order(otto, line(quantity=2), placed_at=datetime(2024, 4, 30, 22, 30, tzinfo=UTC))
        yield
    reader.close()


def ran(*words: str) -> int:
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    return command.run(parser.parse_args(words))


def answer(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, dict[str, Any]]:
    assert ran(*words, "--json") == 0
    return {one["name"]: one for one in json.loads(capsys.readouterr().out)}


def test_a_figure_says_everything(capsys: pytest.CaptureFixture[str]) -> None:
    found = answer(capsys, "revenue", "repeat_purchase_rate")

    assert found["revenue"]["value"] == 50.0
    assert found["revenue"]["unit"] == "GBP"
    assert found["repeat_purchase_rate"]["value"] == 50
    assert found["repeat_purchase_rate"]["n"] == 2
    assert found["repeat_purchase_rate"]["enough"] is False
    assert found["repeat_purchase_rate"]["interval"] == pytest.approx([9.453, 90.547], abs=1e-3)
    assert found["repeat_purchase_rate"]["to"] == "2024-05-16"
    assert "two or more" in found["repeat_purchase_rate"]["definition"]


def test_every_metric_is_answered_without_a_name(capsys: pytest.CaptureFixture[str]) -> None:
    found = answer(capsys)

    assert len(found) > 40
    assert found["cltv_predicted"]["value"] is None
    assert "2 customers" not in found["cltv_predicted"]["refused"]
    assert all(one["definition"] and "%(" not in one["definition"] for one in found.values())


def test_periods_are_half_open_in_the_zone_of_the_firm(capsys: pytest.CaptureFixture[str]) -> None:
    assert answer(capsys, "orders", "--from", "2024-03-01", "--to", "2024-04-01")["orders"]["value"] == 1
    assert answer(capsys, "orders", "--from", "2024-04-01", "--to", "2024-05-01")["orders"]["value"] == 2
    assert answer(capsys, "orders", "--as-of", "2024-03-31")["orders"]["value"] == 1


def test_the_running_period_is_partial(capsys: pytest.CaptureFixture[str]) -> None:
    found = answer(capsys, "orders", "--from", "2024-05-01", "--to", "2024-06-01")["orders"]

    assert found["partial"]
    assert [point["partial"] for point in found["trend"]][-2:] == [False, True]


def test_a_segment_narrows(capsys: pytest.CaptureFixture[str]) -> None:
    assert answer(capsys, "orders", "--segment", "country = PT")["orders"]["value"] == 2
    segments.create("From the north", by=SYSTEM, condition="country = SE")
    members.settle(by=SYSTEM)
    for named in ("from the NORTH", 'segment = "From the north"'):
        assert answer(capsys, "orders", "--segment", named)["orders"]["value"] == 1
    assert answer(capsys, "orders", "--segment", 'segment != "From the north"')["orders"]["value"] == 2


def test_a_condition_on_custom_objects_narrows(capsys: pytest.CaptureFixture[str]) -> None:
    made = garage()
    records.add(made.vehicle, by=SYSTEM, customer=Customer.objects.get(name="Otto Berg"), custom={"make": "Saab"})
    assert answer(capsys, "orders", "--segment", "custom_vehicle.custom.make = Saab")["orders"]["value"] == 1
    assert answer(capsys, "orders", "--segment", "custom_vehicle.count = 0")["orders"]["value"] == 2


def test_a_table_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    assert ran("orders") == 0
    assert capsys.readouterr().out.split() == ["Orders", "3.00", "count", "n=3"]


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["happiness"], "there is no metric happiness"),
        (["orders", "--segment", "country ="], "the segment is not understood"),
        (["orders", "--from", "2024-05-01", "--to", "2024-05-01"], "the period ends before it"),
        (["orders", "--no-refresh"], "there is no lake yet"),
    ],
)
def test_what_is_not_understood_is_one_clear_line(words: list[str], line: str) -> None:
    with pytest.raises(Refusal, match=line):
        ran(*words)


def test_an_unknown_metric_is_refused_before_the_lake_is_built() -> None:
    with pytest.raises(Refusal, match="there is no metric happiness"):
        ran("happiness")
    with pytest.raises(Refusal, match="there is no lake yet"):
        ran("orders", "--no-refresh")


def test_a_day_that_is_none_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        ran("orders", "--as-of", "2024-02-31")
    assert "2024-02-31 is not a day" in capsys.readouterr().err
