"""Doors: the only way to rows. A noun says who looks after a row; the reach of the right does the rest."""

from __future__ import annotations

from typing import Any, ClassVar, Self, TypeVar

from django.db import models
from django.db.models import Q

from rapport.kernel.actors import Actor, Reach
from rapport.kernel.ids import new_id
from rapport.kernel.permissions import OutOfReach, Right

Row = TypeVar("Row", bound=models.Model)


class Door(models.QuerySet[Row]):
    """A queryset whose rows are reached through `visible_to`."""

    def visible_to(self, actor: Actor, right: Right | None = None) -> Self:
        """Return the rows within the actor's reach of `right` (without it, the noun's right to look)."""
        noun: Any = self.model
        reach = actor.reach(right or noun.VIEW)
        if reach is None:
            return self.none()
        return self if reach is Reach.ALL else self.filter(noun.within(actor, reach))


class Noun(models.Model):
    """A row with a UUIDv7 key that is reached through a door.

    `VIEW` is the right to look at it; `OWNER` the path to the id of the user who looks after it (empty: everybody
    with the right reaches it).
    """

    VIEW: ClassVar[Right]
    OWNER: ClassVar[str] = ""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)

    class Meta:
        abstract = True

    def right_for(self, right: Right) -> Right:
        """Return the right that is needed on this row, where `right` is the one on such rows in general."""
        return right

    @classmethod
    def within(cls, actor: Actor, reach: Reach) -> Q:
        """Return the condition on the rows that `reach` lets `actor` see; a team also sees what nobody owns."""
        if not cls.OWNER or reach is Reach.ALL:
            return Q()
        mine = Q(**{cls.OWNER: actor.user_id}) if actor.user_id else Q(pk__in=())
        if reach is Reach.OWN:
            return mine
        return mine | Q(**{f"{cls.OWNER}__in": actor.mates}) | Q(**{f"{cls.OWNER}__isnull": True})


def pass_through(subject: Noun, actor: Actor, right: Right) -> None:
    """Raise `Forbidden` without `right`, `OutOfReach` when `subject` is beyond the actor's reach of it."""
    if actor.require(subject.right_for(right)) is Reach.ALL or not subject.OWNER or subject._state.adding:
        return
    door: Any = type(subject)._default_manager
    if not door.visible_to(actor, right).filter(pk=subject.pk).exists():
        raise OutOfReach
