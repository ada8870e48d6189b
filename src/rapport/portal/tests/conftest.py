"""What the tests of the portal share: members with things of their own, and browsers that are signed in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from rapport.conversations.incoming import Incoming
from rapport.conversations.services import messages
from rapport.customers.models import Customer, Member
from rapport.customers.services import members
from rapport.kernel import clock
from rapport.kernel.actors import SYSTEM
from rapport.knowledge.models import Article
from rapport.knowledge.services import articles, shelves, versions
from rapport.service.models import Ticket
from rapport.testing import builders
from rapport.testing.cast import Cast


def joined(customer: Customer) -> Member:
    """Let a customer join by a link."""
    address = customer.identities.get(kind="email").normal
    made = members.make_link(address)
    assert made is not None
    return members.use_link(made[1])


def browser(member: Member) -> Client:
    """Return a client in which `member` is signed in."""
    client = Client()
    session = client.session
    session["member"], session["member_stamp"] = str(member.pk), member.stamp
    session.save()
    client.cookies["sessionid"] = str(session.session_key)
    return client


def asked(customer: Customer, subject: str = "A cracked lamp", text: str = "It came cracked.") -> Ticket:
    """Let a customer write to us, and return the ticket."""
    incoming = Incoming(channel="portal", subject=subject, text=text, from_name=customer.label, customer_id=customer.pk)
    message = messages.receive(incoming, by=SYSTEM)
    return Ticket.objects.get(talk__thread_id=message.thread_id)


def article(title: str = "Return a lamp", body: str = "Pack it well.", *, audience: int = 0) -> Article:
    """Publish an article."""
    shelf = shelves.add("Help", by=SYSTEM)
    made = articles.begin(shelf, title, body=body, audience=audience, by=SYSTEM)
    versions.publish(made, "en", by=SYSTEM)
    return made


@pytest.fixture
def ana(cast: Cast) -> Customer:
    """A customer with an order, a promise and a question."""
    row = builders.customer("Ana Lima", given_name="Ana", email="ana@lima.example", phone="+44 113 496 0182")
    builders.order(row, builders.line(quantity=2), number="S-1001")
    builders.promise(row, "Call Ana back", due_on=clock.today("Europe/London") + timedelta(days=2))
    asked(row)
    return row


@pytest.fixture
def bob(cast: Cast) -> Customer:
    """Somebody else, with an order, a promise and a question."""
    row = builders.customer("Bob Reed", given_name="Bob", email="bob@reed.example")
    builders.order(row, builders.line(quantity=1, name="Bob's secret vase"), number="S-2002")
    builders.promise(row, "Bob's secret promise", due_on=clock.today("Europe/London") + timedelta(days=2))
    asked(row, "Bob's secret matter", "Bob's secret words.")
    return row


@pytest.fixture
def as_ana(ana: Customer) -> Client:
    """Ana's browser."""
    return browser(joined(ana))


@pytest.fixture
def read(client: Client) -> Callable[[str], str]:
    """Return a function that gives the text of a page that anybody may see."""

    def text(address: str) -> str:
        answer = client.get(address)
        assert answer.status_code == 200, (address, answer.status_code)
        return answer.content.decode()

    return text
