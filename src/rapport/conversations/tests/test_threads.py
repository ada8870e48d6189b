"""What may happen to a thread: it rests, wakes, is spam or not, is linked, split, assigned, recognised."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from rapport.conversations.incoming import Incoming
from rapport.conversations.models import Message, Participant, Thread, ThreadLink
from rapport.conversations.services import messages, people, splitting, threads
from rapport.conversations.tests.making import AT, events, everything, fresh, mailbox, received
from rapport.customers.models import Customer
from rapport.kernel import clock
from rapport.kernel.actors import SYSTEM, Actor, Reach
from rapport.kernel.models import EventRecord
from rapport.kernel.permissions import Forbidden, OutOfReach
from rapport.testing.builders import customer
from rapport.testing.cast import Cast, actor
from rapport.timeline.models import Touch

pytestmark = pytest.mark.django_db


@pytest.fixture
def thread(cast: Cast) -> Thread:
    """Return the thread of a mail from Ana."""
    mailbox()
    with clock.frozen(AT):
        return received(message_id="first@lima.example").thread


def test_start_a_thread_without_a_message(cast: Cast) -> None:
    ana = customer("Ana Lima", email="ana@lima.example")
    with clock.frozen(AT):
        made = threads.start("email", " Your order ", by=actor(cast.ben), customer=ana, assignee=cast.ben)
    assert (made.subject, made.customer, made.assignee, made.last_message_at) == ("Your order", ana, cast.ben, AT)
    asks = Participant.objects.get(thread=made)
    assert (asks.role, asks.address, asks.name, asks.customer) == ("requester", "ana@lima.example", "Ana Lima", ana)
    told = EventRecord.objects.get(subject_id=made.pk)
    assert (told.type, told.customer_id) == ("conversations.started", ana.pk)
    assert told.data == {"channel": "email", "subject": "Your order"}


def test_start_refuses_what_is_no_channel_or_no_address(cast: Cast) -> None:
    before = everything()
    with pytest.raises(ValueError, match="no channel smoke"):
        threads.start("smoke", "Hello", by=SYSTEM)
    with pytest.raises(people.NotAnAddress):
        threads.start("email", "Hello", by=SYSTEM, address="nowhere")
    with pytest.raises(Forbidden):
        threads.start("email", "Hello", by=actor(cast.carla))
    assert everything() == before


def test_tokens_are_never_alike(cast: Cast) -> None:
    tokens = {threads.new_token() for _ in range(2_000)}
    assert len(tokens) == 2_000
    assert {len(token) for token in tokens} == {12}
    assert set("".join(tokens)) <= set(threads.ALPHABET)


def test_a_thread_rests_until_its_time(cast: Cast, thread: Thread) -> None:
    until = AT + timedelta(hours=2)
    with clock.frozen(AT):
        threads.snooze(thread, until, by=actor(cast.ben))
        assert fresh(thread).snoozed(AT)
        assert (fresh(thread).snoozed_until, fresh(thread).snoozed_by) == (until, cast.ben)
    with clock.frozen(until - timedelta(seconds=1)):
        assert threads.wake_due(by=SYSTEM) == 0
    with clock.frozen(until):
        assert not fresh(thread).snoozed(until)
        assert threads.wake_due(by=SYSTEM) == 1
        assert threads.wake_due(by=SYSTEM) == 0
    assert fresh(thread).snoozed_until is None
    woken = EventRecord.objects.get(type="conversations.woken")
    assert woken.data == {"because": "time"}


def test_a_thread_is_woken_by_hand_once(cast: Cast, thread: Thread) -> None:
    threads.snooze(thread, clock.now() + timedelta(days=1), by=actor(cast.ben))
    threads.wake(thread, by=actor(cast.bea))
    threads.wake(thread, by=actor(cast.bea))
    assert events(thread).count("woken") == 1


def test_no_thread_rests_until_yesterday_or_in_the_trash(cast: Cast, thread: Thread) -> None:
    before = everything()
    with clock.frozen(AT), pytest.raises(threads.InThePast):
        threads.snooze(thread, AT, by=actor(cast.ben))
    assert everything() == before
    threads.trash(thread, by=SYSTEM)
    with pytest.raises(threads.NotLive):
        threads.snooze(thread, clock.now() + timedelta(days=1), by=actor(cast.ben))
    assert fresh(thread).snoozed_until is None


def test_spam_and_trash_are_told_once(cast: Cast, thread: Thread) -> None:
    mona = actor(cast.mona)
    for verb in (threads.mark_spam, threads.mark_spam, threads.clear_of_spam, threads.clear_of_spam, threads.trash,
                 threads.trash, threads.restore, threads.restore):  # fmt: skip
        verb(thread, by=mona)
    told = events(thread)
    assert told == ["started", "marked_spam", "cleared_of_spam", "trashed", "restored"]
    assert (fresh(thread).spam_at, fresh(thread).deleted_at) == (None, None)


def test_agents_move_nothing_to_the_trash(cast: Cast, thread: Thread) -> None:
    with pytest.raises(Forbidden):
        threads.trash(thread, by=actor(cast.ben))
    assert fresh(thread).deleted_at is None


def test_what_came_while_it_was_spam_is_told_when_it_is_cleared(cast: Cast, thread: Thread) -> None:
    threads.mark_spam(thread, by=actor(cast.ben))
    meanwhile = received("Truly!", references=("first@lima.example",))
    assert (meanwhile.thread, events(meanwhile)) == (thread, [])
    threads.clear_of_spam(thread, by=actor(cast.ben))
    assert events(meanwhile) == ["message_received"]
    assert events(thread) == ["started", "marked_spam", "cleared_of_spam"]


def test_somebody_answers_a_thread(cast: Cast, thread: Thread) -> None:
    threads.assign(thread, cast.ben, by=actor(cast.bea))
    threads.assign(thread, cast.ben, by=actor(cast.bea))
    assert fresh(thread).assignee == cast.ben
    threads.assign(thread, None, by=actor(cast.bea))
    assert fresh(thread).assignee is None
    told = EventRecord.objects.filter(type="conversations.assigned").order_by("recorded_at")
    assert [event.data for event in told] == [
        {"user_id": str(cast.ben.pk), "name": "Ben Okafor"}, {"before_id": str(cast.ben.pk)},
    ]  # fmt: skip


def test_whoever_left_or_may_not_see_conversations_answers_none(cast: Cast, thread: Thread) -> None:
    cast.ben.deactivated_at = AT
    for user in (cast.ben, cast.dora):
        with pytest.raises(threads.CannotSee):
            threads.assign(thread, user, by=SYSTEM)
    assert fresh(thread).assignee is None


def test_two_threads_are_linked_once_either_way_round(cast: Cast, thread: Thread) -> None:
    other = received().thread
    ben = actor(cast.ben)
    link = threads.link(thread, other, by=ben, kind="duplicate")
    assert threads.link(other, thread, by=ben) == link == threads.link(thread, other, by=ben)
    assert ThreadLink.objects.get().kind == "duplicate"
    threads.unlink(other, thread, by=ben)
    threads.unlink(other, thread, by=ben)
    assert not ThreadLink.objects.exists()
    assert (events(thread)[-1], events(other)[-1]) == ("linked", "unlinked")


def test_no_link_to_itself_or_to_what_one_may_not_see(cast: Cast, thread: Thread) -> None:
    theirs = threads.start("email", "Private", by=SYSTEM, customer=customer("Cy", owner=cast.sam, email="c@c.example"))
    ben = Actor("user", "Ben", user_id=cast.ben.pk, mates=frozenset({cast.ben.pk}),
                grants={"conversations.view": Reach.TEAM, "conversations.answer": Reach.ALL})  # fmt: skip
    before = everything()
    with pytest.raises(threads.Itself):
        threads.link(thread, thread, by=ben)
    with pytest.raises(OutOfReach):
        threads.link(thread, theirs, by=ben)
    assert everything() == before
    assert not ThreadLink.objects.exists()


def test_whom_a_thread_is_with_is_corrected(cast: Cast, thread: Thread) -> None:
    lead, bea = thread.customer, customer("Bea Lind")
    threads.set_customer(thread, bea, by=actor(cast.ben))
    threads.set_customer(thread, bea, by=actor(cast.ben))
    assert fresh(thread).customer == bea
    assert Message.objects.get(thread=thread).customer == bea
    assert Participant.objects.get(thread=thread).customer == bea
    told = EventRecord.objects.get(type="conversations.customer_set")
    assert lead is not None
    assert (told.customer_id, told.data) == (bea.pk, {"name": "Bea Lind", "before_id": str(lead.pk)})


def test_what_was_said_is_read_with_whomever_it_turns_out_to_be_with(cast: Cast, thread: Thread) -> None:
    lead, bea = thread.customer, customer("Bea Lind")
    assert lead is not None
    people.copy(thread, "rui@lima.example", by=SYSTEM)
    rui = customer("Rui", email="rui@lima.example")
    copied = Incoming("email", text="Me too.", from_address="rui@lima.example", tokens=[thread.token], message_id="2@x")
    messages.receive(copied, by=SYSTEM)
    messages.note(thread, "Careful", by=actor(cast.ben))
    threads.set_customer(thread, bea, by=actor(cast.ben))

    def read_with(whose: Customer) -> list[str]:
        kinds = EventRecord.objects.filter(customer_id=whose.pk).order_by("recorded_at", "id")
        return [one for one in kinds.values_list("type", flat=True) if one.startswith("conversations.")]

    assert "conversations.message_received" not in read_with(lead)
    assert read_with(rui) == ["conversations.message_received"]
    assert read_with(bea)[0] == "conversations.started"
    assert set(read_with(bea)) >= {"conversations.message_received", "conversations.note_added"}
    assert Touch.objects.get(customer=bea).last_in_at == Message.objects.get(thread=thread, customer=bea).at


def test_whom_one_may_not_see_is_not_set(cast: Cast, thread: Thread) -> None:
    theirs = customer("Cy", owner=cast.sam)
    ben = Actor("user", "Ben", user_id=cast.ben.pk, mates=frozenset({cast.ben.pk}),
                grants={"conversations.answer": Reach.ALL, "customers.view": Reach.TEAM})  # fmt: skip
    with pytest.raises(OutOfReach):
        threads.set_customer(thread, theirs, by=ben)
    assert fresh(thread).customer == thread.customer


def test_a_message_is_split_off_with_whoever_wrote_it(cast: Cast, thread: Thread) -> None:
    with clock.frozen(AT + timedelta(hours=1)):
        rui = customer("Rui", email="rui@lima.example")
        people.copy(thread, "rui@lima.example", by=SYSTEM)
        other = received("And my invoice?", from_address="rui@lima.example", subject="Invoice",
                         references=("first@lima.example",))  # fmt: skip
    assert other.thread == thread
    with clock.frozen(AT + timedelta(hours=2)):
        new = splitting.split(thread, [other.pk], by=actor(cast.ben))
    assert (new.subject, new.customer, new.message_count) == ("Invoice", rui, 1)
    assert (new.waiting_since, fresh(thread).waiting_since) == (AT + timedelta(hours=1), AT)
    assert fresh(thread).message_count == 1
    assert Message.objects.get(pk=other.pk).thread == new
    assert Participant.objects.get(thread=new).address == "rui@lima.example"
    link = ThreadLink.objects.get()
    assert (link.thread, link.other, link.kind) == (new, thread, "split")
    assert set(events(new)) == {"started", "linked"}
    told = EventRecord.objects.get(type="conversations.split")
    assert (told.subject_id, told.data) == (
        thread.pk, {"other_id": str(new.pk), "messages": 1, "subject": "Invoice"},
    )  # fmt: skip


def test_an_answer_that_is_split_off_goes_on_with_the_requester(cast: Cast, thread: Thread) -> None:
    answer = messages.reply(thread, "By the way …", by=actor(cast.ben))
    new = splitting.split(thread, {answer.pk}, by=actor(cast.ben), subject="By the way")
    assert (new.subject, Participant.objects.get(thread=new).address) == ("By the way", "ana@lima.example")


def test_there_must_be_some_but_not_all_to_split(cast: Cast, thread: Thread) -> None:
    first = Message.objects.get(thread=thread)
    elsewhere = received()
    answer = messages.reply(thread, "Yes", by=actor(cast.ben))
    Message.objects.filter(pk=answer.pk).update(state="sending")
    before = everything()
    for keys in ([], [first.pk, answer.pk], [elsewhere.pk], [first.pk, uuid4()], [answer.pk]):
        with pytest.raises(splitting.NothingToSplit):
            splitting.split(thread, keys, by=actor(cast.ben))
    assert everything() == before
