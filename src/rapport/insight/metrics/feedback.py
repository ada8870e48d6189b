"""What customers say: satisfaction, recommendation, effort, loyalty, reviews.

Sources: NPS: Reichheld 2003, interval: Rocks 2016; CES 2.0: The Effortless Experience 2013. Scales are never mixed:
an answer counts only on the scale of its metric, or as the share of the top two boxes.
"""

from __future__ import annotations

import ibis
from django.utils.translation import gettext_lazy as _
from ibis.expr import types as ir

from rapport.insight.metrics.registry import metric
from rapport.insight.metrics.scope import Scope

GROUP = "feedback"
ANSWERS = ("feedback.answer", "id")


def answers(scope: Scope, *kinds: str) -> ir.Table:
    """Return the answers of these kinds that were given up to the day, with `on`."""
    rows = scope.table("feedback_answer")
    rows = rows.filter(rows.kind.isin(kinds) & rows.score.notnull() & (rows.answered_on < scope.tomorrow))
    return scope.of_segment(rows).mutate(on=rows.answered_on)


@metric(
    "csat",
    _("Satisfaction (CSAT)"),
    definition=_(
        "Share of the answers in the top two boxes of their scale: 4 and 5 of 5, 6 and 7 of 7; of two thumbs, the one "
        "that points up. Where no satisfaction question was asked, reviews on a scale of 1 to 5 stand in for it. "
        "Unanswered ones don't count."
    ),
    unit="%",
    how="share",
    drill=ANSWERS,
    group=GROUP,
)
def csat(scope: Scope) -> ir.Table:
    """Facts: every answer to a satisfaction question; 1 when in the top two boxes."""
    asked = scope.lake.keep("csat asked", lambda: _any_of(scope, "csat"))
    rows = answers(scope, "csat" if asked else "review")
    if not asked:
        rows = rows.filter((rows.scale_low == 1) & (rows.scale_high == 5))
    return rows.select("id", "customer_id", "on", value=(rows.score >= _top(rows)).cast("int64"))


def _top(rows: ir.Table) -> ir.Value:
    """Return the least score of the top two boxes; a scale of two has one."""
    return rows.scale_high - (rows.scale_high - rows.scale_low > 1).cast("int64")


def _any_of(scope: Scope, kind: str) -> bool:
    rows = scope.table("feedback_answer")
    return bool(scope.lake.one(rows.aggregate(n=((rows.kind == kind) & rows.score.notnull()).sum()))["n"])


@metric(
    "review_score",
    _("Mean review score"),
    definition=_("Mean of the review scores given on a scale of 1 to 5."),
    unit="score",
    how="mean",
    drill=ANSWERS,
    group=GROUP,
)
def review_score(scope: Scope) -> ir.Table:
    """Facts: the score of every review on a scale of 1 to 5."""
    rows = answers(scope, "review")
    rows = rows.filter((rows.scale_low == 1) & (rows.scale_high == 5))
    return rows.select("id", "customer_id", "on", value=rows.score)


@metric(
    "nps",
    _("Net promoter score"),
    definition=_(
        "Promoters (9 and 10) less detractors (0 to 6) in percent of the answers on a scale of 0 to 10; the latest "
        "answer of each customer in the period. Other scales are refused."
    ),
    source="Reichheld 2003; adjusted Wald interval: Rocks 2016",
    unit="points",
    how="nps",
    drill=ANSWERS,
    group=GROUP,
)
def nps(scope: Scope) -> ir.Table:
    """Facts: the latest answer of every customer within the period, and those nobody signed."""
    rows = answers(scope, "nps")
    rows = rows.filter((rows.scale_low == 0) & (rows.scale_high == 10))
    if scope.span.start:
        rows = rows.filter(rows.on >= scope.span.start)
    rows = rows.filter(rows.on < scope.span.end)
    newest = ibis.window(
        group_by=rows.customer_id.fill_null(rows.id), order_by=[ibis.desc("answered_at"), ibis.desc("id")]
    )
    rows = rows.mutate(place=ibis.row_number().over(newest))
    return rows.filter(rows.place == 0).select("id", "customer_id", "on", value=rows.score)


@metric(
    "ces",
    _("Effort score (CES 2.0)"),
    definition=_(
        "Mean agreement with having been made it easy, 1 (strongly disagree) to 7 (strongly agree): high is good. "
        "Answers on the older scale of 1 to 5, where low is good, are left out."
    ),
    source="Dixon, Toman, DeLisi 2013",
    unit="score",
    how="mean",
    drill=ANSWERS,
    group=GROUP,
)
def ces(scope: Scope) -> ir.Table:
    """Facts: every effort answer on a scale of 1 to 7."""
    rows = answers(scope, "ces")
    rows = rows.filter((rows.scale_low == 1) & (rows.scale_high == 7))
    return rows.select("id", "customer_id", "on", value=rows.score)


@metric(
    "ces_easy",
    _("Found it easy (CES 2.0)"),
    definition=_(
        "Share of the answers of 5 to 7 to having been made it easy, 1 (strongly disagree) to 7 (strongly agree)."
    ),
    source="Dixon, Toman, DeLisi 2013",
    unit="%",
    how="share",
    drill=ANSWERS,
    group=GROUP,
)
def ces_easy(scope: Scope) -> ir.Table:
    """Facts: every effort answer on a scale of 1 to 7; 1 when it was easy."""
    rows = answers(scope, "ces")
    rows = rows.filter((rows.scale_low == 1) & (rows.scale_high == 7))
    return rows.select("id", "customer_id", "on", value=(rows.score >= 5).cast("int64"))


@metric(
    "cli",
    _("Customer loyalty index"),
    definition=_(
        "Mean over customers of the mean of their three answers (recommend, buy again, try other products), each put "
        "on 0 to 100; customers without all three on a day are left out."
    ),
    unit="score",
    how="mean",
    drill=("customers.customer", "customer_id"),
    group=GROUP,
)
def cli(scope: Scope) -> ir.Table:
    """Facts: every customer who answered all three questions on a day, with their mean on 0 to 100."""
    rows = answers(scope, "cli")
    rows = rows.mutate(share=100 * (rows.score - rows.scale_low) / (rows.scale_high - rows.scale_low))
    each = rows.group_by("customer_id", "on").aggregate(value=rows.share.mean(), asked=rows.count())
    return each.filter(each.asked == 3).select("customer_id", "on", "value")


@metric(
    "response_rate",
    _("Response rate"),
    definition=_("Of the answers asked for in the period, reviews and surveys alike, the share that was given."),
    unit="%",
    how="share",
    drill=ANSWERS,
    group=GROUP,
)
def response_rate(scope: Scope) -> ir.Table:
    """Facts: every answer that was asked for, on the day it was; 1 when given."""
    rows = scope.table("feedback_answer")
    rows = scope.of_segment(rows.filter(rows.asked_on < scope.tomorrow))
    given = (rows.answered_on < scope.tomorrow).fill_null(False)
    return rows.select("id", "customer_id", on=rows.asked_on, value=given.cast("int64"))
