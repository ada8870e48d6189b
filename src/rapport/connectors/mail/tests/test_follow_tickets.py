"""What a mail does to the ticket that it belongs to, or that it names."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.test import override_settings

from rapport.connectors.mail.filing import Arrival, file
from rapport.conversations.mail.tests.vectors import cases
from rapport.conversations.models import Message
from rapport.conversations.services import mailboxes
from rapport.kernel import clock
from rapport.kernel.actors import SYSTEM
from rapport.service.models import Ticket
from rapport.service.services import merges, tickets
from rapport.team.models import Organisation
from rapport.testing.cast import Cast

AT = datetime(2026, 7, 6, 8, tzinfo=UTC)
LATER = AT + timedelta(hours=3)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def set_up(cast: Cast, tmp_path: Path) -> Iterator[None]:
    with override_settings(MEDIA_ROOT=tmp_path), clock.frozen(AT):
        mailboxes.add("help@lantern.example", by=SYSTEM)
        mailboxes.add("sales@lantern.example", by=SYSTEM)
        yield


def mailed(name: str, *headers: str, to: str = "help@lantern.example", subject: str = "Lamp") -> Message:
    """File a mail from Ana and return its message; without a `name` it has no Message-ID."""
    head = ["From: Ana <ana@lima.example>", f"To: {to}", f"Subject: {subject}", *headers]
    head += [f"Message-ID: <{name}@lima.example>"] if name else []
    found = file(Arrival("\r\n".join([*head, "", "Hello"]).encode()))
    assert found is not None
    return found


def answer_to(message: Message, name: str = "again", **values: str) -> Message:
    """File an answer of Ana's, some hours later."""
    with clock.frozen(LATER):
        return mailed(name, f"In-Reply-To: <{message.message_id}>", **values)


def ticket_of(message: Message) -> Ticket:
    """Return the ticket that a message belongs to now."""
    return Ticket.objects.get(talk__thread__messages=message)


def ended(ticket: Ticket) -> Ticket:
    """Close a ticket."""
    return tickets.close(tickets.solve(ticket, by=SYSTEM), by=SYSTEM)


def nothing_opens_again() -> None:
    """Let nobody open tickets again that have ended."""
    Organisation.objects.update(policy={"service": {"reopen_days": 0}})


def in_two_mailboxes() -> None:
    first = mailed("m1")
    assert mailed("m1", to="sales@lantern.example").pk == first.pk
    assert (Message.objects.count(), Ticket.objects.count()) == (1, 1)


def merged(*, forbidden: bool) -> None:
    first, other = mailed("m1"), mailed("m2", subject="Another lamp")
    survivor = merges.merge(ticket_of(first), ticket_of(other), by=SYSTEM)
    if forbidden:
        ended(survivor)
        nothing_opens_again()
    found = ticket_of(answer_to(first))
    assert Ticket.objects.count() == (3 if forbidden else 2)
    assert found.follows == survivor if forbidden else found == survivor


def two_marks_in_the_subject() -> None:
    first = mailed("m1")
    again = mailed("m2", subject=f"Re: [#nope22222222] Lamp [#{first.thread.token}]")
    assert again.thread == first.thread
    assert Ticket.objects.count() == 1


def without_an_id() -> None:
    first = mailed("")
    assert first.message_id
    assert mailed("").pk == first.pk
    assert Ticket.objects.count() == 1


def closed(*, forbidden: bool) -> None:
    first = mailed("m1")
    old = ended(ticket_of(first))
    if forbidden:
        nothing_opens_again()
    found = ticket_of(answer_to(first))
    before = Ticket.objects.get(pk=old.pk)
    if forbidden:
        assert (found.follows, before.category) == (old, "closed")
    else:
        assert (found, found.category, found.reopened) == (old, "open", 1)


RULES: dict[str, Callable[[], None]] = {
    "same Message-ID delivered to two of our mailboxes": in_two_mailboxes,
    "ticket is merged and group forbids follow-ups": lambda: merged(forbidden=True),
    "subject has a second, unknown ticket number next to a valid one": two_marks_in_the_subject,
    "ticket is merged (default)": lambda: merged(forbidden=False),
    "no Message-ID at all": without_an_id,
    "ticket is closed": lambda: closed(forbidden=False),
    "ticket is closed and group forbids follow-ups (new_ticket)": lambda: closed(forbidden=True),
}


@pytest.mark.parametrize("case", cases("email-threading/cases.json", key="extra"))
def test_rules_beyond_where_a_reference_is_found(case: dict[str, str]) -> None:
    RULES[case["case"]]()
