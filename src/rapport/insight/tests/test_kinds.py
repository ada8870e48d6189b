"""Kinds of relationship: memberships that add up to 1, by rules that are data."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from rapport.insight.elements.kinds import memberships, signals
from rapport.insight.kinds import FAMILIES, RULES, SIGNALS, UnknownKind, family_of, reasons, rules
from rapport.insight.tests.lakes import key, lake_of, noon, order, scope_of

TODAY = date(2023, 12, 31)


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def test_memberships_add_up_to_one_in_each_family(tmp_path: Path) -> None:
    orders = [order(who, ago(30 * n), 1000 * who, discount_minor=100 * n) for who in (1, 2, 3) for n in range(who)]
    lake = lake_of(tmp_path, commerce_order=orders)

    for row in lake.list(memberships(signals(scope_of(lake, TODAY)), {})):
        for kinds in FAMILIES.values():
            assert sum(row[kind] for kind in kinds) == pytest.approx(1)
        assert all(0 <= row[name] <= 1 for name in SIGNALS)


def test_steady_buyers_are_loyal_and_bargain_hunters_transactional(tmp_path: Path) -> None:
    orders = [order(1, ago(30 * n), 1000) for n in range(12)]
    orders += [order(2, ago(200), 750, gross_minor=1000, discount_minor=250)]
    lake = lake_of(tmp_path, commerce_order=orders)
    found = {row["customer_id"]: row for row in lake.list(memberships(signals(scope_of(lake, TODAY)), {}))}

    assert found[key(1)]["kind"] == "loyalty_based"
    assert found[key(1)]["regular"] == pytest.approx(1)
    assert found[key(2)]["kind"] == "transactional"
    assert found[key(2)]["price"] == pytest.approx(1)


def test_many_talks_for_few_orders_are_advisory(tmp_path: Path) -> None:
    talks = [{"customer_id": key(1), "kind": "meeting", "text": "x", "happened_at": noon(ago(n))} for n in range(9)]
    lake = lake_of(tmp_path, commerce_order=[order(1, ago(100)), order(2, ago(50))], timeline_activity=talks)
    found = {row["customer_id"]: row for row in lake.list(memberships(signals(scope_of(lake, TODAY)), {}))}

    assert found[key(1)]["contact"] == pytest.approx(0.9)
    assert found[key(1)]["kind"] == "advisory"


def test_the_firm_can_change_the_rules(tmp_path: Path) -> None:
    lake = lake_of(tmp_path, commerce_order=[order(1, ago(100))])
    chosen = {"advisory": {"base": 50.0}}

    assert lake.list(memberships(signals(scope_of(lake, TODAY)), chosen))[0]["kind"] == "advisory"
    assert rules(chosen)["advisory"]["contact"] == RULES["advisory"]["contact"]


def test_reasons_say_what_speaks_for_a_kind() -> None:
    found = reasons("loyalty_based", {"regular": 0.5, "often": 1.0, "lately": 0.0}, {})

    assert found == [("buys more often than others", 0.8), ("buys at regular intervals", 0.4)]


def test_unknown_kinds_have_no_family() -> None:
    assert family_of("emotional") == "bond"
    with pytest.raises(UnknownKind):
        family_of("romantic")
