from __future__ import annotations

import pytest

from rapport.conversations.incoming import Incoming
from rapport.conversations.models import Mailbox, Message, SenderRule, Thread
from rapport.conversations.services import messages, sender_rules
from rapport.customers.models import Customer
from rapport.kernel import clock
from rapport.kernel.actors import SYSTEM
from rapport.kernel.models import EventRecord
from rapport.testing import builders
from rapport.testing.cast import Cast, actor

pytestmark = pytest.mark.django_db


def wrote(address: str, *, key: str = "1", **values: object) -> Message:
    given = {"channel": "email", "text": "Buy this", "subject": "Offer", "message_id": f"{key}@example.net", **values}
    return messages.receive(Incoming(from_address=address, **given), by=SYSTEM)  # type: ignore[arg-type]


@pytest.mark.parametrize("rule", ["bad@spam.example", "@spam.example", "@SPAM.example", " Bad@spam.example "])
def test_mail_of_a_blocked_sender_is_kept_as_spam_and_told_to_nobody(cast: Cast, rule: str) -> None:
    sender_rules.block(rule, by=actor(cast.alice))
    message = wrote("bad@spam.example")
    assert message.thread.spam_at is not None
    assert not EventRecord.objects.filter(type="conversations.message_received").exists()
    assert not Customer.objects.exists()


def test_a_rule_for_a_domain_holds_for_what_is_below_it_and_nothing_else(cast: Cast) -> None:
    sender_rules.block("@spam.example", by=actor(cast.alice))
    assert sender_rules.blocked("x@news.spam.example")
    assert not sender_rules.blocked("x@notspam.example")
    assert not sender_rules.blocked("")


def test_a_blocked_sender_does_not_get_into_a_thread_that_runs(cast: Cast) -> None:
    first = wrote("ana@example.com")
    sender_rules.block("ana@example.com", by=actor(cast.alice))
    second = wrote("ana@example.com", key="2", tokens=[first.thread.token])
    assert second.thread_id != first.thread_id
    assert (Thread.objects.get(pk=first.thread_id).spam_at, second.thread.spam_at is None) == (None, False)


def test_after_unblocking_mail_is_taken_again(cast: Cast) -> None:
    by = actor(cast.alice)
    sender_rules.block("ana@example.com", by=by)
    sender_rules.unblock("ANA@example.com", by=by)
    assert wrote("ana@example.com").thread.spam_at is None
    told = EventRecord.objects.filter(type__startswith="conversations.sender").order_by("id")
    assert [row.type for row in told] == ["conversations.sender_blocked", "conversations.sender_unblocked"]


def test_blocking_twice_is_blocking_once(cast: Cast) -> None:
    for _ in range(2):
        sender_rules.block("@spam.example", by=actor(cast.alice))
    assert SenderRule.objects.count() == 1
    assert EventRecord.objects.filter(type="conversations.sender_blocked").count() == 1


@pytest.mark.parametrize("sender", ["", "spam", "@", "@localhost", "help@shop.example", "@shop.example"])
def test_what_is_no_sender_or_is_ours_is_refused(cast: Cast, sender: str) -> None:
    at = clock.now()
    Mailbox.objects.create(address="help@shop.example", created_at=at, updated_at=at)
    with pytest.raises(sender_rules.NoSender):
        sender_rules.block(sender, by=actor(cast.alice))
    with pytest.raises(sender_rules.NoSender):
        sender_rules.block(cast.ben.email, by=actor(cast.alice))
    assert not SenderRule.objects.exists()


def test_pictures_of_a_sender_are_shown_until_they_are_not(cast: Cast) -> None:
    by = actor(cast.alice)
    sender_rules.show_pictures("ana@example.com", by=by)
    assert sender_rules.with_pictures(["ana@example.com", "tom@example.com"]) == {"ana@example.com"}
    sender_rules.hide_pictures("ana@example.com", by=by)
    assert sender_rules.with_pictures(["ana@example.com"]) == set()


def test_what_we_did_with_a_customers_mail_is_forgotten_with_them(cast: Cast) -> None:
    ana = builders.customer("Ana Lima", email="ana@example.com")
    sender_rules.show_pictures("ana@example.com", by=actor(cast.alice))
    sender_rules.block("@spam.example", by=actor(cast.alice))
    sender_rules.forget(ana.pk)
    assert [row.sender for row in SenderRule.objects.all()] == ["@spam.example"]
