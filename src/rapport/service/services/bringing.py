"""What a merge brings along besides rows: tags and watchers, which tickets of a merge may share.

A merge row remembers under `brought` all that its source came with, and under `added` what the survivor did not have.
Un-merging takes away what was added, unless another merge that still stands brought it too: then that one has added it.
What goes from a ticket that was itself merged on goes from its survivor in the same way.
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.db.models import QuerySet

from rapport.kernel import clock
from rapport.service.models import Merge, Ticket, Watcher

TAGS = "tags"
WATCHERS = "watchers"


def bring(merge: Merge, source: Ticket, target: Ticket) -> None:
    """Give `target` the tags and watchers of `source` and remember them in `merge`."""
    watchers = _watchers(source)
    if source.requester_id and source.requester_id != target.requester_id:
        watchers.add(f"customer:{source.requester_id}")
    if target.requester_id:
        watchers.discard(f"customer:{target.requester_id}")
    for kind, brought, there in ((TAGS, set(source.tags), set(target.tags)), (WATCHERS, watchers, _watchers(target))):
        merge.moved[kind] = {"brought": sorted(brought), "added": sorted(brought - there)}
        _GIVE[kind](target, sorted(brought - there))


def take_back(merge: Merge) -> None:
    """Take from the survivor of `merge`, and from where that was merged to, what only its source had brought."""
    for kind in (TAGS, WATCHERS):
        gone = set(merge.moved[kind]["added"])
        _take(kind, merge.ticket_id, gone, leaving=merge)


def _take(kind: str, ticket_id: UUID, gone: set[str], leaving: Merge) -> None:
    """Take `gone` from a ticket unless another standing merge into it brought it; go on to where it was merged to."""
    for other in _standing().filter(ticket_id=ticket_id).exclude(pk=leaving.pk).order_by("merged_at", "pk"):
        shared = gone & set(other.moved[kind]["brought"])
        if shared:
            other.moved[kind]["added"] = sorted({*other.moved[kind]["added"], *shared})
            other.save(update_fields=["moved"])
            gone -= shared
    if not gone:
        return
    _TAKE[kind](Ticket.objects.get(pk=ticket_id), gone)
    onward = _standing().filter(source_id=ticket_id).first()
    if onward is None:
        return
    brought, added = onward.moved[kind]["brought"], onward.moved[kind]["added"]
    further = gone & set(added)
    onward.moved[kind] = {"brought": sorted(set(brought) - gone), "added": sorted(set(added) - gone)}
    onward.save(update_fields=["moved"])
    _take(kind, onward.ticket_id, further, leaving=onward)


def _standing() -> QuerySet[Merge]:
    return Merge.objects.select_for_update().filter(undone_at__isnull=True)


def _watchers(ticket: Ticket) -> set[str]:
    users = ticket.watchers.filter(user__isnull=False).values_list("user_id", flat=True)
    customers = ticket.watchers.filter(customer__isnull=False).values_list("customer_id", flat=True)
    return {f"user:{key}" for key in users} | {f"customer:{key}" for key in customers}


def _give_tags(ticket: Ticket, tags: list[str]) -> None:
    ticket.tags = [*ticket.tags, *tags]
    Ticket.objects.filter(pk=ticket.pk).update(tags=ticket.tags)


def _take_tags(ticket: Ticket, tags: set[str]) -> None:
    ticket.tags = [tag for tag in ticket.tags if tag not in tags]
    Ticket.objects.filter(pk=ticket.pk).update(tags=ticket.tags)


def _give_watchers(ticket: Ticket, watchers: list[str]) -> None:
    at = clock.now()
    Watcher.objects.bulk_create(
        [Watcher(ticket=ticket, since=at, **{f"{kind}_id": key}) for kind, key in _split(watchers)],
        ignore_conflicts=True,
    )


def _take_watchers(ticket: Ticket, watchers: set[str]) -> None:
    for kind, key in _split(sorted(watchers)):
        ticket.watchers.filter(**{f"{kind}_id": key}).delete()


def _split(watchers: list[str]) -> list[tuple[str, str]]:
    return [(kind, key) for kind, _colon, key in (one.partition(":") for one in watchers)]


_GIVE: dict[str, Callable[[Ticket, list[str]], None]] = {TAGS: _give_tags, WATCHERS: _give_watchers}
_TAKE: dict[str, Callable[[Ticket, set[str]], None]] = {TAGS: _take_tags, WATCHERS: _take_watchers}
