"""Moving the rows of one ticket to another and back: talk, checklists, time, amends, links and children.

What was moved is remembered by id. The way back takes only rows that are still with the survivor or with a ticket it
was merged into since, so that merges can be undone in any order.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Model, Q

from rapport.service.models import Amends, ChecklistItem, Merge, Recovery, Ticket, TicketLink, TicketThread, TimeEntry

ROWS: Mapping[str, type[Model]] = {
    "threads": TicketThread,
    "checklist": ChecklistItem,
    "times": TimeEntry,
    "amends": Amends,
}
ENDS: Mapping[str, str] = {"links": "ticket_id", "links_here": "other_id"}
"""Under which name a merge keeps the links it moved, by the end that it moved."""


def move(source: Ticket, target: Ticket) -> dict[str, Any]:
    """Move what belongs to `source` to `target` and return what it takes to move it back, as JSON holds it."""
    moved: dict[str, Any] = {}
    for name, model in ROWS.items():
        rows = model._default_manager.filter(ticket=source)
        moved[name] = [str(key) for key in rows.values_list("pk", flat=True)]
        rows.update(ticket=target)
    moved["recovery"] = _move_recovery(source, target)
    moved["links"], moved["links_here"] = _move_links(source, target)
    moved["children"], moved["alone"] = _move_children(source, target)
    moved["flattened"] = [str(key) for key in Ticket.objects.filter(merged_into=source).values_list("pk", flat=True)]
    Ticket.objects.filter(merged_into=source).update(merged_into=target)
    return moved


def move_back(source: Ticket, holders: Collection[UUID], moved: Mapping[str, Any], later: Sequence[Merge]) -> None:
    """Move back to `source` what is with one of `holders`: the survivor and what that was merged into since.

    `later` are the merges that led there; they forget what has gone back, so that undoing them leaves it alone.
    """
    for name, model in ROWS.items():
        model._default_manager.filter(pk__in=moved[name], ticket_id__in=holders).update(ticket=source)
    Recovery.objects.filter(pk__in=moved["recovery"], ticket_id__in=holders).update(ticket=source)
    _move_links_back(source, holders, moved, later)
    Ticket.objects.filter(pk__in=moved["flattened"], merged_into_id__in=holders).update(merged_into=source)
    left_alone = {*moved["alone"], *(key for merge in later for key in merge.moved["alone"])}
    alone = [key for key in moved["children"] + moved["alone"] if key in left_alone]
    children = Q(pk__in=moved["children"], parent_id__in=holders) | Q(pk__in=alone, parent__isnull=True)
    for child in Ticket.objects.filter(children):
        if child.pk not in ancestry(source):
            Ticket.objects.filter(pk=child.pk).update(parent=source)
    for merge in later:
        _forget(merge, source, moved)


def _forget(merge: Merge, source: Ticket, gone: Mapping[str, Any]) -> None:
    below = {*gone["children"], *gone["alone"]}
    for name in (*ROWS, "recovery", "links", "links_here", "flattened", "children", "alone"):
        back = below if name in {"children", "alone"} else set(gone[name])
        if name == "flattened":
            back.add(str(source.pk))  # it may come again by another way
        merge.moved[name] = [key for key in merge.moved[name] if key not in back]
    merge.save(update_fields=["moved"])


def ancestry(ticket: Ticket) -> list[UUID]:
    """Return the ids of a ticket, of its parent, of that one's parent and so on."""
    found = [ticket.pk]
    parent = ticket.parent_id
    while parent is not None and parent not in found:
        found.append(parent)
        parent = Ticket.objects.filter(pk=parent).values_list("parent_id", flat=True).first()
    return found


def _move_recovery(source: Ticket, target: Ticket) -> list[str]:
    rows = Recovery.objects.filter(ticket=source)
    if Recovery.objects.filter(ticket=target).exists():
        return []
    keys = [str(key) for key in rows.values_list("pk", flat=True)]
    rows.update(ticket=target)
    return keys


def _move_links(source: Ticket, target: Ticket) -> tuple[list[str], list[str]]:
    """Move the links of `source`; those that `target` has already, and those between the two, stay where they are."""
    there: list[str] = []
    here: list[str] = []
    for link in TicketLink.objects.filter(Q(ticket=source) | Q(other=source)).order_by("pk"):
        outward = link.ticket_id == source.pk
        ends = (target.pk, link.other_id) if outward else (link.ticket_id, target.pk)
        if ends[0] == ends[1] or TicketLink.objects.filter(ticket=ends[0], other=ends[1], kind=link.kind).exists():
            continue
        TicketLink.objects.filter(pk=link.pk).update(ticket=ends[0], other=ends[1])
        (there if outward else here).append(str(link.pk))
    return there, here


def _move_links_back(
    source: Ticket, holders: Collection[UUID], moved: Mapping[str, Any], later: Sequence[Merge]
) -> None:
    for name, end in ENDS.items():
        for link in TicketLink.objects.filter(pk__in=moved[name], **{f"{end}__in": holders}).order_by("pk"):
            _put(link, end, source.pk, later)


def _put(link: TicketLink, end: str, ticket: UUID, later: Sequence[Merge]) -> None:
    """Let a link lead to or from `ticket`. One that took this place since goes back to where a merge took it from.

    That merge forgets it: had this link been there, it would have left the other alone.
    """
    setattr(link, end, ticket)
    same = TicketLink.objects.filter(ticket=link.ticket_id, other=link.other_id, kind=link.kind).exclude(pk=link.pk)
    taken = same.first()
    if taken is not None and not _go_home(taken, later):
        return
    link.save(update_fields=[end])


def _go_home(link: TicketLink, later: Sequence[Merge]) -> bool:
    """Put a link back to where the merge that brought it took it from; False for one that no merge brought."""
    known = {merge.pk: merge for merge in later}
    for name, end in ENDS.items():
        brought = Merge.objects.filter(undone_at__isnull=True, ticket=getattr(link, end))
        found = brought.filter(**{f"moved__{name}__contains": [str(link.pk)]}).first()
        if found is not None:
            merge = known.get(found.pk, found)
            merge.moved[name].remove(str(link.pk))
            merge.save(update_fields=["moved"])
            _put(link, end, merge.source_id, later)
            return True
    return False


def _move_children(source: Ticket, target: Ticket) -> tuple[list[str], list[str]]:
    """Put the children of `source` below `target`; those that `target` is below of (or is) stand alone."""
    children = set(Ticket.objects.filter(parent=source).values_list("pk", flat=True))
    alone = children & set(ancestry(target))
    Ticket.objects.filter(pk__in=children - alone).update(parent=target)
    Ticket.objects.filter(pk__in=alone).update(parent=None)
    return sorted(str(key) for key in children - alone), sorted(str(key) for key in alone)
