"""Who reaches a thread and what hangs on it: whoever looks after the customer or answers the thread."""

from __future__ import annotations

from django.db.models import Q

from rapport.kernel.actors import Actor, Reach


def within(actor: Actor, reach: Reach, path: str = "") -> Q:
    """Return the condition on rows whose thread is at `path` (ending in __) that `reach` lets `actor` see.

    One's own are those one answers and those of customers one looks after; a team also sees those of its members and
    those that nobody answers from customers whom nobody looks after.
    """
    if reach is Reach.ALL:
        return Q()
    assignee, owner = f"{path}assignee_id", f"{path}customer__owner_id"
    if reach is Reach.OWN:
        return Q(**{assignee: actor.user_id}) | Q(**{owner: actor.user_id}) if actor.user_id else Q(pk__in=())
    mates = actor.mates | ({actor.user_id} if actor.user_id else set())
    nobody = Q(**{f"{assignee}__isnull": True, f"{owner}__isnull": True})
    return Q(**{f"{assignee}__in": mates}) | Q(**{f"{owner}__in": mates}) | nobody
