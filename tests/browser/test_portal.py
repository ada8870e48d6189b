"""The help centre and the members' pages in a browser: found, read, asked, signed in by a link; and looked at."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client
from playwright.sync_api import Browser, Page, expect
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django.live_server_helper import LiveServer

from rapport.commerce.models import Order
from rapport.commerce.services import orders, returns
from rapport.conversations.incoming import Incoming
from rapport.conversations.models import Thread
from rapport.conversations.services import messages, outbox
from rapport.customers.models import Customer, Member
from rapport.customers.services import affiliations, consents, members
from rapport.kernel import clock
from rapport.kernel.actors import SYSTEM
from rapport.knowledge.models import Article, Attempt, Vote
from rapport.knowledge.services import articles, comparisons, reading, shelves, synonyms, versions
from rapport.knowledge.services.comparisons import Compared
from rapport.portal.jobs import send_link
from rapport.promises.services import promises
from rapport.service.models import Ticket
from rapport.testing import builders
from rapport.testing.cast import Cast, actor
from tests.browser.conftest import THEMES, Visitor, keep, picture

pytestmark = pytest.mark.django_db(transaction=True)

RETURNING = """You have **30 days** from the day your parcel arrives. What you send back should be unused and in its
box.

## Before you send it

1. Open your order under *My things* and choose **Send something back**.
2. Say how many of what, and why.
3. We answer within a working day with the address and a label.

## Packing it well

Glass travels best in the box it came in. Without it:

- wrap each piece in paper, twice,
- leave two fingers of space on all sides,
- write *fragile* on top.

> Did it arrive broken? Do not send it back. Send us a picture, and we send a new one.

## When you get your money

| You paid by | It takes |
|---|---|
| Card | 3 to 5 working days |
| Bank transfer | 2 working days |
| Voucher | at once, as a new voucher |
"""
KEPT = {"help-article": "article", "my-message": "portal"}
"""The pages whose pictures are kept for the documentation, and the names of these."""
SHELVES = (
    ("Orders and delivery", "Where is my parcel, and when does it come?", "truck-delivery",
     (("When your parcel arrives", "We send on working days before three. It takes two to four days."),
      ("Change or cancel an order", "Until we pack it, write to us and we change it."),
      ("Delivery abroad", "We deliver to the countries of the European Union, Norway and Switzerland."))),
    ("Returns and refunds", "Sending back, repairs, and your money.", "truck-return",
     (("How to send something back", RETURNING), ("When you get your money back", "Within five working days."))),
    ("Lanterns and light", "Choosing, hanging and cleaning them.", "bulb",
     (("Which lantern for outdoors", "Metal ones with the drop sign. Paper stays inside."),
      ("Cleaning a glass lantern", "Warm water and a soft cloth. No vinegar."))),
    ("Payment and invoices", "Cards, vouchers, and papers for your books.", "credit-card",
     (("Pay by invoice", "Firms may pay within 14 days."),
      ("Where your invoice is", "In your parcel and in your mail."))),
)  # fmt: skip


def library() -> Article:
    """Fill the help centre, made up for the pictures, and return the article on returns."""
    for place, (title, text, icon, texts) in enumerate(SHELVES):
        shelf = shelves.add(title, text=text, icon=icon, position=place, by=SYSTEM)
        for name, body in texts:
            made = articles.begin(shelf, name, body=body, by=SYSTEM)
            shown = versions.publish(made, "en", by=SYSTEM)
            shown.reads, shown.helpful = 10 * made.number, 4
            shown.save(update_fields=["reads", "helpful"])
    synonyms.add(["parcel", "package", "shipment"], by=SYSTEM)
    names = ("Paper lantern", "Glass lantern", "Metal lantern")
    compared = [builders.product(name=name, price_minor=1250 + 1100 * place) for place, name in enumerate(names)]
    row = comparisons.save(
        None, title="Which lantern suits you", text="All three take a tea light or a small LED.",
        products=[Compared(one, best) for one, best in zip(compared, ("parties", "tables", "gardens"), strict=True)],
        rows=[["Height", "30 cm", "22 cm", "36 cm"], ["Outdoors", "no", "no", "yes"], ["Folds flat", "yes", "no", "no"],
              ["Takes an LED", "yes", "yes", "yes"], ["Weight", "80 g", "640 g", "1.1 kg"]], by=SYSTEM,
    )  # fmt: skip
    comparisons.publish_comparison(row, by=SYSTEM)
    return Article.objects.get(translations__title="How to send something back")


def customer_of(cast: Cast) -> Customer:
    """Return a member with orders, a question that was answered, promises and a company that she manages."""
    firm = builders.company("Marsh & Daughters")
    row = builders.customer("Eleanor Marsh", given_name="Eleanor", email="eleanor@marsh.example", company=firm)
    affiliations.name_manager(row, row.employers.get(), by=SYSTEM)
    now, today = clock.now(), clock.today("Europe/London")
    old = builders.order(row, builders.line(quantity=6, name="Metal lantern", unit_price_minor=3450),
                         builders.line("GLASS", quantity=2, name="Glass lantern", unit_price_minor=2350),
                         placed_at=now - timedelta(days=21), number="LS-1041")  # fmt: skip
    orders.receive_payment(old, old.gross_minor, by=SYSTEM)
    orders.ship(old, by=SYSTEM)
    orders.deliver(old, by=SYSTEM)
    line = old.lines.get(position=1)
    returns.ask(old, {line.pk: Decimal(2)}, by=SYSTEM, reason="damaged")
    new = builders.order(row, builders.line(quantity=12), placed_at=now - timedelta(days=2), number="LS-1097",
                         promised_on=today + timedelta(days=2))  # fmt: skip
    orders.receive_payment(new, new.gross_minor, by=SYSTEM)
    orders.ship(new, by=SYSTEM, carrier="Royal Mail", tracking="RM 4417 0023 9 GB")
    promises.make(row, "Two new metal lanterns for the bent ones", due_on=today + timedelta(days=1), by=actor(cast.ben))
    ticket = wrote(row, "Two lanterns came bent", "Two of the six metal lanterns are bent. I need them for a window "
                   "on Friday. Could you send new ones?")  # fmt: skip
    reply(ticket, cast, "Dear Eleanor, I am sorry. Two new ones leave today, and you have them tomorrow. You need not "
          "send the bent ones back.")  # fmt: skip
    wrote(row, "An invoice for our books", "Could you send me the invoice of LS-1041 again?")
    consents.give(row, "email", by=SYSTEM, topic="marketing")
    return row


def wrote(customer: Customer, subject: str, text: str) -> Ticket:
    """Let a customer write, and return the ticket."""
    said = Incoming(channel="portal", subject=subject, text=text, from_name=customer.label, customer_id=customer.pk)
    return Ticket.objects.get(talk__thread_id=messages.receive(said, by=SYSTEM).thread_id)


def reply(ticket: Ticket, cast: Cast, text: str) -> None:
    """Answer a ticket as Ben, and hand the answer over at once."""
    thread = Thread.objects.get(ticket_thread__ticket=ticket)
    written = messages.reply(thread, text, by=actor(cast.ben).with_everything(), send_after=clock.now())
    with clock.frozen(clock.now() + timedelta(hours=1)):
        outbox.send(written.pk)


def sign_in(visitor: Visitor, customer: Customer) -> Member:
    """Let `customer` be signed in in the pages of `visitor`."""
    made = members.make_link(customer.identities.get(kind="email").normal)
    assert made is not None
    member = members.use_link(made[1])
    client = Client()
    session = client.session
    session["member"], session["member_stamp"] = str(member.pk), member.stamp
    session.save()
    visitor.cookies[settings.SESSION_COOKIE_NAME] = str(session.session_key)
    return member


def addresses(article: Article, customer: Customer) -> dict[str, str]:
    """Return the pages that are looked at, each under the name of its picture."""
    bent = Ticket.objects.get(subject="Two lanterns came bent")
    new, old = Order.objects.get(number="LS-1097"), Order.objects.get(number="LS-1041")
    return {
        "help": "/help/",
        "help-search": "/help/search/?q=lantern+outdoors",
        "help-nothing": "/help/search/?q=unicorn",
        "help-shelf": "/help/on/returns-and-refunds/",
        "help-article": f"/help/{article.number}/",
        "help-compare": "/help/compare/which-lantern-suits-you/",
        "help-ask": "/help/ask/",
        "my": "/my/",
        "my-orders": "/my/orders/",
        "my-order": f"/my/orders/{new.pk}/",
        "my-order-old": f"/my/orders/{old.pk}/",
        "my-return": f"/my/orders/{old.pk}/return/",
        "my-promises": "/my/promises/",
        "my-messages": "/my/messages/",
        "my-message": f"/my/messages/{bent.pk}/",
        "my-details": "/my/details/",
        "my-erase": "/my/details/erase/",
    }


def test_found_read_and_judged(page: Page, cast: Cast) -> None:
    library()
    page.goto("/help/")
    page.get_by_label("Search the help").press_sequentially("send packag")
    expect(page.locator(".p-live a").first).to_contain_text("How to send something back")
    page.get_by_label("Search the help").fill("sending back")
    page.get_by_label("Search the help").press("Enter")
    page.locator(".p-results a", has_text="How to send something back").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("How to send something back")
    page.get_by_role("link", name="Packing it well").click()
    page.get_by_role("button", name="No").click()
    page.get_by_label("What were you looking for?").fill("How large a box may be.")
    page.get_by_role("button", name="Send").click()
    expect(page.locator("#judge")).to_contain_text("Thank you")
    assert Vote.objects.get().comment == "How large a box may be."


def test_signed_in_by_a_mailed_link_and_sent_back(page: Page, cast: Cast) -> None:
    customer_of(cast)
    page.goto("/my/orders/")
    page.get_by_label("Your e-mail address").fill("eleanor@marsh.example")
    page.get_by_role("button", name="Mail me a link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Look into your mail")
    send_link(**ProcrastinateJob.objects.get(task_name="portal.send_link").args)
    found = re.search(r"http\S+", str(mail.outbox[-1].body))
    assert found
    page.goto(found[0])
    page.get_by_role("button", name="Sign me in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Orders")
    page.get_by_role("link", name="Order LS-1041").click()
    page.get_by_role("link", name="Send something back").click()
    page.get_by_label("Glass lantern").fill("1")
    page.get_by_label("Why?").select_option("wrong item")
    page.get_by_role("button", name="Ask to send it back").click()
    expect(page.locator("main")).to_contain_text("We have your return")
    page.goto(found[0])
    expect(page.get_by_role("heading", level=1)).to_have_text("This link is used up")


def test_an_article_answers_before_anything_is_sent(page: Page, cast: Cast) -> None:
    library()
    page.goto("/help/ask/")
    page.get_by_label("In a few words").press_sequentially("Sending a lantern back")
    suggestion = page.locator("#suggested a", has_text="How to send something back")
    expect(suggestion).to_be_visible()
    with page.context.expect_page() as opened:
        suggestion.click()
    expect(opened.value.get_by_role("heading", level=1)).to_have_text("How to send something back")
    opened.value.close()
    page.locator("#suggested li", has_text="How to send something back").get_by_role("button").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Glad it helped")
    attempt = Attempt.objects.get()
    assert (len(attempt.opened), attempt.sent_at, attempt.solved_at is not None) == (1, None, True)


def test_all_of_it_without_scripts(browser: Browser, live_server: LiveServer, cast: Cast) -> None:
    library()
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/help/")
    page.get_by_label("Search the help").fill("outdoors")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="Which lantern for outdoors").click()
    page.get_by_role("button", name="Yes").click()
    assert Vote.objects.get().score == 1
    page.goto("/help/ask/")
    page.get_by_label("Your name").fill("Eve Stone")
    page.get_by_label("Your e-mail address").fill("eve@stone.example")
    page.get_by_label("In a few words").fill("Sending a lantern back")
    page.get_by_label("What happened").fill("May I?")
    page.get_by_role("button", name="Is there an article?").click()
    expect(page.locator("#suggested")).to_contain_text("How to send something back")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("We have your message")
    assert Ticket.objects.get().subject == "Sending a lantern back"
    context.close()


def test_an_article_is_written_with_its_preview_beside(signed_in_page: Page, cast: Cast) -> None:
    article, page = library(), signed_in_page
    page.goto(f"/knowledge/{article.pk}/en/write/")
    page.locator("#id_body").fill("# Boxes\n\nUp to **60 cm**.")
    expect(page.locator("#preview")).to_contain_text("Up to 60 cm.")
    page.get_by_role("button", name="Save and publish").click()
    expect(page.locator(".prose strong")).to_have_text("60 cm")
    page.get_by_role("link", name="Versions").click()
    expect(page.locator(".kb-diff")).to_contain_text("Boxes")


def test_axe_finds_nothing_on_the_pages_of_the_portal(
    visitor: Visitor, axe: Callable[[Page], list[str]], cast: Cast
) -> None:
    article, customer = library(), customer_of(cast)
    pages = {**addresses(article, customer), "sign-in": "/my/sign-in/"}
    outside = visitor.page()
    found: dict[str, list[str]] = {}
    for name in ("help", "help-article", "help-ask", "sign-in"):
        outside.goto(pages[name])
        if trouble := axe(outside):
            found[f"{name} outside"] = trouble
    sign_in(visitor, customer)
    page = visitor.page()
    for name, address in pages.items():
        page.goto(address)
        for theme in THEMES:
            page.emulate_media(color_scheme=theme)
            if trouble := axe(page):
                found[f"{name} {theme}"] = trouble
    assert found == {}


def test_axe_finds_nothing_on_the_writers_pages(
    signed_in_page: Page, axe: Callable[[Page], list[str]], cast: Cast
) -> None:
    pages, found = writers(library()), {}
    for name, address in pages.items():
        signed_in_page.goto(address)
        if trouble := axe(signed_in_page):
            found[name] = trouble
    assert found == {}


def writers(article: Article) -> dict[str, str]:
    """Fill in what writers look at, and return their pages."""
    versions.write(article, "en", title="How to send something back", body=RETURNING.replace("30 days", "60 days"),
                   by=SYSTEM)  # fmt: skip
    versions.ask_review(article, "en", by=SYSTEM)
    versions.write(article, "pt", title="Como devolver", body="Tem **30 dias**.", by=SYSTEM)
    for typed, times in (("gift card", 7), ("assembly", 4), ("led colour", 2)):
        for _again in range(times):
            reading.note_search(typed, "en", 0)
    reading.note_search("parcel", "en", 2)
    text = article.translations.get(language="en")
    for place in range(4):
        reading.vote(text, f"v{place}", helped=place > 1, comment="" if place else "Which size of box is too large?")
    return {
        "kb": "/knowledge/", "kb-article": f"/knowledge/{article.pk}/", "kb-add": "/knowledge/add/",
        "kb-write": f"/knowledge/{article.pk}/en/write/", "kb-versions": f"/knowledge/{article.pk}/en/versions/",
        "kb-use": "/knowledge/use/",
        "kb-shelves": "/knowledge/categories/", "kb-shelf": "/knowledge/categories/add/",
        "kb-comparisons": "/knowledge/comparisons/", "kb-comparison": "/knowledge/comparisons/add/",
        "kb-synonyms": "/knowledge/synonyms/", "kb-portal": "/settings/portal/",
    }  # fmt: skip


def test_the_writers_pages_are_looked_at(signed_in: Visitor, cast: Cast) -> None:
    look(signed_in, writers(library()))


def test_the_pages_of_the_portal_are_looked_at(visitor: Visitor, cast: Cast) -> None:
    article, customer = library(), customer_of(cast)
    outside = {
        "sign-in": "/my/sign-in/",
        "sent": "/my/sign-in/sent/",
        "help-ask-outside": "/help/ask/",
        "missing": "/help/on/x/",
    }
    look(visitor, outside)
    sign_in(visitor, customer)
    look(visitor, addresses(article, customer))


def look(visitor: Visitor, pages: dict[str, str]) -> None:
    """Look at each page in both sizes and themes; none may be too wide."""
    for name, address in pages.items():
        for view, page in visitor.look(address):
            picture(page, f"{name}-{view}", full=True)
            if name in KEPT:
                keep(page, f"{KEPT[name]}-{view}")
