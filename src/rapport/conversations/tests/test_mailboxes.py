"""Mailboxes are set up by whoever manages them; what is secret is never stored as it is."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from rapport.conversations.models import Mailbox
from rapport.conversations.services import mailboxes, people
from rapport.conversations.tests.making import mailbox
from rapport.kernel import secrets
from rapport.kernel.actors import SYSTEM
from rapport.kernel.models import EventRecord
from rapport.kernel.permissions import Forbidden
from rapport.testing.cast import Cast, actor

pytestmark = pytest.mark.django_db


def told() -> list[str]:
    rows = EventRecord.objects.filter(type="conversations.mailbox_changed").order_by("recorded_at")
    return [row.data["what"] for row in rows]


def test_a_password_is_sealed(cast: Cast) -> None:
    box = mailbox("Help@Lantern.example", secret="hunter2", imap_host="imap.lantern.example")
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(m)::text FROM conversations_mailbox m")
        stored: str = cursor.fetchone()[0]
    assert "hunter2" not in stored
    assert (box.address, secrets.unseal(box.secret)) == ("help@lantern.example", "hunter2")
    assert not EventRecord.objects.filter(data__icontains="hunter2").exists()
    kept = mailboxes.change(box, by=SYSTEM, secret="", imap_port=143)
    assert (secrets.unseal(kept.secret), kept.imap_port) == ("hunter2", 143)
    assert secrets.unseal(mailboxes.change(box, by=SYSTEM, secret="new").secret) == "new"


def test_a_mailbox_is_switched_on_paused_and_off(cast: Cast) -> None:
    box = mailbox()
    assert not box.working
    running = mailboxes.switch_on(box, by=SYSTEM)
    assert running.working
    assert mailboxes.switch_on(box, by=SYSTEM).enabled_at == running.enabled_at
    paused = mailboxes.pause(box, "Wrong password", by=SYSTEM)
    assert (paused.working, paused.paused_because) == (False, "Wrong password")
    mailboxes.pause(box, "Again", by=SYSTEM)
    again = mailboxes.switch_on(box, by=SYSTEM)
    assert (again.working, again.enabled_at, again.paused_because) == (True, running.enabled_at, "")
    assert not mailboxes.switch_off(box, by=SYSTEM).working
    mailboxes.switch_off(box, by=SYSTEM)
    assert told() == ["added", "on", "paused", "on", "off"]


@pytest.mark.parametrize("address", ["help@lantern.example", "HELLO@lantern.example"])
def test_an_address_belongs_to_one_mailbox(cast: Cast, address: str) -> None:
    mailbox(aliases=("hello@lantern.example",))
    other = mailbox("sales@lantern.example")
    with pytest.raises(mailboxes.AddressTaken):
        mailbox(address)
    with pytest.raises(mailboxes.AddressTaken):
        mailboxes.change(other, by=SYSTEM, aliases=(address,))
    assert list(Mailbox.objects.order_by("address").values_list("address", "aliases")) == [
        ("help@lantern.example", ["hello@lantern.example"]), ("sales@lantern.example", []),
    ]  # fmt: skip
    kept = mailboxes.change(Mailbox.objects.get(address="help@lantern.example"), by=SYSTEM,
                            aliases=("hello@lantern.example", "hi@lantern.example"))  # fmt: skip
    assert kept.aliases == ["hello@lantern.example", "hi@lantern.example"]


def test_what_is_refused_changes_nothing(cast: Cast) -> None:
    box = mailbox()
    with pytest.raises(people.NotAnAddress):
        mailbox("nowhere")
    with pytest.raises(people.NotAnAddress):
        mailboxes.change(box, by=SYSTEM, aliases=("nowhere",))
    values: dict[str, Any]
    for values in ({"address": "x@x.example"}, {"colour": "red"}, {"enabled_at": None}):
        with pytest.raises(mailboxes.UnknownField):
            mailboxes.change(box, by=SYSTEM, **values)
    with pytest.raises(Forbidden):
        mailboxes.change(box, by=actor(cast.ben), name="Mine")
    assert Mailbox.objects.get().name == ""
    assert told() == ["added"]


@pytest.mark.parametrize(
    ("address", "own"),
    [("help@lantern.example", True), ("HELP+abc@Lantern.example", True), ("hello@lantern.example", True),
     ("help@other.example", False), ("help", False), ("", False), ("xhelp@lantern.example", False)],
)  # fmt: skip
def test_our_own_addresses_are_known_with_and_without_a_token(cast: Cast, address: str, own: bool) -> None:
    mailbox(aliases=("Hello@lantern.example",))
    assert people.is_own(address, people.own_addresses()) is own
