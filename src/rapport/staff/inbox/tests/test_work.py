"""The work on a ticket: checklist, time, watchers, links, why it is where it is, on paper; blocked senders."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from rapport.conversations.models import SenderRule, Thread
from rapport.conversations.services import messages
from rapport.service.models import Ticket, TicketLink
from rapport.service.services import assigning, templates, tickets
from rapport.staff.inbox.tests.making import here, wrote
from rapport.testing import builders
from rapport.testing.cast import Cast, actor

pytestmark = pytest.mark.django_db


def test_a_checklist_is_written_ticked_and_emptied(alice: Client, ticket: Ticket) -> None:
    where = here(ticket, "inbox_checklist")
    alice.post(where, {"text": "Ask the warehouse"})
    point = ticket.checklist.get()
    alice.post(where, {"item": str(point.pk)})
    point.refresh_from_db()
    assert point.done_at is not None
    assert "Checklist 1/1" in alice.get(here(ticket, "inbox_work")).content.decode()
    alice.post(where, {"item": str(point.pk), "remove": "yes"})
    assert not ticket.checklist.exists()


def test_time_is_noted_and_summed(alice: Client, ticket: Ticket) -> None:
    for minutes in ("20", "15", "0", "much"):
        alice.post(here(ticket, "inbox_time"), {"minutes": minutes, "activity": "Call"})
    assert [row.minutes for row in ticket.times.order_by("minutes")] == [15, 20]
    assert "35 min spent" in alice.get(here(ticket, "inbox_work")).content.decode()


def test_colleagues_watch_until_they_do_not(alice: Client, ticket: Ticket, cast: Cast) -> None:
    alice.post(here(ticket, "inbox_watch"), {"user": str(cast.ben.pk)})
    row = ticket.watchers.get()
    assert row.user == cast.ben
    alice.post(here(ticket, "inbox_watch"), {"remove": str(row.pk)})
    assert not ticket.watchers.exists()


def test_tickets_are_linked_and_put_below_each_other(alice: Client, ticket: Ticket) -> None:
    other = wrote("And where is the rest?", key="2", address="tom@example.org")
    where = here(ticket, "inbox_links")
    alice.post(where, {"kind": "duplicate", "number": other.code})
    assert TicketLink.objects.get().kind == "duplicate"
    alice.post(where, {"kind": "duplicate", "number": other.code, "remove": "yes"})
    assert not TicketLink.objects.exists()
    alice.post(where, {"kind": "parent", "number": other.code})
    ticket.refresh_from_db()
    assert ticket.parent == other
    alice.post(where, {"kind": "child", "number": other.code})
    other.refresh_from_db()
    assert other.parent is None
    alice.post(where, {"kind": "parent", "number": other.code, "remove": "yes"})
    ticket.refresh_from_db()
    assert ticket.parent is None


def test_linking_to_nothing_says_so(alice: Client, ticket: Ticket) -> None:
    answer = alice.post(here(ticket, "inbox_links"), {"kind": "related", "number": "T-999"}, follow=True)
    assert "There is no such ticket" in answer.content.decode()
    assert not TicketLink.objects.exists()


def test_a_ticket_that_ended_is_followed_by_another(alice: Client, ticket: Ticket, cast: Cast) -> None:
    tickets.solve(ticket, by=actor(cast.alice))
    alice.post(here(ticket, "inbox_follow_up"))
    made = Ticket.objects.get(follows=ticket)
    assert made.subject == ticket.subject


def test_why_somebody_has_it_is_said(alice: Client, ticket: Ticket, cast: Cast) -> None:
    assigning.assign(ticket, cast.ben, by=actor(cast.alice))
    shown = alice.get(here(ticket, "inbox_why")).content.decode()
    assert f"{cast.ben.name} looks after it." in shown
    assert "somebody chose that by hand" in shown
    assert "There are no policies, so nothing is due." in shown


def test_notes_are_not_on_paper(alice: Client, ticket: Ticket, cast: Cast) -> None:
    messages.note(Thread.objects.get(), "They are difficult.", by=actor(cast.alice))
    shown = alice.get(here(ticket, "inbox_print")).content.decode()
    assert "Two lanterns arrived bent." in shown
    assert "difficult" not in shown


def test_a_sender_is_blocked_from_the_ticket_and_unblocked_in_the_list(alice: Client, ticket: Ticket) -> None:
    alice.post(here(ticket, "inbox_mark_spam"), {"block": "@example.com"})
    assert Thread.objects.get().spam_at is not None
    rule = SenderRule.objects.get()
    assert rule.sender == "@example.com"
    assert "@example.com" in alice.get(reverse("staff:inbox_blocked")).content.decode()
    alice.post(reverse("staff:inbox_unblock", args=[rule.pk]))
    assert not SenderRule.objects.exists()


def test_what_is_no_sender_is_refused_at_its_field(alice: Client) -> None:
    answer = alice.post(reverse("staff:inbox_blocked"), {"sender": "nobody"})
    assert answer.status_code == 422
    assert "is no address and no domain" in answer.content.decode()
    assert not SenderRule.objects.exists()


def test_a_ticket_by_hand_begins_from_a_template(alice: Client, cast: Cast) -> None:
    ana = builders.customer("Ana Lima", email="ana@example.com")
    made = templates.add(
        "Broken", by=actor(cast.alice), scope="all", subject="Broken goods", type="problem", priority="high",
        tags=["broken"], checklist=["Ask for a picture"],
    )  # fmt: skip
    shown = alice.get(reverse("staff:inbox_add"), {"template": str(made.pk)}).content.decode()
    assert "Broken goods" in shown
    given = {
        "customer": f"{ana.code} Ana Lima", "channel": "phone", "subject": "Broken goods", "text": "Two are broken.",
        "type": "problem", "priority": "high", "template": str(made.pk),
    }  # fmt: skip
    alice.post(reverse("staff:inbox_add"), given)
    row = Ticket.objects.get()
    assert (row.tags, row.priority, [one.text for one in row.checklist.all()]) == (
        ["broken"], "high", ["Ask for a picture"],
    )  # fmt: skip


def test_several_are_changed_from_the_inbox_and_one_is_back_there(alice: Client, ticket: Ticket) -> None:
    where = f"{reverse('staff:tickets_bulk', args=['priority'])}?next=/inbox/%3Fview%3Dmine"
    given = {"ids": [str(ticket.pk)], "go": "1", "priority": "urgent"}
    assert alice.post(where, given)["Location"] == "/inbox/?view=mine"
    ticket.refresh_from_db()
    assert ticket.priority == "urgent"
    elsewhere = where.replace("/inbox/%3Fview%3Dmine", "https://evil.example/")
    assert "evil" not in alice.post(elsewhere, given)["Location"]


def test_the_panel_of_work_asks_few_questions(
    alice: Client, ticket: Ticket, django_assert_max_num_queries: object
) -> None:
    for key in ("2", "3", "4"):
        other = wrote("Another", key=key, address=f"{key}@example.org")
        alice.post(here(ticket, "inbox_links"), {"kind": "related", "number": other.code})
    with django_assert_max_num_queries(20):  # type: ignore[operator]
        alice.get(here(ticket, "inbox_work"))
