"""How customers sign in: by a mailed link that is good once, or by a password. Nobody learns whom we know."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.password_validation import validate_password
from django.db import transaction

from rapport.customers.events import DataTaken, ErasureAsked, MemberBlocked, MemberJoined, MemberUnblocked
from rapport.customers.identities import BadIdentity, email
from rapport.customers.models import Customer, Identity, Member, SignInLink
from rapport.customers.permissions import CHANGE
from rapport.kernel import clock
from rapport.kernel.actors import Actor
from rapport.kernel.events import publish
from rapport.kernel.verbs import verb

LINK_LASTS = timedelta(minutes=30)
SEEN_EVERY = timedelta(minutes=10)


class BadLink(ValueError):
    """The link was used, has expired, or never was one of ours."""


def holder(address: str) -> Customer | None:
    """Return the customer of an e-mail address who may sign in; None for a stranger and for who is kept out."""
    try:
        normal = email(address).value
    except BadIdentity:
        return None
    held = Identity.objects.filter(kind=Identity.Kind.EMAIL, normal=normal, customer__deleted_at__isnull=True)
    row = held.exclude(customer__member__blocked_at__isnull=False).select_related("customer").first()
    return row.customer if row else None


def make_link(address: str) -> tuple[Customer, str] | None:
    """Return the customer of `address` and the token of a new link for them, or None for a stranger."""
    customer = holder(address)
    if customer is None:
        return None
    token, at = secrets.token_urlsafe(32), clock.now()
    SignInLink.objects.create(customer=customer, hash=_hashed(token), made_at=at, expires_at=at + LINK_LASTS)
    return customer, token


def open_link(token: str) -> Customer:
    """Return whom a link is for without using it up, as for a mail scanner that looks at it. Raises `BadLink`."""
    return _link(token).customer


@transaction.atomic
def use_link(token: str) -> Member:
    """Use a link up and return who signs in by it. Raises `BadLink`."""
    link = _link(token, locked=True)
    link.used_at = clock.now()
    link.save(update_fields=["used_at"])
    return _member(link.customer)


def forget_links() -> int:
    """Delete the links that expired a day ago or longer, and return how many."""
    return SignInLink.objects.filter(expires_at__lt=clock.now() - timedelta(days=1)).delete()[0]


def by_password(address: str, password: str) -> Member | None:
    """Return who has this address and password, else None; it takes as long for a stranger."""
    customer = holder(address)
    member = Member.objects.filter(customer=customer).exclude(password="").first() if customer else None
    if member is None:
        make_password(password)
        return None
    return member if check_password(password, member.password) else None


@transaction.atomic
def set_password(member: Member, password: str) -> Member:
    """Give a member a new password ("" takes it away) and end their sessions elsewhere.

    Raises Django's `ValidationError` for a weak one.
    """
    row = Member.objects.select_for_update().get(pk=member.pk)
    if password:
        validate_password(password)
    row.password = make_password(password) if password else ""
    row.stamp = _stamp()
    row.save(update_fields=["password", "stamp"])
    return row


def seen(member: Member) -> None:
    """Note that a member is here; at most every ten minutes."""
    now = clock.now()
    if member.seen_at is None or now - member.seen_at >= SEEN_EVERY:
        Member.objects.filter(pk=member.pk).update(seen_at=now)


@verb(CHANGE, publishes=(MemberBlocked,))
def block(customer: Customer, *, by: Actor) -> None:
    """Keep a customer from signing in and end their sessions."""
    row = _member(customer, joins=False)
    if row.blocked_at is None:
        row.blocked_at, row.stamp = clock.now(), _stamp()
        row.save(update_fields=["blocked_at", "stamp"])
        publish(MemberBlocked(), by=by, subject=customer, customer=customer.pk)


@verb(CHANGE, publishes=(MemberUnblocked,))
def unblock(customer: Customer, *, by: Actor) -> None:
    """Let a customer sign in again."""
    if Member.objects.filter(customer=customer, blocked_at__isnull=False).update(blocked_at=None):
        publish(MemberUnblocked(), by=by, subject=customer, customer=customer.pk)


@verb(CHANGE, publishes=(DataTaken,))
def take_data(customer: Customer, *, by: Actor) -> None:
    """Record that a customer downloaded what is held of them."""
    publish(DataTaken(), by=by, subject=customer, customer=customer.pk)


@verb(CHANGE, publishes=(ErasureAsked,))
def ask_erasure(customer: Customer, *, by: Actor) -> bool:
    """Record that a customer asks to be erased; return whether it is the first time."""
    row = _member(customer, joins=False)
    if row.erasure_asked_at is not None:
        return False
    row.erasure_asked_at = clock.now()
    row.save(update_fields=["erasure_asked_at"])
    publish(ErasureAsked(), by=by, subject=customer, customer=customer.pk)
    return True


def _link(token: str, *, locked: bool = False) -> SignInLink:
    rows = SignInLink.objects.filter(hash=_hashed(token), used_at__isnull=True, expires_at__gt=clock.now())
    rows = rows.filter(customer__deleted_at__isnull=True).exclude(customer__member__blocked_at__isnull=False)
    found = (rows.select_for_update(of=("self",)) if locked else rows).select_related("customer").first()
    if found is None:
        raise BadLink
    return found


def _member(customer: Customer, *, joins: bool = True) -> Member:
    """Return the locked member of a customer, made and announced when there is none."""
    made = {"stamp": _stamp(), "joined_at": clock.now()}
    row, new = Member.objects.select_for_update().get_or_create(customer=customer, defaults=made)
    if new and joins:
        actor = Actor(kind="member", name=customer.label, id=row.pk, via="portal")
        publish(MemberJoined(), by=actor, subject=customer, customer=customer.pk)
    return row


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _stamp() -> str:
    return secrets.token_hex(16)
