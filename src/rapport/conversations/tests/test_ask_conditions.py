"""Conditions can ask of conversations, and of customers about theirs; jobs send and wake what is due."""

from __future__ import annotations

from datetime import timedelta

import pytest

from rapport.conversations import jobs
from rapport.conversations.models import Message, Thread
from rapport.conversations.services import messages, people, threads
from rapport.conversations.tests.making import AT, Wire, fresh, mailbox, received
from rapport.customers.models import Customer
from rapport.customers.services import identities
from rapport.kernel import clock
from rapport.kernel.actors import SYSTEM, Actor, Reach
from rapport.kernel.conditions import matches, read, to_q
from rapport.kernel.permissions import OutOfReach
from rapport.team.queries import context_for
from rapport.testing.builders import customer
from rapport.testing.cast import Cast, actor

pytestmark = pytest.mark.django_db


def of_threads(text: str) -> set[Thread]:
    """Return the threads that meet a condition, by the database and in memory alike."""
    context = context_for(SYSTEM)
    node = read(text, "thread", SYSTEM)
    found = set(Thread.objects.filter(to_q(node, "thread", context)))
    assert found == {row for row in Thread.objects.all() if matches(node, "thread", row, context)}
    return found


def of_customers(text: str) -> set[Customer]:
    """Return the customers who meet a condition."""
    node = read(text, "customer", SYSTEM)
    return set(Customer.objects.filter(to_q(node, "customer", context_for(SYSTEM))))


def test_conditions_ask_of_threads_and_of_customers_about_them(cast: Cast) -> None:
    ana, rui = customer("Ana Lima", email="ana@lima.example"), customer("Rui", email="rui@lima.example")
    with clock.frozen(AT):
        first = received().thread
        second = received("Broken", from_address="rui@lima.example").thread
        messages.reply(second, "Sorry!", by=SYSTEM)
    first.refresh_from_db()
    second.refresh_from_db()
    assert of_threads('channel = "email"') == {first, second}
    assert of_threads("waiting_since is not empty") == {first}
    assert of_threads("message_count >= 2") == {second}
    assert of_threads('messages.direction = "out"') == {second}
    assert of_threads('customer.name = "Rui"') == {second}
    assert of_customers("conversations.waiting_since is not empty") == {ana}
    assert of_customers('messages.text contains "broken"') == {rui}
    threads.mark_spam(first, by=SYSTEM)
    assert of_customers('conversations.channel = "email"') == {rui}


def test_every_minute_what_is_due_is_sent_and_woken(cast: Cast, wire: Wire) -> None:
    mailbox()
    with clock.frozen(AT):
        asked = received(message_id="first@lima.example")
        answer = messages.reply(asked.thread, "Yes", by=SYSTEM)
        threads.snooze(asked.thread, AT + timedelta(minutes=1), by=SYSTEM)
    with clock.frozen(AT + timedelta(minutes=1)):
        jobs.every_minute(0)
        jobs.every_minute(0)
    assert wire.taken == [answer.pk]
    assert Message.objects.get(pk=answer.pk).state == "sent"
    assert fresh(asked.thread).snoozed_until is None


def test_its_own_job_sends_a_message(cast: Cast, wire: Wire) -> None:
    with clock.frozen(AT):
        answer = messages.reply(received().thread, "Yes", by=SYSTEM)
        jobs.send(message=str(answer.pk))
    assert wire.taken == [answer.pk]


def test_an_address_that_becomes_known_brings_its_threads(cast: Cast) -> None:
    unknown = received(from_address="info@lima.example", cc=(("", "Team@lima.example"),))
    assert unknown.thread.customer is None
    ana = customer("Ana Lima")
    identities.add(ana, "email", "Info@lima.example", by=SYSTEM)
    assert fresh(unknown.thread).customer == ana
    assert Message.objects.get().customer == ana
    bea = customer("Bea", email="team@lima.example")
    copied = unknown.thread.participants.get(address="team@lima.example")
    assert (copied.customer, fresh(unknown.thread).customer) == (bea, ana)


def test_a_phone_number_or_a_chat_brings_none(cast: Cast) -> None:
    chat = threads.start("chat", "Visitor", by=SYSTEM, address="ana@lima.example")
    customer("Ana Lima", email="ana@lima.example", phone="+441632960001")
    assert fresh(chat).customer is None


def test_whoever_may_see_a_thread_watches_it(cast: Cast) -> None:
    thread = received().thread
    part = people.watch(thread, by=actor(cast.carla))
    assert people.watch(thread, by=actor(cast.carla)) == part
    assert people.watch(thread, by=actor(cast.ben), user=cast.bea).user == cast.bea
    with pytest.raises(OutOfReach):
        people.watch(thread, by=actor(cast.ben), user=cast.dora)
    with pytest.raises(OutOfReach):
        people.watch(thread, by=SYSTEM)
    theirs = threads.start("email", "Private", by=SYSTEM, customer=customer("Cy", owner=cast.sam))
    team = Actor("user", "Ben", user_id=cast.ben.pk, mates=frozenset({cast.ben.pk}),
                 grants={"conversations.view": Reach.TEAM})  # fmt: skip
    with pytest.raises(OutOfReach):
        people.watch(theirs, by=team)
    assert thread.participants.filter(role="watcher").count() == 2
