"""What may happen in a chat: it begins, goes on, is read, left, ended and rated, and goes on by mail."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from rapport.conversations import topics
from rapport.conversations.events import ChatEnded, ChatRated, ThreadCustomerSet, ThreadStarted
from rapport.conversations.incoming import Incoming, IncomingFile
from rapport.conversations.models import Chat, Message, Thread, Visitor
from rapport.conversations.models.chat import PRESENT_FOR
from rapport.conversations.permissions import ANSWER, RECEIVE, VIEW
from rapport.conversations.services import lines, messages, news, outbox, people, threads, visitors
from rapport.kernel import clock, live
from rapport.kernel.actors import SYSTEM, Actor
from rapport.kernel.events import publish
from rapport.kernel.ids import new_id
from rapport.kernel.verbs import verb

LONGEST = 5_000
SUBJECT = 80
DAY = timedelta(days=1)


class Blocked(ValueError):
    """The visitor was blocked: what they write is not taken."""


class NotAnAddress(ValueError):
    """This is no address to which anybody can be written."""


class Over(ValueError):
    """The chat is over; the next message begins another."""


class NothingToSend(ValueError):
    """A transcript goes, once, to an address given in this chat, after somebody answered."""


@verb(RECEIVE, publishes=(ThreadStarted,))
def begin(
    visitor: Visitor,
    text: str,
    *,
    by: Actor,
    name: str = "",
    address: str = "",
    answers: Sequence[tuple[str, str]] = (),
    page: str = "",
    referrer: str = "",
    language: str = "",
    files: Sequence[IncomingFile] = (),
    nonce: str = "",
) -> Message:
    """Begin a chat with a visitor's first message and return that; `address` is what they say and proves nothing.

    For a verified visitor it is the customer's. Raises `Blocked`, `messages.Empty`, `NotAnAddress`.
    """
    _check(visitor, text, files)
    plain = visitor.address if visitor.verified_at else _address(address)
    said = (visitor.name if visitor.verified_at else "") or lines.clean(name, 200).strip() or visitor.name
    customer = visitor.customer if visitor.verified_at else None
    site = visitor.site
    subject = " ".join(text.split())[:SUBJECT] or _("Chat on %(site)s") % {"site": site.name}
    thread = threads.build(Thread.Channel.CHAT, subject, customer=customer, mailbox=site.mailbox)
    thread.save(force_insert=True)
    threads.add_requester(thread, plain, said)
    at = clock.now()
    chat = Chat.objects.create(
        thread=thread, site=site, visitor=visitor, name=said, address=plain,
        answers=[[lines.clean(asked, 200), lines.clean(given, 1000)] for asked, given in answers],
        page=visitors.web_address(page), referrer=visitors.web_address(referrer), language=language[:5],
        present_at=at, read_at=at, created_at=at,
    )  # fmt: skip
    if not visitor.verified_at:
        visitor.name, visitor.address = said, plain
        visitor.save(update_fields=["name", "address"])
    news.started(thread, by=by, by_customer=True)
    return _receive(chat, text, files, nonce, by)


@verb(RECEIVE)
def say(chat: Chat, text: str, *, by: Actor, files: Sequence[IncomingFile] = (), nonce: str = "") -> Message:
    """Take a visitor's next message and return it; one with the `nonce` of another is that one again.

    Raises `Blocked`, `messages.Empty`, `Over`.
    """
    row = _locked(chat)
    _check(row.visitor, text, files)
    if row.ended_at:
        raise Over(_("This chat is over."))
    at = clock.now()
    row.present_at, row.typing_at, row.read_at = at, None, at
    row.save(update_fields=["present_at", "typing_at", "read_at"])
    return _receive(row, text, files, nonce, by)


@verb(RECEIVE)
def give_address(chat: Chat, address: str, *, by: Actor) -> Chat:
    """Note where a chat is to go on by mail. Raises `NotAnAddress`; what was verified stays."""
    plain = _address(address)
    if not plain:
        raise NotAnAddress(_("%(address)s is not an address.") % {"address": address})
    row = _locked(chat)
    if row.visitor.verified_at:
        return row
    row.address = plain
    row.save(update_fields=["address"])
    Visitor.objects.filter(pk=row.visitor_id).update(address=plain)
    row.thread.participants.filter(role="requester").update(address=plain)
    live.tell([live.DESK], "chat", row.thread_id)
    return row


@verb(RECEIVE)
def here(chat: Chat, *, by: Actor, reading: bool = False) -> None:
    """Note that the visitor is there, and with `reading` that they see what was said."""
    at = clock.now()
    back = not chat.present(at)
    Chat.objects.filter(pk=chat.pk).update(present_at=at, **({"read_at": at} if reading else {}))
    if back or (reading and _unread(chat)):
        live.tell([topics.staff(chat.thread_id)], "read", chat.thread_id)


@verb(RECEIVE)
def type(chat: Chat, *, by: Actor) -> None:  # noqa: A001 - read as chats.type(chat)
    """Note that the visitor is writing."""
    Chat.objects.filter(pk=chat.pk).update(typing_at=clock.now(), present_at=clock.now())
    live.tell([topics.staff(chat.thread_id)], "typing", chat.thread_id)


@verb(RECEIVE)
def leave(chat: Chat, *, by: Actor) -> None:
    """Note that the visitor is gone; from now on answers go by mail, where there is an address."""
    Chat.objects.filter(pk=chat.pk).update(present_at=None, typing_at=None)
    live.tell([topics.staff(chat.thread_id)], "read", chat.thread_id)


@verb(VIEW)
def look(chat: Chat, *, by: Actor) -> None:
    """Note that the staff has read what the visitor wrote."""
    if chat.staff_read_at is None or (chat.thread.last_in_at and chat.staff_read_at < chat.thread.last_in_at):
        Chat.objects.filter(pk=chat.pk).update(staff_read_at=clock.now())
        live.tell([topics.visitor(chat.thread_id)], "read", chat.thread_id)


@verb(RECEIVE, publishes=(ChatEnded,))
def end(chat: Chat, *, by: Actor, who: str = "visitor") -> Chat:
    """End a chat; a second time changes nothing. What is answered later goes by mail."""
    row = _locked(chat)
    if row.ended_at is None:
        row.ended_at = clock.now()
        row.save(update_fields=["ended_at"])
        publish(ChatEnded(who=who), by=by, subject=row.thread, customer=row.thread.customer_id)
        live.tell([topics.visitor(row.thread_id), live.DESK], "ended", row.thread_id)
    return row


@verb(RECEIVE, publishes=(ChatRated,))
def rate(chat: Chat, score: int, *, by: Actor, comment: str = "") -> Chat:
    """Take how a chat was, from 1 to 5, once; a comment may come later. Raises `ValueError` for another number."""
    if score not in range(1, 6):
        raise ValueError(_("Choose from 1 to 5."))
    row = _locked(chat)
    words = lines.clean(comment, 1000).strip()
    if row.score is not None and (row.comment or not words):
        return row
    row.score, row.comment = row.score or score, words
    row.save(update_fields=["score", "comment"])
    publish(ChatRated(score=row.score, text=words), by=by, subject=row.thread, customer=row.thread.customer_id)
    live.tell([live.DESK], "chat", row.thread_id)
    return row


@verb(RECEIVE)
def transcript(chat: Chat, *, by: Actor) -> Message:
    """Send all that was said to the address that the visitor gave, once. Raises `NothingToSend`."""
    row = _locked(chat)
    answered = seen_by_visitor(row).filter(direction="out", author__isnull=False).exists()
    if not row.address or not answered or row.transcript_at:
        raise NothingToSend(_("There is nothing to send, or it was sent already."))
    row.transcript_at = clock.now()
    row.save(update_fields=["transcript_at"])
    with translation.override(row.language or translation.get_language()):
        said = [f"{_who(one, row)}: {one.fresh_text or one.text}" for one in seen_by_visitor(row)[:500]]
        text = _("What was said in our chat:") + "\n\n" + "\n\n".join(said)
        return messages.reply(row.thread, text, by=SYSTEM.because_of(row.pk), automatic=True, cc=())


def goes_by_mail(message: Message) -> bool:
    """Return whether a message of ours in a chat leaves by mail: the visitor is gone, or it is a letter by itself."""
    chat = Chat.objects.filter(thread_id=message.thread_id).first()
    if chat is None or not chat.address or not message.to:
        return False
    return bool(message.automatic) or not chat.present(clock.now())


def hand_over(message: Message) -> None:
    """Hand an answer to a visitor who is there over at once, rather than by the next job."""
    if message.thread.channel == Thread.Channel.CHAT and not goes_by_mail(message):
        outbox.send(message.pk)


def mail_missed(at_most: int = 100) -> int:
    """Mail what visitors did not read before they left, each answer once; return to how many."""
    now = clock.now()
    gone = Q(present_at__isnull=True) | Q(present_at__lt=now - PRESENT_FOR)
    rows = Chat.objects.filter(gone, thread__last_out_at__gt=now - DAY).exclude(address="")
    rows = rows.filter(Q(read_at__isnull=True) | Q(read_at__lt=F("thread__last_out_at")))
    rows = rows.filter(thread__spam_at__isnull=True, thread__deleted_at__isnull=True)
    return sum(_mail_missed(row.pk) for row in rows.order_by("id")[:at_most])


@verb(ANSWER)
def mail_unread(chat: Chat, *, by: Actor) -> Message | None:
    """Mail the answers in a chat that its visitor did not read, and return the mail; None when they read all."""
    row = _locked(chat)
    missed = list(_unread(row))
    if not missed or not row.address or row.present(clock.now()):
        return None
    row.read_at = max(one.sent_at for one in missed if one.sent_at)
    row.save(update_fields=["read_at"])
    with translation.override(row.language or translation.get_language()):
        said = "\n\n".join(f"{_who(one, row)}: {one.text}" for one in missed)
        text = _("You left our chat before this was read. Answer this mail and it goes on.") + "\n\n" + said
        return messages.reply(row.thread, text, by=by, automatic=True, cc=())


@verb(RECEIVE, publishes=(ChatEnded, ThreadCustomerSet))
def move_to_mail(chat: Chat, message: Message, *, by: Actor) -> bool:
    """Take note that the address of a chat answered our mail, and return whether that is new.

    The address is theirs, so the chat becomes that customer's. The browser proves nothing by it: it sees no more.
    """
    row = _locked(chat)
    if not message.raw or message.from_address != row.address or row.visitor.verified_at or row.moved_at:
        return False
    row.moved_at, row.ended_at = message.created_at, row.ended_at or clock.now()
    row.save(update_fields=["moved_at", "ended_at"])
    publish(ChatEnded(who="mail"), by=by, subject=row.thread, customer=message.customer_id)
    thread = threads.locked(row.thread)
    if message.customer and thread.customer_id != message.customer_id:
        threads.set_customer_locked(thread, message.customer, by=by)
    return True


def _mail_missed(key: UUID) -> int:
    chat = Chat.objects.get(pk=key)
    return 1 if mail_unread(chat, by=SYSTEM) else 0


def _unread(chat: Chat) -> list[Message]:
    """Return the answers that stand in the chat alone and that the visitor did not read."""
    rows = chat.thread.messages.filter(direction="out", automatic="", state__in=["sent", "delivered"])
    rows = rows.filter(sent_at__gt=chat.read_at or chat.created_at, deliveries__outcome="accepted")
    return list(rows.filter(deliveries__detail="").select_related("author").distinct().order_by("at", "id"))


def seen_by_visitor(chat: Chat) -> QuerySet[Message]:
    """Return what the visitor sees of a chat: no notes, no letters, nothing that came after it moved to mail."""
    rows = chat.thread.messages.public().filter(automatic="").select_related("author")
    rows = rows.filter(created_at__lt=chat.moved_at) if chat.moved_at else rows
    return rows.order_by("at", "id")


def _who(message: Message, chat: Chat) -> str:
    if message.direction == Message.Direction.IN:
        return chat.name or _("You")
    return message.author.name.split()[0] if message.author and message.author.name else chat.site.name


def _receive(chat: Chat, text: str, files: Sequence[IncomingFile], nonce: str, by: Actor) -> Message:
    known = nonce if nonce.isalnum() and len(nonce) <= 40 else new_id().hex
    incoming = Incoming(
        channel=Thread.Channel.CHAT,
        text=text[:LONGEST],
        from_name=chat.name or _("Visitor"),
        from_address=chat.address,
        customer_id=chat.thread.customer_id,
        thread_id=chat.thread_id,
        files=files,
        message_id=f"{known}.{chat.thread.token}@chat.invalid",
    )
    return messages.receive(incoming, by=by)


def _locked(chat: Chat) -> Chat:
    """Return a chat, locked after its thread, in the order in which all verbs lock."""
    threads.locked(chat.thread)
    rows = Chat.objects.select_for_update(of=("self",)).select_related("thread", "visitor", "site")
    return rows.get(pk=chat.pk)


def _check(visitor: Visitor, text: str, files: Sequence[IncomingFile]) -> None:
    if visitor.blocked_at:
        raise Blocked(_("You cannot write here at the moment."))
    if not text.strip() and not files:
        raise messages.Empty(_("There is nothing in this message."))


def _address(given: str) -> str:
    """Return what was given in its normal form, nothing for nothing. Raises `NotAnAddress`; ours would come back."""
    if not given.strip():
        return ""
    plain = people.normal_address(given)
    if not plain or people.is_own(plain, people.own_addresses()):
        raise NotAnAddress(_("%(address)s is not an address.") % {"address": given})
    return plain
