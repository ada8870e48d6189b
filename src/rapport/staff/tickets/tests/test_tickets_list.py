"""Tickets as a list: views, order, words, cells, many at once, and what is taken back."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from rapport.conversations.models import Message, Thread
from rapport.service.models import Macro, Ticket
from rapport.service.services import assigning, macros, statuses, tickets
from rapport.staff.inbox.tests.making import wrote
from rapport.staff.models import BulkRun
from rapport.testing.cast import Cast, actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client: Client, cast: Cast) -> Client:
    client.force_login(cast.alice)
    return client


@pytest.fixture
def three(cast: Cast) -> list[Ticket]:
    return [
        wrote("Two lanterns arrived bent.", key=str(number), address=f"{name}@example.com", subject=subject)
        for number, (name, subject) in enumerate((("ana", "Bent"), ("tom", "Parcel"), ("eva", "Invoice")))
    ]


def codes(client: Client, **asked: str) -> set[str]:
    shown = client.get("/tickets/", asked).context["shown"]
    assert not shown.asked.problem
    return {row.label.split()[0] for row in shown.table.rows}


def bulk(client: Client, verb: str, rows: list[Ticket], **values: Any) -> Any:
    given = {"ids": [str(one.pk) for one in rows], "go": "1", **values}
    return client.post(f"/tickets/bulk/{verb}/", given)


def undo(client: Client) -> None:
    client.post(f"/runs/{BulkRun.objects.filter(undo_of=None).latest('created_at').pk}/undo/")


def test_each_view_holds_its_own(staff: Client, three: list[Ticket], cast: Cast) -> None:
    by = actor(cast.alice)
    assigning.assign(three[0], cast.alice, by=by)
    tickets.solve(three[1], by=by)
    tickets.change(three[2], by=by, type="complaint")
    first, second, third = (one.code for one in three)
    assert codes(staff, view="open") == {first, third}
    assert codes(staff, view="mine") == {first}
    assert codes(staff, view="nobody") == {third}
    assert codes(staff, view="complaints") == {third}
    assert codes(staff, view="all") == {first, second, third}
    assert codes(staff, view="late") == codes(staff, view="due") == set()


@pytest.mark.parametrize("sort", ["due", "-due", "updated", "-updated", "opened", "number", "waiting", "solved"])
def test_every_order_shows_all(staff: Client, three: list[Ticket], sort: str) -> None:
    assert len(codes(staff, view="all", sort=sort)) == 3


def test_it_is_found_by_number_and_by_words(staff: Client, three: list[Ticket]) -> None:
    assert codes(staff, view="all", q=three[1].code) == {three[1].code}
    assert codes(staff, view="all", q="invoi") == {three[2].code}


def test_many_are_assigned_and_that_is_taken_back(staff: Client, three: list[Ticket], cast: Cast) -> None:
    bulk(staff, "owner", three, owner=str(cast.ben.pk))
    assert {one.owner for one in Ticket.objects.all()} == {cast.ben}
    undo(staff)
    assert {one.owner for one in Ticket.objects.all()} == {None}


def test_many_get_a_status_tags_and_a_priority(staff: Client, three: list[Ticket], cast: Cast) -> None:
    solved = statuses.standard("solved")
    bulk(staff, "status", three, status=str(solved.pk))
    assert {one.category for one in Ticket.objects.all()} == {"solved"}
    undo(staff)
    assert {one.category for one in Ticket.objects.all()} == {"new"}
    bulk(staff, "tag", three, tags="lantern, bent")
    bulk(staff, "priority", three[:2], priority="urgent")
    assert [one.tags for one in Ticket.objects.all()] == [["lantern", "bent"]] * 3
    undo(staff)
    assert Ticket.objects.filter(priority="normal").count() == 3


def test_everybody_gets_an_answer_of_their_own(staff: Client, three: list[Ticket]) -> None:
    bulk(staff, "answer", three, text="Dear {{customer.name}}, your ticket {{ticket.number}} is **done**.", status="")
    sent = Message.objects.filter(direction="out").select_related("thread__ticket_thread__ticket")
    assert {one.to[0][1] for one in sent} == {"ana@example.com", "tom@example.com", "eva@example.com"}
    assert all(one.thread.ticket_thread.ticket.code in one.text for one in sent)
    assert all("<strong>done</strong>" in one.html for one in sent)


def test_an_answer_with_a_variable_that_there_is_not_goes_to_nobody(staff: Client, three: list[Ticket]) -> None:
    answer = bulk(staff, "answer", three, text="Dear {{customer.nam}}", status="")
    assert answer.status_code == 422
    assert not Message.objects.filter(direction="out").exists()


def test_many_are_merged_into_one_and_come_out_again(staff: Client, three: list[Ticket]) -> None:
    bulk(staff, "merge", three, number=three[0].code)
    assert Ticket.objects.filter(merged_into=three[0]).count() == 2
    undo(staff)
    assert not Ticket.objects.filter(merged_into__isnull=False).exists()


def test_merging_into_nothing_leaves_all_as_they_are(staff: Client, three: list[Ticket]) -> None:
    bulk(staff, "merge", three, number="T-999")
    run = BulkRun.objects.get()
    assert (run.done, run.refused_count) == (0, 3)


def test_a_macro_runs_on_many(staff: Client, three: list[Ticket], cast: Cast) -> None:
    steps = [{"do": "tag", "tags": ["seen"]}]
    macro: Macro = macros.add("Seen", steps, by=actor(cast.alice), scope="all")
    bulk(staff, "macro", three, macro=str(macro.pk))
    assert [one.tags for one in Ticket.objects.all()] == [["seen"]] * 3


def test_spam_and_trash_are_confirmed_and_taken_back(staff: Client, three: list[Ticket]) -> None:
    asked = staff.post("/tickets/bulk/spam/", {"ids": [str(three[0].pk)]})
    assert asked.status_code == 200
    assert not Thread.objects.filter(spam_at__isnull=False).exists()
    bulk(staff, "spam", three[:1])
    assert Thread.objects.filter(spam_at__isnull=False).count() == 1
    undo(staff)
    assert not Thread.objects.filter(spam_at__isnull=False).exists()
    bulk(staff, "trash", three[1:2])
    assert Ticket.objects.filter(deleted_at__isnull=False).count() == 1
    undo(staff)
    assert not Ticket.objects.filter(deleted_at__isnull=False).exists()


def test_many_rest_until_a_moment(staff: Client, three: list[Ticket]) -> None:
    bulk(staff, "snooze", three, until="2090-01-01T09:00")
    assert Thread.objects.filter(snoozed_until__isnull=False).count() == 3
    undo(staff)
    assert not Thread.objects.filter(snoozed_until__isnull=False).exists()


def test_a_cell_is_changed_in_place(staff: Client, three: list[Ticket], cast: Cast) -> None:
    where = f"/tickets/cell/{three[0].pk}"
    staff.post(f"{where}/priority/", {"value": "high"})
    staff.post(f"{where}/owner/", {"value": str(cast.ben.pk)})
    staff.post(f"{where}/status/", {"value": str(statuses.standard("waiting").pk)})
    row = Ticket.objects.get(pk=three[0].pk)
    assert (row.priority, row.owner, row.category) == ("high", cast.ben, "waiting")


def test_the_board_shows_a_lane_for_each_status(staff: Client, three: list[Ticket]) -> None:
    shown = staff.get("/tickets/", {"board": "status", "view": "all"}).context["shown"]
    assert [lane.label for lane in shown.lanes][:2] == ["New", "Open"]
    assert len(shown.lanes[0].cards) == 3


def test_the_list_is_taken_out_as_a_file(staff: Client, three: list[Ticket]) -> None:
    answer = staff.get("/tickets/export.csv", {"view": "all"})
    assert b"Parcel" in b"".join(answer)


def test_the_list_asks_few_questions(staff: Client, three: list[Ticket], django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(28) as few:
        staff.get("/tickets/", {"view": "all"})
    for number in range(10, 20):
        wrote("More", key=str(number), address=f"{number}@example.com", subject=f"More {number}")
    with django_assert_max_num_queries(28) as many:
        staff.get("/tickets/", {"view": "all"})
    assert len(many) == len(few)
