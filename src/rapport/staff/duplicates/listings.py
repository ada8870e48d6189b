"""How pairs of customers who may be one are listed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from django.db.models import Q
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from rapport.customers import searching
from rapport.customers.models import Customer, Duplicate
from rapport.customers.models.duplicate import DuplicateDoor
from rapport.customers.permissions import MERGE
from rapport.customers.twins.judging import SURE
from rapport.kernel.actors import Actor
from rapport.staff.addresses import address
from rapport.staff.duplicates import verbs
from rapport.staff.duplicates.words import reasons
from rapport.staff.listing.nouns import Column, Empty, Listing, Look, Preset, Rows, Sort, listed
from rapport.ui import formats
from rapport.ui.components import leaves

BESIDE = ("name", "number", "kind", "city", "created_at", "owner_id")


def rows(actor: Actor) -> Rows:
    """Return the open pairs of which both are within reach of merging."""
    found: DuplicateDoor = Duplicate.objects.visible_to(actor)
    return found.open()


def load(ids: Sequence[UUID], look: Look, keys: Collection[str]) -> list[Duplicate]:
    """Return the pairs of `ids` in that order, with both customers."""
    others = [f"{side}__{name}" for side in ("first", "second") for name in BESIDE]
    found = Duplicate.objects.filter(pk__in=ids).select_related("first", "second")
    by_id = found.only("score", "reasons", "found_at", *others).in_bulk()
    return [by_id[key] for key in ids if key in by_id]


def search(found: Rows, typed: str) -> Rows:
    """Return the pairs of which one fits what was typed."""
    query = searching.query(typed)
    if query is None:
        return found.none()
    fitting = Customer.objects.filter(search=query).values("pk")
    return found.filter(Q(first__in=fitting) | Q(second__in=fitting))


def href(pair: Duplicate) -> str:
    """Return the address of the page that shows the two side by side."""
    before, after = pair.pair
    return reverse("staff:customer_merge", args=[before.pk, after.pk])


def _two(pair: Duplicate, look: Look) -> SafeString:
    before, after = pair.pair
    return format_html(
        '<a class="who" href="{}" data-open>{}<span class="clip">{}</span> <span class="clip muted">{}</span></a>',
        href(pair), leaves.avatar(before.label, before.kind), _said(before), _said(after, beside=before),
    )  # fmt: skip


def _said(one: Customer, beside: Customer | None = None) -> str:
    """Return the name of a customer; of the second the number alone, where the name is the same."""
    if beside is not None and one.label == beside.label:
        return f"= {one.code}"
    return f"= {one.label}" if beside is not None else one.label


def _score(pair: Duplicate, look: Look) -> SafeString:
    return leaves.pill(formats.percent(pair.score / 100, 0), "good" if pair.score >= SURE else "neutral")


def _label(pair: Duplicate) -> str:
    before, after = pair.pair
    return f"{before.label} = {after.label}"


def _numbers(pair: Duplicate, look: Look) -> object:
    before, after = pair.pair
    return format_html(
        '<a href="{}">{}</a> · <a href="{}">{}</a>', address("staff:customer", before.pk), before.code,
        address("staff:customer", after.pk), after.code,
    )  # fmt: skip


def _counted(number: int) -> str:
    return ngettext("%(n)s pair", "%(n)s pairs", number) % {"n": formats.number(number)}


DUPLICATES = listed(
    Listing(
        name="duplicates",
        root="duplicate",
        title=_("Duplicates"),
        url_name="staff:duplicates",
        right=MERGE,
        rows=rows,
        load=load,
        columns=(
            Column("pair", _("Two who may be one"), _two, lambda pair, look: _label(pair), "main"),
            Column("score", _("Likelihood"), _score, lambda pair, look: pair.score, sort=Sort("score"),
                   definition=_("How likely the two are one, worked out from what they have in common. From 90 % on a "
                                "pair is called sure.")),
            Column("reasons", _("Why"), lambda pair, look: reasons(pair.reasons),
                   lambda pair, look: reasons(pair.reasons), "muted"),
            Column("numbers", _("Numbers"), _numbers, lambda pair, look: " ".join(one.code for one in pair.pair),
                   "num"),
            Column("city", _("City"), lambda pair, look: pair.pair[0].city or leaves.EMPTY,
                   lambda pair, look: pair.pair[0].city, "muted", shown=False),
            Column("found", _("Found"), lambda pair, look: leaves.when(pair.found_at),
                   lambda pair, look: pair.found_at, "muted", sort=Sort("found_at"), shown=False),
        ),
        sort="-score",
        counted=_counted,
        href=href,
        label=_label,
        search=search,
        search_hint=_("Name, e-mail, phone or number"),
        empty=Empty(
            _("No duplicates"),
            _("Customers who may be one and the same stand here in pairs, the surest first. New and changed ones are "
              "compared within a minute, all once a week."),
            "users",
        ),
        presets=(
            Preset("all", _("All")),
            Preset("sure", _("Sure"), f"score >= {SURE}"),
            Preset("people", _("People"), 'kind = "person"'),
            Preset("companies", _("Companies"), 'kind = "company"'),
        ),
        verbs=verbs.QUEUE,
        suggested=("score", "kind", "reasons", "found"),
        above="staff/duplicates/above.html",
    )
)  # fmt: skip
