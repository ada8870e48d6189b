"""What waits is handed over once, whatever happens to the process that does it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.db import connection, connections
from django.test import override_settings
from procrastinate.contrib.django.models import ProcrastinateJob

from rapport.conversations.gateways import NoGateway, Outgoing, Refused, TryLater, gateway
from rapport.conversations.models import Delivery, Message
from rapport.conversations.services import messages, outbox, threads
from rapport.conversations.tests.making import AT, Wire, events, everything, fresh, received
from rapport.kernel import clock
from rapport.kernel.actors import SYSTEM
from rapport.testing.cast import Cast, actor

pytestmark = pytest.mark.django_db


class Killed(BaseException):
    """The process dies: nothing is caught, nothing is tidied up."""


@pytest.fixture
def waiting(cast: Cast) -> Message:
    """Return an answer that is due at `AT`."""
    with clock.frozen(AT - timedelta(hours=1)):
        asked = received()
    with clock.frozen(AT - timedelta(seconds=10)):
        return messages.reply(asked.thread, "On its way.", by=actor(cast.ben))


def send(message: Message, at: datetime = AT) -> Message:
    with clock.frozen(at):
        outbox.send(message.pk)
    return Message.objects.get(pk=message.pk)


def die(outgoing: Outgoing) -> None:
    raise Killed


def die_after(outgoing: Outgoing) -> None:
    outgoing.point_of_no_return()
    raise Killed


def test_a_message_that_is_due_is_sent(cast: Cast, waiting: Message, wire: Wire) -> None:
    sent = send(waiting)
    assert (sent.state, sent.sent_at, sent.at, sent.attempts, sent.error) == ("sent", AT, AT, 1, "")
    assert wire.taken == [waiting.pk]
    delivery = Delivery.objects.get()
    assert (delivery.outcome, delivery.detail, delivery.handed_at, delivery.ended_at) == (
        "accepted", "250 taken", AT, AT,
    )  # fmt: skip
    assert events(waiting) == ["message_queued", "message_sent"]
    thread = fresh(waiting.thread)
    assert (thread.last_out_at, thread.waiting_since) == (AT, None)


def test_its_job_is_queued_for_the_moment_it_is_due(cast: Cast, waiting: Message) -> None:
    job = ProcrastinateJob.objects.get(task_name="conversations.send")
    assert (job.args, job.scheduled_at) == ({"message": str(waiting.pk)}, AT)


def test_nothing_is_sent_before_its_time_or_twice(cast: Cast, waiting: Message, wire: Wire) -> None:
    assert send(waiting, AT - timedelta(seconds=1)).state == "queued"
    send(waiting)
    send(waiting)
    assert wire.taken == [waiting.pk]
    assert Delivery.objects.count() == 1


def test_what_was_taken_back_or_is_spam_is_not_sent(cast: Cast, waiting: Message, wire: Wire) -> None:
    threads.mark_spam(waiting.thread, by=SYSTEM)
    assert send(waiting).state == "queued"
    with clock.frozen(AT):
        assert outbox.due() == []
    threads.clear_of_spam(waiting.thread, by=SYSTEM)
    messages.cancel(waiting, by=SYSTEM)
    assert send(waiting).state == "cancelled"
    assert wire.taken == []


def test_what_is_due_is_listed_oldest_first(cast: Cast, waiting: Message) -> None:
    with clock.frozen(AT - timedelta(minutes=5)):
        earlier = messages.reply(received(message_id="x@x.example").thread, "Hi", by=SYSTEM)
    with clock.frozen(AT):
        later = messages.reply(waiting.thread, "Later", by=SYSTEM, send_after=AT + timedelta(seconds=1))
        assert outbox.due() == [earlier.pk, waiting.pk]
        assert outbox.due(at_most=1) == [earlier.pk]
    assert later.state == "queued"


def test_it_is_tried_again_less_and_less_often_and_then_fails(cast: Cast, waiting: Message, wire: Wire) -> None:
    def busy(outgoing: Outgoing) -> None:
        raise TryLater("451 busy")

    wire.act, at = busy, AT
    for number, wait in enumerate(outbox.WAITS, start=1):
        tried = send(waiting, at)
        assert (tried.state, tried.attempts, tried.error) == ("queued", number, "451 busy")
        assert tried.send_after == at + wait
        at = tried.send_after
    failed = send(waiting, at)
    assert (failed.state, failed.attempts) == ("failed", len(outbox.WAITS) + 1)
    assert events(waiting) == ["message_queued", "message_failed"]
    assert Delivery.objects.filter(outcome="later").count() == len(outbox.WAITS) + 1
    assert fresh(waiting.thread).waiting_since == AT - timedelta(hours=1)


def test_what_is_refused_fails_at_once(cast: Cast, waiting: Message, wire: Wire) -> None:
    def refuse(outgoing: Outgoing) -> None:
        raise Refused("550 no such user")

    wire.act = refuse
    failed = send(waiting)
    assert (failed.state, failed.error) == ("failed", "550 no such user")
    assert events(waiting)[-1] == "message_failed"


def test_a_mistake_before_the_point_of_no_return_is_tried_again(cast: Cast, waiting: Message, wire: Wire) -> None:
    def stumble(outgoing: Outgoing) -> None:
        raise OSError("no route to host")

    wire.act = stumble
    assert send(waiting).state == "queued"
    assert Delivery.objects.get().outcome == "later"


def test_a_mistake_after_it_is_left_to_a_person(cast: Cast, waiting: Message, wire: Wire) -> None:
    def stumble(outgoing: Outgoing) -> None:
        outgoing.point_of_no_return()
        raise OSError("connection reset")

    wire.act = stumble
    failed = send(waiting)
    assert failed.state == "failed"
    assert failed.error == "Nobody knows whether this was sent. Look before you send it again. connection reset"
    assert Delivery.objects.get().outcome == "unknown"


def test_without_a_way_out_it_fails_visibly(cast: Cast, waiting: Message) -> None:
    with override_settings(GATEWAYS={}):
        with pytest.raises(NoGateway):
            gateway("email")
        assert send(waiting).error == "There is no way out set up for this channel."


def test_in_a_chat_a_message_has_arrived_when_it_is_written(cast: Cast) -> None:
    chat = threads.start("chat", "Visitor", by=SYSTEM)
    with clock.frozen(AT):
        answer = messages.reply(chat, "Hello!", by=SYSTEM)
    assert send(answer).state == "sent"


def interrupted(message: Message, wire: Wire, act: object) -> Message:
    """Let the process die while it sends."""
    wire.act = act  # type: ignore[assignment]
    with pytest.raises(Killed):
        send(message)
    wire.act = lambda outgoing: outgoing.point_of_no_return()
    return Message.objects.get(pk=message.pk)


LATE = AT + outbox.SURELY_OVER + timedelta(seconds=1)


def settle(at: datetime = LATE) -> int:
    with clock.frozen(at):
        return outbox.settle()


def test_a_crash_before_the_point_of_no_return_sends_it_again(cast: Cast, waiting: Message, wire: Wire) -> None:
    assert interrupted(waiting, wire, die).state == "sending"
    assert (settle(), Message.objects.get(pk=waiting.pk).state) == (1, "queued")
    assert send(waiting, LATE + timedelta(minutes=1)).state == "sent"
    assert wire.taken == [waiting.pk]


@pytest.mark.parametrize(("answer", "state"), [(True, "sent"), (False, "queued"), (None, "failed")])
def test_after_it_the_gateway_is_asked(
    cast: Cast, waiting: Message, wire: Wire, answer: bool | None, state: str
) -> None:
    interrupted(waiting, wire, die_after)
    wire.answer = answer
    assert (settle(), Message.objects.get(pk=waiting.pk).state) == (1, state)
    assert wire.taken == []
    assert settle() == 0


def test_nothing_is_decided_while_a_gateway_may_still_be_at_it(cast: Cast, waiting: Message, wire: Wire) -> None:
    interrupted(waiting, wire, die)
    assert settle(AT + outbox.SURELY_OVER) == 0
    assert Message.objects.get(pk=waiting.pk).state == "sending"
    assert send(waiting, LATE).state == "sending"
    assert wire.taken == []


def test_a_gateway_that_fails_when_asked_knows_nothing(cast: Cast, waiting: Message, wire: Wire) -> None:
    interrupted(waiting, wire, die_after)
    with override_settings(GATEWAYS={}):
        settle()
    assert Message.objects.get(pk=waiting.pk).state == "failed"


def test_what_was_decided_already_stays(cast: Cast, waiting: Message, wire: Wire) -> None:
    send(waiting)
    delivery, before = Delivery.objects.get(), everything()
    row = outbox.finish(waiting, delivery, "refused", "too late", by=SYSTEM)
    assert row.state == "sent"
    assert everything() == before


def test_the_month_by_which_it_is_found_is_that_of_sending(cast: Cast, waiting: Message, wire: Wire) -> None:
    send(waiting, datetime(2026, 6, 1, 0, 0, tzinfo=AT.tzinfo))
    with connection.cursor() as cursor:
        cursor.execute("SELECT search::text FROM conversations_message WHERE id = %s", [waiting.pk])
        vector: str = cursor.fetchone()[0]
    assert "'@2026-06'" in vector
    assert "'@2026-05'" not in vector


@pytest.fixture
def jobs_gone() -> Iterator[None]:
    """Leave no job behind."""
    yield
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs CASCADE")


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("jobs_gone")
def test_many_workers_at_once_send_each_message_once(cast: Cast, wire: Wire) -> None:
    due: list[UUID] = []
    with clock.frozen(AT):
        for number in range(5):
            asked = received(message_id=f"{number}@x.example", from_address=f"p{number}@x.example")
            due.append(messages.reply(asked.thread, "Hello", by=SYSTEM).pk)
    ready = threading.Barrier(8)

    def work() -> None:
        try:
            ready.wait()
            for message_id in due:
                outbox.send(message_id)
        finally:
            connections["default"].close()

    workers = [threading.Thread(target=work) for _ in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(wire.taken) == sorted(due)
    assert set(Message.objects.filter(pk__in=due).values_list("state", flat=True)) == {"sent"}
    assert Delivery.objects.count() == 5


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("jobs_gone")
def test_the_outcome_is_written_when_the_database_is_back(
    cast: Cast, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = messages.reply(received().thread, "Hello", by=SYSTEM)
    monkeypatch.setattr(outbox, "PATIENCE", (0, 0))

    def hang_up(outgoing: Outgoing) -> None:
        outgoing.point_of_no_return()
        connection.connection.close()  # as when the database goes away

    wire.act = hang_up
    assert outbox.send(answer.pk) == "sent"
    assert wire.taken == [answer.pk]


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("jobs_gone")
def test_the_attempt_is_committed_before_the_gateway_has_the_message(cast: Cast, wire: Wire) -> None:
    seen: list[tuple[str, str, bool]] = []

    def look(outgoing: Outgoing) -> None:
        def elsewhere() -> None:
            row, attempt = Message.objects.get(pk=outgoing.message.pk), Delivery.objects.get()
            seen.append((row.state, attempt.outcome, attempt.handed_at is not None))
            assert outbox.send(row.pk) == ""  # another process finds it locked
            connections["default"].close()

        for passed in (False, True):
            if passed:
                outgoing.point_of_no_return()
            other = threading.Thread(target=elsewhere)
            other.start()
            other.join()

    wire.act = look
    answer = messages.reply(received().thread, "Hello", by=SYSTEM)
    assert outbox.send(answer.pk) == "sent"
    assert seen == [("sending", "", False), ("sending", "", True)]
    assert wire.taken == [answer.pk]


def take_back(message: Message, ready: threading.Barrier, refused: list[Message]) -> None:
    try:
        ready.wait()
        messages.cancel(message, by=SYSTEM)
    except messages.TooLate:
        refused.append(message)
    finally:
        connections["default"].close()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("jobs_gone")
def test_taking_back_and_sending_at_once_do_one_of_both(cast: Cast, wire: Wire) -> None:
    for number in range(5):
        answer = messages.reply(received(message_id=f"{number}@y.example").thread, "Hello", by=SYSTEM)
        ready = threading.Barrier(2)
        refused: list[Message] = []
        other = threading.Thread(target=take_back, args=(answer, ready, refused))
        other.start()
        ready.wait()
        outbox.send(answer.pk)
        other.join()
        state = Message.objects.get(pk=answer.pk).state
        assert (state, answer.pk in wire.taken) in {("sent", True), ("cancelled", False)}
        assert bool(refused) is (state == "sent")
