"""Fetching mail by IMAP (RFC 3501, IDLE RFC 2177): what is new by its UID, each mail once, none of them lost.

How far a folder was read is written in the transaction that files a mail. When the server gives its mails new numbers
(UIDVALIDITY), or the folder is read for the first time, those of the last days are looked through by Message-ID.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection as database
from django.db import transaction
from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, LoginError

from rapport.connectors.mail import oauth
from rapport.connectors.mail.filing import MAIL, Arrival, file
from rapport.conversations.mail.headers import ids
from rapport.conversations.models import Mailbox, MailFolder, Message
from rapport.conversations.services import mailboxes
from rapport.kernel import clock, secrets
from rapport.kernel.actors import Actor

TIMEOUT = 30.0
INBOX = "INBOX"
BATCH, HEADERS_AT_ONCE = 20, 500
LARGEST = 60_000_000
SENT = (b"\\Sent",)


class Away(Exception):
    """The server cannot be reached or broke off; it may be there later."""


class WrongPassword(Exception):
    """The server does not let us in."""


@contextmanager
def connection(mailbox: Mailbox) -> Iterator[IMAPClient]:
    """Give a connection on which `mailbox` is signed in. Raises `Away`, `WrongPassword`."""
    try:
        client = _connect(mailbox)
    except (LoginError, oauth.NoToken, secrets.Unreadable) as error:
        raise WrongPassword(_words(error)) from error
    except (OSError, IMAPClientError, oauth.ProviderAway) as error:
        raise Away(_words(error)) from error
    try:
        yield client
    except (OSError, IMAPClientAbortError) as error:
        raise Away(_words(error)) from error
    finally:
        with suppress(OSError, IMAPClientError):
            client.logout()


def fetch(mailbox: Mailbox, *, by: Actor = MAIL) -> int:
    """File what is new in a mailbox and return how many mails that were. Raises `Away`; a wrong password pauses it."""
    if not mailbox.imap_host:
        return 0
    try:
        with connection(mailbox) as client:
            return fetch_with(client, mailbox, by=by)
    except WrongPassword as wrong:
        mailboxes.pause(mailbox, str(wrong), by=by)
        return 0


def fetch_with(client: IMAPClient, mailbox: Mailbox, *, by: Actor = MAIL, folder: str = INBOX) -> int:
    """File what is new in a folder over a connection that is open; nothing when another process is at it."""
    with _alone(mailbox) as mine:
        if not mine:
            return 0
        seen = _chosen(client, mailbox, folder)
        filed = sum(_file_all(client, mailbox, seen, uids, by=by) for uids in _batches(_new(client, mailbox, seen)))
        Mailbox.objects.filter(pk=mailbox.pk).update(checked_at=clock.now())
        return filed


def was_sent(mailbox: Mailbox, message_id: str) -> bool:
    """Return whether a mail of ours is in the folder that the server keeps sent mail in. Raises `Away`."""
    with connection(mailbox) as client:
        for flags, _delimiter, name in client.list_folders():
            if set(SENT) & set(flags):
                client.select_folder(name, readonly=True)
                return bool(client.search(["HEADER", "MESSAGE-ID", f"<{message_id}>"]))
    return False


def _connect(mailbox: Mailbox) -> IMAPClient:
    context = ssl.create_default_context()
    tls = mailbox.imap_security == Mailbox.Security.TLS
    client = IMAPClient(
        mailbox.imap_host, mailbox.imap_port, ssl=tls, ssl_context=context if tls else None, timeout=TIMEOUT
    )
    try:
        if mailbox.imap_security == Mailbox.Security.STARTTLS:
            client.starttls(context)
        user = mailbox.imap_user or mailbox.address
        if oauth.uses(mailbox):
            client.oauth2_login(user, oauth.access_token(mailbox))
        else:
            client.login(user, secrets.unseal(mailbox.secret))
    except BaseException:
        with suppress(OSError, IMAPClientError):
            client.shutdown()
        raise
    return client


def _chosen(client: IMAPClient, mailbox: Mailbox, name: str) -> MailFolder:
    """Open a folder and return how far it was read; from the beginning when its numbers are no longer the same."""
    told: dict[bytes, Any] = client.select_folder(name, readonly=True)
    folder, _new_one = MailFolder.objects.get_or_create(mailbox=mailbox, name=name)
    validity = int(told.get(b"UIDVALIDITY") or 0)
    if folder.uidvalidity != validity:
        folder.uidvalidity, folder.last_uid = validity, 0
        folder.save(update_fields=["uidvalidity", "last_uid"])
    return folder


def _new(client: IMAPClient, mailbox: Mailbox, folder: MailFolder) -> list[int]:
    """Return the UIDs of mails that are not filed yet, in their order."""
    if folder.last_uid:
        found = client.search(["UID", f"{folder.last_uid + 1}:*"])
        return sorted(uid for uid in found if uid > folder.last_uid)  # n:* always names the last one
    since = clock.now() - timedelta(days=mailbox.backfill_days)
    return _not_filed(client, sorted(client.search(["SINCE", since.date()])))


def _not_filed(client: IMAPClient, uids: list[int]) -> list[int]:
    """Leave out the mails whose Message-ID is there already, but never the last one: it says how far we have read."""
    kept: list[int] = []
    for some in _batches(uids, HEADERS_AT_ONCE):
        answer = client.fetch(some, ["BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)]"])
        names = {uid: ids(_header(data)) for uid, data in answer.items()}
        wanted = {name for found in names.values() for name in found[:1]}
        there = set(Message.objects.filter(message_id__in=wanted).values_list("message_id", flat=True))
        kept += [uid for uid in some if uid == uids[-1] or not set(names.get(uid, ())[:1]) & there]
    return kept


def _header(data: dict[bytes, Any]) -> str:
    raw = next((value for key, value in data.items() if key.startswith(b"BODY[HEADER")), b"") or b""
    return str(raw.decode("ascii", "surrogateescape").partition(":")[2])


def _file_all(client: IMAPClient, mailbox: Mailbox, folder: MailFolder, uids: list[int], *, by: Actor) -> int:
    """File some mails one after the other; each is there together with the note that the folder was read up to it."""
    sizes = client.fetch(uids, ["RFC822.SIZE", "INTERNALDATE"])
    filed = 0
    for uid in uids:
        known = sizes.get(uid)
        raw = _content(client, uid, int(known.get(b"RFC822.SIZE") or 0)) if known else None
        with transaction.atomic():
            if raw is not None and known is not None:
                historic = _before(known.get(b"INTERNALDATE"), mailbox.enabled_at)
                filed += file(Arrival(raw, mailbox, historic=historic), by=by) is not None
            MailFolder.objects.filter(pk=folder.pk).update(last_uid=uid)
        folder.last_uid = uid
    return filed


def _content(client: IMAPClient, uid: int, size: int) -> bytes | None:
    """Return a mail, the first megabytes of one that is too large, None of one that was deleted meanwhile."""
    item = "BODY.PEEK[]" if size <= LARGEST else f"BODY.PEEK[]<0.{LARGEST}>"
    data: dict[bytes, Any] = client.fetch([uid], [item]).get(uid, {})
    found = next((value for key, value in data.items() if key.startswith(b"BODY[]")), None)
    return bytes(found) if found is not None else None


def _before(received: datetime | None, enabled_at: datetime | None) -> bool:
    if received is None or enabled_at is None:
        return False
    aware = received.astimezone(UTC)  # the library gives local time without a zone
    return aware < enabled_at - timedelta(minutes=5)


def _batches(uids: list[int], size: int = BATCH) -> Iterable[list[int]]:
    return [uids[start : start + size] for start in range(0, len(uids), size)]


@contextmanager
def _alone(mailbox: Mailbox) -> Iterator[bool]:
    """Hold the lock on a mailbox while it is read; the database frees it when the process dies."""
    key = (mailbox.pk.int >> 3) & ((1 << 63) - 1)
    with database.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [key])
        mine = bool(cursor.fetchone()[0])
    try:
        yield mine
    finally:
        if mine:
            with database.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [key])


def _words(error: Exception) -> str:
    said = error.args[0] if error.args else type(error).__name__
    return (said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said))[:300]
