"""What a figure is told with, its trend, is made of the figures of the steps, and leaves its value as it is."""

from __future__ import annotations

import tempfile
from datetime import date, timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from rapport.insight.tests.lakes import ask, lake_of
from rapport.insight.tests.test_metrics_agree import DAYS, LAST, ORDERS, Order, close

NAMES = ("documents", "revenue", "orders", "average_order_value", "retention", "active_customers")


@settings(deadline=None, max_examples=12)
@given(ORDERS, DAYS, st.sampled_from([28, 90, 300]), st.sampled_from(NAMES))
def test_each_point_of_a_trend_is_the_figure_of_its_step(
    orders: list[Order], start: date, days: int, name: str
) -> None:
    end = min(start + timedelta(days=days), LAST + timedelta(days=1))
    with tempfile.TemporaryDirectory() as folder:
        lake = lake_of(Path(folder), commerce_order=orders)
        told = ask(lake, name, LAST, start, end, trend=True)
        alone = ask(lake, name, LAST, start, end)
        steps = [ask(lake, name, LAST, point.span.start, point.span.end) for point in told.trend]

    assert (told.value, told.n, told.interval) == (alone.value, alone.n, alone.interval)
    assert alone.trend == ()
    for point, step in zip(told.trend, steps, strict=True):
        assert close(point.value, step.value)
        assert point.n == step.n
