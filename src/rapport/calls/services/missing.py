"""What nobody answered: it waits in the inbox like any other question, and a call back is promised."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from rapport.calls.models import Call
from rapport.calls.services.switchboard import switchboard
from rapport.conversations.incoming import Incoming
from rapport.conversations.models import Thread
from rapport.conversations.services import messages
from rapport.kernel import clock
from rapport.kernel.actors import Actor
from rapport.promises.models import Promise
from rapport.promises.services import promises
from rapport.promises.services.promises import Source
from rapport.service.models import Ticket
from rapport.service.services import callbacks

SOURCE = "calls.call"
TOGETHER = timedelta(days=7)


def call_back(row: Call, *, by: Actor) -> None:
    """Let a missed call wait in the inbox, and promise to call back whoever it was, once."""
    _file(row, by)
    if row.customer is None or row.promise_id is not None:
        return
    if row.customer.promises.open().filter(kind=Promise.Kind.CALL).exists():
        return  # who rings three times is called back once
    row.promise = _promise(row, by)
    row.save(update_fields=["promise"])


def called(customer_id: UUID, *, at: datetime, by: Actor) -> None:
    """Keep the call backs that a customer was promised without a ticket: they were reached."""
    waiting = Promise.objects.open().filter(customer_id=customer_id, kind=Promise.Kind.CALL, source_type=SOURCE)
    for promise in waiting.order_by("due_until", "pk"):
        promises.fulfil(promise, by=by.with_everything(), at=at)


def _file(row: Call, by: Actor) -> None:
    """File the call as a message: the first time, and again with the words once a voicemail is written down."""
    words = _words(row)
    key = f"{row.pk.hex}.{'voicemail' if row.state == Call.State.VOICEMAIL else 'missed'}@calls.invalid"
    thread = row.thread or _thread_of(row)
    message = messages.receive(
        Incoming(
            channel=Thread.Channel.PHONE,
            at=row.ended_at,
            subject=_("Voicemail") if row.state == Call.State.VOICEMAIL else _("Missed call"),
            text=words,
            from_name=row.customer.label if row.customer else row.number or _("Unknown number"),
            customer_id=row.customer_id,
            message_id=key,
            thread_id=thread.pk if thread else None,
        ),
        by=by.with_everything(),
    )
    if row.thread_id != message.thread_id:
        row.thread_id = message.thread_id
        row.save(update_fields=["thread"])


def _thread_of(row: Call) -> Thread | None:
    """Return the thread of an earlier missed call from this number that is still worked on."""
    if not row.number_key:
        return None
    earlier = Call.objects.filter(
        number_key=row.number_key, started_at__gte=row.started_at - TOGETHER, thread__isnull=False
    )
    found = earlier.exclude(pk=row.pk).order_by("-started_at").select_related("thread").first()
    if found is None or found.thread is None or found.thread.customer_id != row.customer_id:
        return None
    ticket = Ticket.objects.filter(talk__thread=found.thread, deleted_at__isnull=True).first()
    return found.thread if ticket and not ticket.ended and found.thread.deleted_at is None else None


def _words(row: Call) -> str:
    said = row.transcript or (_("There is a recording.") if row.recording_url else "")
    head = _("Left a voicemail.") if row.state == Call.State.VOICEMAIL else _("Called, and nobody answered.")
    return "\n\n".join(part for part in (f"{head} {row.number}".strip(), said) if part)


def _promise(row: Call, by: Actor) -> Promise:
    due = (row.ended_at or clock.now()) + timedelta(hours=switchboard().call_back_hours)
    ticket = Ticket.objects.filter(talk__thread__pk=str(row.thread_id), deleted_at__isnull=True).first()
    if ticket is not None and ticket.requester_id == row.customer_id:
        return callbacks.promise_call(ticket, by=by.with_everything(), due_at=due)
    assert row.customer is not None
    source = Source(SOURCE, row.pk, row.number)
    return promises.make(
        row.customer, _("Call back"), by=by.with_everything(), kind=Promise.Kind.CALL, due_at=due, source=source
    )
