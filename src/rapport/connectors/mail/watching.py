"""Waiting at mailboxes: a thread for each is told by its server (IDLE) when something comes."""

from __future__ import annotations

import logging
import threading
from uuid import UUID

from django.db import OperationalError, close_old_connections, connection
from imapclient import IMAPClient

from rapport.connectors.mail import imap
from rapport.conversations.models import Mailbox

LOG = logging.getLogger(__name__)
IDLE_SECONDS = 300.0  # servers may hang up after 29 minutes (RFC 2177); networks forget connections sooner
STEP_SECONDS = 1.0
LONGEST_PAUSE = 300.0


def look_into_all() -> int:
    """File what is new in every mailbox that works and return how many mails; one that is away stops no other."""
    filed = 0
    for mailbox in working():
        try:
            filed += imap.fetch(mailbox)
        except imap.Away as away:
            LOG.warning("mailbox %s is away: %s", mailbox.address, away)
    return filed


def working() -> list[Mailbox]:
    """Return the mailboxes from which mail is fetched."""
    rows = Mailbox.objects.exclude(imap_host="").filter(enabled_at__isnull=False, paused_at__isnull=True)
    return list(rows.order_by("created_at", "id"))


class Watchers:
    """Keeps one thread at each mailbox that works, until `stop` is set."""

    def __init__(self, stop: threading.Event) -> None:
        self.stop = stop
        self._threads: dict[UUID, threading.Thread] = {}

    def look_after(self, *, while_needed: bool = False) -> None:
        """Start what is missing and go on until `stop` is set, or `while_needed` until no mailbox works."""
        while not self.stop.is_set():
            try:
                there = working()
                for mailbox in there:
                    self._start(mailbox.pk)
                if while_needed and not there:
                    self.stop.set()
            except OperationalError as error:
                LOG.warning("the database is away: %s", error)
                connection.close()
            self.stop.wait(15.0)
        for thread in self._threads.values():
            thread.join(10.0)

    def _start(self, key: UUID) -> None:
        thread = self._threads.get(key)
        if thread is None or not thread.is_alive():
            self._threads[key] = threading.Thread(target=watch, args=(key, self.stop), daemon=True)
            self._threads[key].start()


def watch(key: UUID, stop: threading.Event) -> None:
    """Wait at a mailbox until `stop` is set or it no longer works; after a failure, longer each time."""
    pause = 1.0
    try:
        while not stop.is_set():
            mailbox = Mailbox.objects.filter(pk=key).first()
            if mailbox is None or not mailbox.working:
                return
            try:
                with imap.connection(mailbox) as client:
                    _wait_at(client, mailbox, stop)
                pause = 1.0
            except imap.WrongPassword:
                imap.fetch(mailbox)  # pauses it, with the server's words
            except (imap.Away, OperationalError) as error:
                LOG.warning("mailbox %s is away: %s", mailbox.address, error)
                close_old_connections()
                stop.wait(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
    finally:
        connection.close()


def _wait_at(client: IMAPClient, mailbox: Mailbox, stop: threading.Event) -> None:
    """File what is there, then whatever comes; returns after a while, to begin anew with a fresh connection."""
    imap.fetch_with(client, mailbox)
    if not client.has_capability("IDLE"):
        stop.wait(60.0)
        return
    waited = 0.0
    while not stop.is_set() and waited < IDLE_SECONDS:
        if _idle_once(client, stop, IDLE_SECONDS - waited):
            imap.fetch_with(client, mailbox)
        waited += STEP_SECONDS


def _idle_once(client: IMAPClient, stop: threading.Event, at_most: float) -> bool:
    """Wait until the server tells of a new mail, and return whether it did."""
    client.idle()
    waited, told = 0.0, False
    try:
        while not stop.is_set() and waited < at_most and not told:
            news = client.idle_check(timeout=STEP_SECONDS)
            told = any(len(item) > 1 and item[1] == b"EXISTS" for item in news)
            waited += STEP_SECONDS
    finally:
        client.idle_done()
    return told
