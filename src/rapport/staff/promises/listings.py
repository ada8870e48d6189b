"""How promises are listed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext

from rapport.customers import searching
from rapport.customers.models import Customer
from rapport.customers.permissions import EXPORT
from rapport.kernel.actors import Actor
from rapport.kernel.clock import today
from rapport.promises.models import Promise
from rapport.promises.permissions import CHANGE, VIEW
from rapport.staff.addresses import address
from rapport.staff.listing.nouns import Action, Column, Empty, Listing, Look, Preset, Rows, Sort, listed
from rapport.staff.promises import verbs
from rapport.ui import formats
from rapport.ui.components import leaves

NOTHING = leaves.EMPTY
TONES = {"kept": "good", "late": "bad", "broken": "bad", "released": "neutral", "open": "neutral"}
MOST_CUSTOMERS = 2_000


def rows(actor: Actor) -> Rows:
    """Return the promises within reach."""
    return Promise.objects.visible_to(actor)


def load(ids: Sequence[UUID], look: Look, keys: Collection[str]) -> list[Promise]:
    """Return the promises of `ids` in that order, with their customers."""
    mine = [one.attname for one in Promise._meta.concrete_fields]
    found = Promise.objects.filter(pk__in=ids).select_related("customer")
    by_id = found.only(*mine, "customer__name", "customer__number", "customer__kind").in_bulk()
    return [by_id[key] for key in ids if key in by_id]


def search(found: Rows, typed: str) -> Rows:
    """Return those of `found` made to the customers who fit what was typed."""
    query = searching.query(typed)
    if query is None:
        return found.none()
    keys = Customer.objects.filter(search=query).values_list("pk", flat=True)[:MOST_CUSTOMERS]
    return found.filter(customer_id__in=list(keys))


def due_day(promise: Promise) -> date:
    """Return the day by which a promise is due."""
    return promise.due_on or timezone.localtime(promise.due_until).date()


def state_pill(promise: Promise, look: Look) -> object:
    """Return how a promise stands: late ones stand out, those of today come next."""
    state = promise.state(look.now)
    if state == "open":
        if due_day(promise) == today(look.zone):
            return leaves.pill(_("today"), "warn")
        return leaves.pill(pgettext("promise", "open"))
    words = _("overdue") if not promise.outcome else promise.get_outcome_display()
    return leaves.pill(words, TONES[state])


def due(promise: Promise) -> object:
    """Return the day or the moment by which a promise is due."""
    return leaves.when(promise.due_at, "moment") if promise.due_at else leaves.when(promise.due_on, "week")


def _href(promise: Promise) -> str:
    if promise.customer_id is None:
        return ""
    return f"{address('staff:customer', promise.customer_id)}#open"


def _what(promise: Promise, look: Look) -> object:
    return format_html('<a href="{}" data-open>{}</a>', _href(promise), promise.what)


def _customer(promise: Promise, look: Look) -> object:
    one = promise.customer
    return leaves.who(one.label, address("staff:customer", one.pk), one.kind) if one else NOTHING


def _source(promise: Promise, look: Look) -> object:
    if promise.source_type == "commerce.order" and promise.source_id:
        return format_html('<a href="{}">{}</a>', address("staff:order", promise.source_id), promise.source_label)
    return promise.source_label or NOTHING


def _acts(promise: Promise, look: Look) -> object:
    """Return the button that ends an open promise as fulfilled, and the way to agree on a new date."""
    if promise.outcome or promise.customer_id is None or not look.actor.may(CHANGE):
        return NOTHING
    keys = [promise.customer_id, promise.pk]
    return format_html(
        '<form method="post" action="{}" class="row-tight">'
        '<input type="hidden" name="csrfmiddlewaretoken" value="{}"><input type="hidden" name="next" value="{}">'
        '<button class="button button-small" type="submit">{}</button>{}</form>',
        reverse("staff:customer_promise_fulfil", args=keys),
        look.csrf,
        look.here,
        _("Done"),
        _mover(promise, look, keys),
    )


def _mover(promise: Promise, look: Look, keys: Sequence[UUID]) -> object:
    if look.now >= promise.due_until:
        return NOTHING
    at = reverse("staff:customer_promise", args=[*keys, "move"])
    return format_html('<a class="button button-small button-quiet" href="{}?next={}">{}</a>', at, look.here, _("Move"))


def _counted(number: int) -> str:
    return ngettext("%(n)s promise", "%(n)s promises", number) % {"n": formats.number(number)}


PROMISES = listed(
    Listing(
        name="promises",
        root="promise",
        title=_("Promises"),
        url_name="staff:promises",
        right=VIEW,
        rows=rows,
        load=load,
        columns=(
            Column("what", _("What"), _what, lambda promise, look: promise.what, "main", clip=True),
            Column("customer", _("Customer"), _customer,
                   lambda promise, look: promise.customer.label if promise.customer else "", clip=True),
            Column("due", _("Due"), lambda promise, look: due(promise),
                   lambda promise, look: promise.due_on or promise.due_at, sort=Sort("due_until")),
            Column("state", _("State"), state_pill, lambda promise, look: promise.state(look.now)),
            Column("kind", _("Kind"), lambda promise, look: promise.get_kind_display(),
                   lambda promise, look: promise.get_kind_display(), "muted"),
            Column("maker", _("Made by"), lambda promise, look: promise.maker_name,
                   lambda promise, look: promise.maker_name, "muted"),
            Column("source", _("Comes from"), _source, lambda promise, look: promise.source_label, "muted"),
            Column("acts", _("Next step"), _acts, lambda promise, look: ""),
            Column("made", _("Made"), lambda promise, look: leaves.when(promise.made_at, "day"),
                   lambda promise, look: promise.made_at, "muted", shown=False),
            Column("ended", _("Ended"),
                   lambda promise, look: leaves.when(promise.ended_at, "day") if promise.ended_at else NOTHING,
                   lambda promise, look: promise.ended_at, "muted", shown=False),
            Column("reason", _("Reason"), lambda promise, look: promise.ended_because,
                   lambda promise, look: promise.ended_because, "muted", shown=False, clip=True),
        ),
        sort="due",
        counted=_counted,
        href=_href,
        label=str,
        search=search,
        search_hint=_("Customer"),
        empty=Empty(
            _("No promises yet"),
            _("What you promised a customer by when stands here, and ends kept, late or broken by the facts. Orders "
              "with a delivery day make theirs by themselves."),
            "heart-handshake", _("Promise something"), "staff:promise_add", CHANGE,
        ),
        presets=(
            Preset("open", _("Open"), "outcome is empty", "due"),
            Preset("today", _("Due today"), "outcome is empty and due = today", "due"),
            Preset("late", _("Overdue"), "outcome is empty and late_from <= now", "due"),
            Preset("ended", _("Ended"), "outcome is not empty", "-due"),
            Preset("all", _("All"), "", "-due"),
        ),
        verbs=verbs.PROMISES,
        export=EXPORT,
        suggested=("kind", "due", "maker", "outcome", "customer.stage", "customer.owner"),
        actions=(Action(_("Promise"), "staff:promise_add", "plus", CHANGE, "primary", "n"),),
        above="staff/promises/above.html",
        faded=lambda promise, look: promise.outcome == Promise.Outcome.RELEASED,
    )
)  # fmt: skip
