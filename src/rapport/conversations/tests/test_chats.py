"""Chats of visitors: who they are, what they may see, and how it goes on by mail when they left."""

from __future__ import annotations

from datetime import timedelta

import pytest

from rapport.conversations.incoming import IncomingFile
from rapport.conversations.models import Chat, ChatSite, Message, Thread, Visitor
from rapport.conversations.services import chats, messages, outbox, sites, visitors
from rapport.conversations.signed import NotSigned, Person, read, write
from rapport.conversations.tests.making import AT, events, everything, fresh, received
from rapport.customers.services import customers, purging
from rapport.kernel import clock
from rapport.kernel.actors import SYSTEM
from rapport.testing import builders
from rapport.testing.cast import Cast, actor

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(minutes=10)


@pytest.fixture
def site(cast: Cast) -> ChatSite:
    return sites.add("Shop", by=SYSTEM)


def begun(site: ChatSite, text: str = "Is the lamp there?", **values: object) -> Chat:
    visitor, _token = visitors.welcome(site, by=SYSTEM)
    message = chats.begin(visitor, text, by=SYSTEM, **values)  # type: ignore[arg-type]
    return Chat.objects.get(thread_id=message.thread_id)


def answered(chat: Chat, cast: Cast, text: str = "It is.") -> Message:
    made = messages.reply(chat.thread, text, by=actor(cast.alice))
    chats.hand_over(made)
    return Message.objects.get(pk=made.pk)


def test_a_chat_is_a_thread_like_every_other(site: ChatSite) -> None:
    with clock.frozen(AT):
        chat = begun(
            site, name="Ana", address="Ana@Lima.example", answers=[("Topic", "Lamps")], page="https://x.example/"
        )
    assert (chat.name, chat.address, chat.answers) == ("Ana", "ana@lima.example", [["Topic", "Lamps"]])
    thread = chat.thread
    assert (thread.channel, thread.subject, thread.message_count) == ("chat", "Is the lamp there?", 1)
    assert events(thread) == ["started"]
    assert thread.waiting_since == AT


def test_an_address_that_was_only_typed_is_nobodys(site: ChatSite) -> None:
    customer = builders.customer("Ana Lima", email="ana@lima.example")
    chat = begun(site, address="ana@lima.example")
    assert chat.thread.customer is None
    assert chat.visitor.customer is None
    assert not customer.messages.exists()
    assert not customer.participations.exists()


def test_who_names_the_address_of_another_does_not_see_their_chats(site: ChatSite) -> None:
    hers = begun(site, "My secret", address="ana@lima.example")
    other = begun(site, "Hello", address="ana@lima.example")
    assert [one.pk for one in visitors.chats_of(other.visitor)] == [other.pk]
    visitors.verify(hers.visitor, Person("ana@lima.example", "Ana"), by=SYSTEM)
    other.visitor.refresh_from_db()
    assert [one.pk for one in visitors.chats_of(other.visitor)] == [other.pk]


def test_a_signed_visitor_is_the_customer_in_every_browser(site: ChatSite) -> None:
    customer = builders.customer("Ana Lima", email="ana@lima.example")
    first = begun(site)
    visitor = visitors.verify(first.visitor, Person("ana@lima.example", "Ana"), by=SYSTEM)
    assert visitor.customer == customer
    assert fresh(first.thread).customer == customer
    assert Message.objects.get(thread=first.thread).customer == customer
    elsewhere, _token = visitors.welcome(site, by=SYSTEM)
    elsewhere = visitors.verify(elsewhere, Person("ANA@lima.example", "Ana"), by=SYSTEM)
    second = chats.begin(elsewhere, "Me again", by=SYSTEM)
    assert second.thread.customer == customer
    assert {one.thread_id for one in visitors.chats_of(visitor)} == {first.thread_id, second.thread_id}


def test_a_signed_visitor_nobody_knows_becomes_a_lead(site: ChatSite) -> None:
    visitor = visitors.verify(begun(site).visitor, Person("new@one.example", "New One"), by=SYSTEM)
    assert visitor.customer is not None
    assert (visitor.customer.name, visitor.customer.stage) == ("New One", "lead")


CLAIMS = {"email": "ana@lima.example", "name": "Ana", "exp": AT.timestamp() + 3600}


def test_a_token_is_believed_when_a_secret_of_the_site_made_it(site: ChatSite) -> None:
    with clock.frozen(AT):
        old = sites.secrets_of(site)[0]
        site = sites.rotate(site, by=SYSTEM)
        assert read(write(old, CLAIMS), sites.secrets_of(site), AT) == Person("ana@lima.example", "Ana")
        new = sites.secrets_of(site)[0]
        assert new != old
    with clock.frozen(AT + timedelta(days=1)):
        assert sites.secrets_of(site) == [new]


@pytest.mark.parametrize(
    "token",
    [
        "", "a.b", "a.b.c", write("another", CLAIMS), write("right", {**CLAIMS, "exp": AT.timestamp()}),
        write("right", {**CLAIMS, "exp": AT.timestamp() + 200_000}), write("right", {"email": "a@b.example"}),
        write("right", {"exp": CLAIMS["exp"]}), write("right", {**CLAIMS, "exp": True}), write("", CLAIMS),
        "eyJhbGciOiJub25lIn0." + write("right", CLAIMS).split(".")[1] + ".",
    ],
)  # fmt: skip
def test_other_tokens_are_refused(token: str) -> None:
    with pytest.raises(NotSigned):
        read(token, ["right", ""], AT)


def test_what_is_sent_twice_is_said_once(site: ChatSite) -> None:
    chat = begun(site)
    one = chats.say(chat, "Hello?", nonce="n1", by=SYSTEM)
    assert chats.say(chat, "Hello?", nonce="n1", by=SYSTEM) == one
    assert fresh(chat.thread).message_count == 2


def test_who_is_blocked_says_nothing_more(site: ChatSite, cast: Cast) -> None:
    chat = begun(site)
    visitors.block(chat.visitor, by=actor(cast.alice))
    before = everything()
    with pytest.raises(chats.Blocked):
        chats.say(chat, "Hello?", by=SYSTEM)
    with pytest.raises(chats.Blocked):
        chats.begin(Visitor.objects.get(pk=chat.visitor_id), "Hello?", by=SYSTEM)
    assert everything() == before


def test_nothing_and_no_address_are_refused(site: ChatSite) -> None:
    before = everything()
    with pytest.raises(messages.Empty):
        begun(site, "  ")
    with pytest.raises(chats.NotAnAddress):
        begun(site, address="nobody")
    assert everything() == before


def test_a_program_is_not_taken_but_noted(site: ChatSite) -> None:
    chat = begun(site)
    message = chats.say(chat, "", files=[IncomingFile("a.exe", b"MZ\x00\x00")], by=SYSTEM)
    kept = message.attachments.get()
    assert (kept.key, kept.refused) == ("", "Programs are not taken.")


def test_an_answer_is_there_at_once_and_is_read(site: ChatSite, cast: Cast) -> None:
    with clock.frozen(AT):
        chat = begun(site)
        answer = answered(chat, cast)
        assert answer.state == "sent"
        assert [one.text for one in chats.seen_by_visitor(chat)] == ["Is the lamp there?", "It is."]
    with clock.frozen(LATER):
        chats.here(chat, reading=True, by=SYSTEM)
        chat.refresh_from_db()
        assert chat.read_at == LATER
        assert chat.present(LATER + timedelta(seconds=74))
        assert not chat.present(LATER + timedelta(seconds=75))


def test_who_left_gets_answers_by_mail_only_where_they_said(site: ChatSite, cast: Cast) -> None:
    for address, by_mail in (("ana@lima.example", True), ("", False)):
        chat = begun(site, address=address)
        made = messages.reply(chat.thread, "It is.", by=actor(cast.alice))
        assert not chats.goes_by_mail(made)
        chats.leave(chat, by=SYSTEM)
        assert chats.goes_by_mail(made) is by_mail


def test_what_was_not_read_is_mailed_once(site: ChatSite, cast: Cast) -> None:
    with clock.frozen(AT):
        chat = begun(site, address="ana@lima.example")
    with clock.frozen(AT + timedelta(seconds=5)):
        answered(chat, cast)
        assert chats.mail_missed() == 0
    with clock.frozen(LATER):
        assert chats.mail_missed() == 1
        assert chats.mail_missed() == 0
    letter = Message.objects.get(thread=chat.thread, automatic="own")
    assert letter.to == [["", "ana@lima.example"]]
    assert "It is." in letter.text
    assert letter not in chats.seen_by_visitor(chat)


def test_an_answered_mail_makes_it_the_customers_and_shows_the_browser_no_more(site: ChatSite, cast: Cast) -> None:
    customer = builders.customer("Ana Lima", email="ana@lima.example")
    chat = begun(site, address="ana@lima.example")
    answered(chat, cast)
    mail = received("My private words", tokens=[chat.thread.token], raw=b"raw")
    assert mail.thread_id == chat.thread_id
    chat.refresh_from_db()
    assert fresh(chat.thread).customer == customer
    assert chat.visitor.customer is None
    assert "My private words" not in [one.text for one in chats.seen_by_visitor(chat)]
    with pytest.raises(chats.Over):
        chats.say(chat, "What did you write?", by=SYSTEM)


def test_a_stranger_with_the_token_does_not_get_in(site: ChatSite, cast: Cast) -> None:
    chat = begun(site, address="ana@lima.example")
    mail = received("Let me in", tokens=[chat.thread.token], raw=b"raw", from_address="eve@evil.example")
    assert mail.thread_id != chat.thread_id
    assert fresh(chat.thread).customer is None


def test_spam_under_the_address_of_another_does_not_silence_them(site: ChatSite, cast: Cast) -> None:
    chat = begun(site, address="ana@lima.example")
    Thread.objects.filter(pk=chat.thread_id).update(spam_at=AT)
    assert received("A real question").thread.spam_at is None


def test_a_transcript_goes_once_and_not_before_an_answer(site: ChatSite, cast: Cast) -> None:
    chat = begun(site, address="ana@lima.example", name="Ana")
    with pytest.raises(chats.NothingToSend):
        chats.transcript(chat, by=SYSTEM)
    answered(chat, cast)
    letter = chats.transcript(chat, by=SYSTEM)
    assert letter.text.endswith("Ana: Is the lamp there?\n\nAlice: It is.")
    assert chats.goes_by_mail(letter)
    with pytest.raises(chats.NothingToSend):
        chats.transcript(chat, by=SYSTEM)


def test_a_chat_is_rated_once(site: ChatSite) -> None:
    chat = begun(site)
    with pytest.raises(ValueError, match="1 to 5"):
        chats.rate(chat, 6, by=SYSTEM)
    chats.rate(chat, 5, by=SYSTEM)
    chats.rate(chat, 1, comment="Quick", by=SYSTEM)
    chats.rate(chat, 1, comment="Slow", by=SYSTEM)
    chat.refresh_from_db()
    assert (chat.score, chat.comment) == (5, "Quick")


def test_the_pages_of_a_visitor_are_kept_once_each_and_only_web_pages(site: ChatSite) -> None:
    visitor = begun(site).visitor
    for page in ("https://a.example/1", "https://a.example/1", "javascript:alert(1)", "https://a.example/2"):
        visitors.saw(visitor, page)
    assert [one.page for one in visitor.visits.order_by("at")] == ["https://a.example/1", "https://a.example/2"]


def test_nothing_of_who_is_gone_is_left(site: ChatSite, cast: Cast) -> None:
    customer = builders.customer("Ana Lima", email="ana@lima.example")
    chat = begun(site, page="https://a.example/1")
    visitors.verify(chat.visitor, Person("ana@lima.example", "Ana"), by=SYSTEM)
    visitors.saw(chat.visitor, "https://a.example/2")
    customers.trash(customer, by=SYSTEM)
    with clock.frozen(clock.now() + timedelta(days=31)):
        purging.purge(by=SYSTEM)
    chat.refresh_from_db()
    visitor = Visitor.objects.get(pk=chat.visitor_id)
    assert (chat.name, chat.address, chat.page, chat.answers) == ("", "", "", [])
    assert (visitor.name, visitor.address, visitor.visits.count()) == ("", "", 0)
    assert outbox.due() == []
