from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from rapport.kernel import clock
from rapport.kernel.actors import SYSTEM, Actor, Reach
from rapport.kernel.fields import InvalidField
from rapport.kernel.models import CustomField, EventRecord
from rapport.kernel.permissions import Forbidden, OutOfReach
from rapport.service.models import Status, StatusSpan, Ticket
from rapport.service.permissions import CHANGE
from rapport.service.services import patching, statuses, tickets
from rapport.testing.builders import company, customer, order
from rapport.testing.cast import Cast, actor

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 10, tzinfo=UTC)


def state() -> tuple[int, int, int]:
    return Ticket.objects.count(), StatusSpan.objects.count(), EventRecord.objects.count()


def test_a_ticket_gets_a_number_a_status_and_a_history(cast: Cast) -> None:
    firm = company("Lima & Filhas")
    ana = customer("Ana Lima", company=firm)
    with clock.frozen(AT):
        ticket = tickets.open(
            " Lamp is broken ", by=actor(cast.ben), requester=ana, type="problem", priority="high",
            tags=["lamp", "Lamp", " ", "glass "],
        )  # fmt: skip
    assert (ticket.number, ticket.code, ticket.subject) == (1, "T-1", "Lamp is broken")
    assert (ticket.category, ticket.status.name) == ("new", "New")
    assert (ticket.type, ticket.priority, ticket.tags) == ("problem", "high", ["lamp", "glass"])
    assert (ticket.requester, ticket.company, ticket.owner) == (ana, firm, None)
    assert (ticket.opened_at, ticket.solved_at, ticket.version) == (AT, None, 1)
    span = StatusSpan.objects.get()
    assert (span.ticket, span.category, span.entered_at, span.left_at) == (ticket, "new", AT, None)
    event = EventRecord.objects.get(type="service.ticket_opened")
    assert (event.subject_id, event.customer_id, event.at) == (ticket.pk, ana.pk, AT)
    assert event.data == {"number": "T-1", "subject": "Lamp is broken", "type": "problem"}


def test_numbers_are_found_again(cast: Cast) -> None:
    first, second = (tickets.open("A lamp", by=SYSTEM) for _ in range(2))
    assert (first.code, second.code) == ("T-1", "T-2")


def test_the_usual_statuses_are_made_once_and_in_the_language_of_the_firm(cast: Cast) -> None:
    cast.firm.language = "de"
    cast.firm.save()
    tickets.open("A lamp", by=SYSTEM)
    tickets.open("Another", by=SYSTEM)
    assert list(Status.objects.values_list("category", flat=True)) == ["new", "open", "waiting", "solved", "closed"]


def test_a_company_asks_for_itself(cast: Cast) -> None:
    firm = company("Lima & Filhas")
    assert tickets.open("A lamp", by=SYSTEM, requester=firm).company == firm


def test_a_ticket_may_begin_in_a_later_status(cast: Cast) -> None:
    with clock.frozen(AT):
        ticket = tickets.open("Done by phone", by=SYSTEM, status=statuses.standard("closed"))
    assert (ticket.category, ticket.solved_at, ticket.closed_at) == ("closed", AT, AT)


def test_what_is_refused_leaves_nothing(cast: Cast) -> None:
    statuses.make_standard()
    mine = customer("Ana")
    elsewhere = order(mine)
    archived = statuses.archive(statuses.add("On hold", "waiting", by=SYSTEM), by=SYSTEM)
    nobody = Actor(kind="user", name="Nobody", user_id=cast.sam.pk, grants={CHANGE.name: Reach.ALL})
    before = state()
    with pytest.raises(tickets.Untold):
        tickets.open("  ", by=SYSTEM)
    with pytest.raises(patching.UnknownField):
        tickets.open("A lamp", by=SYSTEM, colour="red")
    with pytest.raises(patching.UnknownField):
        tickets.open("A lamp", by=SYSTEM, type="riddle")
    with pytest.raises(patching.NoSuchRow):
        tickets.open("A lamp", by=SYSTEM, order_id=uuid4())
    with pytest.raises(patching.NoSuchRow):
        tickets.open("A lamp", by=nobody, order_id=elsewhere.pk)
    with pytest.raises(InvalidField):
        tickets.open("A lamp", by=SYSTEM, custom={"size": "xl"})
    with pytest.raises(tickets.WrongStatus):
        tickets.open("A lamp", by=SYSTEM, status=archived)
    with pytest.raises(OutOfReach):
        tickets.open("A lamp", by=nobody, requester=mine)
    with pytest.raises(Forbidden):
        tickets.open("A lamp", by=actor(cast.carla))
    assert state() == before


def test_custom_fields_are_checked_and_kept(cast: Cast) -> None:
    CustomField.objects.create(noun="ticket", key="size", label="Size", type="choice", options=["S", "M"])
    assert tickets.open("A lamp", by=SYSTEM, custom={"size": "M"}).custom == {"size": "M"}
    with pytest.raises(InvalidField):
        tickets.open("A lamp", by=SYSTEM, custom={"size": "L"})
    assert Ticket.objects.count() == 1


def test_a_follow_up_takes_over_what_it_is_about(cast: Cast) -> None:
    ana = customer("Ana")
    old = tickets.open("A lamp", by=SYSTEM, requester=ana, type="problem", priority="high", tags=["lamp"])
    new = tickets.follow_up(old, by=actor(cast.ben))
    assert (new.follows, new.subject, new.requester, new.type, new.priority, new.tags) == (
        old, "A lamp", ana, "problem", "high", ["lamp"],
    )  # fmt: skip
    assert EventRecord.objects.get(subject_id=new.pk, type="service.ticket_opened").data["follows"] == "T-1"
