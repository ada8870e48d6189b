"""Metrics over the API: the figures of `rapport metrics --json`, and what is refused."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.test import Client, override_settings

from rapport.api.tests.calls import Caller
from rapport.insight import command
from rapport.insight.lake import reader
from rapport.insight.lake.refresh import refresh
from rapport.insight.metrics.run import METRICS
from rapport.kernel import clock
from rapport.runtime import database, prepare
from rapport.testing.builders import answer, customer, order
from rapport.testing.cast import Cast, hire, hired

pytestmark = pytest.mark.django_db
NOW = datetime(2024, 5, 15, 12, tzinfo=UTC)
SOME = ("revenue", "orders", "retention", "repeat_purchase_rate", "nps", "cltv", "cohorts", "rfm", "relationship")


@pytest.fixture(scope="module")
def home(
    lasting: Callable[[], AbstractContextManager[None]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SimpleNamespace]:
    """Where the lake of a small business is, that stays for all tests here."""
    made = SimpleNamespace(lake=tmp_path_factory.mktemp("home") / "lake")
    with lasting(), override_settings(HOME=made), clock.frozen(NOW):
        hire()
        ana, otto = customer("Ana Lima", country="PT"), customer("Otto Berg", country="SE")
        for month in (1, 3, 4):
            order(ana, placed_at=datetime(2024, month, 1, 12, tzinfo=UTC))
        order(otto, placed_at=datetime(2023, 4, 30, 22, 30, tzinfo=UTC))
        answer(ana, 9, kind="nps", scale=(0, 10), answered_at=datetime(2024, 4, 2, tzinfo=UTC))
        refresh()
    yield made
    reader.close()


@pytest.fixture
def cast(db: None, home: SimpleNamespace) -> Cast:
    """The staff of the business."""
    return hired()


@pytest.fixture(autouse=True)
def at_home(home: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the program be there, and the command do without starting a database."""

    @contextmanager
    def available(_place: object) -> Iterator[str]:
        yield ""

    monkeypatch.setattr(settings, "HOME", home)
    monkeypatch.setattr(database, "available", available)
    monkeypatch.setattr(prepare, "django", lambda: None)
    with clock.frozen(NOW):
        yield


def printed(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, dict[str, Any]]:
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    assert command.run(parser.parse_args([*words, "--json"])) == 0
    return {one["name"]: one for one in json.loads(capsys.readouterr().out)}


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        ((), {}),
        (("--as-of", "2024-03-15"), {"as_of": "2024-03-15"}),
        (("--from", "2024-01-01", "--to", "2024-04-01"), {"start": "2024-01-01", "end": "2024-04-01"}),
        (("--segment", "country = PT"), {"segment": "country = PT"}),
    ],
)
def test_the_command_and_the_api_say_the_same(
    capsys: pytest.CaptureFixture[str], alice: Client, words: tuple[str, ...], asked: dict[str, str]
) -> None:
    told = printed(capsys, *SOME, *words)
    for name in SOME:
        assert alice.get(f"/api/v1/metrics/{name}", asked).json() == told[name]


def test_both_list_the_same_metrics(capsys: pytest.CaptureFixture[str], alice: Client) -> None:
    listed = [(one["name"], one["definition"]) for one in alice.get("/api/v1/metrics").json()]

    assert sorted(name for name, _ in listed) == sorted(METRICS)
    assert listed == [(one["name"], one["definition"]) for one in printed(capsys, "--list").values()]


@pytest.mark.parametrize(
    ("address", "asked", "status"),
    [
        ("happiness", {}, 404),
        ("orders", {"start": "2024-05-01", "end": "2024-05-01"}, 422),
        ("orders", {"segment": "country ="}, 422),
        ("orders", {"as_of": "2024-02-31"}, 422),
    ],
)
def test_what_is_not_understood_is_refused(alice: Client, address: str, asked: dict[str, str], status: int) -> None:
    assert alice.get(f"/api/v1/metrics/{address}", asked).status_code == status


def test_before_the_first_refresh_there_is_no_figure(
    alice: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "HOME", SimpleNamespace(lake=tmp_path / "lake"))
    assert alice.get("/api/v1/metrics/orders").status_code == 503


def test_a_token_without_insight_gets_no_figure(cast: Cast, caller: Caller) -> None:
    assert caller(cast.alice, "customers.view").get("/api/v1/metrics/orders").status_code == 403
