"""The week of service: made by verbs, marked, the same each time, sent to nobody, and gone with one click."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib import import_module
from random import Random
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.db import connection

from rapport.calls.models import Call
from rapport.conversations.models import Attachment, Chat, Delivery, Mailbox, Message, Thread
from rapport.conversations.services import messages, outbox, threads
from rapport.customers.models import Customer
from rapport.demo import services
from rapport.demo.services import loading
from rapport.demo.week import CAUSE, play
from rapport.demo.week.cast import Cast as Customers
from rapport.demo.week.play import Stage, conversations
from rapport.demo.week.scripts import Script, scripts
from rapport.feedback.models import Answer, Survey
from rapport.kernel import clock
from rapport.kernel.actors import SYSTEM
from rapport.kernel.models import EventRecord
from rapport.knowledge.models import Article, Category, SearchedWord, Translation
from rapport.meetings.models import Meeting
from rapport.promises.models import Promise
from rapport.service.models import Calendar, CannedAnswer, Clock, Macro, Queue, SlaPolicy, Ticket
from rapport.team.models import Organisation, Role, User
from rapport.testing.builders import customer, line, order, product
from rapport.testing.cast import Cast, actor

week = import_module("rapport.demo.week.play")
pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 4, 15, tzinfo=UTC)  # a Wednesday afternoon
GOODS = ("Hanging lantern", "Regency cakestand 3 tier", "Party bunting", "Alarm clock red", "T-light holder")
NOUNS = (
    Thread, Message, Ticket, Clock, Queue, Calendar, SlaPolicy, CannedAnswer, Macro, Mailbox, Survey, Answer, Promise,
    Article, Category, SearchedWord, Meeting, Call, Chat, Attachment, User,
)  # fmt: skip


def nothing(_stage: str, _done: int, _all: int) -> None:
    """Report to nobody."""


@pytest.fixture(autouse=True)
def buyers(cast: Cast) -> Iterator[None]:
    """Made-up customers with an order each, in the countries that write; sample data as the demonstration has it."""
    with clock.frozen(NOW):
        goods = [product(name=name) for name in GOODS]
        for number in range(24):
            country = ("GB", "GB", "GB", "DE", "FR", "ES")[number % 6]
            made = customer(
                f"Ada Buyer{number}", email=f"ada{number}@example.com", phone=f"+44 1632 9600{number:02}",
                country=country,
            )  # fmt: skip
            order(made, *(line(one.sku, quantity=6, name=one.name) for one in goods))
        for table in loading.MARKED:
            with connection.cursor() as cursor:
                cursor.execute(f"UPDATE {table} SET sample = true")
        Organisation.objects.update(sample_since=NOW)
        yield


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> list[Script]:
    """Leave conversations enough that everything that anybody does in the week is done, and no more."""
    seen: set[tuple[str, object]] = set()
    chosen = []
    for one in sorted(scripts(), key=lambda script: script.when != "early"):
        acts = {(turn.do, turn.words[0] if turn.do == "rate" else "") for turn in one.turns}
        does = acts | {(one.channel, ""), (one.country, "")}
        if not does <= seen or one.when == "late":
            seen |= does
            chosen.append(one)
    monkeypatch.setattr(week, "scripts", lambda: chosen)
    return chosen


def test_there_are_enough_conversations_of_every_kind() -> None:
    plans = scripts()
    spoken = Counter(one.country for one in plans)
    channels = Counter(one.channel for one in plans)

    assert 150 <= len(plans) <= 250
    assert len({one.text for one in plans if not one.data.get("missed")}) >= len(plans) - 3
    assert all(channels[name] >= 5 for name in ("email", "chat", "form", "phone", "portal"))
    assert all(spoken[country] >= 3 for country in ("DE", "FR", "ES"))


def test_a_week_is_played_marked_sent_to_nobody_and_gone_with_one_click(cast: Cast, few: list[Script]) -> None:
    real = customer("Real Rita", email="rita@example.org")
    before = {noun: noun.objects.count() for noun in NOUNS}
    events = EventRecord.objects.count()
    play(nothing, fresh=False)
    running = Ticket.objects.running()

    assert Ticket.objects.count() >= len(few)
    assert Thread.objects.filter(sample=False).count() == 0
    assert Ticket.objects.filter(sample=False).count() == 0
    assert Answer.objects.filter(sample=False).count() == 0
    assert Promise.objects.filter(sample=False).count() == 0
    assert Article.objects.filter(sample=False).count() == 0
    assert Customer.objects.filter(sample=False).get() == real
    assert Article.objects.count() >= 15
    assert Translation.objects.filter(article__sample=True, language="de", translated_from=1).exists()

    assert mail.outbox == []
    assert set(Delivery.objects.values_list("outcome", "detail").distinct()) == {("accepted", "")}
    assert not Message.objects.filter(state__in=["queued", "sending", "failed"], send_after__lte=NOW).exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name IN ('conversations.send')")
        assert cursor.fetchone()[0] == 0

    assert running.filter(owner=None).exists()
    assert running.filter(priority="urgent").exists()
    assert running.filter(talk__thread__snoozed_until__gt=NOW).exists()
    assert running.filter(next_breach_at__gt=NOW).exists()
    assert Ticket.objects.filter(merged_into__isnull=False).exists()
    assert Ticket.objects.filter(reopened__gte=1).exists()
    assert Clock.objects.filter(end="met").exists()
    assert any(one.late for one in Clock.objects.filter(stopped_at__isnull=False))
    assert {"csat", "ces", "nps"} <= set(Answer.objects.values_list("kind", flat=True))
    assert SearchedWord.objects.filter(missed__gt=0).exists()
    assert Meeting.objects.exists()
    assert Call.objects.exists()
    assert not User.objects.get(name="Ben Okafor", email__startswith="ben.").check_password(loading.PASSWORD)

    services.remove(by=actor(cast.alice))
    assert {noun: noun.objects.count() for noun in NOUNS} == before
    assert not EventRecord.objects.filter(cause_id=CAUSE).exists()
    assert EventRecord.objects.count() <= events + 1
    assert list(Customer.objects.all()) == [real]


def test_the_same_moment_gives_the_same_week() -> None:
    def planned() -> list[tuple[datetime, str, object]]:
        stage = Stage(SYSTEM, NOW, Random("rapport week"))
        told: list[tuple[datetime, str, object]] = []
        buyers = Customers(stage.dice)
        for script, at in conversations(stage, ZoneInfo("Europe/London")):
            told.append((at, script.text, buyers.part(script.country, script.like).customer.pk))
        return told

    assert planned() == planned()


def test_a_firm_that_changed_the_usual_roles_gets_no_week() -> None:
    Role.objects.filter(key="agent").update(grants={"customers.view": "all"})
    assert play(nothing, fresh=False) == 0
    assert not Queue.objects.exists()


def test_nothing_is_queued_for_the_mail_of_made_up_customers(cast: Cast) -> None:
    ana = Customer.objects.order_by("number").first()
    talk = threads.start("email", "Hello", by=actor(cast.alice), customer=ana)
    said = messages.reply(talk, "Hello Ada", by=actor(cast.alice))
    with clock.frozen(NOW + timedelta(minutes=5)):
        assert talk.sample
        assert outbox.send(said.pk) == "sent"
    assert mail.outbox == []
