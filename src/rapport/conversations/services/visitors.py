"""Visitors of a site's chat: a browser that began one, whom the site may vouch for, and whom we may block."""

from __future__ import annotations

import hashlib
import secrets as random
from uuid import UUID

from django.db.models import CharField, Q, QuerySet, Value
from django.db.models.functions import Cast, Replace

from rapport.conversations.events import ThreadCustomerSet, VisitorBlocked, VisitorVerified
from rapport.conversations.incoming import Incoming
from rapport.conversations.models import Chat, ChatSite, Visit, Visitor
from rapport.conversations.permissions import ANSWER, RECEIVE
from rapport.conversations.services import lines, people, senders, threads
from rapport.conversations.services.senders import Sender
from rapport.conversations.signed import NotSigned, Person
from rapport.customers.models import Customer
from rapport.kernel import clock, live
from rapport.kernel.actors import Actor
from rapport.kernel.events import publish
from rapport.kernel.verbs import verb

MOST_VISITS = 50
LONGEST_PAGE = 500


def of_token(site: ChatSite, token: str) -> Visitor | None:
    """Return the visitor whose browser keeps `token`."""
    if not token:
        return None
    return Visitor.objects.filter(site=site, token=_digest(token)).select_related("customer").first()


@verb(RECEIVE)
def welcome(site: ChatSite, *, by: Actor, language: str = "") -> tuple[Visitor, str]:
    """Begin to know a browser; return its visitor and the token that it is to keep, which nobody can ask for again."""
    token = random.token_urlsafe(32)
    made = Visitor.objects.create(site=site, token=_digest(token), language=language[:5], created_at=clock.now())
    return made, token


@verb(RECEIVE, publishes=(VisitorVerified, ThreadCustomerSet))
def verify(visitor: Visitor, person: Person, *, by: Actor) -> Visitor:
    """Believe the site that a visitor is `person`; the chat that runs becomes that customer's.

    Raises `NotSigned` for what is no address.
    """
    address = people.normal_address(person.address)
    if not address:
        raise NotSigned("this is no address")
    row = Visitor.objects.select_for_update(of=("self",)).select_related("site").get(pk=visitor.pk)
    again = row.verified_at is not None and row.address == address
    row.name, row.address, row.verified_at = lines.clean(person.name, 200), address, row.verified_at or clock.now()
    row.customer = _customer(address, person.name, by)
    row.save(update_fields=["name", "address", "verified_at", "customer"])
    if not again:
        publish(VisitorVerified(site=row.site.name, by_what="signature"), by=by, subject=row, customer=row.customer_id)
    for chat in row.chats.filter(ended_at__isnull=True).select_related("thread"):
        _take_over(chat, row, by)
    return row


def is_of(visitor: Visitor, person: Person) -> bool:
    """Return whether a visitor may be `person`: nobody vouched for them yet, or for the same one."""
    return visitor.verified_at is None or visitor.address == people.normal_address(person.address)


@verb(ANSWER, publishes=(VisitorBlocked,))
def block(visitor: Visitor, *, by: Actor, blocked: bool = True) -> Visitor:
    """Let a visitor write no longer, or with `blocked` False again."""
    row = Visitor.objects.select_for_update(of=("self",)).select_related("site").get(pk=visitor.pk)
    if (row.blocked_at is not None) == blocked:
        return row
    row.blocked_at = clock.now() if blocked else None
    row.save(update_fields=["blocked_at"])
    what = "blocked" if blocked else "unblocked"
    publish(VisitorBlocked(site=row.site.name, what=what), by=by, subject=row, customer=row.customer_id)
    return row


def chats_of(visitor: Visitor) -> QuerySet[Chat]:
    """Return the chats that a visitor may see, the newest first: of this browser, and of the verified person here.

    Chats of others that merely named the same address are never among them.
    """
    mine = Q(visitor=visitor)
    if visitor.verified_at and visitor.customer_id:
        proven = Q(visitor__verified_at__isnull=False, visitor__customer_id=visitor.customer_id)
        mine |= proven & Q(site_id=visitor.site_id)
    rows = Chat.objects.filter(mine, thread__spam_at__isnull=True, thread__deleted_at__isnull=True)
    return rows.select_related("thread", "visitor", "site").order_by("-created_at", "-id")


def saw(visitor: Visitor, page: str, *, title: str = "", referrer: str = "") -> None:
    """Note a page that a visitor looks at, unless it is the one noted last."""
    plain = web_address(page)
    last = visitor.visits.order_by("-at", "-id").first()
    if not plain or (last and last.page == plain):
        return
    Visit.objects.create(
        visitor=visitor, page=plain, title=lines.clean(title, 200), referrer=web_address(referrer), at=clock.now()
    )
    old = visitor.visits.order_by("-at", "-id").values_list("pk", flat=True)[MOST_VISITS:]
    Visit.objects.filter(pk__in=list(old)).delete()


def web_address(text: str) -> str:
    """Return the address of a page, or nothing for what is none: it becomes a link."""
    plain = lines.clean(text, LONGEST_PAGE).strip()
    return plain if plain.startswith(("https://", "http://")) else ""


def forget(customer_id: UUID) -> None:
    """Empty what is kept of somebody who is gone for good: what they said of themselves and where they went."""
    gone = Visitor.objects.filter(customer_id=customer_id)
    Visit.objects.filter(visitor__in=gone).delete()
    chats = Chat.objects.filter(Q(visitor__in=gone) | Q(thread__customer_id=customer_id))
    chats.update(name="", address="", answers=[], page="", referrer="", comment="")
    gone.update(name="", address="", token=Replace(Cast("pk", CharField()), Value("-"), Value("")))


def _take_over(chat: Chat, row: Visitor, by: Actor) -> None:
    thread = threads.locked(chat.thread)
    chat.name, chat.address = row.name or chat.name, row.address
    chat.save(update_fields=["name", "address"])
    thread.participants.filter(role="requester").update(address=row.address, name=chat.name)
    thread.messages.filter(direction="in", sender_kind="customer").update(from_address=row.address)
    if row.customer and thread.customer_id != row.customer_id:
        threads.set_customer_locked(thread, row.customer, by=by)
    live.tell([live.DESK], "chat", thread.pk)


def _customer(address: str, name: str, by: Actor) -> Customer | None:
    """Return whose address it is; one nobody has becomes a lead, by the firm's policy about unknown writers."""
    sender = Sender(address, lines.clean(name, 200), customer_id=senders.known(address))
    made = senders.make_known(sender, Incoming(channel="form"), by=by)
    return made or senders.customer_of(sender.customer_id)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
