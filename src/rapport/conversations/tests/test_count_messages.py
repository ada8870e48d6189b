"""What a thread knows of its messages is what its messages say, whatever they are: the rule once more, in Python."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rapport.conversations.models import Message, Thread
from rapport.conversations.services import threads
from rapport.conversations.services.counting import recount
from rapport.conversations.tests.making import AT
from rapport.kernel import clock
from rapport.kernel.actors import SYSTEM
from rapport.testing.cast import Cast

INWARDS = st.fixed_dictionaries(
    {"direction": st.just("in"), "state": st.just("received"), "sender_kind": st.sampled_from(["customer", "agent"]),
     "automatic": st.sampled_from(["", "auto_reply"])}
)  # fmt: skip
OUTWARDS = st.fixed_dictionaries(
    {"direction": st.just("out"), "sender_kind": st.just("agent"), "automatic": st.sampled_from(["", "own"]),
     "state": st.sampled_from(["queued", "sending", "sent", "delivered", "failed", "bounced", "cancelled"])}
)  # fmt: skip
NOTES = st.fixed_dictionaries({"direction": st.just("note"), "state": st.just("received"), "automatic": st.just(""),
                               "sender_kind": st.just("agent")})  # fmt: skip
TIMES = st.tuples(st.integers(0, 50), st.sampled_from([0, -1, 3, 26, 500]))  # hours after AT, hours it is dated back


def counts_from(row: dict[str, Any]) -> datetime:
    """Return from when a message counts: its date, if it is one of the past, else when we had it."""
    at: datetime = row["at"] if row["created_at"] - row["at"] > timedelta(days=1) else row["created_at"]
    return at


def expected(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what a thread with these messages should know."""
    said = [row for row in rows if row["direction"] != "note" and row["state"] != "cancelled"]
    came = [row for row in said if row["direction"] == "in"]
    went = [row for row in said if row["direction"] == "out"]
    answers = [counts_from(row) for row in went if not row["automatic"] and row["state"] not in {"failed", "bounced"}]
    asked = [
        counts_from(row)
        for row in came
        if not row["automatic"]
        and row["sender_kind"] == "customer"
        and counts_from(row) > max(answers, default=AT.min.replace(tzinfo=AT.tzinfo))
    ]
    return {
        "message_count": len(said),
        "last_message_at": max((row["at"] for row in said), default=AT),
        "last_in_at": max((row["at"] for row in came), default=None),
        "last_out_at": max((row["at"] for row in went), default=None),
        "waiting_since": min(asked, default=None),
    }


@pytest.mark.django_db
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.one_of(INWARDS, OUTWARDS, NOTES), TIMES), max_size=7))
def test_a_thread_knows_what_its_messages_say(
    cast: Cast, given_rows: list[tuple[dict[str, Any], tuple[int, int]]]
) -> None:
    with clock.frozen(AT):
        thread = threads.start("email", "Any", by=SYSTEM)
    rows = []
    for values, (hour, back) in given_rows:
        created = AT + timedelta(hours=hour)
        at = created - timedelta(hours=back)
        rows.append({**values, "created_at": created, "at": at})
    Message.objects.bulk_create(Message(thread=thread, sent_at=row["at"], **row) for row in rows)
    recount(thread.pk)
    found = Thread.objects.filter(pk=thread.pk).values(*expected(rows)).get()
    assert found == expected(rows)
