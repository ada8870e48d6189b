"""Questions about the staff and the organisation."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet

from rapport.kernel.actors import Actor, Reach
from rapport.kernel.conditions import Ctx
from rapport.kernel.remembered import Remembered
from rapport.kernel.written import Written
from rapport.team.models import Organisation, SavedView, User


class NotSetUp(Exception):
    """There is no organisation yet: the first-run pages come first."""


def organisation() -> Organisation:
    """Return the organisation; raises `NotSetUp` on a fresh installation."""
    found = _firms.objects("all", lambda: Organisation.objects.order_by("pk")[:1])
    if not found:
        raise NotSetUp
    return found[0]


_firms = Written()
_settled = Remembered(Organisation.objects.first, Organisation)


def settled() -> Organisation:
    """Return the organisation from memory, to be read and not to be changed. Raises `NotSetUp`."""
    found = _settled()
    if found is None:
        raise NotSetUp
    return found


def context_for(actor: Actor) -> Ctx:
    """Return the context of the actor's conditions: the organisation's zone and currency, and who asks."""
    firm = settled()
    return Ctx(zone=firm.zone, currency=firm.currency, actor=actor)


def home_country() -> str:
    """Return the organisation's country (ISO 3166, two letters), or nothing: where numbers without + are dialled."""
    firm = _settled()
    return firm.country if firm else ""


def actor_for(user: User, *, via: str = "staff") -> Actor:
    """Return `user` as an actor, with the grants of their role and the mates of their teams."""
    grants = {name: Reach[reach.upper()] for name, reach in user.role.grants.items()}
    needs_mates = Reach.TEAM in grants.values()
    return Actor(
        kind="user",
        name=user.name,
        id=user.pk,
        user_id=user.pk,
        via=via,
        grants=grants,
        mates=mates(user.pk) if needs_mates else frozenset(),
    )


def mates(user_id: UUID) -> frozenset[UUID]:
    """Return the ids of all users who share a team with this one, and its own."""
    found = User.objects.filter(teams__members=user_id).values_list("pk", flat=True)
    return frozenset(found) | {user_id}


def saved_views(actor: Actor, noun: str = "") -> QuerySet[SavedView]:
    """Return the views that are the actor's own or shared: those of `noun`, without one of every noun."""
    found = SavedView.objects.filter(Q(owner_id=actor.user_id) | Q(shared=True))
    return found.filter(noun=noun) if noun else found
