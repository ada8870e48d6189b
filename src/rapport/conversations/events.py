"""The news of conversations. The subject of `Thread…` is the thread, of all others the message."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from rapport.kernel.events import Event, event

GROUP = "messages"


@event("conversations.started", _("Conversation started"), _("conversation started: {subject}"), group=GROUP,
       icon="message-plus", personal=("subject",), timeline=False)  # fmt: skip
@dataclass(frozen=True)
class ThreadStarted(Event):
    """A thread was opened, before its first message. `by_customer` is "yes" when the customer wrote first.

    `automatic` is that of the message that opened it, empty when a person wrote.
    """

    channel: str
    subject: str = ""
    mailbox_id: UUID | None = None
    by_customer: str = ""
    automatic: str = ""


@event("conversations.message_received", _("Message received"), _("wrote: {subject}"), group=GROUP,
       icon="message-down", personal=("subject", "text", "from_address"), direction="in")  # fmt: skip
@dataclass(frozen=True)
class MessageReceived(Event):
    """A message came in from a customer. `text` is its beginning; `automatic` is empty when a person wrote it."""

    thread_id: UUID
    channel: str
    subject: str = ""
    text: str = ""
    from_address: str = ""


@event("conversations.automatic_received", _("Automatic message received"), _("automatic message: {subject}"),
       group=GROUP, icon="robot", personal=("subject", "text", "from_address"), timeline=False)  # fmt: skip
@dataclass(frozen=True)
class AutomaticReceived(Event):
    """A machine wrote: out of office, a notice of non-delivery, a mailing list. Nobody waits for an answer."""

    thread_id: UUID
    channel: str
    automatic: str
    subject: str = ""
    text: str = ""
    from_address: str = ""


@event("conversations.message_queued", _("Answer written"), _("will be written to: {subject}"), group=GROUP,
       icon="message-up", personal=("subject", "text"), timeline=False)  # fmt: skip
@dataclass(frozen=True)
class MessageQueued(Event):
    """A message waits to be sent, not before `send_after`."""

    thread_id: UUID
    channel: str
    subject: str = ""
    text: str = ""
    send_after: str = ""
    automatic: str = ""


@event("conversations.message_sent", _("Message sent"), _("was written to: {subject}"), group=GROUP,
       icon="message-up", personal=("subject", "text"), direction="out")  # fmt: skip
@dataclass(frozen=True)
class MessageSent(Event):
    """A message was handed over to those who deliver it. `automatic` is "own" when no person wrote it."""

    thread_id: UUID
    channel: str
    subject: str = ""
    text: str = ""
    author_id: UUID | None = None
    automatic: str = ""


@event("conversations.message_delivered", _("Message delivered"), _("message arrived: {subject}"), group=GROUP,
       icon="checks", personal=("subject",), timeline=False)  # fmt: skip
@dataclass(frozen=True)
class MessageDelivered(Event):
    """A message is known to have arrived."""

    thread_id: UUID
    channel: str
    subject: str = ""


@event("conversations.message_failed", _("Message not sent"), _("message could not be sent: {subject}"), group=GROUP,
       icon="message-x", personal=("subject",))  # fmt: skip
@dataclass(frozen=True)
class MessageFailed(Event):
    """A message could not be handed over, and will not be tried again by itself."""

    thread_id: UUID
    channel: str
    subject: str = ""
    reason: str = ""


@event("conversations.message_bounced", _("Message came back"), _("message came back: {subject}"), group=GROUP,
       icon="mail-x", personal=("subject", "address"))  # fmt: skip
@dataclass(frozen=True)
class MessageBounced(Event):
    """A message that was sent came back. `kind` is hard, soft or complaint."""

    thread_id: UUID
    kind: str
    address: str = ""
    subject: str = ""
    reason: str = ""


@event("conversations.message_cancelled", _("Message cancelled"), _("message cancelled: {subject}"), group=GROUP,
       icon="circle-check", personal=("subject",), timeline=False)  # fmt: skip
@dataclass(frozen=True)
class MessageCancelled(Event):
    """A message was taken back before it was sent. `because` is undone or answered."""

    thread_id: UUID
    because: str
    subject: str = ""


@event("conversations.note_added", _("Note added"), _("note: {subject}"), group=GROUP, icon="note",
       personal=("subject", "text"), webhooks=False)  # fmt: skip
@dataclass(frozen=True)
class NoteAdded(Event):
    """A note was added to a thread, for the staff alone."""

    thread_id: UUID
    subject: str = ""
    text: str = ""


@event("conversations.mentioned", _("Colleague mentioned"), _("mentioned {name}"), group=GROUP, icon="at",
       personal=("text",), timeline=False, webhooks=False)  # fmt: skip
@dataclass(frozen=True)
class ColleagueMentioned(Event):
    """A note names a colleague, who now watches the thread."""

    thread_id: UUID
    user_id: UUID
    name: str
    text: str = ""


@event("conversations.assigned", _("Conversation assigned"), _("conversation is answered by {name}"), group=GROUP,
       icon="user-check", timeline=False)  # fmt: skip
@dataclass(frozen=True)
class ThreadAssigned(Event):
    """Who answers a thread changed; without `user_id` nobody does."""

    user_id: UUID | None = None
    name: str = ""
    before_id: UUID | None = None


@event("conversations.snoozed", _("Conversation snoozed"), _("conversation rests until {until}"), group=GROUP,
       icon="alarm-snooze", timeline=False)  # fmt: skip
@dataclass(frozen=True)
class ThreadSnoozed(Event):
    """A thread rests until a moment, or until the customer writes."""

    until: str


@event("conversations.woken", _("Conversation woken"), _("conversation is back"), group=GROUP, icon="alarm",
       timeline=False)  # fmt: skip
@dataclass(frozen=True)
class ThreadWoken(Event):
    """A snoozed thread is back. `because` is time, message or hand."""

    because: str


@event("conversations.marked_spam", _("Marked as spam"), _("conversation marked as spam"), group=GROUP, icon="ban",
       timeline=False)  # fmt: skip
@dataclass(frozen=True)
class ThreadMarkedSpam(Event):
    """A thread is spam."""


@event("conversations.cleared_of_spam", _("Not spam"), _("conversation is not spam"), group=GROUP, icon="circle-check",
       timeline=False)  # fmt: skip
@dataclass(frozen=True)
class ThreadClearedOfSpam(Event):
    """A thread that was marked as spam is none."""


@event("conversations.trashed", _("Conversation moved to the trash"), _("conversation moved to the trash"),
       group=GROUP, icon="trash", timeline=False)  # fmt: skip
@dataclass(frozen=True)
class ThreadTrashed(Event):
    """A thread was moved to the trash."""


@event("conversations.restored", _("Conversation restored"), _("conversation restored from the trash"), group=GROUP,
       icon="restore", timeline=False)  # fmt: skip
@dataclass(frozen=True)
class ThreadRestored(Event):
    """A thread came back from the trash."""


@event("conversations.linked", _("Conversations linked"), _("conversations linked"), group=GROUP, icon="link",
       timeline=False)  # fmt: skip
@dataclass(frozen=True)
class ThreadLinked(Event):
    """Two threads belong together."""

    other_id: UUID
    kind: str


@event("conversations.unlinked", _("Conversations unlinked"), _("conversations unlinked"), group=GROUP,
       icon="unlink", timeline=False)  # fmt: skip
@dataclass(frozen=True)
class ThreadUnlinked(Event):
    """Two threads do not belong together any more."""

    other_id: UUID


@event("conversations.split", _("Conversation split"), _("conversation split: {subject}"), group=GROUP,
       icon="arrows-split", personal=("subject",), timeline=False)  # fmt: skip
@dataclass(frozen=True)
class ThreadSplit(Event):
    """Messages were moved out of a thread into one of their own, `other_id`."""

    other_id: UUID
    messages: int
    subject: str = ""


@event("conversations.customer_set", _("Customer recognised"), _("conversation is with {name}"), group=GROUP,
       icon="user-search", personal=("name",), timeline=False)  # fmt: skip
@dataclass(frozen=True)
class ThreadCustomerSet(Event):
    """It became known, or was corrected, whom a thread is with."""

    name: str
    before_id: UUID | None = None


@event("conversations.copied", _("Somebody put in copy"), _("{address} is in copy"), group=GROUP, icon="users-plus",
       personal=("address",), timeline=False)  # fmt: skip
@dataclass(frozen=True)
class ThreadCopied(Event):
    """Somebody from outside was put in copy or taken out of it (`what` is added or removed)."""

    address: str
    what: str


@event("conversations.mailbox_changed", _("Mailbox changed"), _("mailbox {address} {what}"), group="team",
       icon="mailbox", timeline=False, webhooks=False)  # fmt: skip
@dataclass(frozen=True)
class MailboxChanged(Event):
    """A mailbox was added, changed, switched on or off, paused or taken up again. No secret is told."""

    address: str
    what: str
    reason: str = ""


@event("conversations.sender_blocked", _("Sender blocked"), _("blocked {sender}"), group=GROUP, icon="ban",
       personal=("sender",), timeline=False)  # fmt: skip
@dataclass(frozen=True)
class SenderBlocked(Event):
    """Mail of an address or a domain is filed as spam from now on. The subject is the rule."""

    sender: str


@event("conversations.sender_unblocked", _("Sender no longer blocked"), _("no longer blocks {sender}"), group=GROUP,
       icon="circle-check", personal=("sender",), timeline=False)  # fmt: skip
@dataclass(frozen=True)
class SenderUnblocked(Event):
    """Mail of an address or a domain is taken again. The subject is the rule."""

    sender: str


@event("conversations.sender_trusted", _("Pictures of a sender shown"), _("shows the pictures of {sender}"),
       group=GROUP, icon="eye", personal=("sender",), timeline=False)  # fmt: skip
@dataclass(frozen=True)
class SenderTrusted(Event):
    """Pictures in mails of a sender are fetched without asking from now on. The subject is the rule."""

    sender: str


@event("conversations.message_reread", _("Mail read once more"), _("had a mail read once more"), group=GROUP,
       icon="refresh", timeline=False)  # fmt: skip
@dataclass(frozen=True)
class MessageReread(Event):
    """What a mail says was taken from its source anew."""

    thread_id: UUID


@event("conversations.chat_rated", _("Chat rated"), _("rated the chat {score} of 5"), group=GROUP, icon="message-star",
       personal=("text",), direction="in")  # fmt: skip
@dataclass(frozen=True)
class ChatRated(Event):
    """A visitor said how a chat was, from 1 to 5. The subject is its thread."""

    score: int
    text: str = ""


@event("conversations.chat_ended", _("Chat ended"), _("chat ended"), group=GROUP, icon="circle-check",
       timeline=False)  # fmt: skip
@dataclass(frozen=True)
class ChatEnded(Event):
    """A chat is over; `who` ended it: visitor or staff. The subject is its thread."""

    who: str


@event("conversations.visitor_verified", _("Visitor verified"), _("visitor of {site} verified"), group=GROUP,
       icon="user-check", timeline=False)  # fmt: skip
@dataclass(frozen=True)
class VisitorVerified(Event):
    """It was proven who a visitor is: by the site's signature or by an answered mail. The subject is the visitor."""

    site: str
    by_what: str


@event("conversations.visitor_blocked", _("Visitor blocked"), _("visitor of {site} {what}"), group=GROUP, icon="ban",
       timeline=False)  # fmt: skip
@dataclass(frozen=True)
class VisitorBlocked(Event):
    """A visitor may write no longer, or again (`what` is blocked or unblocked). The subject is the visitor."""

    site: str
    what: str


@event("conversations.chat_site_changed", _("Chat of a site changed"), _("chat of {name} {what}"), group="team",
       icon="adjustments", timeline=False, webhooks=False)  # fmt: skip
@dataclass(frozen=True)
class ChatSiteChanged(Event):
    """The chat of a site was added, changed, switched on or off, or got a new secret. No secret is told."""

    name: str
    what: str
