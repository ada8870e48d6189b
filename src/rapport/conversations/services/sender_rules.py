"""Senders whom we block, and those whose pictures are fetched without asking."""

from __future__ import annotations

import re
from collections.abc import Iterable
from uuid import UUID

from django.utils.translation import gettext as _

from rapport.conversations.events import SenderBlocked, SenderTrusted, SenderUnblocked
from rapport.conversations.models import SenderRule
from rapport.conversations.permissions import ANSWER
from rapport.conversations.services import people
from rapport.customers.models import Identity
from rapport.kernel import clock
from rapport.kernel.actors import Actor
from rapport.kernel.events import publish
from rapport.kernel.verbs import verb

What = SenderRule.What
_DOMAIN = re.compile(r"@[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+")


class NoSender(ValueError):
    """That is neither an address nor a domain, or it is one of ours."""


@verb(ANSWER, publishes=(SenderBlocked,), offer=("mcp",))
def block(sender: str, *, by: Actor) -> SenderRule:
    """Block an address or, as @example.com, a domain, and return the rule; twice is once.

    What they send from now on is kept and filed as spam: nobody is told of it and nothing acknowledges it. Raises
    `NoSender`, also for an address of ours or of a colleague.
    """
    plain = normal(sender)
    _check_foreign(plain)
    made, new = _rule(What.BLOCK, plain, by)
    if new:
        publish(SenderBlocked(sender=plain), by=by, subject=made)
    return made


@verb(ANSWER, publishes=(SenderUnblocked,), offer=("mcp",))
def unblock(sender: str, *, by: Actor) -> None:
    """Take mail of a blocked sender as that of anybody; one who is not blocked is no matter. Raises `NoSender`."""
    rows = SenderRule.objects.filter(what=What.BLOCK, sender=normal(sender))
    for row in list(rows):
        publish(SenderUnblocked(sender=row.sender), by=by, subject=row)
    rows.delete()


@verb(ANSWER, publishes=(SenderTrusted,))
def show_pictures(sender: str, *, by: Actor) -> SenderRule:
    """Fetch the pictures in mails of a sender without asking from now on. Raises `NoSender`."""
    made, new = _rule(What.PICTURES, normal(sender), by)
    if new:
        publish(SenderTrusted(sender=made.sender), by=by, subject=made)
    return made


@verb(ANSWER)
def hide_pictures(sender: str, *, by: Actor) -> None:
    """Ask again before pictures in mails of a sender are fetched. Raises `NoSender`."""
    SenderRule.objects.filter(what=What.PICTURES, sender=normal(sender)).delete()


def blocked(address: str) -> bool:
    """Return whether an address or its domain, or one that this is below, is blocked."""
    return bool(_holding(What.BLOCK, [address]))


def with_pictures(addresses: Iterable[str]) -> set[str]:
    """Return those of `addresses` whose pictures are fetched without asking."""
    return _holding(What.PICTURES, addresses)


def names(address: str) -> list[str]:
    """Return under which names rules may hold for an address: itself, its domain and those above it."""
    parts = address.rpartition("@")[2].split(".")
    return [address, *(f"@{'.'.join(parts[start:])}" for start in range(len(parts) - 1))]


def forget(customer_id: UUID) -> None:
    """Delete the rules for the addresses of a customer who is about to go for good."""
    held = Identity.objects.filter(customer_id=customer_id, kind=Identity.Kind.EMAIL)
    SenderRule.objects.filter(sender__in=list(held.values_list("match_key", flat=True))).delete()


def normal(sender: str) -> str:
    """Return an address or a domain as rules keep it. Raises `NoSender`."""
    typed = sender.strip().lower()
    plain = typed if _DOMAIN.fullmatch(typed) else people.normal_address(typed)
    if not plain:
        raise NoSender(_("%(sender)s is no address and no domain such as @example.com.") % {"sender": sender.strip()})
    return plain


def _rule(what: str, sender: str, by: Actor) -> tuple[SenderRule, bool]:
    return SenderRule.objects.get_or_create(
        what=what, sender=sender, defaults={"created_at": clock.now(), "by_name": by.name[:120]}
    )


def _check_foreign(plain: str) -> None:
    """Raise `NoSender` for ourselves: nobody is to block their own mailbox or a colleague by a slip."""
    own = people.own_addresses()
    domains = {f"@{address.rpartition('@')[2]}" for address in own}
    if plain in domains or people.is_own(plain, own) or people.staff_addresses([plain]):
        raise NoSender(_("%(sender)s is one of ours.") % {"sender": plain})


def _holding(what: str, addresses: Iterable[str]) -> set[str]:
    """Return the addresses that a rule holds for, by one question for all."""
    reading = {address: names(address) for address in addresses if "@" in address}
    wanted = {name for found in reading.values() for name in found}
    if not wanted:
        return set()
    held = set(SenderRule.objects.filter(what=what, sender__in=wanted).values_list("sender", flat=True))
    return {address for address, found in reading.items() if held.intersection(found)}
