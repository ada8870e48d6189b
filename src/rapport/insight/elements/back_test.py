"""Does the index earn its place: the index of an earlier day against what happened after it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import numpy as np
from ibis.expr import types as ir

from rapport.insight.elements.score import index_at
from rapport.insight.maths.arrays import BoolArray, FloatArray
from rapport.insight.maths.shapes import auc
from rapport.insight.metrics.scope import Scope
from rapport.insight.models import BackTest

LONGEST = 180
SHORTEST = 28
LOW_REVIEW = 0.5
"""A review at this share of its scale, or below, is a low one."""


def back_test(scope: Scope, at: datetime) -> list[BackTest]:
    """Compare and keep the result, for buying again, staying away, and low reviews; nothing without enough history.

    Looks back by half the history there is, 180 days at most. Returns what was kept.
    """
    first = scope.first_day()
    if first is None:
        return []
    horizon = min(LONGEST, (scope.as_of - first).days // 2)
    if horizon < SHORTEST:
        return []
    day = scope.as_of - timedelta(days=horizon)
    index = index_at(scope, day, "test")
    kept = []
    for outcome, rows in _outcomes(scope, day).items():
        joined = rows.inner_join(index, rows.customer_id == index.whose).select("test", "happened")
        found = scope.lake.arrow(joined.filter(joined.test.notnull()))
        score, happened = found.column("test").to_numpy(), np.asarray(found.column("happened"))
        result = _kept(outcome, day, horizon, score.astype(np.float64), happened.astype(np.bool_), at)
        kept.append(result)
    return kept


def _outcomes(scope: Scope, day: date) -> dict[str, ir.Table]:
    """Return per outcome the customers it is told of, with whether it happened after `day`."""
    bought = scope.purchases
    each = bought.group_by("customer_id").aggregate(before=(bought.on <= day).any(), after=(bought.on > day).any())
    known = each.filter(each.before)
    answers = scope.table("feedback_answer")
    answers = answers.filter(
        (answers.kind == "review")
        & answers.score.notnull()
        & answers.customer_id.notnull()
        & (answers.answered_on > day)
        & (answers.answered_on < scope.tomorrow)
    )
    share = (answers.score - answers.scale_low) / (answers.scale_high - answers.scale_low)
    reviewed = answers.group_by("customer_id").aggregate(happened=share.mean() <= LOW_REVIEW)
    return {
        BackTest.Outcome.REPEAT: known.select("customer_id", happened=known.after),
        BackTest.Outcome.CHURN: known.select("customer_id", happened=~known.after),
        BackTest.Outcome.REVIEW: reviewed,
    }


def _kept(outcome: str, day: date, horizon: int, index: FloatArray, happened: BoolArray, at: datetime) -> BackTest:
    """Keep one comparison; good things should follow a high index, bad ones a low one."""
    found = auc(index if outcome == BackTest.Outcome.REPEAT else -index, happened)
    values = {
        "on": day,
        "horizon_days": horizon,
        "customers": int(happened.size),
        "with_outcome": int(happened.sum()),
        "auc": found.value if found else None,
        "low": found.interval.low if found else None,
        "high": found.interval.high if found else None,
        "made_at": at,
    }
    return BackTest.objects.update_or_create(outcome=outcome, defaults=values)[0]
