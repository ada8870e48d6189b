"""The measures that only service can tell, with their rules."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from rapport.insight.elements.measure import ATTEMPTS, MESSAGES, TICKETS, Measure

OF_SERVICE = (
    Measure(
        "trust.complaints_recovered",
        _("Complaints made good"),
        rule=_("1 for a complaint after which the customer came back, 0 for one that lost them; others don't count."),
        source="recoveries",
        rows=TICKETS,
        weight=2,
    ),
    Measure(
        "trust.honest_answers",
        _("Answers that held"),
        rule=_("0 for a complaint about wrong information or a promise that was not kept, 1 for any other ticket."),
        source="desk",
        rows=TICKETS,
    ),
    Measure(
        "respect.conduct",
        _("No complaint about how we behaved"),
        rule=_("0 for a complaint about how we behaved, 1 for any other ticket."),
        source="desk",
        rows=TICKETS,
        weight=2,
    ),
    Measure(
        "communication.even_speed",
        _("Alike on every channel"),
        rule=_(
            "First answers of customers who used several channels, on average of each: 1 when alike, ½ when the "
            "slowest takes 4 times as long as the quickest, 0 at 16 times."
        ),
        source="channel_speeds",
        rows=TICKETS,
        weight=0.5,
    ),
    Measure(
        "communication.clarity",
        _("Clear messages"),
        rule=_("Our messages: 1 up to 15 words in a sentence, falling to 0 at 40."),
        source="letters",
        rows=MESSAGES,
        weight=0.5,
    ),
    Measure(
        "understanding.told_once",
        _("Told us once"),
        rule=_(
            "Answered tickets: 1 when one of us answered, a half for two, a third for three, because a customer who is "
            "passed on repeats themselves; 0 when they had to follow up with another ticket."
        ),
        source="desk",
        rows=TICKETS,
    ),
    Measure(
        "responsiveness.first_response",
        _("First answers"),
        rule=_(
            "1 when given within the time of the service level (without one, within the days we set ourselves for "
            "replies, 2), falling to 0 at five times as long; in business hours where a service policy sets some."
        ),
        source="waits",
        rows=TICKETS,
        weight=2,
    ),
    Measure(
        "responsiveness.next_response",
        _("Next answers"),
        rule=_("As for first answers, of the answers after the first."),
        source="waits",
        rows=TICKETS,
    ),
    Measure(
        "responsiveness.resolution",
        _("Solutions"),
        rule=_(
            "1 when solved within the time of the service level, falling to 0 at five times as long, without what "
            "waited for the customer. Only where a service level sets a time."
        ),
        source="waits",
        rows=TICKETS,
    ),
    Measure(
        "responsiveness.worst_wait",
        _("The worst recent wait"),
        rule=_("The wait for an answer in the last 90 days that was longest against its time, judged as first ones."),
        source="waits",
        rows=TICKETS,
    ),
    Measure(
        "responsiveness.answered",
        _("Answered at all"),
        rule=_("1 for an answered ticket, 0 for one that waits for longer than the days we set ourselves (2)."),
        source="desk",
        rows=TICKETS,
    ),
    Measure(
        "helpfulness.first_contact",
        _("Solved at first contact"),
        rule=_(
            "1 when solved with one answer, neither opened again nor followed by another ticket within a week, else 0."
        ),
        source="endings",
        rows=TICKETS,
    ),
    Measure(
        "helpfulness.held",
        _("Solved for good"),
        rule=_("1 for a solved ticket, 0 when it was opened again."),
        source="endings",
        rows=TICKETS,
    ),
    Measure(
        "helpfulness.self_service",
        _("Helped themselves"),
        rule=_("Of the attempts to write to us that were shown articles, those for which one was the answer."),
        source="attempts",
        rows=ATTEMPTS,
        weight=0.5,
    ),
    Measure(
        "helpfulness.extra_mile",
        _("Beyond the ordinary"),
        rule=_("Amends made for a complaint, things found that they asked for: each one halves what is missing to 1."),
        source="extras",
        rows=TICKETS,
        weight=0.5,
    ),
)
