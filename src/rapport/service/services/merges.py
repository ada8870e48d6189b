"""Two tickets that are one matter become one, and, when that was wrong, two again."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from rapport.kernel import clock
from rapport.kernel.actors import Actor
from rapport.kernel.doors import pass_through
from rapport.kernel.events import publish
from rapport.kernel.verbs import verb
from rapport.service.events import OfferEnded, TicketMerged, TicketUnmerged
from rapport.service.models import Merge, Offer, Status, Ticket
from rapport.service.permissions import MERGE
from rapport.service.services import bringing, moving, statuses, talk
from rapport.service.services.assigning import end_offer
from rapport.service.services.locking import check_standing, enter, locked_all, touch

KEPT = ("first_response_at", "answers", "waiting_since")


class IntoItself(ValueError):
    """A ticket cannot be merged into itself, nor into one that was merged into it."""


class NotMerged(ValueError):
    """The ticket is not merged into another one."""


@verb(MERGE, publishes=(TicketMerged, OfferEnded), offer=("bulk", "mcp"))
def merge(ticket: Ticket, into: Ticket, *, by: Actor) -> Ticket:
    """Merge a ticket into another one, and return that: talk, lists, time, amends, links and children go over.

    Tags and watchers are united; whoever asked watches. The merged one is closed and leads to the survivor, whose
    clocks go on as they are. Needs the right on both. Raises `IntoItself`, `Trashed`, `MergedAway`, `OutOfReach`.
    """
    pass_through(into, by, MERGE)
    if ticket.pk == into.pk:
        raise IntoItself(_("A ticket cannot be merged into itself."))
    rows = locked_all([ticket.pk, into.pk])
    source, target = rows[ticket.pk], rows[into.pk]
    if target.merged_into_id == source.pk:
        raise IntoItself(_("%(into)s was merged into %(number)s.") % {"into": target.code, "number": source.code})
    check_standing(source)
    check_standing(target)
    end_offer(source, Offer.End.MOVED, by)
    made = Merge(source=source, ticket=target, merged_at=clock.now(), merged_by=by.name)
    talked = target.talk.exists()
    made.moved = {"was": _was(source), "survivor": None if talked else _kept(target), **moving.move(source, target)}
    bringing.bring(made, source, target)
    made.save(force_insert=True)
    names = enter(source, statuses.standard(Status.Category.CLOSED), clock.now())
    source.merged_into = target
    touch(source, *names, "merged_into")
    target.refresh_from_db()
    talk.recount(target, keep_first=True)
    touch(target)
    happening = TicketMerged(number=source.code, into=target.code, into_id=target.pk, before=made.moved["was"])
    publish(happening, by=by, subject=source, customer=source.requester_id)
    target.refresh_from_db()
    return target


@verb(MERGE, publishes=(TicketMerged, OfferEnded), offer=("bulk",))
def merge_all(ticket: Ticket, others: list[Ticket], *, by: Actor) -> Ticket:
    """Merge `others` into a ticket, all of them or none. Raises as `merge`."""
    for other in sorted(others, key=lambda one: one.number):
        merge(other, ticket, by=by)
    return Ticket.objects.get(pk=ticket.pk)


@verb(MERGE, publishes=(TicketUnmerged,), offer=("bulk", "mcp"))
def unmerge(ticket: Ticket, *, by: Actor) -> Ticket:
    """Take a merged ticket out of its survivor again, as it was, and return it.

    What it brought goes back with it; what came to the survivor since stays there. Needs the right on both. Raises
    `NotMerged`, `OutOfReach`.
    """
    standing = Merge.objects.select_for_update().filter(source_id=ticket.pk, undone_at__isnull=True).first()
    if standing is None:
        raise NotMerged(_("%(number)s is not merged.") % {"number": ticket.code})
    holders, rows = _locked_chain(ticket, standing.ticket_id)
    source, survivor = rows[ticket.pk], rows[holders[-1]]
    pass_through(survivor, by, MERGE)
    later = Merge.objects.select_for_update().filter(source_id__in=holders, undone_at__isnull=True)
    moving.move_back(source, holders, standing.moved, list(later))
    bringing.take_back(standing)
    standing.undone_at = clock.now()
    standing.save(update_fields=["undone_at"])
    _revive(source, standing)
    for key in holders:
        _settle(rows[key])
    happening = TicketUnmerged(number=source.code, into=survivor.code, into_id=survivor.pk)
    publish(happening, by=by, subject=source, customer=source.requester_id)
    source.refresh_from_db()
    return source


def survivor_of(ticket: Ticket) -> Ticket:
    """Return the ticket that `ticket` leads to: itself, or the one that it was merged into."""
    found = ticket
    while found.merged_into_id is not None:
        found = Ticket.objects.get(pk=found.merged_into_id)
    return found


def _was(row: Ticket) -> dict[str, Any]:
    """Return what un-merging puts back on the source, and the audit tells."""
    return {
        "status": str(row.status_id),
        "parent": str(row.parent_id) if row.parent_id else None,
        "solved_at": row.solved_at.isoformat() if row.solved_at else None,
        "closed_at": row.closed_at.isoformat() if row.closed_at else None,
        **_kept(row),
    }


def _kept(row: Ticket) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in KEPT}
    return {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in values.items()}


def _revive(source: Ticket, standing: Merge) -> None:
    """Let the source stand by itself again, in the status that it had; the time in between stays on record."""
    was = standing.moved["was"]
    names = enter(source, Status.objects.get(pk=was["status"]), clock.now())
    source.merged_into = None
    source.solved_at, source.closed_at = was["solved_at"], was["closed_at"]
    touch(source, *names, "merged_into")
    source.refresh_from_db()
    talk.recount(source)


def _settle(row: Ticket) -> None:
    """Bring up to date what a ticket knows of its talk after some of it left; without any it is as it was before."""
    row.refresh_from_db()
    if row.talk.exists():
        talk.recount(row)
        touch(row)
        return
    for moved in Merge.objects.filter(ticket=row).order_by("-merged_at", "-pk").values_list("moved", flat=True):
        if moved["survivor"] is not None:
            for name, value in moved["survivor"].items():
                setattr(row, name, value)
            break
    touch(row, *KEPT)


def _holders(ticket_id: UUID) -> list[UUID]:
    """Return the ids of the ticket that a merge went into and of those that it was merged into since, in order."""
    found = [ticket_id]
    while True:
        onward = Merge.objects.filter(source_id=found[-1], undone_at__isnull=True).first()
        if onward is None:
            return found
        found.append(onward.ticket_id)


def _locked_chain(ticket: Ticket, first: UUID) -> tuple[list[UUID], dict[UUID, Ticket]]:
    """Lock a merged ticket and all it was merged into, and return the ids of those and all rows.

    A merge that came in between is seen after the locks are held, and what it leads to is locked as well.
    """
    holders = _holders(first)
    rows = locked_all([ticket.pk, *holders])
    while (again := _holders(first)) != holders:
        holders = again
        rows = locked_all([ticket.pk, *holders])
    return holders, rows
