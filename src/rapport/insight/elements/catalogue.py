"""The measures: what counts as evidence for which element, how much, and by which rule. Data alone, no engine."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from rapport.insight.elements.measure import (
    ACTIVITIES,
    ANSWERS,
    CUSTOMERS,
    EVENTS,
    ORDERS,
    PROMISES,
    SERVICE,
    Measure,
    Text,
)
from rapport.insight.elements.service_catalogue import OF_SERVICE

__all__ = ["ELEMENTS", "HALF_LIFE", "MEASURES", "PRIOR", "SERVICE", "WINDOW", "Measure", "weights"]


ELEMENTS: Mapping[str, Text] = {
    "trust": _("Trust"),
    "respect": _("Respect"),
    "communication": _("Communication"),
    "understanding": _("Understanding"),
    "responsiveness": _("Responsiveness"),
    "helpfulness": _("Helpfulness"),
    "loyalty": _("Loyalty"),
    "advocacy": _("Advocacy"),
    "profitability": _("Profitability"),
}

WINDOW = 365
HALF_LIFE = 180
PRIOR = 3.0
"""Rows' worth of the firm's mean that every measure starts from."""
_ALL = (
    Measure(
        "trust.promises_kept",
        _("Promises kept"),
        rule=_("Kept 1; late ½ falling to 0 after 14 days; broken 0; weighted by the promise's size."),
        source="promises",
        rows=PROMISES,
        weight=3,
    ),
    Measure(
        "trust.delivery_accuracy",
        _("Accuracy of delivery dates"),
        rule=_("1 when delivered within a day of the promised one, falling to 0 at 14 days before or after."),
        source="orders",
        rows=ORDERS,
    ),
    Measure(
        "respect.consent",
        _("Consent respected"),
        rule=_("0 for every contact on a channel after the customer had opted out of it, else 1."),
        source="contacts",
        rows=ACTIVITIES,
        weight=3,
    ),
    Measure(
        "respect.preferred_channel",
        _("Preferred channel used"),
        rule=_("1 for every contact on the channel the customer prefers, else 0; only where we know which."),
        source="contacts",
        rows=ACTIVITIES,
    ),
    Measure(
        "respect.quiet_hours",
        _("Quiet hours respected"),
        rule=_("0 for every contact within the customer's quiet hours, else 1; only where they gave some."),
        source="contacts",
        rows=ACTIVITIES,
    ),
    Measure(
        "respect.pressure",
        _("Contact pressure"),
        rule=_("0 for every contact beyond the cap (as set, 4) within seven days, else 1."),
        source="contacts",
        rows=ACTIVITIES,
    ),
    Measure(
        "communication.balance",
        _("Both sides speak"),
        rule=_(
            "Twice the smaller of their and our touchpoints, over all: 1 when balanced, 0 when only one side moves. "
            "Unknown where nothing of ours is recorded for anybody."
        ),
        source="touches",
        rows=EVENTS,
    ),
    Measure(
        "communication.calls_reached",
        _("Calls that reached them"),
        rule=_("1 for a call that reached the customer, ½ for a message left, 0 for no answer."),
        source="activities",
        rows=ACTIVITIES,
    ),
    Measure(
        "communication.questions_answered",
        _("Our questions answered"),
        rule=_("Share of the surveys and review requests we sent that the customer answered."),
        source="answers",
        rows=ANSWERS,
    ),
    Measure(
        "understanding.profile",
        _("What we know of them"),
        rule=_(
            "How many of nine are known: name, e-mail, phone, city, country, language, preferred channel, birthday "
            "(people), consent."
        ),
        source="profile",
        rows=CUSTOMERS,
    ),
    Measure(
        "understanding.talks",
        _("Talks written down"),
        rule=_("Notes, calls and meetings with words: each one halves what is missing to 1."),
        source="activities",
        rows=ACTIVITIES,
    ),
    Measure(
        "responsiveness.dispatch",
        _("Speed of dispatch"),
        rule=_("1 when shipped within the days we set ourselves (2), falling to 0 at five times as many."),
        source="orders",
        rows=ORDERS,
    ),
    Measure(
        "responsiveness.replies",
        _("Feedback answered"),
        rule=_(
            "For feedback with words or in the lower half of its scale: 1 when answered within the days we set "
            "ourselves (2), falling to 0 at 14 days; what waits for less than that does not count yet. Unknown where "
            "no answer of ours is recorded for anybody."
        ),
        source="answers",
        rows=ANSWERS,
    ),
    Measure(
        "responsiveness.promised_replies",
        _("Replies and calls as promised"),
        rule=_("Promised replies and calls back: kept 1; late ½ falling to 0 after 14 days; broken 0."),
        source="promises",
        rows=PROMISES,
    ),
    Measure(
        "helpfulness.satisfaction",
        _("Satisfaction (CSAT)"),
        rule=_("Answers to satisfaction questions, as a share of their scale."),
        source="answers",
        rows=ANSWERS,
        weight=2,
    ),
    Measure(
        "helpfulness.effort",
        _("Ease (CES)"),
        rule=_("Answers on effort as a share of their scale: of 7, high is good; of 5, low is good."),
        source="answers",
        rows=ANSWERS,
        weight=2,
    ),
    Measure(
        "loyalty.recency",
        _("Bought lately"),
        rule=_("Share of the other customers whose last purchase is longer ago."),
        source="buyers",
        rows=ORDERS,
    ),
    Measure(
        "loyalty.frequency",
        _("Buys often"),
        rule=_("Share of the other customers who bought on fewer days."),
        source="buyers",
        rows=ORDERS,
        weight=2,
    ),
    Measure(
        "loyalty.tenure",
        _("Customer for long"),
        rule=_("Half after a year since the first purchase, three quarters after two."),
        source="buyers",
        rows=ORDERS,
        weight=0.5,
    ),
    Measure(
        "loyalty.alive",
        _("Likely to buy again"),
        rule=_("P(alive) of the BG/NBD model; MBG/NBD for those who bought once."),
        source="buyers",
        rows=ORDERS,
        weight=2,
    ),
    Measure(
        "loyalty.expected",
        _("Expected purchases made"),
        rule=_("Purchase days of the last year over those their usual interval would make, at most 1."),
        source="buyers",
        rows=ORDERS,
    ),
    Measure(
        "loyalty.index",
        _("Loyalty answers (CLI)"),
        rule=_("Answers to the three loyalty questions as a share of their scale."),
        source="answers",
        rows=ANSWERS,
        weight=2,
    ),
    Measure(
        "advocacy.recommends",
        _("Would recommend (NPS)"),
        rule=_("Answers on recommendation, 0 to 10, as a share of ten."),
        source="answers",
        rows=ANSWERS,
        weight=3,
    ),
    Measure(
        "advocacy.reviews",
        _("Reviews given"),
        rule=_("Review scores as a share of their scale."),
        source="answers",
        rows=ANSWERS,
        weight=2,
    ),
    Measure(
        "profitability.to_date",
        _("Brought so far"),
        rule=_(
            "Share of the other customers who brought less: by the cost of what they bought where it is known, "
            "credit notes and refunds taken off."
        ),
        source="buyers",
        rows=ORDERS,
        weight=2,
    ),
    Measure(
        "profitability.predicted",
        _("Expected to bring"),
        rule=_("Share of the other customers with less predicted lifetime value."),
        source="buyers",
        rows=ORDERS,
        weight=2,
    ),
    Measure(
        "profitability.kept",
        _("Kept what they bought"),
        rule=_("Share of what was sold to them that was neither credited nor refunded."),
        source="buyers",
        rows=ORDERS,
    ),
)
MEASURES: Mapping[str, Measure] = {one.name: one for one in (*_ALL, *OF_SERVICE)}


def weights(chosen: Mapping[str, float]) -> dict[str, float]:
    """Return the weight of every element and measure: what the firm chose, else as above (elements: 1)."""
    default = dict.fromkeys(ELEMENTS, 1.0) | {name: one.weight for name, one in MEASURES.items()}
    return {name: max(0.0, float(chosen.get(name, weight))) for name, weight in default.items()}
