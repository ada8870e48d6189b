"""What service says of a relationship is explained down to the tickets, within reach."""

from __future__ import annotations

from datetime import timedelta

import pytest

from rapport.customers.models import Customer
from rapport.insight.elements.catalogue import MEASURES, SERVICE
from rapport.insight.explanations import rows_of
from rapport.kernel import clock
from rapport.kernel.actors import SYSTEM
from rapport.knowledge.models import Attempt
from rapport.service.models import Ticket
from rapport.service.services import assigning, complaints, tickets
from rapport.service.tests.making import AT, answered, ticket_of, written
from rapport.testing.builders import customer
from rapport.testing.cast import Cast, actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana(cast: Cast) -> Customer:
    """Ana complained of how we behaved, was answered after two hours, and came back after an apology."""
    row = customer("Ana")
    with clock.frozen(AT):
        asked = written(of=row)
        ticket = tickets.change(ticket_of(asked), type="complaint", by=SYSTEM)
        ticket = assigning.assign(ticket, cast.ben, by=SYSTEM)
        complaints.record(ticket, "conduct", by=SYSTEM)
        complaints.make_amends(ticket, "apology", by=SYSTEM)
    with clock.frozen(AT + timedelta(hours=2)):
        answered(asked, "It is on its way.", by=actor(cast.ben))
        tickets.solve(Ticket.objects.get(pk=ticket.pk), by=SYSTEM)
        complaints.judge(Ticket.objects.get(pk=ticket.pk), "recovered", by=SYSTEM)
    return row


def told(of: Customer, measure: str, by: object = SYSTEM) -> list[tuple[str, bool | None]]:
    with clock.frozen(AT + timedelta(days=1)):
        found = rows_of(of, measure, by)  # type: ignore[arg-type]
    ticket = Ticket.objects.get(requester=of)
    return [
        (row.text.replace(f"{ticket.code} {ticket.subject}", "T").replace(ticket.code, "T"), row.good) for row in found
    ]


@pytest.mark.parametrize(
    ("measure", "rows"),
    [
        ("respect.conduct", [("T: How we behaved", False)]),
        ("trust.honest_answers", [("T", True)]),
        ("trust.complaints_recovered", [("T: The customer came back", True)]),
        ("responsiveness.first_response", [("T: answered after 2.0 hours", None)]),
        ("responsiveness.answered", [("T: answered", True)]),
        ("understanding.told_once", [("T", True)]),
        ("helpfulness.first_contact", [("T: solved", True)]),
        ("helpfulness.held", [("T: solved", True)]),
        ("helpfulness.extra_mile", [("T: Apology", True)]),
        ("communication.clarity", [("It is on its way.", None)]),
        ("communication.even_speed", [("T: answered after 2.0 hours", None)]),
    ],
)
def test_every_measure_says_what_its_tickets_tell(ana: Customer, measure: str, rows: list[tuple[str, bool]]) -> None:
    assert told(ana, measure) == rows


def test_attempts_to_write_are_told(ana: Customer) -> None:
    Attempt.objects.create(customer=ana, language="en", began_at=AT, solved_at=AT)
    assert told(ana, "helpfulness.self_service") == [("an article was the answer", True)]


def test_only_tickets_within_reach_are_shown(ana: Customer, cast: Cast) -> None:
    role = cast.ben.role
    role.grants = {**role.grants, "service.view": "own"}
    role.save()
    for one in MEASURES.values():
        if one.source in SERVICE - {"letters", "attempts"}:
            assert told(ana, one.name, actor(cast.sam)) == [], one.name
    assert told(ana, "respect.conduct", actor(cast.ben)) == [("T: How we behaved", False)]


def test_each_row_knows_the_page_of_its_ticket(ana: Customer) -> None:
    with clock.frozen(AT + timedelta(days=1)):
        [row] = rows_of(ana, "helpfulness.held", SYSTEM)
    assert row.number == Ticket.objects.get(requester=ana).number
