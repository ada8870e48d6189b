"""Who takes part: the requester, people in copy, colleagues who watch; and which addresses are our own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.utils.translation import gettext as _

from rapport.conversations.events import ThreadCopied
from rapport.conversations.models import Mailbox, Participant, Thread
from rapport.conversations.permissions import ANSWER, VIEW
from rapport.conversations.services.lines import clean
from rapport.customers.identities import BadIdentity, email
from rapport.customers.models import Identity
from rapport.kernel import clock
from rapport.kernel.actors import Actor
from rapport.kernel.doors import Noun
from rapport.kernel.events import publish
from rapport.kernel.ids import new_ids
from rapport.kernel.permissions import OutOfReach
from rapport.kernel.remembered import Remembered
from rapport.kernel.verbs import verb
from rapport.team.models import User
from rapport.team.queries import actor_for

MOST = 200


class NotAnAddress(ValueError):
    """This is no address to which anybody can be written."""


class OwnAddress(ValueError):
    """This address is one of ours: what is sent to it would come back."""


@verb(ANSWER, publishes=(ThreadCopied,))
def copy(thread: Thread, address: str, *, by: Actor, name: str = "") -> Participant:
    """Put somebody from outside in copy and return them; who takes part already stays as they are.

    Raises `NotAnAddress`, `OwnAddress`.
    """
    plain = normal_address(address)
    if not plain:
        raise NotAnAddress(_("%(address)s is not an address.") % {"address": address})
    if is_own(plain, own_addresses()):
        raise OwnAddress(_("%(address)s is an address of ours.") % {"address": plain})
    made, new = Participant.objects.get_or_create(
        thread=thread,
        address=plain,
        defaults={"name": clean(name, 200), "role": Participant.Role.CC, "created_at": clock.now()},
    )
    if new:
        publish(ThreadCopied(address=plain, what="added"), by=by, subject=thread, customer=thread.customer_id)
    return made


@verb(ANSWER, publishes=(ThreadCopied,))
def uncopy(thread: Thread, address: str, *, by: Actor) -> None:
    """Take somebody out of copy; the requester stays, and who is not in copy is no error."""
    plain = address.strip().lower()
    gone, _rows = thread.participants.filter(address=plain, role=Participant.Role.CC).delete()
    if gone:
        publish(ThreadCopied(address=plain, what="removed"), by=by, subject=thread, customer=thread.customer_id)


@verb(VIEW)
def watch(thread: Thread, *, by: Actor, user: User | None = None) -> Participant:
    """Let `user` (else the actor) hear of what happens in a thread. Raises `OutOfReach` when they may not see it."""
    who = user.pk if user else by.user_id
    if who is None or (user and not may_see(thread, user)):
        raise OutOfReach
    return add_watcher(thread, who)


@verb(VIEW)
def unwatch(thread: Thread, *, by: Actor) -> None:
    """Stop hearing of a thread."""
    if by.user_id:
        thread.participants.filter(user_id=by.user_id, role=Participant.Role.WATCHER).delete()


def add_watcher(thread: Thread, user_id: UUID) -> Participant:
    """Let a colleague watch a thread and return their part in it."""
    made, _new = Participant.objects.get_or_create(
        thread=thread, user_id=user_id, defaults={"role": Participant.Role.WATCHER, "created_at": clock.now()}
    )
    return made


def add_people(thread: Thread, given: Sequence[list[str]], own: frozenset[str]) -> None:
    """Put all of `given` (names and addresses) in copy who are not ours and do not take part yet."""
    given = [pair for pair in given if not is_own(pair[1], own)]
    if not given:
        return
    staff = staff_addresses(address for _, address in given)
    there = set(thread.participants.exclude(address="").values_list("address", flat=True))
    room = MOST - len(there)
    known = _customers(address for _, address in given)
    new = [
        Participant(
            id=key,
            thread=thread,
            address=address,
            name=name,
            customer_id=known.get(address),
            role=Participant.Role.CC,
            created_at=clock.now(),
        )
        for key, (name, address) in zip(new_ids(len(given)), given, strict=True)
        if address not in there and address not in staff
    ]
    Participant.objects.bulk_create(new[: max(room, 0)], ignore_conflicts=True)


def _customers(addresses: Iterable[str]) -> dict[str, UUID]:
    """Return the live customers of those addresses that are known."""
    held = Identity.objects.filter(
        kind=Identity.Kind.EMAIL, match_key__in=list(addresses), customer__deleted_at__isnull=True
    )
    return dict(held.values_list("match_key", "customer_id"))


mailboxes: Remembered[tuple[Mailbox, ...]] = Remembered(lambda: tuple(Mailbox.objects.all()), Mailbox)
"""All mailboxes, to be read and not to be changed."""


def own_addresses() -> frozenset[str]:
    """Return all addresses at which our mailboxes take mail, in small letters."""
    return frozenset(address for mailbox in mailboxes() for address in mailbox.addresses())


def is_own(address: str, own: frozenset[str]) -> bool:
    """Return whether `address` is one of `own`, with or without something after a plus."""
    local, _at, domain = address.lower().rpartition("@")
    return address.lower() in own or f"{local.partition('+')[0]}@{domain}" in own


def staff_addresses(addresses: Iterable[str]) -> set[str]:
    """Return those of `addresses` with which colleagues sign in."""
    lowered = {address.lower() for address in addresses}
    return {found.lower() for found in User.objects.filter(email__in=lowered).values_list("email", flat=True)}


def normal_address(address: str) -> str:
    """Return an address as we compare it, or nothing when it is none."""
    try:
        return email(address).value
    except BadIdentity:
        return ""


def check_sees(subject: Noun, actor: Actor) -> None:
    """Raise `OutOfReach` unless `actor` may see `subject`."""
    if not type(subject)._default_manager.visible_to(actor).filter(pk=subject.pk).exists():  # type: ignore[attr-defined]
        raise OutOfReach


def may_see(thread: Thread, user: User) -> bool:
    """Return whether a colleague may see a thread."""
    return Thread.objects.visible_to(actor_for(user)).filter(pk=thread.pk).exists()
