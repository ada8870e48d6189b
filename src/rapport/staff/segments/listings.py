"""How segments are listed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Q
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _said
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from rapport.kernel.actors import Actor
from rapport.kernel.conditions import ConditionError, Ctx
from rapport.kernel.folding import Fold, fold
from rapport.kernel.remembered import steady
from rapport.marketing.models import Membership, Segment
from rapport.marketing.permissions import CHANGE, VIEW
from rapport.marketing.queries import in_words
from rapport.staff.addresses import address
from rapport.staff.listing.asked import context
from rapport.staff.listing.nouns import Action, Column, Empty, Listing, Look, Preset, Rows, Sort, listed
from rapport.ui import formats
from rapport.ui.components import leaves

LATELY = timedelta(days=7)


def rows(actor: Actor) -> Rows:
    """Return the segments within reach."""
    return Segment.objects.visible_to(actor)


def load(ids: Sequence[UUID], look: Look, keys: Collection[str]) -> list[Segment]:
    """Return the segments of `ids` in that order, each with whom it `asks` for and how many `moved` lately."""
    by_id = Segment.objects.filter(pk__in=ids).select_related("owner").in_bulk()
    rows, since = Membership.objects.filter(segment__in=ids if "moved" in keys else ()), look.now - LATELY
    joined = _counts(rows.filter(since__gte=since))
    left = _counts(rows.filter(until__gte=since))
    with steady():
        for key, row in by_id.items():
            row.moved = joined.get(key, 0), left.get(key, 0)  # type: ignore[attr-defined]
            row.asks = asks(row, context(look))  # type: ignore[attr-defined]
    return [by_id[key] for key in ids if key in by_id]


def _counts(rows: Rows) -> dict[UUID, int]:
    """Return how many of `rows` there are by segment, read off an index."""
    return dict(rows.order_by().values_list("segment").annotate(number=Count("pk")))


def search(found: Rows, typed: str) -> Rows:
    """Return those of `found` whose name or description holds what was typed."""
    text = fold(typed)
    rows: Rows = found.alias(folded=Fold("name"), told=Fold("description"))
    return rows.filter(Q(folded__contains=text) | Q(told__contains=text))


def asks(segment: Segment, context: Ctx) -> str:
    """Return what a segment asks for in words, or what is wrong with it."""
    if not segment.dynamic:
        return _said("Chosen one by one")
    try:
        words = in_words(segment, context)
    except ConditionError as error:
        return error.message
    return words[:1].upper() + words[1:]


def state(segment: Segment) -> SafeString | str:
    """Return a mark for a segment that is not simply there: archived, waiting, or not to be worked out."""
    if segment.archived_at:
        return leaves.pill(_said("archived"))
    if segment.problem:
        return leaves.pill(_said("can't be worked out"), "bad")
    return leaves.pill(_said("being worked out"), "warn") if segment.waiting else ""


def _counted(number: int) -> str:
    return ngettext("%(n)s segment", "%(n)s segments", number) % {"n": formats.number(number)}


def _name(row: Segment, look: Look) -> object:
    return format_html('<a href="{}" data-open>{}</a> {}', _href(row), row.name, state(row))


def _href(row: Segment) -> str:
    return address("staff:segment", row.pk)


def _moved(row: Any, look: Look) -> object:
    joined, left = row.moved
    if not joined and not left:
        return leaves.EMPTY
    return format_html(
        '<span class="nowrap">+{} <span class="muted">−{}</span></span>', formats.number(joined), formats.number(left)
    )


COLUMNS = (
    Column("name", _("Name"), _name, lambda row, look: row.name, "main", sort=Sort("name")),
    Column("asks", _("Who is in it"), lambda row, look: row.asks, lambda row, look: row.asks,
           "muted", clip=True),
    Column("size", _("Customers"), lambda row, look: formats.number(row.size), lambda row, look: row.size, "num",
           sort=Sort("size")),
    Column("moved", _("In 7 days"), _moved, lambda row, look: row.moved[0] - row.moved[1], "num",
           definition=_("How many joined and how many left in the last seven days.")),
    Column("owner", _("Owner"), lambda row, look: row.owner.name if row.owner else "",
           lambda row, look: row.owner.name if row.owner else "", "muted"),
    Column("computed", _("Worked out"),
           lambda row, look: leaves.when(row.computed_at) if row.computed_at else leaves.EMPTY,
           lambda row, look: row.computed_at, "muted", sort=Sort("computed_at", optional=True)),
    Column("description", _("Description"), lambda row, look: row.description, lambda row, look: row.description,
           "muted", clip=True, shown=False),
    Column("kind", _("Kind"), lambda row, look: row.get_kind_display(), lambda row, look: row.get_kind_display(),
           "muted", shown=False),
    Column("created", _("Made"), lambda row, look: leaves.when(row.created_at, "day"),
           lambda row, look: row.created_at, "muted", sort=Sort("created_at"), shown=False),
)  # fmt: skip
SEGMENTS = listed(
    Listing(
        name="segments",
        root="segment",
        title=_("Segments"),
        url_name="staff:segments",
        right=VIEW,
        rows=rows,
        load=load,
        columns=COLUMNS,
        sort="name",
        counted=_counted,
        href=_href,
        label=lambda row: row.name,
        search=search,
        search_hint=_("Name"),
        empty=Empty(
            _("No segments yet"),
            _("A segment is customers who have something in common: who they are, what they did, what they did not do. "
              "It is kept up to date by itself, and everything that filters can name it."),
            "target", _("Make a segment"), "staff:segment_draft", CHANGE,
        ),
        presets=(
            Preset("active", _("Active"), "archived is empty"),
            Preset("mine", _("Mine"), "archived is empty and owner = me"),
            Preset("archived", _("Archived"), "archived is not empty"),
        ),
        actions=(Action(_("Segment"), "staff:segment_draft", "plus", CHANGE, "primary", "n"),),
        suggested=("name", "kind", "owner", "size"),
        faded=lambda row, look: row.archived_at is not None,
    )
)  # fmt: skip
