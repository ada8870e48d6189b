"""The measures themselves: one small rule each, from 0 (bad) to 1 (good)."""

from __future__ import annotations

import ibis
from django.utils.translation import gettext_lazy as _
from ibis.expr import types as ir

from rapport.insight.elements.registry import Evidence, measure
from rapport.insight.elements.sources import PROFILE, half
from rapport.insight.metrics.scope import Scope

PROMISES, ORDERS, ANSWERS = "promises.promise", "commerce.order", "feedback.answer"
ACTIVITIES, EVENTS, CUSTOMERS = "timeline.activity", "kernel.eventrecord", "customers.customer"
PATIENCE = 14
"""Days after which being late can get no worse."""


def falling(days: ir.NumericValue, good: float, bad: float) -> ir.NumericValue:
    """Return 1 up to `good` days, falling to 0 at `bad` days."""
    return ibis.greatest(0.0, ibis.least(1.0, 1 - (days - good) / (bad - good)))


@measure(
    "trust.promises_kept",
    _("Promises kept"),
    rule=_("Kept 1; late ½ falling to 0 after 14 days; broken 0; weighted by the promise's size."),
    source="promises",
    rows=PROMISES,
    weight=3,
)
def promises_kept(rows: ir.Table, scope: Scope) -> Evidence:
    """Every promise that fell due."""
    late = falling(rows.days_late, 0, PATIENCE) / 2
    value = ibis.cases((rows.outcome == "kept", 1.0), (rows.outcome == "broken", 0.0), else_=late)
    return Evidence(value, size=rows.weight)


@measure(
    "trust.delivery_accuracy",
    _("Accuracy of delivery dates"),
    rule=_("1 when delivered within a day of the promised one, falling to 0 at 14 days before or after."),
    source="orders",
    rows=ORDERS,
)
def delivery_accuracy(rows: ir.Table, scope: Scope) -> Evidence:
    """Every order that was delivered and had a promised day."""
    off = rows.delivered_on.delta(rows.promised_on, unit="day").abs()
    there = rows.promised_on.notnull() & (rows.delivered_on < scope.tomorrow).fill_null(False)
    return Evidence(falling(off, 1, PATIENCE), there)


@measure(
    "respect.consent",
    _("Consent respected"),
    rule=_("0 for every contact on a channel after the customer had opted out of it, else 1."),
    source="contacts",
    rows=ACTIVITIES,
    weight=3,
)
def consent(rows: ir.Table, scope: Scope) -> Evidence:
    """Every contact we made."""
    return Evidence((rows.refused_at.isnull() | (rows.moment < rows.refused_at)).cast("float64"))


@measure(
    "respect.preferred_channel",
    _("Preferred channel used"),
    rule=_("1 for every contact on the channel the customer prefers, else 0; only where we know which."),
    source="contacts",
    rows=ACTIVITIES,
)
def preferred_channel(rows: ir.Table, scope: Scope) -> Evidence:
    """Every contact with a customer whose preferred channel we know."""
    return Evidence((rows.channel == rows.preferred_channel).cast("float64"), rows.preferred_channel != "")


@measure(
    "respect.quiet_hours",
    _("Quiet hours respected"),
    rule=_("0 for every contact within the customer's quiet hours, else 1; only where they gave some."),
    source="contacts",
    rows=ACTIVITIES,
)
def quiet_hours(rows: ir.Table, scope: Scope) -> Evidence:
    """Every contact with a customer who gave quiet hours."""
    zone = (rows.zone == "").ifelse(scope.lake.zone, rows.zone)
    hour = local_time(zone, rows.moment)
    over_night = rows.quiet_from > rows.quiet_to
    after, before = hour >= rows.quiet_from, hour < rows.quiet_to
    quiet = over_night.ifelse(after | before, after & before)
    return Evidence((~quiet).cast("float64"), rows.quiet_from.notnull() & rows.quiet_to.notnull())


@ibis.udf.scalar.builtin(name="timezone")
def _at_zone(zone: str, moment: ibis.dtype("timestamp('UTC')")) -> ibis.dtype("timestamp"):  # type: ignore[empty-body,valid-type]
    """The local time of a moment in a zone."""


def local_time(zone: ir.StringValue, moment: ir.TimestampValue) -> ir.TimeValue:
    """Return the time of day of a moment in a zone named by a column."""
    return _at_zone(zone, moment).time()


@measure(
    "respect.pressure",
    _("Contact pressure"),
    rule=_("0 for every contact beyond the cap (as set, 4) within seven days, else 1."),
    source="contacts",
    rows=ACTIVITIES,
)
def pressure(rows: ir.Table, scope: Scope) -> Evidence:
    """Every contact we made."""
    return Evidence((rows.in_week <= scope.policy.contact_cap).cast("float64"))


@measure(
    "communication.balance",
    _("Both sides speak"),
    rule=_(
        "Twice the smaller of their and our touchpoints, over all: 1 when balanced, 0 when only one side moves. "
        "Unknown where nothing of ours is recorded for anybody."
    ),
    source="touches",
    rows=EVENTS,
)
def balance(rows: ir.Table, scope: Scope) -> Evidence:
    """Touchpoints of both sides, per customer."""
    ours = rows.went.sum().over(ibis.window())
    return Evidence(2 * ibis.least(rows.came, rows.went) / (rows.came + rows.went), ours > 0)


@measure(
    "communication.calls_reached",
    _("Calls that reached them"),
    rule=_("1 for a call that reached the customer, ½ for a message left, 0 for no answer."),
    source="activities",
    rows=ACTIVITIES,
)
def calls_reached(rows: ir.Table, scope: Scope) -> Evidence:
    """Every call of ours with an outcome."""
    ours = (rows.kind == "call") & (rows.direction == "out") & (rows.outcome != "")
    value = ibis.cases((rows.outcome == "reached", 1.0), (rows.outcome == "left_message", 0.5), else_=0.0)
    return Evidence(value, ours)


@measure(
    "communication.questions_answered",
    _("Our questions answered"),
    rule=_("Share of the surveys and review requests we sent that the customer answered."),
    source="answers",
    rows=ANSWERS,
)
def questions_answered(rows: ir.Table, scope: Scope) -> Evidence:
    """Everything that was asked."""
    return Evidence(rows.given.cast("float64"), rows.asked_on.notnull())


@measure(
    "understanding.profile",
    _("What we know of them"),
    rule=_(
        "How many of nine are known: name, e-mail, phone, city, country, language, preferred channel, birthday "
        "(people), consent."
    ),
    source="profile",
    rows=CUSTOMERS,
)
def profile(rows: ir.Table, scope: Scope) -> Evidence:
    """The profile, per customer."""
    return Evidence(rows.filled / PROFILE)


@measure(
    "understanding.talks",
    _("Talks written down"),
    rule=_("Notes, calls and meetings with words: each one halves what is missing to 1."),
    source="activities",
    rows=ACTIVITIES,
)
def talks(rows: ir.Table, scope: Scope) -> Evidence:
    """Every log entry with a text."""
    place = ibis.row_number().over(ibis.window(group_by="customer_id", order_by="day"))
    return Evidence(1 - half(place + 1), rows.has_text)


@measure(
    "responsiveness.dispatch",
    _("Speed of dispatch"),
    rule=_("1 when shipped within the days we set ourselves (2), falling to 0 at five times as many."),
    source="orders",
    rows=ORDERS,
)
def dispatch(rows: ir.Table, scope: Scope) -> Evidence:
    """Every order that was shipped."""
    days = rows.shipped_on.delta(rows.placed_on, unit="day")
    target = scope.policy.dispatch_days
    shipped = (rows.shipped_on < scope.tomorrow).fill_null(False)
    return Evidence(falling(days, target, 5 * target), shipped)


@measure(
    "responsiveness.replies",
    _("Feedback answered"),
    rule=_(
        "For feedback with words or in the lower half of its scale: 1 when answered within the days we set ourselves "
        "(2), falling to 0 at 14 days; what waits for less than that does not count yet. Unknown where no answer of "
        "ours is recorded for anybody."
    ),
    source="answers",
    rows=ANSWERS,
)
def replies(rows: ir.Table, scope: Scope) -> Evidence:
    """Feedback that asked for an answer."""
    deserves = rows.given & (rows.has_text | (rows.share < 0.5))
    waits = ~rows.replied & (rows.waited < PATIENCE)
    recorded = rows.replied.any().over(ibis.window())
    value = rows.replied.ifelse(falling(rows.waited, scope.policy.reply_days, PATIENCE), 0.0)
    return Evidence(value, deserves & ~waits & recorded)


@measure(
    "responsiveness.promised_replies",
    _("Replies and calls as promised"),
    rule=_("Promised replies and calls back: kept 1; late ½ falling to 0 after 14 days; broken 0."),
    source="promises",
    rows=PROMISES,
)
def promised_replies(rows: ir.Table, scope: Scope) -> Evidence:
    """Every promised reply or call that fell due."""
    late = falling(rows.days_late, 0, PATIENCE) / 2
    value = ibis.cases((rows.outcome == "kept", 1.0), (rows.outcome == "broken", 0.0), else_=late)
    return Evidence(value, rows.kind.isin(["reply", "call"]))


@measure(
    "helpfulness.satisfaction",
    _("Satisfaction (CSAT)"),
    rule=_("Answers to satisfaction questions, as a share of their scale."),
    source="answers",
    rows=ANSWERS,
    weight=2,
)
def satisfaction(rows: ir.Table, scope: Scope) -> Evidence:
    """Every answer to a satisfaction question."""
    return Evidence(rows.share, rows.given & (rows.kind == "csat"))


@measure(
    "helpfulness.effort",
    _("Ease (CES)"),
    rule=_("Answers on effort as a share of their scale: of 7, high is good; of 5, low is good."),
    source="answers",
    rows=ANSWERS,
    weight=2,
)
def effort(rows: ir.Table, scope: Scope) -> Evidence:
    """Every answer on effort."""
    value = (rows.scale_high == 5).ifelse(1 - rows.share, rows.share)
    return Evidence(value, rows.given & (rows.kind == "ces"))


@measure(
    "loyalty.recency",
    _("Bought lately"),
    rule=_("Share of the other customers whose last purchase is longer ago."),
    source="buyers",
    rows=ORDERS,
)
def recency(rows: ir.Table, scope: Scope) -> Evidence:
    """Customers who bought."""
    return Evidence(rows.recent)


@measure(
    "loyalty.frequency",
    _("Buys often"),
    rule=_("Share of the other customers who bought on fewer days."),
    source="buyers",
    rows=ORDERS,
    weight=2,
)
def frequency(rows: ir.Table, scope: Scope) -> Evidence:
    """Customers who bought."""
    return Evidence(rows.often)


@measure(
    "loyalty.tenure",
    _("Customer for long"),
    rule=_("Half after a year since the first purchase, three quarters after two."),
    source="buyers",
    rows=ORDERS,
    weight=0.5,
)
def tenure(rows: ir.Table, scope: Scope) -> Evidence:
    """Customers who bought."""
    return Evidence(1 - half(rows.tenure / 365))


@measure(
    "loyalty.alive",
    _("Likely to buy again"),
    rule=_("P(alive) of the BG/NBD model; MBG/NBD for those who bought once."),
    source="buyers",
    rows=ORDERS,
    weight=2,
)
def alive(rows: ir.Table, scope: Scope) -> Evidence:
    """Customers who bought, where there is a model."""
    return Evidence(rows.alive, rows.alive.notnull())


@measure(
    "loyalty.expected",
    _("Expected purchases made"),
    rule=_("Purchase days of the last year over those their usual interval would make, at most 1."),
    source="buyers",
    rows=ORDERS,
)
def expected(rows: ir.Table, scope: Scope) -> Evidence:
    """Customers who bought twice or more."""
    year = ibis.least(rows.tenure, 365)
    due = ibis.greatest(year / ibis.greatest(rows.usual, 1.0), 1.0)
    return Evidence(ibis.least(1.0, rows.last_year / due), rows.usual.notnull())


@measure(
    "loyalty.index",
    _("Loyalty answers (CLI)"),
    rule=_("Answers to the three loyalty questions as a share of their scale."),
    source="answers",
    rows=ANSWERS,
    weight=2,
)
def loyalty_answers(rows: ir.Table, scope: Scope) -> Evidence:
    """Every answer to a loyalty question."""
    return Evidence(rows.share, rows.given & (rows.kind == "cli"))


@measure(
    "advocacy.recommends",
    _("Would recommend (NPS)"),
    rule=_("Answers on recommendation, 0 to 10, as a share of ten."),
    source="answers",
    rows=ANSWERS,
    weight=3,
)
def recommends(rows: ir.Table, scope: Scope) -> Evidence:
    """Every answer on recommendation on a scale of 0 to 10."""
    right = (rows.scale_low == 0) & (rows.scale_high == 10)
    return Evidence(rows.share, rows.given & (rows.kind == "nps") & right)


@measure(
    "advocacy.reviews",
    _("Reviews given"),
    rule=_("Review scores as a share of their scale."),
    source="answers",
    rows=ANSWERS,
    weight=2,
)
def reviews(rows: ir.Table, scope: Scope) -> Evidence:
    """Every review."""
    return Evidence(rows.share, rows.given & (rows.kind == "review"))


@measure(
    "profitability.to_date",
    _("Brought so far"),
    rule=_("Share of the other customers who brought less, credit notes and refunds taken off."),
    source="buyers",
    rows=ORDERS,
    weight=2,
)
def to_date(rows: ir.Table, scope: Scope) -> Evidence:
    """Customers who bought."""
    return Evidence(rows.brought)


@measure(
    "profitability.predicted",
    _("Expected to bring"),
    rule=_("Share of the other customers with less predicted lifetime value."),
    source="buyers",
    rows=ORDERS,
    weight=2,
)
def predicted(rows: ir.Table, scope: Scope) -> Evidence:
    """Customers who bought, where there is a model."""
    return Evidence(rows.predicted, rows.predicted.notnull())


@measure(
    "profitability.kept",
    _("Kept what they bought"),
    rule=_("Share of what was sold to them that was neither credited nor refunded."),
    source="buyers",
    rows=ORDERS,
)
def kept(rows: ir.Table, scope: Scope) -> Evidence:
    """Customers who bought."""
    return Evidence(ibis.greatest(0.0, ibis.least(1.0, rows.kept)), rows.kept.notnull())
