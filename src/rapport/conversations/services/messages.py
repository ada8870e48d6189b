"""What may happen to a message: it comes in, is written, taken back, sent again; it arrives or comes back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from rapport.conversations import mentioning, policy
from rapport.conversations.events import (
    ColleagueMentioned,
    MessageBounced,
    MessageCancelled,
    MessageDelivered,
    MessageQueued,
    MessageSent,
    NoteAdded,
    ThreadLinked,
    ThreadRestored,
    ThreadWoken,
)
from rapport.conversations.incoming import Address, Incoming, IncomingFile
from rapport.conversations.mentioning import Person
from rapport.conversations.models import Draft, Mention, Message, Participant, Thread
from rapport.conversations.permissions import ANSWER, RECEIVE
from rapport.conversations.services import attachments, lines, news, people, receiving, threads
from rapport.conversations.services.cancelling import take_back
from rapport.conversations.services.counting import recount
from rapport.customers.models import Identity
from rapport.kernel import clock, files
from rapport.kernel.actors import Actor
from rapport.kernel.events import publish
from rapport.kernel.ids import new_id
from rapport.kernel.verbs import verb
from rapport.team.models import User

BY_ADDRESS = frozenset({Thread.Channel.EMAIL, Thread.Channel.FORM})
LONGEST_CHAIN = 50
HARD, SOFT, COMPLAINT = "hard", "soft", "complaint"


class Empty(ValueError):
    """There is nothing in the message."""


class NobodyToWriteTo(ValueError):
    """There is no address to send this to."""


class NotOurs(ValueError):
    """An answer goes out from an address of the mailbox alone."""


class NewerMessage(ValueError):
    """A message came in that the writer has not seen; `message` is the newest."""

    def __init__(self, message: Message) -> None:
        super().__init__(_("A newer message has come in meanwhile."))
        self.message = message


class TooLate(ValueError):
    """The message does not wait any more, so it cannot be taken back."""


class NotFailed(ValueError):
    """Only what could not be sent is sent again."""


@verb(
    RECEIVE,
    publishes=(
        *news.ARRIVALS, MessageSent, NoteAdded, MessageCancelled, ThreadWoken, ThreadRestored, ThreadLinked,
    ),
)  # fmt: skip
def receive(incoming: Incoming, *, by: Actor) -> Message:
    """File a message from outside and return it; one that is there already is returned as it is, whoever is first.

    Two that file the same message at once end up with one: the Message-ID is unique, and whoever comes second drops
    what they did.
    """
    key = incoming.key()
    there = _filed(key)
    if there:
        return there
    try:
        with transaction.atomic(), files.storing(incoming.raw) as raw:
            return receiving.file(incoming, key, raw, by=by)
    except IntegrityError:
        there = _filed(key)
        if there is None:
            raise
        return there


@verb(ANSWER, publishes=(MessageQueued,), offer=("rules", "mcp"))
def reply(
    thread: Thread,
    text: str,
    *,
    by: Actor,
    html: str = "",
    to: Iterable[Address] | None = None,
    cc: Iterable[Address] | None = None,
    bcc: Iterable[Address] = (),
    subject: str = "",
    sender: str = "",
    files: Sequence[IncomingFile] = (),
    send_after: datetime | None = None,
    cancel_on_answer: bool = False,
    automatic: bool = False,
    seen: UUID | None = None,
) -> Message:
    """Write to the customer and return the message, which waits to be sent.

    It goes to the requester, with those in copy, unless `to` and `cc` say otherwise; not before `send_after`, and what
    a person writes not before they had a moment to take it back. `html` is cleaned already; that of an `automatic` one
    is the whole letter. `sender` is an address of the mailbox, else its first. `seen` is the last message that the
    writer has seen. Raises `Empty`, `NobodyToWriteTo`, `NotOurs`, `NewerMessage`, `threads.NotLive`,
    `attachments.NotTaken`.
    """
    row = threads.locked(thread)
    threads.check_live(row)
    if not text.strip() and not html.strip() and not files:
        raise Empty(_("There is nothing in this message."))
    if seen:
        _check_newest(row, seen)
    at = clock.now()
    message = _own(row, text, by=by, html=html, automatic=automatic)
    message.from_address = _from(row, sender) or message.from_address
    message.to, message.cc = recipients(row, to, cc)
    message.bcc = lines.people(bcc)
    message.subject = lines.clean(subject, 300).strip() or _answer_to(row.subject)
    message.message_id = lines.new_message_id(message.pk, row)
    message.in_reply_to, message.references = _chain(row)
    message.state = Message.State.QUEUED
    message.send_after = max(at + _pause(row, by, automatic), send_after or at)
    message.at = message.send_after
    message.cancel_on_answer = cancel_on_answer
    message.search = lines.vector(message, [file.name for file in files])
    message.save(force_insert=True)
    attachments.attach(message, files)
    Draft.objects.filter(thread=row, author_id=by.user_id, kind=Draft.Kind.REPLY).delete()
    recount(row.pk)
    news.queued(row, message, by=by)
    return message


@verb(ANSWER, publishes=(NoteAdded, ColleagueMentioned), offer=("rules", "mcp"))
def note(thread: Thread, text: str, *, by: Actor, html: str = "", files: Sequence[IncomingFile] = ()) -> Message:
    """Add a note for the staff and return it. Colleagues whom it names with an @ watch the thread from then on.

    Raises `Empty`, `attachments.NotTaken`.
    """
    row = threads.locked(thread)
    if not text.strip() and not files:
        raise Empty(_("There is nothing in this message."))
    message = _own(row, text, by=by, html=html, automatic=False)
    message.direction, message.state = Message.Direction.NOTE, Message.State.RECEIVED
    message.search = lines.vector(message, [file.name for file in files])
    message.save(force_insert=True)
    attachments.attach(message, files)
    Draft.objects.filter(thread=row, author_id=by.user_id, kind=Draft.Kind.NOTE).delete()
    news.noted(row, message, by=by)
    _mention(row, message, by=by)
    return message


@verb(ANSWER, publishes=(MessageSent,))
def spoke(thread: Thread, text: str, *, by: Actor, at: datetime | None = None) -> Message:
    """Note that a colleague answered the customer by voice, and return the message.

    It was heard as it was said, at `at` (now), so nothing waits to be sent. Raises `threads.NotLive`.
    """
    row = threads.locked(thread)
    threads.check_live(row)
    message = _own(row, text, by=by, html="", automatic=False)
    message.at = message.sent_at = at or message.created_at
    message.state = Message.State.SENT
    message.search = lines.vector(message, [])
    message.save(force_insert=True)
    recount(row.pk)
    news.sent(row, message, by=by)
    return message


@verb(ANSWER, publishes=(MessageCancelled,))
def cancel(message: Message, *, by: Actor) -> Message:
    """Take back a message that waits to be sent; its text is a draft again. Raises `TooLate`."""
    row = _locked(message)
    if row.state != Message.State.QUEUED:
        raise TooLate(_("This message does not wait any more: %(state)s.") % {"state": row.get_state_display()})
    take_back(row, "undone", by=by)
    recount(row.thread_id)
    return row


@verb(ANSWER, publishes=(MessageQueued,))
def send_again(message: Message, *, by: Actor) -> Message:
    """Let a message that could not be sent wait to be sent once more, as the same message. Raises `NotFailed`."""
    row = _locked(message)
    if row.state != Message.State.FAILED:
        raise NotFailed(_("This message did not fail: %(state)s.") % {"state": row.get_state_display()})
    row.state, row.error, row.attempts, row.send_after = Message.State.QUEUED, "", 0, clock.now()
    row.save(update_fields=["state", "error", "attempts", "send_after"])
    recount(row.thread_id)
    news.queued(row.thread, row, by=by)
    return row


@verb(RECEIVE, publishes=(MessageDelivered,))
def delivered(message: Message, *, by: Actor) -> Message:
    """Note that a message arrived; one that came back before stays as it is."""
    row = _locked(message)
    if row.state != Message.State.SENT:
        return row
    row.state = Message.State.DELIVERED
    row.save(update_fields=["state"])
    happening = MessageDelivered(thread_id=row.thread_id, channel=row.thread.channel, subject=row.subject)
    publish(happening, by=by, subject=row, customer=row.thread.customer_id)
    return row


@verb(RECEIVE, publishes=(MessageBounced,))
def bounced(message: Message, kind: str, *, by: Actor, address: str = "", reason: str = "") -> Message:
    """Note that a message of ours came back, or that its reader complained, and return it.

    `kind` is hard, soft or complaint. After a hard one the address counts as one that does not work. A soft one and a
    complaint leave the message as sent: it may still arrive, or it did. Raises `ValueError` for another kind.
    """
    if kind not in {HARD, SOFT, COMPLAINT}:
        raise ValueError(f"there is no kind of bounce {kind}")
    row = _locked(message)
    plain = people.normal_address(address)
    if kind == HARD:
        if row.state in {Message.State.SENT, Message.State.DELIVERED}:
            row.state, row.error = Message.State.BOUNCED, lines.clean(reason, 500)
            row.save(update_fields=["state", "error"])
            recount(row.thread_id)
        held = Identity.objects.filter(kind=Identity.Kind.EMAIL, match_key=plain, invalid_at__isnull=True)
        held.update(invalid_at=clock.now())
    happening = MessageBounced(
        thread_id=row.thread_id, kind=kind, address=plain, subject=row.subject, reason=lines.clean(reason, 500)
    )
    publish(happening, by=by, subject=row, customer=row.thread.customer_id)
    return row


def _filed(key: str) -> Message | None:
    if not key:
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM conversations_message WHERE message_id = %s AND message_id <> ''", [key])
        there = cursor.fetchone()
    return Message.objects.get(pk=there[0]) if there else None


def _locked(message: Message) -> Message:
    """Return a message, locked after its thread, in the order in which all verbs lock."""
    threads.locked(message.thread)
    return Message.objects.select_for_update(of=("self",)).select_related("thread").get(pk=message.pk)


def _own(thread: Thread, text: str, *, by: Actor, html: str, automatic: bool) -> Message:
    """Return an unsaved message of ours."""
    at = clock.now()
    plain = lines.clean(text)
    mailbox = thread.mailbox
    return Message(
        id=new_id(),
        thread=thread,
        direction=Message.Direction.OUT,
        sender_kind=Message.Sender.AGENT if by.user_id and not automatic else Message.Sender.SYSTEM,
        author_id=by.user_id,
        from_address=mailbox.address.lower() if mailbox else "",
        from_name=lines.clean(by.name if by.user_id else (mailbox.name if mailbox else by.name), 200),
        text=plain,
        html=lines.clean(html),
        fresh_text=plain,
        at=at,
        created_at=at,
        automatic=Message.Automatic.OWN if automatic else "",
    )


def _pause(thread: Thread, by: Actor, automatic: bool) -> timedelta:
    """Return how long a message waits so that it can be taken back: not in a chat, nor what a machine wrote."""
    if by.kind != "user" or automatic or thread.channel == Thread.Channel.CHAT:
        return timedelta(0)
    return timedelta(seconds=policy.current().undo_seconds)


def _from(thread: Thread, sender: str) -> str:
    """Return the address of the thread's mailbox that is asked for. Raises `NotOurs` for any other."""
    wanted = sender.strip().lower()
    if wanted and (thread.mailbox is None or wanted not in thread.mailbox.addresses()):
        raise NotOurs(_("%(address)s is no address of this mailbox.") % {"address": sender})
    return wanted


def recipients(
    thread: Thread, to: Iterable[Address] | None = None, cc: Iterable[Address] | None = None
) -> tuple[list[list[str]], list[list[str]]]:
    """Return whom an answer goes to and who gets a copy, never an address of ours. Raises `NobodyToWriteTo`."""
    own = people.own_addresses()
    first = _requester(thread) if to is None else lines.people(to)
    copies = _copies(thread) if cc is None else lines.people(cc)
    first = [pair for pair in first if not people.is_own(pair[1], own)]
    named = {address for _, address in first}
    copies = [pair for pair in copies if pair[1] not in named and not people.is_own(pair[1], own)]
    if not first and thread.channel in BY_ADDRESS:
        raise NobodyToWriteTo(_("There is no address to write to."))
    return first, copies


def _requester(thread: Thread) -> list[list[str]]:
    """Return the requester, at the address at which their last message asked to be answered."""
    asks = thread.participants.filter(role=Participant.Role.REQUESTER).exclude(address="").first()
    if asks is None:
        return []
    wrote = thread.messages.filter(direction=Message.Direction.IN, from_address=asks.address, automatic="")
    answer_to = wrote.order_by("-at", "-id").values_list("reply_to", flat=True).first()
    return [[asks.name, answer_to or asks.address]]


def _copies(thread: Thread) -> list[list[str]]:
    rows = thread.participants.filter(role=Participant.Role.CC).exclude(address="").order_by("created_at", "id")
    found = [[row.name, row.address] for row in rows]
    broken = Identity.objects.filter(
        kind=Identity.Kind.EMAIL, match_key__in=[address for _, address in found], invalid_at__isnull=False
    )
    dead = set(broken.values_list("match_key", flat=True))
    return [pair for pair in found if pair[1] not in dead]


def _answer_to(subject: str) -> str:
    return subject if subject.lower().startswith("re:") or not subject else f"Re: {subject}"[:300]


def _chain(thread: Thread) -> tuple[list[str], list[str]]:
    """Return In-Reply-To and References of an answer: RFC 5322, 3.6.4. Of a very long chain the first and last."""
    said = thread.messages.exclude(message_id="").exclude(direction=Message.Direction.NOTE)
    said = said.exclude(state__in=[Message.State.CANCELLED, Message.State.FAILED]).filter(at__lte=clock.now())
    last = said.order_by("-at", "-id").only("message_id", "references", "in_reply_to").first()
    if last is None:
        return [], []
    before = last.references or last.in_reply_to[:1]
    chain = [*(one for one in before if one != last.message_id), last.message_id]
    return [last.message_id], chain if len(chain) <= LONGEST_CHAIN else [chain[0], *chain[1 - LONGEST_CHAIN :]]


def _check_newest(thread: Thread, seen: UUID) -> None:
    """Raise `NewerMessage` when somebody wrote after the message `seen`."""
    said = thread.messages.exclude(direction=Message.Direction.NOTE).exclude(state=Message.State.CANCELLED)
    newest = said.order_by("-created_at", "-id").first()
    last = thread.messages.filter(pk=seen).values_list("created_at", flat=True).first()
    if newest and newest.pk != seen and (last is None or newest.created_at > last):
        raise NewerMessage(newest)


def _mention(thread: Thread, message: Message, *, by: Actor) -> None:
    """Tell the colleagues whom a note names, as far as they may see the thread."""
    staff = {user.pk: user for user in User.objects.filter(deactivated_at__isnull=True).select_related("role")}
    named = mentioning.find(message.text, [Person(user.pk, user.name, user.email) for user in staff.values()])
    for key in named:
        if key == by.user_id or not people.may_see(thread, staff[key]):
            continue
        Mention.objects.create(message=message, user_id=key, at=message.at)
        people.add_watcher(thread, key)
        happening = ColleagueMentioned(
            thread_id=thread.pk, user_id=key, name=staff[key].name, text=lines.excerpt(message)
        )
        publish(happening, by=by, subject=message, customer=thread.customer_id)
