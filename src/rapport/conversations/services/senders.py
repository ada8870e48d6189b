"""Who wrote a message from outside: a customer, a colleague, ourselves, or somebody we do not know."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from rapport.conversations import policy
from rapport.conversations.incoming import Incoming
from rapport.conversations.policy import LEAD
from rapport.conversations.services import people
from rapport.conversations.services.lines import clean
from rapport.customers.models import Customer, Identity
from rapport.customers.services import customers
from rapport.customers.services.customers import NewIdentity
from rapport.customers.services.identities import IdentityTaken
from rapport.kernel.actors import Actor
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


@dataclass(frozen=True, slots=True)
class Sender:
    """Whoever wrote: `address` in its normal form (nothing when it is none), `user` for a colleague, `ours` for us."""

    address: str
    name: str
    user: User | None = None
    ours: bool = False
    customer_id: UUID | None = None


def sender_of(incoming: Incoming, own: frozenset[str]) -> Sender:
    """Return who wrote `incoming`, as far as it is known already."""
    address = people.normal_address(incoming.from_address)
    name = clean(incoming.from_name, 200).strip()
    if incoming.customer_id:
        return Sender(address, name, customer_id=incoming.customer_id)
    if incoming.channel not in WRITTEN_BY_THEMSELVES or not address:
        return Sender(address, name)
    if people.is_own(address, own):
        return Sender(address, name, ours=True)
    found = User.objects.filter(email__iexact=address, deactivated_at__isnull=True).values_list("pk", flat=True)[:1]
    for key in found:
        return Sender(address, name, user=User.objects.select_related("role").get(pk=key))
    return Sender(address, name, customer_id=known(address))


def known(address: str) -> UUID | None:
    """Return the customer whose e-mail address this is; one in the trash only when no other has it."""
    held = Identity.objects.filter(kind=Identity.Kind.EMAIL, match_key=address)
    found = held.order_by("customer__deleted_at", "created_at").values_list("customer_id", "customer__deleted_at")
    rows = list(found[:10])
    live = [customer for customer, deleted_at in rows if deleted_at is None]
    return live[0] if live else (rows[0][0] if rows else None)


def is_role(address: str) -> bool:
    """Return whether an address is that of a function or a machine, behind which there is nobody to know."""
    local = address.rpartition("@")[0].partition("+")[0].lower()
    return local in ROLES or local.startswith(("bounce", "noreply", "no-reply", "mailer-daemon"))


def make_known(sender: Sender, incoming: Incoming, *, by: Actor) -> UUID | None:
    """Return the customer that an unknown writer becomes by the firm's policy: a lead, or nobody.

    Machines, addresses of a function, colleagues and ourselves never become customers.
    """
    if sender.customer_id or sender.user or sender.ours or not sender.address:
        return sender.customer_id
    if incoming.automatic or incoming.park or incoming.channel not in WRITTEN_BY_THEMSELVES or is_role(sender.address):
        return None
    if policy.current().unknown_sender != LEAD:
        return None
    try:
        made = customers.create(
            by=by.with_everything(),
            name=sender.name if "@" not in sender.name else "",
            identities=[NewIdentity("email", sender.address)],
            stage=Customer.Stage.LEAD,
            source=incoming.channel,
        )
    except IdentityTaken as taken:  # somebody was first, a moment ago
        return taken.holder.pk if taken.holder else known(sender.address)
    return made.pk
