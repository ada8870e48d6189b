from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from rapport.conversations.incoming import Incoming
from rapport.conversations.models import Draft, Message, Thread
from rapport.conversations.services import chats, messages, presence, sites, threads, visitors
from rapport.kernel import clock
from rapport.kernel.actors import SYSTEM
from rapport.service.models import Ticket
from rapport.service.services import assigning, canned, macros
from rapport.staff.inbox.tests.making import here, wrote
from rapport.testing import builders
from rapport.testing.cast import Cast, actor

pytestmark = pytest.mark.django_db


def test_what_a_customer_wrote_stands_in_the_list_and_opens(alice: Client, ticket: Ticket) -> None:
    listed = alice.get(reverse("staff:inbox"), {"view": "unassigned"})
    assert "Two lanterns arrived bent." in listed.content.decode()
    opened = alice.get(here(ticket)).content.decode()
    assert "Two lanterns arrived bent." in opened
    assert "ana@example.com" in opened


def test_each_view_holds_its_own_tickets(alice: Client, ticket: Ticket, cast: Cast) -> None:
    def numbers(view: str) -> list[int]:
        return [line.ticket.number for line in alice.get(reverse("staff:inbox"), {"view": view}).context["lines"]]

    assert numbers("unassigned") == [ticket.number]
    assert numbers("mine") == []
    assigning.assign(ticket, cast.alice, by=actor(cast.alice))
    assert numbers("mine") == [ticket.number]
    assert numbers("unassigned") == []
    assert numbers(f"queue-{ticket.queue_id}") == [ticket.number]
    alice.post(here(ticket, "inbox_solve"))
    assert (numbers("mine"), numbers("open"), numbers("solved")) == ([], [], [ticket.number])


def test_finding_goes_by_number_and_by_words(alice: Client, ticket: Ticket) -> None:
    wrote("Where is it?", subject="Parcel", key="2", address="tom@example.org")

    def found(text: str) -> list[int]:
        lines = alice.get(reverse("staff:inbox"), {"view": "open", "q": text}).context["lines"]
        return [line.ticket.number for line in lines]

    assert found(ticket.code) == [ticket.number]
    assert found("ben") == [ticket.number]
    assert found("nothing of the kind") == []


def test_an_answer_goes_to_whoever_asked_and_the_draft_is_gone(alice: Client, ticket: Ticket, cast: Cast) -> None:
    alice.post(here(ticket, "inbox_draft"), {"text": "So sor", "kind": "reply"})
    assert Draft.objects.get().text == "So sor"
    assert "So sor" in alice.get(here(ticket)).content.decode()
    answer = alice.post(here(ticket, "inbox_reply"), {"text": "So sorry, Ana.", "then": "solved"})
    assert answer.status_code == 302
    sent = Message.objects.get(direction="out")
    assert (sent.text, sent.state, sent.author) == ("So sorry, Ana.", "queued", cast.alice)
    assert [address for _name, address in sent.to] == ["ana@example.com"]
    assert not Draft.objects.exists()
    ticket.refresh_from_db()
    assert ticket.category == "solved"


def test_an_answer_with_nothing_in_it_is_refused_and_nothing_changes(alice: Client, ticket: Ticket) -> None:
    answer = alice.post(here(ticket, "inbox_reply"), {"text": "  ", "then": "solved"})
    assert answer.status_code == 422
    assert "There is nothing in this message." in answer.content.decode()
    assert not Message.objects.filter(direction="out").exists()
    ticket.refresh_from_db()
    assert ticket.category == "new"


def test_an_answer_to_what_was_not_read_yet_asks_first(alice: Client, ticket: Ticket) -> None:
    thread = Thread.objects.get()
    seen = thread.messages.get().pk
    wrote_again = Incoming(
        "email", text="And one is missing.", subject="Re: Bent", from_address="ana@example.com",
        message_id="9@example.com", tokens=[thread.token],
    )  # fmt: skip
    messages.receive(wrote_again, by=SYSTEM)
    answer = alice.post(here(ticket, "inbox_reply"), {"text": "Two are on their way.", "seen": str(seen)})
    assert answer.status_code == 409
    assert "And one is missing." in answer.content.decode()
    assert not Message.objects.filter(direction="out").exists()
    data = {"text": "Two are on their way.", "seen": str(seen), "despite": "on"}
    assert alice.post(here(ticket, "inbox_reply"), data).status_code == 302
    assert Message.objects.filter(direction="out").count() == 1


def test_an_answer_is_taken_back_while_it_waits(alice: Client, ticket: Ticket) -> None:
    alice.post(here(ticket, "inbox_reply"), {"text": "Too quick"})
    sent = Message.objects.get(direction="out")
    alice.post(here(ticket, "inbox_cancel", sent.pk))
    sent.refresh_from_db()
    assert sent.state == "cancelled"
    assert Draft.objects.get().text == "Too quick"


def test_an_answer_waits_for_its_hour(alice: Client, ticket: Ticket) -> None:
    later = clock.now() + timedelta(days=2)
    data = {"text": "See you", "send_at": later.strftime("%Y-%m-%dT%H:%M"), "cancel_on_answer": "on"}
    alice.post(here(ticket, "inbox_reply"), data)
    sent = Message.objects.get(direction="out")
    assert sent.send_after is not None
    assert sent.send_after > clock.now() + timedelta(days=1)
    assert sent.cancel_on_answer


def test_a_note_stays_among_colleagues(alice: Client, ticket: Ticket) -> None:
    file = SimpleUploadedFile("claim.txt", b"the claim", content_type="text/plain")
    answer = alice.post(here(ticket, "inbox_note"), {"text": "The box was open.", "attachments": [file]})
    assert answer.status_code == 302
    note = Message.objects.get(direction="note")
    assert note.text == "The box was open."
    kept = note.attachments.get()
    got = alice.get(reverse("staff:inbox_file", args=[kept.pk]))
    assert got.getvalue() == b"the claim"
    assert got["Content-Disposition"].startswith("attachment")


def test_a_file_that_we_do_not_take_is_refused_whole(alice: Client, ticket: Ticket) -> None:
    file = SimpleUploadedFile("run.exe", b"MZ\x90\x00" + b"\x00" * 60, content_type="text/plain")
    answer = alice.post(here(ticket, "inbox_note"), {"text": "Look", "attachments": [file]})
    assert answer.status_code == 422
    assert not Message.objects.filter(direction="note").exists()


def test_status_owner_and_queue_are_set_one_by_one(alice: Client, ticket: Ticket, cast: Cast) -> None:
    alice.post(here(ticket, "inbox_place"), {"owner": str(cast.ben.pk)})
    ticket.refresh_from_db()
    assert (ticket.owner, ticket.queue is None) == (cast.ben, False)
    alice.post(here(ticket, "inbox_place"), {"queue": ""})
    ticket.refresh_from_db()
    assert ticket.queue is None


def test_a_ticket_of_nobody_is_taken(alice: Client, ticket: Ticket, cast: Cast) -> None:
    alice.post(here(ticket, "inbox_take"))
    ticket.refresh_from_db()
    assert ticket.owner == cast.alice


def test_fields_that_a_colleague_changed_meanwhile_are_not_overwritten(alice: Client, ticket: Ticket) -> None:
    seen = ticket.version
    data = {"subject": "Bent lanterns", "type": "complaint", "priority": "high", "tags": "vip", "version": seen}
    alice.post(here(ticket, "inbox_change"), data)
    answer = alice.post(here(ticket, "inbox_change"), data | {"subject": "Something else"})
    assert answer.status_code == 422
    ticket.refresh_from_db()
    assert (ticket.subject, ticket.type, ticket.priority, ticket.tags) == (
        "Bent lanterns", "complaint", "high", ["vip"],
    )  # fmt: skip


def test_a_snoozed_ticket_leaves_the_lists_until_it_wakes(alice: Client, ticket: Ticket) -> None:
    alice.post(here(ticket, "inbox_snooze"), {"soon": "1"})
    listed = alice.get(reverse("staff:inbox"), {"view": "unassigned"}).context["lines"]
    resting = alice.get(reverse("staff:inbox"), {"view": "snoozed"}).context["lines"]
    assert (len(listed), len(resting)) == (0, 1)
    alice.post(here(ticket, "inbox_snooze"), {"wake": "yes"})
    assert len(alice.get(reverse("staff:inbox"), {"view": "unassigned"}).context["lines"]) == 1


def test_a_merged_ticket_leads_to_its_survivor_and_comes_back(alice: Client, ticket: Ticket) -> None:
    other = wrote("Me again", subject="Bent too", key="2", address="tom@example.org")
    alice.post(here(other, "inbox_merge"), {"number": ticket.code})
    assert alice.get(here(other)).headers["Location"] == here(ticket)
    both = alice.get(here(ticket)).content.decode()
    assert "Me again" in both
    alice.post(here(other, "inbox_unmerge"))
    assert alice.get(here(other)).status_code == 200
    assert "Me again" not in alice.get(here(ticket)).content.decode()


def test_merging_into_nothing_says_so(alice: Client, ticket: Ticket) -> None:
    alice.post(here(ticket, "inbox_merge"), {"number": "T-999"})
    ticket.refresh_from_db()
    assert ticket.merged_into is None
    assert "There is no such ticket" in alice.get(here(ticket)).content.decode()


def test_one_message_becomes_a_ticket_of_its_own(alice: Client, ticket: Ticket) -> None:
    thread = Thread.objects.get()
    more = Incoming(
        "email", text="By the way, do you sell lamps?", subject="Re: Bent", from_address="ana@example.com",
        message_id="5@example.com", tokens=[thread.token],
    )  # fmt: skip
    message = messages.receive(more, by=SYSTEM)
    answer = alice.post(here(ticket, "inbox_split"), {"message": str(message.pk)})
    made = Ticket.objects.exclude(pk=ticket.pk).get()
    assert answer.headers["Location"] == here(made)
    assert "do you sell lamps" in alice.get(here(made)).content.decode()


def test_texts_and_macros_are_offered_and_used(alice: Client, ticket: Ticket, cast: Cast) -> None:
    by = actor(cast.alice)
    text = canned.add("Greeting", "Dear {{customer.name}},", by=by, shortcut="hi")
    macro = macros.add("Urgent", [{"do": "tag", "tags": ["now"]}], by=by)
    offered = alice.get(here(ticket, "inbox_choices"), {"q": "gre"}).content.decode()
    assert "Greeting" in offered
    assert "Urgent" not in offered
    filled = alice.post(here(ticket, "inbox_text", text.pk)).content.decode()
    assert filled.startswith("Dear ")
    assert "{{" not in filled
    alice.post(here(ticket, "inbox_macro", macro.pk))
    ticket.refresh_from_db()
    assert ticket.tags == ["now"]


def test_spam_leaves_the_inbox_and_can_come_back(alice: Client, ticket: Ticket) -> None:
    alice.post(here(ticket, "inbox_mark_spam"))
    listed = alice.get(reverse("staff:inbox_spam")).context["threads"]
    assert [one.pk for one in listed] == [Thread.objects.get().pk]
    answer = alice.post(reverse("staff:inbox_thread", args=[listed[0].pk]))
    assert answer.status_code == 302
    assert Thread.objects.get().spam_at is None


def test_a_ticket_is_opened_by_hand(alice: Client, cast: Cast) -> None:
    ana = builders.customer("Ana Lima")
    data = {
        "customer": f"C-{ana.number} Ana Lima", "channel": "phone", "subject": "Called about a lamp",
        "text": "Wants it in green.", "type": "question", "priority": "high",
    }  # fmt: skip
    answer = alice.post(reverse("staff:inbox_add"), data)
    made = Ticket.objects.get()
    assert answer.headers["Location"] == here(made)
    assert (made.requester, made.priority, made.channel) == (ana, "high", "phone")


def test_who_else_looks_is_said_and_that_something_came(alice: Client, ticket: Ticket, cast: Cast) -> None:
    thread = Thread.objects.get()
    presence.look(thread, by=actor(cast.ben))
    said = alice.get(here(ticket, "inbox_here"), {"seen": str(UUID(int=1))}).content.decode()
    assert "Ben Okafor is looking" in said
    assert "A newer message came" in said


def test_whoever_may_not_see_a_ticket_gets_nothing(client: Client, ticket: Ticket, cast: Cast) -> None:
    threads.set_customer(Thread.objects.get(), builders.customer("Somebody"), by=SYSTEM)
    assigning.assign(ticket, cast.ben, by=actor(cast.alice))
    role = cast.sam.role
    role.grants = role.grants | {"service.view": "own", "service.change": "own"}
    role.save()
    client.force_login(cast.sam)
    for name in ("inbox_ticket", "inbox_here", "inbox_choices"):
        assert client.get(here(ticket, name)).status_code in {403, 404}
    assert client.post(here(ticket, "inbox_reply"), {"text": "Hello"}).status_code in {403, 404}
    assert not Message.objects.filter(direction="out").exists()


def test_the_inbox_asks_few_questions(alice: Client, ticket: Ticket, django_assert_max_num_queries: object) -> None:
    for number in range(2, 8):
        wrote(f"Message {number}", subject=f"Matter {number}", key=str(number), address=f"c{number}@example.org")
    with django_assert_max_num_queries(16):  # type: ignore[operator]
        alice.get(reverse("staff:inbox"), {"view": "open"})


def test_two_windows_of_one_person_overwrite_nothing_of_each_other(alice: Client, ticket: Ticket, cast: Cast) -> None:
    here_it_is = {"text": "From the first", "kind": "reply", "draft": ""}
    first = alice.post(here(ticket, "inbox_draft"), here_it_is)["X-Draft"]
    told = alice.post(here(ticket, "inbox_draft"), {**here_it_is, "text": "From the second"})
    assert told.status_code == 409
    assert "From the first" in told.content.decode()
    assert alice.post(here(ticket, "inbox_draft"), {**here_it_is, "text": " "}).status_code == 409
    for act in ("inbox_reply", "inbox_note"):
        alice.post(here(ticket, "inbox_draft"), {**here_it_is, "kind": "note", "text": "From the first"})
        sent = alice.post(here(ticket, act), {"text": "From the second", "draft": ""})
        assert sent.status_code == 409
        assert "From the first" in sent.content.decode()
    assert not Message.objects.exclude(direction="in").exists()
    assert {one.text for one in Draft.objects.all()} == {"From the first"}
    assert alice.post(here(ticket, "inbox_reply"), {"text": "From both", "draft": first}).status_code == 302
    assert Draft.objects.get().kind == "note"


def test_somebody_unknown_stands_in_a_list_under_the_name_they_give(alice: Client, cast: Cast) -> None:
    site = sites.add("Shop", by=SYSTEM)
    visitor, _token = visitors.welcome(site, by=SYSTEM)
    chats.begin(visitor, "Do you sell red ones?", name="Eve Stone", by=SYSTEM)
    page = alice.get("/inbox/?view=open").content.decode()
    assert '<b class="clip">Eve Stone</b>' in page
    assert page.count("Do you sell red ones?") == 2
