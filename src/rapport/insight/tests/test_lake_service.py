"""The lake follows what happens in service, and only what it holds of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from rapport.conversations.models import Message, Thread
from rapport.customers.models import Customer
from rapport.insight.lake.reader import Lake, close
from rapport.insight.lake.reader import open as open_lake
from rapport.insight.lake.refresh import refresh
from rapport.insight.models import Change
from rapport.kernel import clock
from rapport.service.models import Clock, Status, StatusSpan, Ticket, TicketThread
from rapport.team.models import Organisation

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2024, 5, 1, 9, tzinfo=UTC)


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Path]:
    Organisation.objects.create(id=1, name="Firm", currency="GBP", zone="Europe/London", language="en", created_at=NOW)
    with clock.frozen(NOW):
        yield tmp_path / "lake"
    close()


def ticket() -> Ticket:
    """Make a customer's ticket by mail with one message each way."""
    stamps = {"created_at": NOW, "updated_at": NOW}
    customer = Customer.objects.create(number=1, name="Ada", since=NOW, **stamps)
    status, _made = Status.objects.get_or_create(name="Fresh", defaults={"category": "new"})
    made = Ticket.objects.create(
        number=900, subject="Lantern", status=status, category="new", channel="email", requester=customer,
        opened_at=NOW, tags=["late"], **stamps,
    )  # fmt: skip
    StatusSpan.objects.create(ticket=made, status=status, category="new", entered_at=NOW)
    talk = Thread.objects.create(channel="email", customer=customer, token="t1", last_message_at=NOW, created_at=NOW)
    TicketThread.objects.create(ticket=made, thread=talk, added_at=NOW)
    said = {"thread": talk, "at": NOW, "created_at": NOW}
    Message.objects.create(direction="in", sender_kind="customer", state="received", fresh_text="Where is it?", **said)
    Message.objects.create(
        direction="out",
        sender_kind="agent",
        state="sent",
        sent_at=NOW,
        fresh_text="It left today. It comes soon.",
        **said,
    )
    return made


def rows(lake: Lake, name: str) -> list[dict[str, Any]]:
    return lake.list(lake.table(name))


def test_service_is_copied_without_what_was_said(root: Path) -> None:
    made = ticket()
    refresh(root)
    lake = open_lake(root)
    messages = {row["direction"]: row for row in rows(lake, "conversations_message")}

    assert [(row["id"], row["tags"], str(row["opened_on"])) for row in rows(lake, "service_ticket")] == [
        (made.pk, ["late"], "2024-05-01")
    ]
    assert (messages["out"]["words"], messages["out"]["sentences"]) == (6, 2)
    assert (messages["in"]["words"], messages["in"]["sentences"]) == (None, None)
    assert not {"text", "fresh_text", "html", "subject"} & set(messages["out"])
    assert not {"subject", "custom"} & set(rows(lake, "service_ticket")[0])


def test_a_refresh_and_a_full_build_agree(root: Path) -> None:
    made = ticket()
    refresh(root)
    Ticket.objects.filter(pk=made.pk).update(category="solved", answers=1, first_response_at=NOW)
    StatusSpan.objects.filter(ticket=made).update(left_at=NOW)
    StatusSpan.objects.create(ticket=made, status=made.status, category="solved", entered_at=NOW)
    Clock.objects.create(ticket=made, aim="first", minutes=60, started_at=NOW, due_at=NOW + timedelta(hours=1))
    Message.objects.filter(direction="in").delete()
    Message.objects.filter(direction="out").update(fresh_text="Solved.")
    Thread.objects.update(spam_at=NOW)
    done = refresh(root)
    names = ("service_ticket", "service_statusspan", "service_clock", "conversations_message", "conversations_thread")

    def held() -> dict[str, list[dict[str, Any]]]:
        return {name: sorted(rows(open_lake(root), name), key=lambda row: str(row["id"])) for name in names}

    after = held()
    assert not done.full
    assert after["conversations_message"][0]["words"] == 1
    refresh(root, full=True)
    assert held() == after


def test_what_the_lake_does_not_hold_leaves_no_note(root: Path) -> None:
    made = ticket()
    refresh(root)
    Ticket.objects.filter(pk=made.pk).update(next_breach_at=NOW, version=7, updated_at=NOW, subject="Other")
    Thread.objects.update(message_count=9, last_message_at=NOW, waiting_since=NOW)
    Message.objects.filter(direction="out").update(attempts=2, error="later", state="delivered")
    assert not Change.objects.filter(source__in=["service_ticket", "conversations_thread"]).exists()
    assert not Change.objects.filter(source="conversations_message").exists()

    with connection.cursor() as cursor:
        cursor.execute("UPDATE service_ticket SET tags = '{a,b}'")
    assert [str(one.low) for one in Change.objects.filter(source="service_ticket")] == [str(made.pk)]
