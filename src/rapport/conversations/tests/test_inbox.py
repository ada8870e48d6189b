"""The lists of the inbox, one thread, and what was said where: within reach, in order, page by page."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rapport.conversations import queries, searching
from rapport.conversations.models import Message, Thread
from rapport.conversations.services import drafts, messages, people, presence, threads
from rapport.conversations.tests.making import AT, mailbox, received
from rapport.kernel import clock
from rapport.kernel.actors import SYSTEM, Actor, Reach
from rapport.testing.builders import customer
from rapport.testing.cast import Cast, actor

pytestmark = pytest.mark.django_db
MOMENTS = st.integers(0, 4_000_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


def asked(number: int, text: str = "Where is my lantern?") -> Message:
    """File a mail of person `number`, `number` hours after `AT`."""
    with clock.frozen(AT + timedelta(hours=number)):
        return received(
            text, from_address=f"p{number}@x.example", from_name=f"P {number}", subject=f"Question {number}"
        )


def shown(who: Actor, view: str, **values: object) -> list[str]:
    return [line.thread.subject for line in queries.inbox(who, view, **values).items]  # type: ignore[arg-type]


def test_each_list_has_what_belongs_to_it(cast: Cast) -> None:
    ben = actor(cast.ben)
    rows = [asked(number).thread for number in range(7)]
    with clock.frozen(AT + timedelta(days=1)):
        threads.assign(rows[0], cast.ben, by=SYSTEM)
        threads.assign(rows[1], cast.bea, by=SYSTEM)
        threads.snooze(rows[2], AT + timedelta(days=3), by=SYSTEM)
        threads.snooze(rows[3], AT + timedelta(days=2), by=SYSTEM)
        threads.mark_spam(rows[4], by=SYSTEM)
        threads.trash(rows[5], by=SYSTEM)
        messages.reply(rows[6], "Here it is.", by=SYSTEM)
    lists = {view: shown(ben, view) for view in queries.VIEWS}
    assert lists == {
        "mine": ["Question 0"],
        "unassigned": ["Question 6"],
        "waiting": ["Question 0", "Question 1"],
        "all": ["Question 6", "Question 3", "Question 2", "Question 1", "Question 0"],
        "snoozed": ["Question 3", "Question 2"],
        "sent": ["Question 6"],
        "spam": ["Question 4"],
        "trash": ["Question 5"],
    }
    assert queries.counters(ben) == {"mine": 1, "unassigned": 1, "waiting": 2, "snoozed": 2, "spam": 1, "trash": 1}
    assert queries.counters(ben, at_most=1)["waiting"] == 1
    with pytest.raises(KeyError):
        queries.inbox(ben, "nowhere")


@pytest.mark.parametrize("view", ["waiting", "all", "unassigned"])
def test_pages_follow_each_other_without_gap_or_overlap(cast: Cast, view: str) -> None:
    ben = actor(cast.ben)
    for number in (0, 1, 1, 1, 2, 3, 3):
        asked(number)
    whole = [line.thread.pk for line in queries.inbox(ben, view).items]
    assert len(whole) == 7
    found, cursor = [], None
    while True:
        page = queries.inbox(ben, view, after=cursor, limit=2)
        found += [line.thread.pk for line in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert found == whole


def test_a_line_tells_the_newest_message(cast: Cast) -> None:
    ben, first = actor(cast.ben), asked(0)
    with clock.frozen(AT + timedelta(hours=1)):
        messages.reply(first.thread, "It is\n on its way.", by=ben)
        presence.type(first.thread, by=ben)
        line = queries.inbox(ben, "sent").items[0]
    assert (line.excerpt, line.direction, line.author, line.typing) == ("It is on its way.", "out", "Ben Okafor", True)
    assert queries.inbox(ben, "sent").items[0].typing is False


def test_nobody_sees_in_lists_counts_or_search_what_they_may_not_see(cast: Cast) -> None:
    theirs = customer("Cy", owner=cast.sam, email="cy@x.example")
    with clock.frozen(AT):
        hidden = received("secret lantern", from_address="cy@x.example")
    asked(1)
    rights = {"conversations.view": Reach.TEAM, "conversations.answer": Reach.TEAM}
    ben = Actor("user", "Ben", user_id=cast.ben.pk, grants=rights, mates=frozenset({cast.ben.pk, cast.bea.pk}))
    assert shown(ben, "all") == shown(ben, "waiting") == ["Question 1"]
    assert queries.counters(ben)["waiting"] == 1
    assert queries.of_customer(theirs, ben) == []
    assert queries.search("secret", ben).items == []
    with pytest.raises(Thread.DoesNotExist):
        queries.thread(ben, hidden.thread_id)
    assert queries.search("secret", SYSTEM).items == [hidden]
    assert queries.of_customer(theirs, SYSTEM) == [hidden.thread]
    nobody = Actor("user", "Nobody")
    assert shown(nobody, "all") == []
    assert queries.search("lantern", nobody).items == []
    own = Actor("user", "Sam", user_id=cast.sam.pk, grants={"conversations.view": Reach.OWN})
    assert shown(own, "all") == ["My order"]
    threads.assign(asked(2).thread, cast.sam, by=SYSTEM)
    assert shown(own, "all") == ["Question 2", "My order"]


def test_a_thread_is_read_from_its_newest_messages_on(cast: Cast) -> None:
    mailbox()
    ben, first = actor(cast.ben), asked(0)
    with clock.frozen(AT + timedelta(hours=1)):
        messages.note(first.thread, "A note", by=ben)
        people.watch(first.thread, by=ben)
    with clock.frozen(AT + timedelta(hours=2)):
        messages.reply(first.thread, "An answer", by=ben)
    talk = queries.talk(first.thread, ben)
    assert [message.text for message in talk.messages] == ["Where is my lantern?", "A note", "An answer"]
    assert [part.role for part in talk.participants] == ["requester", "watcher"]
    assert talk.earlier is None
    newest = queries.talk(first.thread, ben, limit=2)
    assert [message.text for message in newest.messages] == ["A note", "An answer"]
    before = queries.talk(first.thread, ben, limit=2, before=newest.earlier)
    assert [message.text for message in before.messages] == ["Where is my lantern?"]


def test_opening_a_thread_asks_few_questions(cast: Cast, django_assert_max_num_queries: object) -> None:
    first = asked(0)
    for number in range(5):
        messages.note(first.thread, f"Note {number}", by=SYSTEM)
    ben = actor(cast.ben)
    with django_assert_max_num_queries(8):  # type: ignore[operator]
        talk = queries.talk(queries.thread(ben, first.thread_id), ben)
        assert [list(message.attachments.all()) for message in talk.messages] == [[]] * 6


def test_linked_threads_are_shown_from_both(cast: Cast) -> None:
    one, two = asked(0).thread, asked(1).thread
    threads.link(one, two, by=SYSTEM)
    assert queries.linked(one, SYSTEM) == [two]
    assert queries.linked(two, SYSTEM) == [one]


def test_what_is_newer_is_told(cast: Cast) -> None:
    first = asked(0)
    with clock.frozen(AT + timedelta(hours=1)):
        answer = messages.reply(first.thread, "Yes", by=SYSTEM)
        messages.note(first.thread, "A note", by=SYSTEM)
    assert queries.newer(first.thread, first.pk) == [answer]
    assert queries.newer(first.thread, answer.pk) == []
    assert queries.newer(first.thread, None) == [first, answer]


def test_one_sees_who_looks_and_who_types(cast: Cast) -> None:
    ben, bea, thread = actor(cast.ben), actor(cast.bea), asked(0).thread
    with clock.frozen(AT):
        presence.look(thread, by=ben)
        presence.type(thread, by=bea)
        presence.look(thread, by=bea)
        presence.look(thread, by=SYSTEM)
        seen = queries.present(thread, SYSTEM)
        assert [(one.user, queries.typing(one)) for one in seen] == [(cast.bea, True), (cast.ben, False)]
        assert [one.user for one in queries.present(thread, ben)] == [cast.bea]
    with clock.frozen(AT + queries.TYPES_FOR):
        assert [queries.typing(one) for one in queries.present(thread, ben)] == [False]
    with clock.frozen(AT + queries.LOOKS_FOR):
        assert queries.present(thread, ben) == []
    with clock.frozen(AT):
        presence.leave(thread, by=bea)
        assert queries.present(thread, ben) == []


def test_drafts_of_colleagues_are_seen_while_they_are_shared(cast: Cast) -> None:
    ben, bea, thread = actor(cast.ben), actor(cast.bea), asked(0).thread
    mine = drafts.save(thread, "Mine", by=ben, shared=False)
    theirs = drafts.save(thread, "Theirs", by=bea)
    assert set(queries.drafts_of(thread, ben)) == {mine, theirs}
    assert queries.drafts_of(thread, bea) == [theirs]
    assert queries.my_drafts(ben) == [mine]
    assert queries.my_drafts(SYSTEM) == []


def test_a_note_reaches_the_colleague_whom_it_names(cast: Cast) -> None:
    thread = asked(0).thread
    note = messages.note(thread, "@Bea and @mona: can you? Thanks, @ben. Not @dora", by=actor(cast.ben))
    assert set(note.mentions.values_list("user_id", flat=True)) == {cast.bea.pk, cast.mona.pk}
    assert [mention.message for mention in queries.mentions(actor(cast.bea))] == [note]
    assert queries.mentions(actor(cast.sam)) == queries.mentions(SYSTEM) == []
    watching = thread.participants.filter(role="watcher").values_list("user_id", flat=True)
    assert set(watching) == {cast.bea.pk, cast.mona.pk}
    people.unwatch(thread, by=actor(cast.bea))
    assert list(thread.participants.filter(role="watcher").values_list("user_id", flat=True)) == [cast.mona.pk]
    note.mentions.update(seen_at=AT)
    assert queries.mentions(actor(cast.bea), unseen=True) == []


def test_search_finds_words_in_any_spelling_newest_first(cast: Cast) -> None:
    old = asked(0, "Die Laterne aus München ist kaputt")
    new = asked(1, "LATERNEN sind schön")
    gone = asked(2, "Laterne")
    threads.mark_spam(gone.thread, by=SYSTEM)
    ben = actor(cast.ben)
    assert queries.search("laterne", ben).items == [new, old]
    assert queries.search("munchen latern", ben).items == [old]
    assert queries.search("SCHON", ben).items == [new]
    assert queries.search("p0@x.example", ben).items == [old]
    assert queries.search("question 1", ben).items == [new]
    assert queries.search("nothing", ben).items == queries.search("  ", ben).items == []
    assert queries.search("is", ben).items == []  # two letters are a whole word: only "ist" is there
    assert queries.search("'& | !(", ben).items == []


@pytest.mark.parametrize("text", ["cand", "large cand"])
@pytest.mark.parametrize(
    ("newest", "further", "frequent"), [(1, 0, 9), (3, 0, 1), (3, 4, 1), (3, 100, 2), (2, 5, 9), (100, 0, 1)]
)
def test_search_reads_on_page_by_page_however_it_looks(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, newest: int, further: int, frequent: int, text: str
) -> None:
    for name, value in (("NEWEST", newest), ("FURTHER", further), ("FREQUENT", frequent)):
        monkeypatch.setattr(queries, name, value)
    rows = []
    for number in range(9):
        with clock.frozen(AT + timedelta(days=24 * number)):
            rows.append(received("large candle" if number != 4 else "large lamp", from_address=f"p{number}@x.example"))
    wanted = [row for row in reversed(rows) if row.text == "large candle"]
    found: list[Message] = []
    cursor = None
    while True:
        page = queries.search(text, SYSTEM, after=cursor, limit=3)
        found += page.items
        cursor = page.next
        if cursor is None:
            break
    assert found == wanted


def test_a_word_longer_than_the_database_takes_is_left_out(cast: Cast) -> None:
    message = asked(0, "lantern " + "x" * 5_000)
    assert queries.search("lantern", SYSTEM).items == [message]


@given(MOMENTS, MOMENTS)
def test_the_months_between_two_moments_are_all_and_in_order(one: datetime, other: datetime) -> None:
    newest, oldest = max(one, other), min(one, other)
    found = searching.months(newest, oldest)
    assert found[0] == searching.month(newest)
    assert found[-1] == searching.month(oldest)
    assert found == sorted(set(found), reverse=True)
    assert len(found) == (newest.year - oldest.year) * 12 + newest.month - oldest.month + 1


@given(st.text(max_size=300))
@example("\x00")
@example("\ud800 ' \\")
@example("\x1f \x1f\x1f")
def test_any_text_makes_a_document_and_a_query_that_the_database_takes(text: str) -> None:
    from django.db import connection

    plain = searching.document(text, addresses=[text[:40]], at=AT)
    asked_for = searching.query(text, of_months=[searching.month(AT)])
    with connection.cursor() as cursor:
        cursor.execute("SELECT length(%s::tsvector)", [plain])
        if asked_for:
            cursor.execute("SELECT %s::tsvector @@ %s::tsquery", [plain, asked_for.text])
            assert cursor.fetchone() is not None
