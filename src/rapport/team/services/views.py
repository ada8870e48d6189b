"""Saved views: lists that somebody keeps, for themselves or for everybody."""

from __future__ import annotations

from collections.abc import Sequence

from rapport.kernel.actors import Actor
from rapport.kernel.permissions import Forbidden
from rapport.team.models import SavedView
from rapport.team.permissions import VIEWS_SHARE


def save(
    noun: str,
    name: str,
    *,
    by: Actor,
    condition: str = "",
    columns: Sequence[str] = (),
    sort: str = "",
    shared: bool = False,
    pinned: bool = False,
) -> SavedView:
    """Keep a list under `name`, in place of one's own view of that name. Sharing it needs the right to."""
    if shared:
        by.require(VIEWS_SHARE)
    view, _made = SavedView.objects.update_or_create(
        noun=noun,
        name=name.strip()[:80],
        owner_id=by.user_id,
        defaults={
            "condition": condition,
            "columns": list(columns),
            "sort": sort,
            "shared": shared,
            "pinned": pinned,
        },
    )
    return view


def forget(view: SavedView, *, by: Actor) -> None:
    """Delete one's own view, or with the right to share views also one of somebody else's that is shared."""
    if view.owner_id != by.user_id and not (view.shared and by.may(VIEWS_SHARE)):
        raise Forbidden(VIEWS_SHARE)
    view.delete()


def pin(view: SavedView, *, by: Actor, pinned: bool) -> None:
    """Show one's own view in the rail, or no longer."""
    if view.owner_id != by.user_id:
        by.require(VIEWS_SHARE)
    view.pinned = pinned
    view.save(update_fields=["pinned"])


def share(view: SavedView, *, by: Actor, shared: bool) -> None:
    """Let everybody see a view, or its owner alone. Raises `Forbidden`."""
    by.require(VIEWS_SHARE)
    view.shared = shared
    view.save(update_fields=["shared"])
