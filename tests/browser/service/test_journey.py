"""One matter from the first word to the last: a chat, a mail, an answer by mail, solved, judged, merged and un-merged.

Everything goes through the pages, the mail servers and the jobs; the test itself only reads what it finds.
"""

from __future__ import annotations

import email
import re
from email import policy
from email.message import EmailMessage
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from rapport.connectors.mail.tests.servers import USER, Dovecot, Post
from rapport.conversations.models import ChatSite, Mailbox, Message
from rapport.conversations.services import sites
from rapport.customers.models import Customer
from rapport.feedback.models import Answer
from rapport.feedback.services import surveys
from rapport.kernel.actors import SYSTEM
from rapport.service.models import Ticket
from tests.browser.conftest import Visitor, visit
from tests.browser.service.beside import work
from tests.browser.service.chatting import answer, begun, looking

pytestmark = pytest.mark.django_db(transaction=True)

EVE, CHATTED = "eve@stone.example", "Two of my six lanterns came bent."


class Mailman:
    """Carries what our mail server took to the mailboxes it is for."""

    def __init__(self, dovecot: Dovecot, post: Post) -> None:
        self.dovecot, self.post = dovecot, post

    def deliver(self) -> None:
        for _sender, recipients, content in self.post.taken:
            for one in recipients:
                self.dovecot.put(content, user=one)
        self.post.taken.clear()

    def newest(self, user: str) -> EmailMessage:
        """Return the newest mail in somebody's mailbox, read by IMAP."""
        with self.dovecot.client(user) as client:
            client.select_folder("INBOX", readonly=True)
            key = max(client.search())
            raw = client.fetch([key], ["BODY.PEEK[]"])[key][b"BODY[]"]
        found = email.message_from_bytes(raw, policy=policy.default)
        assert isinstance(found, EmailMessage)
        return found

    def write(self, subject: str, text: str, to: EmailMessage | None = None) -> None:
        """Let Eve write to us, or answer a mail as programs do: with its headers, and what was said below."""
        mail = EmailMessage()
        mail["From"], mail["Subject"] = f"Eve Stone <{EVE}>", subject
        mail["To"] = (to["Reply-To"] or to["From"]) if to else USER
        mail["Message-ID"] = f"<{abs(hash((subject, text)))}@stone.example>"
        below = ""
        if to:
            mail["In-Reply-To"] = to["Message-ID"]
            mail["References"] = f"{to['References'] or ''} {to['Message-ID']}".strip()
            said = to.get_body(("plain",))
            assert said is not None
            lines = "\n".join(f"> {line}" for line in said.get_content().splitlines())
            below = f"\n\nOn Monday, Lantern & Sons wrote:\n{lines}"
        mail.set_content(text + below)
        self.dovecot.put(mail.as_bytes(policy=policy.SMTP), user=USER)


@pytest.fixture
def mailman(dovecot: Dovecot, post: Post, box: Mailbox, site: ChatSite) -> Mailman:
    """The mail of a firm whose chat goes on by mail, and which asks how it went."""
    with dovecot.client(EVE) as client:
        client.select_folder("INBOX")
        client.delete_messages(client.search())
        client.expunge()
    sites.change(site, mailbox=box, by=SYSTEM)
    surveys.add("How it went", "csat5", delay_hours=0, by=SYSTEM)
    return Mailman(dovecot, post)


def said(page: Page) -> list[str]:
    """Return what a ticket's page shows that was said, in its order."""
    return [" ".join(one.split()) for one in page.locator(".said-text:visible").all_inner_texts()]


def test_from_a_chat_to_a_mail_to_an_answer_that_counts(
    shopper: Visitor, signed_in: Visitor, mailman: Mailman, live: int
) -> None:
    # a visitor chats, and leaves before anybody answers
    theirs = shopper.page()
    begun(theirs, CHATTED)
    agent = looking(signed_in)
    agent.get_by_role("button", name="Take it").click()
    expect(agent.locator("#id_owner")).to_have_value(str(Ticket.objects.get().owner_id))
    theirs.close()
    expect(agent.locator("#chat-here")).to_contain_text("The visitor has left: your answer goes by mail.")

    # the answer comes by mail, and is answered by mail
    answer(agent, "I am sorry. Two new ones leave today.")
    work()
    mailman.deliver()
    came = mailman.newest(EVE)
    assert "Two new ones leave today." in str(came)
    mailman.write(f"Re: {came['Subject']}", "They are here, and they are straight. Thank you!", came)
    work()
    expect(agent.locator(".said-in", has_text="They are here, and they are straight.")).to_be_visible()
    assert Ticket.objects.count() == 1

    # the ticket is solved, and the customer says how it went: looking does not count
    agent.get_by_role("button", name="Solve").click()
    expect(agent.get_by_role("button", name="Reopen")).to_be_visible()
    work()
    mailman.deliver()
    asked = mailman.newest(EVE).get_body(("html",))
    assert asked is not None
    link = next(url for url in re.findall(r'href="([^"]+)"', asked.get_content()) if url.endswith("/5/"))
    reader = signed_in.browser.new_context(base_url=signed_in.address).new_page()
    reader.goto(urlsplit(link).path)
    expect(reader.get_by_role("radio", name="5")).to_be_checked()
    assert Answer.objects.get().score is None
    reader.get_by_label("Anything else").fill("Quick and kind.")
    reader.get_by_role("button", name="Send").click()
    expect(reader.get_by_text("5 of 5")).to_be_visible()
    assert Answer.objects.filter(score=5, text="Quick and kind.").count() == 1
    reader.context.close()

    # all of it is on one timeline of one customer
    customer = Customer.objects.get(identities__normal=EVE)
    visit(agent, f"/customers/{customer.pk}/")
    line = agent.locator("#timeline")
    for words in (CHATTED, "I am sorry. Two new ones leave today.", "They are here, and they are straight.",
                  "T-1 was solved", "Was asked how T-1 went", "Quick and kind."):  # fmt: skip
        expect(line.get_by_text(words).first).to_be_visible()

    # the same ticket is merged into another one, and un-merged; nothing is lost on the way
    ticket = Ticket.objects.get()
    mailman.write("An invoice, please", "Could you send me the invoice again?")
    work()
    other = Ticket.objects.exclude(pk=ticket.pk).get()
    visit(agent, f"/inbox/{other.number}/?view=open")
    theirs_alone = said(agent)
    visit(agent, f"/inbox/{ticket.number}/?view=solved")
    alone, messages = said(agent), Message.objects.count()
    agent.locator("[popovertarget=menu-ticket]").click()
    agent.get_by_text("Merge…").click()
    agent.get_by_label("Number of the other ticket").fill(other.code)
    agent.get_by_role("button", name="Merge", exact=True).click()
    agent.wait_for_url(f"**/inbox/{other.number}/**")
    expect(agent.get_by_text(f"{ticket.code} was merged in by")).to_be_visible()
    assert sorted(said(agent)) == sorted(alone + theirs_alone)
    agent.get_by_role("button", name="Un-merge").click()
    agent.wait_for_url(f"**/inbox/{ticket.number}/**")
    assert said(agent) == alone
    visit(agent, f"/inbox/{other.number}/?view=open")
    assert said(agent) == theirs_alone
    assert Message.objects.count() == messages
    ticket.refresh_from_db()
    assert (ticket.merged_into, ticket.requester) == (None, customer)
