"""Who wrote a message from outside: a customer, a colleague, ourselves, or somebody we do not know."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db import connection

from rapport.conversations import policy
from rapport.conversations.incoming import Incoming
from rapport.conversations.policy import LEAD
from rapport.conversations.services import people, sender_rules
from rapport.conversations.services.lines import clean
from rapport.customers.models import Customer
from rapport.customers.services import customers
from rapport.customers.services.customers import NewIdentity
from rapport.customers.services.identities import IdentityTaken
from rapport.kernel.actors import Actor
from rapport.kernel.written import KEY, Written
from rapport.team.models import User

# Mailboxes of a function rather than of a person: RFC 2142, and those that machines write from.
_ROLES = (
    "abuse admin administrator alerts auto-confirm automailer billing bounce bounces contact do-not-reply donotreply "
    "ftp help hostmaster info list listserv mailer mailer-daemon majordomo marketing news newsletter no-reply nobody "
    "noc noreply notification notifications notify postmaster robot root sales security service support system "
    "unsubscribe usenet uucp webmaster www"
)
ROLES = frozenset(_ROLES.split())
WRITTEN_BY_THEMSELVES = frozenset({"email", "form"})  # channels on which an address is taken for its owner's


_customers = Written()


@dataclass(frozen=True, slots=True)
class Sender:
    """Whoever wrote: `address` in its normal form (nothing when it is none), `user` for a colleague, `ours` for us.

    `blocked` by a rule; `spam` if all that came from this address lately was.
    """

    address: str
    name: str
    user: User | None = None
    ours: bool = False
    customer_id: UUID | None = None
    blocked: bool = False
    spam: bool = False


# One question for all: each by itself would take longer to ask than to answer. A customer in the trash counts only
# when no other has the address; whoever named it in a chat may be another, so those threads say nothing of it.
_KNOWN = """
SELECT (SELECT id FROM team_user WHERE upper(email) = upper(%(address)s) AND deactivated_at IS NULL LIMIT 1),
       (SELECT i.customer_id FROM customers_identity i JOIN customers_customer c ON c.id = i.customer_id
        WHERE i.kind = 'email' AND i.match_key = %(address)s
        ORDER BY c.deleted_at IS NOT NULL, c.deleted_at, i.created_at LIMIT 1),
       EXISTS (SELECT FROM conversations_senderrule WHERE what = 'block' AND sender = ANY(%(names)s)),
       (SELECT bool_and(lately.spam_at IS NOT NULL) FROM (
            SELECT t.spam_at FROM conversations_participant p JOIN conversations_thread t ON t.id = p.thread_id
            WHERE p.address = %(address)s AND p.role = 'requester' AND t.channel = ANY(%(channels)s)
            ORDER BY p.created_at DESC LIMIT 20) lately)
"""


def sender_of(incoming: Incoming, own: frozenset[str]) -> Sender:
    """Return who wrote `incoming`, as far as it is known already."""
    address = people.normal_address(incoming.from_address)
    name = clean(incoming.from_name, 200).strip()
    user_id, customer_id, blocked, spam = _known(address)
    seen = Sender(address, name, blocked=blocked, spam=spam)
    if incoming.customer_id:
        return replace(seen, customer_id=incoming.customer_id)
    if incoming.channel not in WRITTEN_BY_THEMSELVES or not address:
        return seen
    if people.is_own(address, own):
        return replace(seen, ours=True)
    if user_id:
        return replace(seen, user=User.objects.select_related("role").get(pk=user_id))
    return replace(seen, customer_id=customer_id)


def known(address: str) -> UUID | None:
    """Return the customer whose e-mail address this is; one in the trash only when no other has it."""
    return _known(address)[1]


def _known(address: str) -> tuple[UUID | None, UUID | None, bool, bool]:
    """Return the colleague and the customer of an address, whether it is blocked, whether it sends spam alone."""
    if not address:
        return None, None, False, False
    values: dict[str, Any] = {"address": address, "channels": sorted(WRITTEN_BY_THEMSELVES)}
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN, values | {"names": sender_rules.names(address)})
        user_id, customer_id, blocked, spam = cursor.fetchone()
    return user_id, customer_id, blocked, bool(spam)


def customer_of(key: UUID | None) -> Customer | None:
    """Return the customer with this key."""
    found = _customers.objects("all", lambda: Customer.objects.filter(pk=KEY), {KEY: key}) if key else []
    return next(iter(found), None)


def is_role(address: str) -> bool:
    """Return whether an address is that of a function or a machine, behind which there is nobody to know."""
    local = address.rpartition("@")[0].partition("+")[0].lower()
    return local in ROLES or local.startswith(("bounce", "noreply", "no-reply", "mailer-daemon"))


def make_known(sender: Sender, incoming: Incoming, *, by: Actor) -> Customer | None:
    """Return the customer that an unknown writer becomes by the firm's policy: a lead, or nobody.

    Machines, addresses of a function, colleagues and ourselves never become customers.
    """
    if sender.customer_id or sender.user or sender.ours or not sender.address:
        return None
    if incoming.automatic or incoming.park or incoming.channel not in WRITTEN_BY_THEMSELVES or is_role(sender.address):
        return None
    if policy.current().unknown_sender != LEAD:
        return None
    try:
        return customers.create(
            by=by.with_everything(),
            name=sender.name if "@" not in sender.name else "",
            identities=[NewIdentity("email", sender.address)],
            stage=Customer.Stage.LEAD,
            source=incoming.channel,
        )
    except IdentityTaken as taken:  # somebody was first, a moment ago
        return taken.holder or customer_of(known(sender.address))
