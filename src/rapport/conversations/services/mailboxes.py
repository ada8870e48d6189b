"""Setting up mailboxes. What is secret comes in plain and is sealed before it is stored."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from rapport.conversations.events import MailboxChanged
from rapport.conversations.models import Mailbox
from rapport.conversations.permissions import MANAGE, RECEIVE
from rapport.conversations.services.people import NotAnAddress, normal_address
from rapport.kernel import clock, secrets
from rapport.kernel.actors import Actor
from rapport.kernel.events import publish
from rapport.kernel.verbs import verb

SECRETS = frozenset({"secret", "smtp_secret", "oauth_secret", "oauth_refresh", "oauth_access"})
EDITABLE = SECRETS | frozenset(
    {
        "name", "signature", "send_from", "imap_host", "imap_port", "imap_security", "imap_user", "smtp_host",
        "smtp_port", "smtp_security", "smtp_user", "oauth_provider", "oauth_client_id", "oauth_authorize_url",
        "oauth_token_url", "oauth_scope", "oauth_expires_at", "backfill_days",
    }
)  # fmt: skip


class UnknownField(ValueError):
    """A field that a mailbox does not have or that a verb of its own changes."""


class AddressTaken(ValueError):
    """Another mailbox has this address."""


@verb(MANAGE, publishes=(MailboxChanged,))
def add(address: str, *, by: Actor, aliases: tuple[str, ...] = (), **values: Any) -> Mailbox:
    """Add a mailbox, which does nothing until it is switched on, and return it.

    Raises `NotAnAddress`, `AddressTaken`, `UnknownField`.
    """
    at = clock.now()
    plain, others = _checked([address, *aliases], None)
    mailbox = Mailbox(address=plain, aliases=others, created_at=at, updated_at=at, **_sealed(values))
    _save(mailbox, new=True)
    publish(MailboxChanged(address=plain, what="added"), by=by, subject=mailbox)
    return mailbox


@verb(MANAGE, publishes=(MailboxChanged,))
def change(mailbox: Mailbox, *, by: Actor, aliases: tuple[str, ...] | None = None, **values: Any) -> Mailbox:
    """Set `values` of a mailbox and return it. An empty secret leaves the old one.

    Raises `NotAnAddress`, `AddressTaken`, `UnknownField`.
    """
    row = _locked(mailbox)
    if aliases is not None:
        row.aliases = _checked([row.address, *aliases], row)[1]
    for key, value in _sealed(values).items():
        if value or key not in SECRETS:
            setattr(row, key, value)
    row.updated_at = clock.now()
    _save(row, new=False)
    publish(MailboxChanged(address=row.address, what="changed"), by=by, subject=row)
    return row


@verb(MANAGE, publishes=(MailboxChanged,))
def switch_on(mailbox: Mailbox, *, by: Actor) -> Mailbox:
    """Let a mailbox fetch and send mail; one that was paused goes on."""
    row = _locked(mailbox)
    if row.working:
        return row
    row.enabled_at = row.enabled_at or clock.now()
    row.paused_at, row.paused_because = None, ""
    return _stored(row, "on", by=by)


@verb(MANAGE, publishes=(MailboxChanged,))
def switch_off(mailbox: Mailbox, *, by: Actor) -> Mailbox:
    """Let a mailbox neither fetch nor send mail."""
    row = _locked(mailbox)
    if row.enabled_at is None:
        return row
    row.enabled_at = row.paused_at = None
    row.paused_because = ""
    return _stored(row, "off", by=by)


@verb(RECEIVE, publishes=(MailboxChanged,))
def pause(mailbox: Mailbox, reason: str, *, by: Actor) -> Mailbox:
    """Stop a mailbox that does not work, such as with a wrong password, until somebody switches it on again."""
    row = _locked(mailbox)
    if not row.working:
        return row
    row.paused_at, row.paused_because = clock.now(), reason[:300]
    return _stored(row, "paused", by=by)


def _stored(row: Mailbox, what: str, *, by: Actor) -> Mailbox:
    row.updated_at = clock.now()
    row.save(update_fields=["enabled_at", "paused_at", "paused_because", "updated_at"])
    publish(MailboxChanged(address=row.address, what=what, reason=row.paused_because), by=by, subject=row)
    return row


def _locked(mailbox: Mailbox) -> Mailbox:
    return Mailbox.objects.select_for_update().get(pk=mailbox.pk)


def _save(mailbox: Mailbox, *, new: bool) -> None:
    try:
        with transaction.atomic():
            mailbox.save(force_insert=new)
    except IntegrityError:
        raise AddressTaken(_("Another mailbox has this address.")) from None


def _checked(addresses: list[str], mailbox: Mailbox | None) -> tuple[str, list[str]]:
    """Return the address and its aliases in their normal form, none of which another mailbox has."""
    normal = [(given, normal_address(given)) for given in addresses]
    for given, plain in normal:
        if not plain:
            raise NotAnAddress(_("%(address)s is not an address.") % {"address": given})
    wanted = list(dict.fromkeys(plain for _given, plain in normal))
    others = Mailbox.objects.exclude(pk=mailbox.pk) if mailbox else Mailbox.objects.all()
    if any(other.addresses() & set(wanted) for other in others):
        raise AddressTaken(_("Another mailbox has this address."))
    return wanted[0], wanted[1:]


def _sealed(values: dict[str, Any]) -> dict[str, Any]:
    unknown = values.keys() - EDITABLE
    if unknown:
        raise UnknownField(_("A mailbox has no field %(field)s.") % {"field": ", ".join(sorted(unknown))})
    return {key: secrets.seal(value) if key in SECRETS else value for key, value in values.items()}
