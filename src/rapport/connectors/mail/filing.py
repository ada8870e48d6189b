"""From the bytes of a mail to a message in its thread.

One transaction: the mail is there as a whole or not at all, and whoever hands it over again gets the message that is
there. Whatever cannot be read is filed as its source.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from django.db import DatabaseError, DataError, IntegrityError, connection, transaction

from rapport.connectors.mail import replies
from rapport.connectors.mail.signing import signer
from rapport.conversations.incoming import Incoming, IncomingFile
from rapport.conversations.mail import bounces
from rapport.conversations.mail.automatic import AUTO_REPLY, BOUNCE, verdict
from rapport.conversations.mail.bounces import Bounce, Failure
from rapport.conversations.mail.forwarding import original, requester
from rapport.conversations.mail.headers import addresses
from rapport.conversations.mail.parse import parse, unreadable
from rapport.conversations.mail.parts import Address, Mail
from rapport.conversations.mail.saying import said
from rapport.conversations.mail.tokens import PROBE, RETURN, THREAD, in_subject
from rapport.conversations.models import Mailbox, Message
from rapport.conversations.services import messages, people
from rapport.kernel import clock, numbering, remembered
from rapport.kernel.actors import SYSTEM, Actor

LOG = logging.getLogger(__name__)
MAIL = replace(SYSTEM, via="connector")
LOOP_WINDOW, LOOP_MOST = timedelta(minutes=10), 20
_LATELY = """
SELECT FROM conversations_message WHERE direction = 'in' AND from_address = %s AND created_at >= %s LIMIT 1 OFFSET %s
"""
_DELIVERED = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to")


@dataclass(frozen=True, slots=True)
class Arrival:
    """A mail on its way in: its bytes and what is known of how it came.

    `recipients` are the addresses of the envelope, where the way has one. `historic` was written before we began.
    """

    raw: bytes
    mailbox: Mailbox | None = None
    recipients: Sequence[str] = ()
    historic: bool = False


def file(arrival: Arrival, *, by: Actor = MAIL) -> Message | None:
    """File a mail and return its message, the one that is there if it came before; None for a probe of our own.

    Should a mail break anything, which is a defect, it is filed as its source; should that break as well, it is put
    with the spam, of which nobody is told. So it is kept, the staff find it, and it does not hold up those after it.
    """
    mail = parse(arrival.raw)
    try:
        return _file(mail, arrival, by)
    except DatabaseError as error:
        if not isinstance(error, DataError | IntegrityError):
            raise  # the database is away or busy: whoever brings the mail keeps it
        LOG.exception("a mail of %d bytes could not be filed", len(arrival.raw))
    except Exception:
        LOG.exception("a mail of %d bytes could not be filed", len(arrival.raw))
    source = unreadable(arrival.raw, "could not be filed")
    try:
        return _file(source, arrival, by)
    except DatabaseError:
        raise
    except Exception:
        LOG.exception("its source could not be filed either")
    return _file(source, arrival, by, park=True)


def _file(mail: Mail, arrival: Arrival, by: Actor, *, park: bool = False) -> Message | None:
    reached = _reached(mail, arrival)
    begins = not (mail.in_reply_to or mail.references or arrival.historic)
    with numbering.ahead("customer", "ticket") if begins else nullcontext(), transaction.atomic(), remembered.steady():
        if _is_probe(reached):
            return None
        boxes = people.mailboxes()
        own = frozenset(address for box in boxes for address in box.addresses())
        judged = verdict(mail, own=own)
        bounce = bounces.read(mail, arrival.raw) if judged.by_machine or bounces.looks_like(mail) else None
        failed = _failed(bounce, reached)
        new = failed is None or not Message.objects.filter(message_id=mail.message_id).exists()
        answer = replies.answer(mail)
        kind = _kind(judged.kind, bounce, failed) or (AUTO_REPLY if answer else "")
        incoming = _incoming(mail, arrival, reached, boxes, kind)
        if failed is not None:
            incoming = replace(incoming, references=(*incoming.references, failed.message_id))
        if not kind and not arrival.historic and _too_many_from(incoming.from_address):
            incoming = replace(incoming, automatic=AUTO_REPLY, park=True)
        incoming = replace(incoming, park=incoming.park or park)
        message = messages.receive(incoming, by=by)
        if answer is not None:
            replies.note(answer, by=by)
        if new and bounce is not None and failed is not None:
            _mark(bounce, failed, by=by)
    return message


def _kind(judged: str, bounce: Bounce | None, failed: Message | None) -> str:
    """Return what kind of machine wrote: a mail that brings one of ours back is a bounce, whatever it says it is."""
    if bounce is not None and (failed is not None or judged in (BOUNCE, AUTO_REPLY)):
        return BOUNCE
    return judged


def _incoming(
    mail: Mail, arrival: Arrival, reached: tuple[Address, ...], boxes: Sequence[Mailbox], kind: str
) -> Incoming:
    own = frozenset(address for box in boxes for address in box.addresses())
    who = _requester(mail, own)
    says = said(mail, who.name or who.email if who else "")
    answer_to = next((one.email for one in mail.reply_to if one.email not in own), "")
    return Incoming(
        channel="email",
        at=mail.at,
        text=says.text,
        html=says.html,
        fresh_text=says.fresh,
        subject=mail.subject,
        from_address=who.email if who else "",
        from_name=who.name if who else "",
        to=[(one.name, one.email) for one in mail.to],
        cc=[(one.name, one.email) for one in mail.cc],
        reply_to=answer_to,
        message_id=mail.message_id,
        in_reply_to=mail.in_reply_to,
        references=mail.references,
        tokens=signer().values_in(THREAD, reached),
        subject_tokens=in_subject(mail.subject),
        automatic=kind,
        files=[IncomingFile(one.name, one.content, one.media_type, one.content_id, one.inline) for one in mail.files],
        raw=arrival.raw,
        mailbox_id=_mailbox_id(arrival, reached, boxes),
        park=bool(kind),
        historic=arrival.historic,
    )


def _requester(mail: Mail, own: Collection[str]) -> Address | None:
    passed_on = original(mail) if mail.sender else None
    staff = people.staff_addresses([mail.sender.email, passed_on.email]) if mail.sender and passed_on else set()
    return requester(mail, own=own, staff=staff)


def _reached(mail: Mail, arrival: Arrival) -> tuple[Address, ...]:
    """Return every address that the mail reached us by, as far as anybody says."""
    delivered = [one for name in _DELIVERED for value in mail.headers.get(name, ()) for one in addresses(value)]
    envelope = [Address("", one.strip().lower()) for one in arrival.recipients]
    return tuple({one.email: one for one in (*envelope, *delivered, *mail.to, *mail.cc)}.values())


def _mailbox_id(arrival: Arrival, reached: Sequence[Address], boxes: Sequence[Mailbox]) -> UUID | None:
    """Return the mailbox that a mail came to: the one it was found in, else the first whose address it was sent to."""
    if arrival.mailbox is not None:
        return arrival.mailbox.pk
    found = [_taking(one.email, boxes) for one in reached]
    return next((mailbox.pk for mailbox in found if mailbox), None)


def mailbox_at(address: str) -> Mailbox | None:
    """Return the mailbox that takes mail at `address`, with or without something after a plus."""
    return _taking(address, people.mailboxes())


def _taking(address: str, boxes: Iterable[Mailbox]) -> Mailbox | None:
    local, _at, domain = address.lower().rpartition("@")
    plain = {address.lower(), f"{local.partition('+')[0]}@{domain}"}
    return next((mailbox for mailbox in boxes if plain & mailbox.addresses()), None)


def _is_probe(reached: Sequence[Address]) -> bool:
    """Take a mail that `connections.probe` sent for what it is: the proof that what is behind a plus arrives."""
    for value in signer().values_in(PROBE, reached):
        Mailbox.objects.filter(pk=UUID(value)).update(plus_at=clock.now())
        return True
    return False


def _failed(bounce: Bounce | None, reached: Sequence[Address]) -> Message | None:
    """Return our message that came back: by the token in the address of its envelope, else by its Message-ID."""
    if bounce is None:
        return None
    ours = Message.objects.filter(direction=Message.Direction.OUT).select_related("thread")
    for value in signer().values_in(RETURN, reached):
        if found := ours.filter(pk=UUID(value)).first():
            return found
    return ours.filter(message_id=bounce.message_id).first() if bounce.message_id else None


def _mark(bounce: Bounce, failed: Message, *, by: Actor) -> None:
    """Note which addresses failed: those alone that our message went to, as anybody may write a bounce."""
    written = [address.lower() for _name, address in (*failed.to, *failed.cc, *failed.bcc)]
    for failure in bounce.failures:
        address = _written_to(failure, written)
        if address:
            messages.bounced(failed, failure.kind, by=by, address=address, reason=failure.reason or failure.status)


def _written_to(failure: Failure, written: Sequence[str]) -> str:
    """Return the address we wrote to; when there was only one, a failing other one is where that is forwarded to."""
    if failure.address in written:
        return failure.address
    return written[0] if len(written) == 1 else ""


def _too_many_from(address: str) -> bool:
    """Return whether somebody writes faster than any person does: a loop that no header tells of."""
    if not address:
        return False
    with connection.cursor() as cursor:
        cursor.execute(_LATELY, [address, clock.now() - LOOP_WINDOW, LOOP_MOST - 1])
        return cursor.fetchone() is not None
