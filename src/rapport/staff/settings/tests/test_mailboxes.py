from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from rapport.conversations.models import Mailbox
from rapport.conversations.services import mailboxes
from rapport.kernel import secrets
from rapport.kernel.actors import SYSTEM
from rapport.testing.cast import Cast

pytestmark = pytest.mark.django_db
SERVERS = {
    "imap_host": "imap.lantern.example", "imap_port": 993, "imap_security": "tls", "imap_user": "help",
    "smtp_host": "smtp.lantern.example", "smtp_port": 587, "smtp_security": "starttls", "smtp_user": "help",
    "backfill_days": 7,
}  # fmt: skip


@pytest.fixture
def boss(client: Client, cast: Cast) -> Client:
    client.force_login(cast.alice)
    return client


@pytest.fixture
def box(cast: Cast) -> Mailbox:
    return mailboxes.add("help@lantern.example", by=SYSTEM, secret="old")


def to(name: str, *args: object) -> str:
    return reverse(f"staff:{name}", args=args)


def test_only_who_manages_mailboxes_sees_them(client: Client, cast: Cast, box: Mailbox) -> None:
    client.force_login(cast.ben)
    for name in ("mailbox", "mailbox_consent"):
        assert client.get(to(name, box.pk)).status_code == 403
    for name in ("mailbox_try", "mailbox_switch", "mailbox_sending"):
        assert client.post(to(name, box.pk), {}).status_code == 403
    assert client.get(to("mailboxes")).status_code == 403
    assert not Mailbox.objects.get().working


def test_a_mailbox_is_added_with_the_servers_of_its_kind(boss: Client) -> None:
    boss.post(to("mailbox_add"), {"address": "help@lantern.example", "way": ""})
    boss.post(to("mailbox_add"), {"address": "us@gmail.com", "way": "google"})
    plain, google = Mailbox.objects.order_by("address")
    assert (plain.imap_host, plain.smtp_host, plain.smtp_user) == (
        "imap.lantern.example",
        "smtp.lantern.example",
        "help@lantern.example",
    )
    assert (google.imap_host, google.smtp_host, google.oauth_provider) == ("imap.gmail.com", "smtp.gmail.com", "google")
    assert not plain.working
    assert boss.get(to("mailboxes")).status_code == 200


@pytest.mark.parametrize("address", ["help@lantern.example", "no address", ""])
def test_an_address_that_is_taken_or_none_is_refused(boss: Client, box: Mailbox, address: str) -> None:
    answer = boss.post(to("mailbox_add"), {"address": address, "way": ""})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["address"])
    assert Mailbox.objects.count() == 1


def test_servers_change_and_an_empty_password_leaves_the_old_one(boss: Client, box: Mailbox) -> None:
    boss.post(to("mailbox", box.pk), {**SERVERS, "secret": "", "smtp_secret": "new"})
    box.refresh_from_db()
    assert {name: getattr(box, name) for name in SERVERS} == SERVERS
    assert (secrets.unseal(box.secret), secrets.unseal(box.smtp_secret)) == ("old", "new")


def test_a_secret_is_never_shown_again(boss: Client, box: Mailbox) -> None:
    page = boss.get(to("mailbox", box.pk)).content.decode()
    assert "old" not in [field.split('"')[0] for field in page.split('value="')[1:]]
    assert box.secret not in page


def test_a_port_that_cannot_be_is_told(boss: Client, box: Mailbox) -> None:
    answer = boss.post(to("mailbox", box.pk), {**SERVERS, "imap_port": 70_000})
    assert (answer.status_code, list(answer.context["servers"].errors)) == (422, ["imap_port"])
    assert Mailbox.objects.get().imap_host == ""


def test_further_addresses_and_the_signature_are_kept(boss: Client, box: Mailbox) -> None:
    given = {"name": "Lantern", "aliases": "sales@lantern.example, us@lantern.example", "signature": "Lantern & Sons"}
    boss.post(to("mailbox_sending", box.pk), given)
    box.refresh_from_db()
    assert (box.name, box.aliases) == ("Lantern", ["sales@lantern.example", "us@lantern.example"])
    refused = boss.post(to("mailbox_sending", box.pk), {**given, "aliases": "sales"})
    assert (refused.status_code, list(refused.context["sending"].errors)) == (422, ["aliases"])


def test_a_mailbox_is_switched_on_and_off(boss: Client, box: Mailbox) -> None:
    boss.post(to("mailbox_switch", box.pk))
    assert Mailbox.objects.get().working
    boss.post(to("mailbox_switch", box.pk))
    assert not Mailbox.objects.get().working


def test_trying_says_what_is_missing(boss: Client, box: Mailbox) -> None:
    assert "Say first where its servers are." in boss.post(to("mailbox_try", box.pk)).content.decode()
    mailboxes.change(box, by=SYSTEM, imap_host="127.0.0.1", imap_port=1, imap_security="none")
    assert "It does not work yet" in boss.post(to("mailbox_try", box.pk)).content.decode()


def test_an_answer_of_a_provider_that_nobody_asked_for_is_refused(boss: Client, box: Mailbox) -> None:
    mailboxes.change(box, by=SYSTEM, oauth_provider="google", oauth_client_id="rapport")
    page = urlsplit(boss.get(to("mailbox_consent", box.pk)).headers["Location"])
    assert page.netloc == "accounts.google.com"
    state = parse_qs(page.query)["state"][0]
    before = stored(box)
    boss.get(to("mailbox_consented"), {"code": "x", "state": f"{state}x"})
    assert stored(box) == before
    assert "mailbox consent" not in boss.session


def test_a_refusal_of_the_provider_is_told(boss: Client, box: Mailbox) -> None:
    mailboxes.change(box, by=SYSTEM, oauth_provider="google", oauth_client_id="rapport")
    page = urlsplit(boss.get(to("mailbox_consent", box.pk)).headers["Location"])
    given = {"error": "access_denied", "state": parse_qs(page.query)["state"][0]}
    answer = boss.get(to("mailbox_consented"), given, follow=True)
    assert "access_denied" in answer.content.decode()


def stored(box: Mailbox) -> Any:
    return Mailbox.objects.filter(pk=box.pk).values().get()
