from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest
from django.test import Client

from rapport.conversations.models import Message
from rapport.customers.models import Customer
from rapport.kernel.actors import SYSTEM
from rapport.knowledge.models import Attempt, SearchedWord, Translation, Vote
from rapport.knowledge.services import comparisons, versions
from rapport.knowledge.services.comparisons import Compared
from rapport.portal.tests.conftest import article
from rapport.service.models import Ticket
from rapport.testing import builders
from rapport.testing.cast import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cast")]
LETTER = {"about": "problem", "subject": "Return a lamp", "text": "How do I pack the lamp to return it?",
          "name": "Eve Stone", "email": "eve@stone.example"}  # fmt: skip


def test_a_search_finds_and_one_in_vain_is_counted(client: Client, read: Callable[[str], str]) -> None:
    article()
    assert "Return a lamp" in read("/help/search/?q=retur")
    assert "No article answers this yet" in read("/help/search/?q=unicorn")
    typing = client.get("/help/search/?q=unic", headers={"HX-Request": "true"})
    assert "Nothing found" in typing.content.decode()
    rows = SearchedWord.objects.order_by("term").values_list("term", "times", "missed")
    assert list(rows) == [("retur", 1, 0), ("unicorn", 1, 1)]


def test_an_article_is_read_under_its_present_name(client: Client, read: Callable[[str], str]) -> None:
    made = article()
    for old in ("/help/1/", "/help/1/an-old-name/"):
        answer = client.get(old)
        assert (answer.status_code, answer.headers["Location"]) == (301, "/help/1/return-a-lamp/")
    assert "<p>Pack it well.</p>" in read("/help/1/return-a-lamp/")
    assert Translation.objects.get().reads == 1
    versions.write(made, "pt", title="Devolver", body="Embale bem.", by=SYSTEM)
    versions.publish(made, "pt", by=SYSTEM)
    page = client.get("/help/1/", headers={"Accept-Language": "pt"}, follow=True).content.decode()
    assert "Embale bem." in page
    client.post("/help/language/", {"language": "de", "next": "/help/"})
    assert "Pack it well." in client.get("/help/1/", follow=True).content.decode()


def test_a_vote_is_taken_once_for_each_browser(client: Client) -> None:
    article()
    for helped in ("yes", "no", "no"):
        assert client.post("/help/1/vote/", {"helped": helped}).status_code == 302
    client.post("/help/1/vote/", {"helped": "no", "comment": "Which box?"})
    Client().post("/help/1/vote/", {"helped": "yes"})
    row = Translation.objects.get()
    assert (row.helpful, row.unhelpful, Vote.objects.count()) == (1, 1, 2)
    assert Vote.objects.get(score=-1).comment == "Which box?"
    assert client.post("/help/1/vote/", {"helped": "perhaps"}).status_code == 422
    assert client.post("/help/9/vote/", {"helped": "yes"}).status_code == 404


def test_a_visitor_writes_and_a_ticket_is_opened(client: Client) -> None:
    client.get("/help/ask/")
    answer = client.post("/help/ask/", LETTER)
    assert answer.headers["Location"] == "/help/ask/thanks/"
    said = Message.objects.get()
    assert (said.thread.channel, said.from_address, said.text) == ("form", "eve@stone.example", LETTER["text"])
    assert Ticket.objects.get().type == "problem"
    assert Attempt.objects.get().sent_at is not None


def test_a_visitor_with_the_address_of_a_member_sees_nothing_of_theirs(client: Client, ana: Customer) -> None:
    answer = client.post("/help/ask/", {**LETTER, "email": "ana@lima.example"}, follow=True)
    assert answer.redirect_chain == [("/help/ask/thanks/", 302)]
    page = answer.content.decode()
    assert "Ana" not in page
    assert "cracked" not in page


def test_a_program_that_fills_every_field_is_thanked_and_dropped(client: Client) -> None:
    assert client.post("/help/ask/", {**LETTER, "website": "http://spam.example"}).status_code == 302
    assert not Message.objects.exists()


@pytest.mark.parametrize("without", ["subject", "text", "name", "email", "about"])
def test_a_letter_without_what_it_needs_is_not_sent(client: Client, without: str) -> None:
    assert client.post("/help/ask/", {**LETTER, without: ""}).status_code == 422
    assert not Message.objects.exists()


def test_an_answer_found_while_writing_is_counted_and_nothing_is_sent(as_ana: Client, ana: Customer) -> None:
    made = article()
    as_ana.get("/help/ask/")
    page = as_ana.post("/help/ask/suggest/", {"subject": "Return", "text": "I want to return my lamp"})
    assert "Return a lamp" in page.content.decode()
    attempt = Attempt.objects.get()
    assert (attempt.customer, attempt.shown, attempt.opened) == (ana, [made.pk], [])
    as_ana.get(f"/help/1/return-a-lamp/?from={attempt.pk}")
    assert Attempt.objects.get().opened == [made.pk]
    assert as_ana.post(f"/help/ask/{attempt.pk}/solved/1/").status_code == 200
    assert Attempt.objects.get().solved_at is not None
    assert as_ana.post(f"/help/ask/{attempt.pk}/solved/1/").status_code == 404


def test_nobody_ends_the_attempt_of_another(client: Client, as_ana: Client) -> None:
    article()
    as_ana.get("/help/ask/")
    as_ana.post("/help/ask/suggest/", {"subject": "Return a lamp"})
    key: UUID = Attempt.objects.get().pk
    assert client.post(f"/help/ask/{key}/solved/1/").status_code == 404
    client.get(f"/help/1/return-a-lamp/?from={key}")
    row = Attempt.objects.get()
    assert (row.solved_at, row.opened) == (None, [])


def test_without_scripts_the_suggestions_come_by_a_button(as_ana: Client, ana: Customer) -> None:
    article()
    as_ana.get("/help/ask/")
    before = Ticket.objects.count()
    answer = as_ana.post("/help/ask/", {**LETTER, "check": "1"})
    assert "Return a lamp" in answer.content.decode()
    assert Ticket.objects.count() == before


def test_products_are_compared_with_only_their_differences(read: Callable[[str], str], cast: Cast) -> None:
    pair = [builders.product(name=name, price_minor=price) for name, price in (("Small", 1250), ("Large", 2500))]
    row = comparisons.save(
        None, title="Lanterns", products=[Compared(one) for one in pair],
        rows=[["Glass", "yes", "yes"], ["Height", "20 cm", "40 cm"]], by=SYSTEM,
    )  # fmt: skip
    assert "Lanterns" not in read("/help/compare/")
    comparisons.publish_comparison(row, by=SYSTEM)
    assert "Lanterns" in read("/help/compare/")
    whole, short = read("/help/compare/lanterns/"), read("/help/compare/lanterns/?only=differences")
    assert [word in whole for word in ("Glass", "Height", "£12.50")] == [True, True, True]
    assert [word in short for word in ("Glass", "Height", "£25.00")] == [False, True, True]


def test_every_page_keeps_foreign_code_out(client: Client) -> None:
    article()
    for address in ("/help/", "/help/1/return-a-lamp/", "/help/ask/", "/my/sign-in/"):
        answer = client.get(address)
        assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
        page = answer.content.decode()
        assert " style=" not in page
        assert "<style" not in page
        assert page.count("<script") == page.count("<script src=")
