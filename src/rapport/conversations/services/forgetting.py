"""What is left of the talk with somebody who is gone for good: that there was some, when, and which way it went."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from rapport.conversations.models import Attachment, Delivery, Draft, Message, Participant, Thread
from rapport.kernel import files

AT_ONCE = 500
_EMPTY = {
    "from_address": "", "from_name": "", "to": [], "cc": [], "bcc": [], "reply_to": "", "subject": "", "html": "",
    "in_reply_to": [], "references": [], "error": "", "raw": "", "search": "",
}  # fmt: skip


def forget(customer_id: UUID) -> None:
    """Empty what was said with a customer: their threads as a whole, and what they wrote in those of others.

    Messages stay as rows without a word, so that all that is counted stays right; their Message-IDs stay as well, so
    that a mailbox that is read again does not bring them back. Sources and files go from the disk, unless they are part
    of somebody else's talk. What waited to be sent is not sent any more.
    """
    mine = Thread.objects.filter(customer_id=customer_id)
    said = Message.objects.filter(Q(thread__in=mine) | Q(customer_id=customer_id))
    ids = list(said.values_list("pk", flat=True))
    for start in range(0, len(ids), AT_ONCE):
        _empty(ids[start : start + AT_ONCE])
    Draft.objects.filter(thread__in=mine).delete()
    outside = Participant.objects.exclude(role=Participant.Role.WATCHER)
    outside.filter(thread__in=mine, role=Participant.Role.REQUESTER).update(address="", name="")
    outside.filter(Q(thread__in=mine) | Q(customer_id=customer_id)).exclude(address="").delete()
    mine.update(subject=_("Forgotten"))


def _empty(ids: Collection[UUID]) -> None:
    """Empty some messages and let go of what they kept on the disk."""
    rows = Message.objects.filter(pk__in=ids)
    parts = Attachment.objects.filter(message__in=ids)
    keys = {*rows.exclude(raw="").values_list("raw", flat=True), *parts.exclude(key="").values_list("key", flat=True)}
    parts.update(key="", name=_("Forgotten"), content_id="", refused=_("Forgotten"))
    Delivery.objects.filter(message__in=ids).update(detail="")
    rows.filter(state__in=[Message.State.QUEUED, Message.State.FAILED]).update(
        state=Message.State.CANCELLED, send_after=None
    )
    rows.update(**_EMPTY, text=_("Forgotten"), fresh_text=_("Forgotten"))
    transaction.on_commit(lambda: let_go(keys))


def let_go(keys: Collection[str]) -> None:
    """Delete what no message names any more."""
    named = {
        *Attachment.objects.filter(key__in=keys).values_list("key", flat=True),
        *Message.objects.filter(raw__in=keys).values_list("raw", flat=True),
    }
    for key in set(keys) - named:
        files.forget(key)
