from __future__ import annotations

from datetime import timedelta

import pytest

from rapport.conversations.models import Message
from rapport.conversations.services import messages, threads
from rapport.customers.services import customers, purging
from rapport.kernel import clock
from rapport.kernel.actors import SYSTEM
from rapport.kernel.models import EventRecord
from rapport.kernel.permissions import Forbidden
from rapport.service.models import Ticket, TicketLink
from rapport.service.queries import matching, saying, talk_of
from rapport.service.reactions import assign_threads
from rapport.service.services import assigning, complaints, queues, splits, statuses, tickets, watchers
from rapport.service.tests.making import AT, answered, events, everything, fresh, queue, ticket, ticket_of, written
from rapport.testing.builders import customer
from rapport.testing.cast import Cast, actor

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def test_talk_that_begins_is_a_ticket_in_the_queue_of_its_channel(cast: Cast) -> None:
    ana, chat = customer("Ana"), queue("Chat", [cast.ben], "round_robin")
    queues.take_in(chat, channel="chat", by=SYSTEM)
    with clock.frozen(AT):
        made = ticket_of(written("Where is it?", of=ana, subject="My lamp"))
    assert (made.subject, made.channel, made.requester, made.queue) == ("My lamp", "chat", ana, chat)
    assert (made.owner, made.category, made.waiting_since) == (cast.ben, "new", AT)
    assert events(made) == ["ticket_opened", "ticket_assigned", "ticket_waits"]


def test_talk_without_a_subject_is_named_by_its_channel(cast: Cast) -> None:
    assert ticket_of(written(subject="")).subject == "Message by Chat"


def test_what_is_written_again_goes_on_with_the_ticket_and_waits_no_younger(cast: Cast) -> None:
    with clock.frozen(AT):
        message = written()
    with clock.frozen(AT + HOUR):
        again = written("Hello?", thread_id=message.thread_id)
    made = ticket_of(message)
    assert ticket_of(again) == made
    assert made.waiting_since == AT
    assert Ticket.objects.count() == 1
    assert events(made).count("ticket_waits") == 1


def test_the_first_answer_of_a_person_is_told_once(cast: Cast) -> None:
    with clock.frozen(AT):
        message = written(of=customer("Ana"))
    with clock.frozen(AT + HOUR):
        answered(message, by=actor(cast.alice))
    made = ticket_of(message)
    assert (made.first_response_at, made.answers, made.waiting_since) == (AT + HOUR, 1, None)
    assert (made.category, made.owner) == ("open", cast.alice)
    with clock.frozen(AT + 2 * HOUR):
        answered(message, "By the way …", by=actor(cast.mona))
    made = ticket_of(message)
    assert (made.first_response_at, made.answers, made.owner) == (AT + HOUR, 2, cast.alice)
    told = EventRecord.objects.get(subject_id=made.pk, type="service.first_answered")
    assert told.data == {"number": made.code, "seconds": 3600}
    waited = EventRecord.objects.filter(subject_id=made.pk, type="service.answered").order_by("recorded_at")
    assert [event.data.get("seconds_waited") for event in waited] == [3600, None]


def test_notes_and_machines_answer_nobody(cast: Cast) -> None:
    message = written()
    messages.note(message.thread, "Ask the carrier", by=actor(cast.alice))
    made = messages.reply(message.thread, "We got your message", by=SYSTEM, automatic=True)
    Message.objects.filter(pk=made.pk).update(send_after=AT)
    from rapport.conversations.services import outbox

    assert outbox.send(made.pk) == "sent"
    assert (ticket_of(message).first_response_at, ticket_of(message).answers) == (None, 0)
    assert ticket_of(message).waiting_since is not None


def test_machines_open_no_tickets(cast: Cast) -> None:
    message = written("I am out of office", automatic="auto_reply")
    assert not Ticket.objects.exists()
    assert ticket_of(written("I am back", thread_id=message.thread_id)).channel == "chat"


def test_a_customer_who_was_waited_for_is_heard(cast: Cast) -> None:
    message = written()
    tickets.set_status(ticket_of(message), statuses.standard("waiting"), by=SYSTEM)
    written("Here it is", thread_id=message.thread_id)
    assert ticket_of(message).category == "open"


def test_what_is_written_soon_opens_again_and_what_is_written_late_follows(cast: Cast) -> None:
    ana = customer("Ana")
    with clock.frozen(AT):
        message = written(of=ana)
        old = tickets.solve(ticket_of(message), by=SYSTEM)
    with clock.frozen(AT + DAY):
        written("It is broken again", of=ana, thread_id=message.thread_id)
    assert (fresh(old).category, fresh(old).reopened) == ("open", 1)
    assert EventRecord.objects.get(type="service.ticket_reopened").data["because"] == "message"
    with clock.frozen(AT + 2 * DAY):
        tickets.solve(old, by=SYSTEM)
    with clock.frozen(AT + 30 * DAY):
        late = written("And now again", of=ana, thread_id=message.thread_id)
    new = ticket_of(late)
    assert (new.follows, new.requester, fresh(old).category) == (old, ana, "solved")
    assert new.waiting_since == AT + 30 * DAY
    assert fresh(old).waiting_since == AT
    assert new.talk.count() == old.talk.count() == 1


def test_a_ticket_in_the_trash_comes_back_when_the_customer_writes(cast: Cast) -> None:
    message = written()
    tickets.trash(ticket_of(message), by=SYSTEM)
    written("Hello?", thread_id=message.thread_id)
    assert ticket_of(message).deleted_at is None


def test_spam_takes_its_ticket_along(cast: Cast) -> None:
    message = written()
    threads.mark_spam(message.thread, by=SYSTEM)
    assert ticket_of(message).deleted_at is not None


def test_threads_learn_who_answers_them(cast: Cast) -> None:
    message = written()
    made = assigning.assign(ticket_of(message), cast.ben, by=SYSTEM)
    told = EventRecord.objects.get(subject_id=made.pk, type="service.ticket_assigned")
    from rapport.kernel.events import load

    for _twice in range(2):
        assign_threads(told, load(told.type, told.data))  # type: ignore[arg-type]
    message.thread.refresh_from_db()
    assert message.thread.assignee == cast.ben


def test_a_split_makes_a_ticket_of_part_of_the_talk(cast: Cast) -> None:
    ana = customer("Ana")
    with clock.frozen(AT):
        message = written("Where is it?", of=ana)
    with clock.frozen(AT + HOUR):
        second = written("And do you repair clocks?", of=ana, thread_id=message.thread_id)
    old = ticket_of(message)
    new = splits.split(old, [second.pk], by=actor(cast.ben), subject="Clocks")
    assert ticket_of(second) == new
    assert ticket_of(message) == old
    assert (new.subject, new.requester, new.opened_at, new.waiting_since) == ("Clocks", ana, AT + HOUR, AT + HOUR)
    link = TicketLink.objects.get()
    assert (link.ticket, link.other, link.kind) == (new, old, "split")
    assert events(old)[-1] == "ticket_split"


def test_what_cannot_be_split_stays(cast: Cast) -> None:
    message, other = written(), written()
    made = ticket_of(message)
    before = everything()
    for wrong in ([], [other.pk], [message.pk, other.pk]):
        with pytest.raises(splits.NotItsTalk):
            splits.split(made, wrong, by=SYSTEM)
    with pytest.raises(ValueError, match="not all of them"):
        splits.split(made, [message.pk], by=SYSTEM)
    with pytest.raises(Forbidden):
        splits.split(made, [message.pk], by=actor(cast.carla))
    assert everything() == before


def test_the_talk_of_a_ticket_is_for_who_may_see_both(cast: Cast) -> None:
    message = written("Where is the paper lantern?")
    made = ticket_of(message)
    assert list(talk_of(made, actor(cast.ben))) == [message]
    assert list(saying("lant", actor(cast.ben))) == [made]
    assert not saying("clock", actor(cast.ben)).exists()
    assert not talk_of(made, actor(cast.dora)).exists() or "conversations.view" in cast.dora.role.grants


def test_tickets_go_to_the_trash_with_their_customer_and_come_back(cast: Cast) -> None:
    ana = customer("Ana")
    first, gone, other = ticket("A", requester=ana), ticket("B", requester=ana), ticket("C")
    tickets.trash(gone, by=SYSTEM)
    customers.trash(ana, by=SYSTEM)
    assert [fresh(one).deleted_at is None for one in (first, gone, other)] == [False, False, True]
    customers.restore(ana, by=SYSTEM)
    assert [fresh(one).deleted_at is None for one in (first, gone, other)] == [True, False, True]


def test_of_who_is_gone_for_good_tickets_keep_no_word(cast: Cast) -> None:
    ana, zoe = customer("Ana Lima"), customer("Zoe")
    with clock.frozen(AT):
        mine, other = ticket("My brass lamp", requester=ana, tags=["lamp"]), ticket("A clock", requester=zoe)
        watchers.add(other, ana, by=SYSTEM)
        complaints.record(mine, "price", what_happened="She said so", by=SYSTEM)
        customers.trash(ana, by=SYSTEM)
    with clock.frozen(AT + 31 * DAY):
        assert purging.purge(by=SYSTEM) == 1
    row = fresh(mine)
    assert (row.subject, row.tags, row.requester, row.number) == ("Forgotten", [], None, mine.number)
    assert not matching("brass", SYSTEM).exists()
    assert not Ticket.objects.filter(search__contains="ana").exists()
    assert row.recovery.what_happened == ""
    assert (fresh(other).subject, other.watchers.count()) == ("A clock", 0)
    told = EventRecord.objects.get(subject_id=mine.pk, type="service.ticket_opened")
    assert "subject" not in told.data or not told.data["subject"]
