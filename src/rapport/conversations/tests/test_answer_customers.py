"""Answers wait, go to the right people, can be taken back, and nobody answers over a message they have not seen."""

from __future__ import annotations

from datetime import timedelta

import pytest

from rapport.conversations.file_kinds import NotTaken
from rapport.conversations.incoming import IncomingFile
from rapport.conversations.models import Draft, Message, Thread
from rapport.conversations.services import drafts, messages, people, threads
from rapport.conversations.tests.making import AT, events, everything, fresh, mailbox, received
from rapport.customers.models import Identity
from rapport.kernel import clock
from rapport.kernel.actors import SYSTEM, Actor
from rapport.kernel.models import EventRecord
from rapport.kernel.permissions import Forbidden
from rapport.testing.builders import customer
from rapport.testing.cast import Cast, actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(cast: Cast) -> Message:
    """Return Ana's mail, with Rui in copy, at the mailbox of the firm."""
    box = mailbox(name="Lantern help")
    with clock.frozen(AT):
        return received(message_id="first@lima.example", cc=(("Rui", "rui@lima.example"),), mailbox_id=box.pk)


def test_an_answer_waits_to_be_sent_to_the_requester_and_who_is_in_copy(cast: Cast, asked: Message) -> None:
    with clock.frozen(AT + timedelta(minutes=5)):
        answer = messages.reply(asked.thread, "It is on its way.", by=actor(cast.ben), html="<p>On its way</p>")
    answer.refresh_from_db()
    assert (answer.direction, answer.state, answer.sender_kind, answer.author) == ("out", "queued", "agent", cast.ben)
    assert answer.to == [["Ana Lima", "ana@lima.example"]]
    assert answer.cc == [["Rui", "rui@lima.example"]]
    assert (answer.subject, answer.from_address, answer.from_name) == (
        "Re: My order", "help@lantern.example", "Ben Okafor",
    )  # fmt: skip
    assert answer.send_after == answer.at == AT + timedelta(minutes=5, seconds=10)
    assert answer.message_id == f"{answer.pk.hex}.{asked.thread.token}@lantern.example"
    assert (answer.in_reply_to, answer.references) == (["first@lima.example"], ["first@lima.example"])
    assert events(answer) == ["message_queued"]
    after = fresh(asked.thread)
    assert (after.waiting_since, after.message_count) == (None, 2)


def test_the_chain_of_references_is_full(cast: Cast, asked: Message) -> None:
    more = received(message_id="more@lima.example", references=("first@lima.example",))
    answer = messages.reply(asked.thread, "Yes.", by=actor(cast.ben))
    assert answer.in_reply_to == ["more@lima.example"]
    assert answer.references == ["first@lima.example", "more@lima.example"]
    assert more.thread == asked.thread


def test_a_very_long_chain_keeps_its_first_and_its_newest(cast: Cast, asked: Message) -> None:
    ids = tuple(f"r{number}@x.example" for number in range(49))
    received(message_id="last@lima.example", references=("first@lima.example", *ids))
    answer = messages.reply(asked.thread, "Yes.", by=actor(cast.ben))
    assert len(answer.references) == 50
    assert answer.references[:2] == ["first@lima.example", "r1@x.example"]
    assert answer.references[-1] == "last@lima.example"


def test_the_requester_is_answered_where_they_asked_to_be(cast: Cast, asked: Message) -> None:
    received(references=("first@lima.example",), reply_to="Ana.Home@lima.example")
    answer = messages.reply(asked.thread, "Yes.", by=actor(cast.ben))
    assert answer.to == [["Ana Lima", "ana.home@lima.example"]]


def test_one_may_say_oneself_who_gets_it_but_never_ourselves(cast: Cast, asked: Message) -> None:
    own = ("", "help+abc@lantern.example")
    answer = messages.reply(
        asked.thread, "Yes.", by=actor(cast.ben), to=[("Zoe", "Zoe@x.example"), own],
        cc=[own, ("", "zoe@x.example"), ("", "tom@x.example")], bcc=[("", "files@x.example")],
    )  # fmt: skip
    assert answer.to == [["Zoe", "zoe@x.example"]]
    assert answer.cc == [["", "tom@x.example"]]
    assert answer.bcc == [["", "files@x.example"]]


def test_an_address_that_does_not_work_gets_no_copy(cast: Cast, asked: Message) -> None:
    rui = customer("Rui", email="rui@lima.example")
    rui.identities.update(invalid_at=AT)
    assert messages.reply(asked.thread, "Yes.", by=actor(cast.ben)).cc == []


def test_what_a_machine_writes_waits_for_nobody(cast: Cast, asked: Message) -> None:
    with clock.frozen(AT):
        answer = messages.reply(asked.thread, "We have your message.", by=SYSTEM, automatic=True)
    assert (answer.sender_kind, answer.automatic, answer.send_after) == ("system", "own", AT)
    assert fresh(asked.thread).waiting_since == AT  # a receipt is no answer


def test_without_an_address_nobody_can_be_written_to(cast: Cast) -> None:
    thread = threads.start("email", "Nobody", by=actor(cast.ben))
    before = everything()
    with pytest.raises(messages.NobodyToWriteTo):
        messages.reply(thread, "Hello?", by=actor(cast.ben))
    assert everything() == before
    chat = threads.start("chat", "Visitor", by=SYSTEM)
    assert messages.reply(chat, "Hello!", by=actor(cast.ben)).to == []


@pytest.mark.parametrize("text", ["", "  \n"])
def test_an_empty_answer_or_note_is_refused(cast: Cast, asked: Message, text: str) -> None:
    before = everything()
    with pytest.raises(messages.Empty):
        messages.reply(asked.thread, text, by=actor(cast.ben))
    with pytest.raises(messages.Empty):
        messages.note(asked.thread, text, by=actor(cast.ben))
    assert everything() == before


def test_readers_do_not_answer(cast: Cast, asked: Message) -> None:
    before = everything()
    for refused in (messages.reply, messages.note):
        with pytest.raises(Forbidden):
            refused(asked.thread, "Hello", by=actor(cast.carla))
    assert everything() == before


def test_spam_and_trash_are_not_answered(cast: Cast, asked: Message) -> None:
    threads.mark_spam(asked.thread, by=SYSTEM)
    before = everything()
    with pytest.raises(threads.NotLive):
        messages.reply(asked.thread, "Hello", by=actor(cast.ben))
    threads.clear_of_spam(asked.thread, by=SYSTEM)
    threads.trash(asked.thread, by=SYSTEM)
    with pytest.raises(threads.NotLive):
        messages.reply(asked.thread, "Hello", by=actor(cast.ben))
    assert everything()[:2] == before[:2]


def test_whoever_answers_over_an_unseen_message_is_told_of_it(cast: Cast, asked: Message) -> None:
    newer = received("Never mind!", references=("first@lima.example",))
    messages.note(asked.thread, "I look into it.", by=actor(cast.bea))
    before = everything()
    with pytest.raises(messages.NewerMessage) as refusal:
        messages.reply(asked.thread, "It is on its way.", by=actor(cast.ben), seen=asked.pk)
    assert refusal.value.message == newer
    assert everything() == before
    assert messages.reply(asked.thread, "All right.", by=actor(cast.ben), seen=newer.pk).state == "queued"


def test_the_answer_of_a_colleague_counts_as_unseen_too(cast: Cast, asked: Message) -> None:
    first = messages.reply(asked.thread, "It is on its way.", by=actor(cast.ben), seen=asked.pk)
    with pytest.raises(messages.NewerMessage) as refusal:
        messages.reply(asked.thread, "It is lost.", by=actor(cast.bea), seen=asked.pk)
    assert refusal.value.message == first


def test_an_answer_is_taken_back_and_is_a_draft_again(cast: Cast, asked: Message) -> None:
    answer = messages.reply(asked.thread, "It is lost.", by=actor(cast.ben))
    assert messages.cancel(answer, by=actor(cast.ben)).state == "cancelled"
    draft = Draft.objects.get()
    assert (draft.author, draft.text, draft.to) == (cast.ben, "It is lost.", [["Ana Lima", "ana@lima.example"]])
    assert events(answer) == ["message_queued", "message_cancelled"]
    told = EventRecord.objects.get(subject_id=answer.pk, type="conversations.message_cancelled")
    assert told.data["because"] == "undone"
    assert fresh(asked.thread).waiting_since == AT


def test_taking_back_overwrites_no_draft(cast: Cast, asked: Message) -> None:
    answer = messages.reply(asked.thread, "It is lost.", by=actor(cast.ben))
    drafts.save(asked.thread, "And another thing", by=actor(cast.ben))
    messages.cancel(answer, by=actor(cast.ben))
    assert Draft.objects.get().text == "And another thing"


@pytest.mark.parametrize("state", ["sending", "sent", "failed", "cancelled"])
def test_what_does_not_wait_is_not_taken_back(cast: Cast, asked: Message, state: str) -> None:
    answer = messages.reply(asked.thread, "It is lost.", by=actor(cast.ben))
    Message.objects.filter(pk=answer.pk).update(state=state, sent_at=AT)
    before = everything()
    with pytest.raises(messages.TooLate):
        messages.cancel(answer, by=actor(cast.ben))
    assert everything() == before
    assert Message.objects.get(pk=answer.pk).state == state


def test_send_later(cast: Cast, asked: Message) -> None:
    later = AT + timedelta(days=1)
    with clock.frozen(AT):
        answer = messages.reply(asked.thread, "Did it arrive?", by=actor(cast.ben), send_after=later)
    assert (answer.send_after, answer.at) == (later, later)


def test_an_answer_is_cancelled_when_the_customer_writes_first(cast: Cast, asked: Message) -> None:
    with clock.frozen(AT + timedelta(hours=1)):
        kept = messages.reply(asked.thread, "Your invoice.", by=actor(cast.ben), send_after=AT + timedelta(days=2))
        chase = messages.reply(
            asked.thread, "Did it arrive?", by=actor(cast.ben), send_after=AT + timedelta(days=2),
            cancel_on_answer=True,
        )  # fmt: skip
    with clock.frozen(AT + timedelta(hours=2)):
        received("Out of office", references=("first@lima.example",), automatic="auto_reply")
        assert Message.objects.get(pk=chase.pk).state == "queued"
    with clock.frozen(AT + timedelta(hours=3)):
        received("It arrived!", references=("first@lima.example",))
    assert Message.objects.get(pk=chase.pk).state == "cancelled"
    assert Message.objects.get(pk=kept.pk).state == "queued"
    assert Draft.objects.get().text == "Did it arrive?"
    told = EventRecord.objects.get(subject_id=chase.pk, type="conversations.message_cancelled")
    assert told.data["because"] == "answered"
    assert fresh(asked.thread).waiting_since == AT + timedelta(hours=3)


def test_answering_throws_ones_draft_of_an_answer_away(cast: Cast, asked: Message) -> None:
    drafts.save(asked.thread, "It is…", by=actor(cast.ben))
    drafts.save(asked.thread, "Mine", by=actor(cast.bea))
    messages.note(asked.thread, "A note", by=actor(cast.ben))
    assert Draft.objects.count() == 2
    messages.reply(asked.thread, "It is on its way.", by=actor(cast.ben))
    assert Draft.objects.get().author == cast.bea


def test_files_go_with_an_answer_or_nothing_goes(cast: Cast, asked: Message) -> None:
    answer = messages.reply(asked.thread, "", by=actor(cast.ben), files=[IncomingFile("a.pdf", b"%PDF-1.7")])
    assert list(answer.attachments.values_list("name", "media_type")) == [("a.pdf", "application/pdf")]
    before = everything()
    with pytest.raises(NotTaken):
        messages.reply(asked.thread, "See file", by=actor(cast.ben), files=[IncomingFile("a.exe", b"MZ\x00")])
    assert everything() == before


def test_a_note_is_for_the_staff_alone(cast: Cast, asked: Message) -> None:
    note = messages.note(asked.thread, "Ana is a friend of Mona.", by=actor(cast.ben))
    assert (note.direction, note.state, note.author) == ("note", "received", cast.ben)
    after = fresh(asked.thread)
    assert (after.message_count, after.waiting_since, after.last_out_at) == (1, AT, None)
    assert events(note) == ["note_added"]
    assert list(Message.objects.filter(thread=asked.thread).public()) == [asked]


def test_the_customer_sees_only_what_was_sent(cast: Cast, asked: Message) -> None:
    answer = messages.reply(asked.thread, "Yes.", by=actor(cast.ben))
    shown = Message.objects.filter(thread=asked.thread).public()
    for state, seen in (("queued", False), ("sending", False), ("failed", False), ("cancelled", False),
                        ("sent", True), ("delivered", True), ("bounced", True)):  # fmt: skip
        Message.objects.filter(pk=answer.pk).update(state=state, sent_at=AT)
        assert shown.filter(pk=answer.pk).exists() is seen, state


def test_a_message_arrives(cast: Cast, asked: Message) -> None:
    answer = messages.reply(asked.thread, "Yes.", by=actor(cast.ben))
    assert messages.delivered(answer, by=SYSTEM).state == "queued"
    Message.objects.filter(pk=answer.pk).update(state="sent", sent_at=AT)
    assert messages.delivered(answer, by=SYSTEM).state == "delivered"
    assert events(answer)[-1] == "message_delivered"


@pytest.mark.parametrize(("kind", "state", "dead"), [("hard", "bounced", True), ("soft", "sent", False),
                                                     ("complaint", "sent", False)])  # fmt: skip
def test_a_message_comes_back(cast: Cast, asked: Message, kind: str, state: str, dead: bool) -> None:
    with clock.frozen(AT + timedelta(minutes=1)):
        answer = messages.reply(asked.thread, "Yes.", by=actor(cast.ben))
    Message.objects.filter(pk=answer.pk).update(state="sent", sent_at=AT)
    messages.bounced(answer, kind, by=SYSTEM, address="ANA@lima.example", reason="550 no such user")
    assert Message.objects.get(pk=answer.pk).state == state
    told = EventRecord.objects.get(subject_id=answer.pk, type="conversations.message_bounced")
    assert (told.data["kind"], told.data["address"]) == (kind, "ana@lima.example")
    assert (Identity.objects.get(normal="ana@lima.example").invalid_at is not None) is dead
    assert (fresh(asked.thread).waiting_since is not None) is dead


def test_there_is_no_other_kind_of_coming_back(cast: Cast, asked: Message) -> None:
    with pytest.raises(ValueError, match="no kind of bounce odd"):
        messages.bounced(asked, "odd", by=SYSTEM)


def test_only_what_failed_is_sent_again(cast: Cast, asked: Message) -> None:
    answer = messages.reply(asked.thread, "Yes.", by=actor(cast.ben))
    with pytest.raises(messages.NotFailed):
        messages.send_again(answer, by=actor(cast.ben))
    Message.objects.filter(pk=answer.pk).update(state="failed", attempts=8, error="refused")
    again = messages.send_again(answer, by=actor(cast.ben))
    assert (again.state, again.attempts, again.error, again.message_id) == ("queued", 0, "", answer.message_id)
    assert events(answer) == ["message_queued", "message_queued"]


def test_somebody_is_put_in_copy_and_taken_out(cast: Cast, asked: Message) -> None:
    ben = actor(cast.ben)
    part = people.copy(asked.thread, "Zoe@X.example", name="Zoe", by=ben)
    assert (part.address, part.role) == ("zoe@x.example", "cc")
    assert people.copy(asked.thread, "zoe@x.example", by=ben) == part
    assert people.copy(asked.thread, "ana@lima.example", by=ben).role == "requester"
    people.uncopy(asked.thread, "zoe@x.example", by=ben)
    people.uncopy(asked.thread, "ana@lima.example", by=ben)
    left = asked.thread.participants.values_list("address", flat=True)
    assert set(left) == {"ana@lima.example", "rui@lima.example"}
    assert events(asked.thread).count("copied") == 2


@pytest.mark.parametrize(("address", "refusal"), [("nonsense", people.NotAnAddress),
                                                  ("help+x@lantern.example", people.OwnAddress)])  # fmt: skip
def test_no_address_and_our_own_are_not_copied(
    cast: Cast, asked: Message, address: str, refusal: type[ValueError]
) -> None:
    before = (*everything(), asked.thread.participants.count())
    with pytest.raises(refusal):
        people.copy(asked.thread, address, by=actor(cast.ben))
    assert (*everything(), asked.thread.participants.count()) == before


def test_out_of_reach_is_neither_answered_nor_seen(cast: Cast) -> None:
    from rapport.kernel.actors import Reach
    from rapport.kernel.permissions import OutOfReach

    thread = threads.start("email", "Private", by=SYSTEM, customer=customer("Cy", owner=cast.sam, email="c@c.example"))
    grants = {"conversations.view": Reach.TEAM, "conversations.answer": Reach.TEAM}
    ben = Actor("user", "Ben", user_id=cast.ben.pk, grants=grants, mates=frozenset({cast.ben.pk, cast.bea.pk}))
    assert not Thread.objects.visible_to(ben).exists()
    with pytest.raises(OutOfReach):
        messages.reply(thread, "Hello", by=ben)
    threads.assign(thread, cast.bea, by=SYSTEM)
    assert Thread.objects.visible_to(ben).get() == thread
    assert messages.reply(thread, "Hello", by=ben).state == "queued"
