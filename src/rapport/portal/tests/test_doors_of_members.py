"""Nobody sees what is another's: every address of the portal, as nobody, as somebody else, as a manager."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import pytest
from django.test import Client
from django.urls import URLPattern

from rapport.commerce.models import Order
from rapport.conversations.models import Message, Thread
from rapport.conversations.services import messages
from rapport.customers.models import Customer
from rapport.customers.services import affiliations, members
from rapport.kernel.actors import SYSTEM
from rapport.kernel.models import EventRecord
from rapport.knowledge.models import Audience
from rapport.portal.mine.urls import urlpatterns as mine
from rapport.portal.tests.conftest import article, asked, browser, joined
from rapport.promises.models import Promise
from rapport.service.models import Ticket
from rapport.testing import builders
from rapport.testing.cast import Cast

pytestmark = pytest.mark.django_db
OPEN = ("sign_in", "sent", "sign_in_password", "link", "sign_out")
SECRETS = ("secret", "S-2002", "bob@reed.example", "Bob Reed")


def addresses(row: UUID) -> Iterator[str]:
    """Yield every address of the members' pages, with `row` for the key of a row."""
    for pattern in mine:
        assert isinstance(pattern, URLPattern)
        if pattern.name not in OPEN:
            yield "/my/" + str(pattern.pattern).replace("<uuid:pk>", str(row))


def rows_of(customer: Customer) -> list[UUID]:
    """Return the keys of everything that a member has."""
    found = [*Order.objects.filter(customer=customer), *Promise.objects.filter(customer=customer)]
    return [*(one.pk for one in found), *Ticket.objects.filter(requester=customer).values_list("pk", flat=True),
            *Thread.objects.filter(customer=customer).values_list("pk", flat=True)]  # fmt: skip


def test_without_sign_in_every_page_of_members_leads_to_it(client: Client, bob: Customer) -> None:
    before = EventRecord.objects.count()
    for row in rows_of(bob):
        for address in addresses(row):
            for answer in (client.get(address), client.post(address)):
                assert answer.status_code == 302, address
                assert answer.headers["Location"].startswith("/my/sign-in/"), address
    assert EventRecord.objects.count() == before


def test_nobody_reads_or_changes_what_is_anothers(as_ana: Client, bob: Customer) -> None:
    before = EventRecord.objects.filter(customer_id=bob.pk).count()
    assert len(rows_of(bob)) == 4
    for row in rows_of(bob):
        for address in addresses(row):
            given = {"text": "hello", "score": "1", "reason": "other", "words": "x"}
            for answer in (as_ana.get(address), as_ana.post(address, given)):
                if str(row) in address:
                    assert answer.status_code in {404, 405}, (address, answer.status_code)
                said = answer.content.decode()
                assert not [word for word in SECRETS if word in said], address
    assert EventRecord.objects.filter(customer_id=bob.pk).count() == before


def test_a_colleague_of_the_staff_is_no_member(client: Client, cast: Cast, bob: Customer) -> None:
    client.force_login(cast.alice)
    for row in rows_of(bob):
        for address in addresses(row):
            assert client.get(address).status_code == 302, address


def test_a_member_is_no_colleague(as_ana: Client) -> None:
    for address in ("/", "/customers/", "/settings/organisation/", "/knowledge/", "/api/v1/customers"):
        assert as_ana.get(address).status_code in {302, 401}, address


def test_notes_and_what_was_not_sent_stay_inside(as_ana: Client, ana: Customer, cast: Cast) -> None:
    ticket = Ticket.objects.get(requester=ana)
    thread = Thread.objects.get(ticket_thread__ticket=ticket)
    messages.note(thread, "She is difficult, says Ben.", by=SYSTEM)
    messages.reply(thread, "Not sent yet.", by=SYSTEM)
    assert Message.objects.filter(thread=thread).count() == 3
    for address in (f"/my/messages/{ticket.pk}/", "/my/details/data.json"):
        page = as_ana.get(address).content.decode()
        assert "It came cracked." in page
        assert "difficult" not in page
        assert "Not sent yet" not in page


def test_an_article_is_read_by_its_audience_alone(client: Client, as_ana: Client) -> None:
    for audience, words in ((Audience.PUBLIC, "open"), (Audience.CUSTOMERS, "members"), (Audience.STAFF, "inside")):
        article(f"Zebra {words}", f"Zebra words {words}.", audience=audience)
    pages = ("/help/", "/help/search/?q=zebra", "/help/sitemap.xml", "/help/feed.xml", "/help/on/help/",
             "/help/on/help-2/", "/help/on/help-3/", "/help/1/", "/help/2/", "/help/3/")  # fmt: skip
    for reader, seen in ((client, {"open"}), (as_ana, {"open", "members"})):
        for address in pages:
            page = reader.get(address, follow=True).content.decode()
            hidden = {"open", "members", "inside"} - seen
            assert not [word for word in hidden if f"Zebra {word}" in page or f"zebra-{word}" in page], address
        assert [reader.get(f"/help/{number}/", follow=True).status_code for number in (1, 2, 3)] == [
            200, 200 if "members" in seen else 404, 404,
        ]  # fmt: skip
        typed = reader.post("/help/ask/suggest/", {"subject": "zebra inside members open"}).content.decode()
        assert "Zebra inside" not in typed
        assert ("Zebra members" in typed) == ("members" in seen)


def test_a_manager_sees_what_the_company_has_and_nothing_private(ana: Customer, bob: Customer) -> None:
    firm = builders.company("Reed & Co", email="office@reed.example")
    affiliations.join(bob, firm, by=SYSTEM)
    part = affiliations.join(ana, firm, by=SYSTEM)
    of_firm = builders.order(firm, number="S-3003")
    matter = asked(bob, "The office lamp", "It hums.")
    assert matter.company == firm
    client = browser(joined(ana))
    assert client.get(f"/my/messages/{matter.pk}/").status_code == 404
    affiliations.name_manager(ana, part, by=SYSTEM)
    assert "It hums." in client.get(f"/my/messages/{matter.pk}/").content.decode()
    assert client.get(f"/my/orders/{of_firm.pk}/").status_code == 200
    assert client.get(f"/my/orders/{of_firm.pk}/return/").status_code == 404
    assert client.post(f"/my/messages/{matter.pk}/answer/", {"text": "Me too"}).status_code == 404
    assert "S-2002" not in client.get("/my/orders/").content.decode()
    assert Promise.objects.filter(customer=bob).count() == 1
    assert "secret promise" not in client.get("/my/promises/").content.decode()
    affiliations.relieve_manager(ana, part, by=SYSTEM)
    assert client.get(f"/my/messages/{matter.pk}/").status_code == 404


def test_who_is_blocked_is_out_at_once(as_ana: Client, ana: Customer) -> None:
    assert as_ana.get("/my/").status_code == 200
    members.block(ana, by=SYSTEM)
    assert as_ana.get("/my/").status_code == 302
    assert members.make_link("ana@lima.example") is None
    members.unblock(ana, by=SYSTEM)
    assert members.make_link("ana@lima.example") is not None


def test_a_members_page_is_kept_by_nobody(as_ana: Client) -> None:
    for address in ("/my/", "/my/orders/", "/help/"):
        assert as_ana.get(address).headers["Cache-Control"] == "private, no-store"


def test_forms_need_the_token_of_their_page(ana: Customer) -> None:
    member = joined(ana)
    client = Client(enforce_csrf_checks=True)
    client.cookies = browser(member).cookies
    for address in ("/my/details/", "/my/details/consent/", "/my/sign-out/", "/help/ask/", "/help/language/"):
        assert client.post(address, {}).status_code == 403, address
