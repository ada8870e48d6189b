"""What customers say about how we served them: the answers to questions that were asked about a ticket."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from ibis.expr import types as ir

from rapport.insight.metrics.feedback import ANSWERS, answers
from rapport.insight.metrics.registry import metric
from rapport.insight.metrics.scope import Scope
from rapport.insight.metrics.service import BY, GROUP, MONTH
from rapport.insight.metrics.tickets import FACTS, sliced


def about_tickets(scope: Scope, kind: str) -> ir.Table:
    """Return the answers of a kind about tickets: of whoever solved the ticket, from its queue, channel and tags."""
    rows = answers(scope, kind)
    rows = rows.filter(rows.ticket_id.notnull()).rename(owner_id="agent_id")
    tickets = scope.table("service_ticket").select("channel", "tags", matter="id")
    joined = rows.inner_join(tickets, rows.ticket_id == tickets.matter)
    return sliced(joined.select(*FACTS, "on", "score", "scale_low", "scale_high"), scope)


@metric(
    "service_csat",
    _("Satisfaction with service"),
    definition=_(
        "Share of the answers about tickets in the top two boxes of their scale: 4 and 5 of 5, 6 and 7 of 7. An answer "
        "counts for who solved the ticket and for the queue it was in then."
    ),
    unit="%",
    how="share",
    last=MONTH,
    drill=ANSWERS,
    group=GROUP,
    by=BY,
)
def service_csat(scope: Scope) -> ir.Table:
    """Facts: every answer about a ticket; 1 when in the top two boxes."""
    rows = about_tickets(scope, "csat")
    return rows.select(*FACTS, "on", value=(rows.score >= rows.scale_high - 1).cast("int64"))


@metric(
    "service_ces",
    _("Ease of service (CES 2.0)"),
    definition=_(
        "Mean agreement with having been made it easy, 1 to 7, of the answers about tickets: high is good. Answers on "
        "the older scale of 1 to 5, where low is good, are left out."
    ),
    source="Dixon, Toman, DeLisi 2013",
    unit="score",
    how="mean",
    last=MONTH,
    drill=ANSWERS,
    group=GROUP,
    by=BY,
)
def service_ces(scope: Scope) -> ir.Table:
    """Facts: every effort answer about a ticket on a scale of 1 to 7."""
    rows = about_tickets(scope, "ces")
    rows = rows.filter((rows.scale_low == 1) & (rows.scale_high == 7))
    return rows.select(*FACTS, "on", value=rows.score)
