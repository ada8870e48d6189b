"""How tickets are listed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _said
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from rapport.customers.permissions import EXPORT
from rapport.kernel.actors import Actor
from rapport.service.models import Status, Ticket
from rapport.service.models.ticket import RUNNING, STANDING, TicketDoor
from rapport.service.permissions import CHANGE, VIEW
from rapport.staff.addresses import address
from rapport.staff.inbox.lists import found
from rapport.staff.listing import custom
from rapport.staff.listing.nouns import Action, Board, Column, Empty, Listing, Look, Preset, Rows, Sort, listed
from rapport.staff.tickets import edits, verbs
from rapport.team.models import User
from rapport.ui import formats
from rapport.ui.components import leaves
from rapport.ui.navigation import at

NOTHING = leaves.EMPTY
UNSOLVED = 'category in ("new", "open", "waiting")'
STATES = {"new": "accent", "open": "accent", "waiting": "neutral", "solved": "good", "closed": "neutral"}
URGENCY = {"urgent": "bad", "high": "warn"}
BESIDE = {
    "requester": ("requester__name", "requester__number", "requester__kind"),
    "company": ("company__name", "company__number", "company__kind"),
    "owner": ("owner__name",),
    "queue": ("queue__name",),
    "status": ("status__name", "status__category"),
}


def rows(actor: Actor) -> Rows:
    """Return the tickets within reach that are neither merged away nor in the trash."""
    return Ticket.objects.visible_to(actor).standing()


def load(ids: Sequence[UUID], look: Look, keys: Collection[str]) -> list[Ticket]:
    """Return the tickets of `ids` in that order, with whom they are about and who looks after them."""
    mine = [one.attname for one in Ticket._meta.concrete_fields if one.name != "search"]
    others = [name for names in BESIDE.values() for name in names]
    by_id = Ticket.objects.filter(pk__in=ids).select_related(*BESIDE).only(*mine, *others).in_bulk()
    return [by_id[key] for key in ids if key in by_id]


def search(rows: Rows, typed: str) -> Rows:
    """Return those of `rows` that fit what was typed: a number like T-1042, or words of subject and customer."""
    return found(cast("TicketDoor", rows), typed)


def _href(ticket: Ticket) -> str:
    return f"{at('staff:inbox')}{ticket.number}/"


def _subject(ticket: Ticket, look: Look) -> object:
    return format_html(
        '<a href="{}" data-open><span class="muted">{}</span> {}</a>', _href(ticket), ticket.code, ticket.subject
    )


def _customer(name: str) -> Any:
    """Return the cell of a customer of the ticket: who asks, or their company."""

    def cell(ticket: Ticket, look: Look) -> object:
        one = getattr(ticket, name)
        return leaves.who(one.label, address("staff:customer", one.pk), one.kind) if one else NOTHING

    return cell


def _status(ticket: Ticket, look: Look) -> object:
    return leaves.pill(ticket.status.name, STATES.get(ticket.category, "neutral"))


def _priority(ticket: Ticket, look: Look) -> object:
    words = ticket.get_priority_display()
    return leaves.pill(words, URGENCY[ticket.priority]) if ticket.priority in URGENCY else words


def _due(ticket: Ticket, look: Look) -> object:
    at = ticket.next_breach_at
    if at is None:
        return NOTHING
    return leaves.pill(_said("overdue"), "bad", "alert-triangle") if at <= look.now else leaves.when(at)


def _moment(name: str) -> dict[str, Any]:
    """Return cell and export of a column that shows a moment of the ticket."""

    def cell(ticket: Ticket, look: Look) -> object:
        at: datetime | None = getattr(ticket, name)
        return leaves.when(at) if at else NOTHING

    return {"cell": cell, "plain": lambda ticket, look: getattr(ticket, name)}


def _named(name: str) -> dict[str, Any]:
    """Return cell and export of a column that shows a row beside the ticket by its name."""
    return {
        "cell": lambda ticket, look: str(getattr(ticket, name) or "") or NOTHING,
        "plain": lambda ticket, look: str(getattr(ticket, name) or ""),
    }


def _chosen(name: str) -> dict[str, Any]:
    """Return cell and export of a column that shows one of a few values."""
    return {
        "cell": lambda ticket, look: getattr(ticket, f"get_{name}_display")(),
        "plain": lambda ticket, look: getattr(ticket, name),
    }


def _tags(ticket: Ticket, look: Look) -> object:
    return format_html_join(" ", "{}", ((leaves.pill(tag),) for tag in ticket.tags)) if ticket.tags else NOTHING


def _counted(number: int) -> str:
    return ngettext("%(n)s ticket", "%(n)s tickets", number) % {"n": formats.number(number)}


def _statuses() -> list[tuple[str, str]]:
    rows = Status.objects.live().exclude(category=Status.Category.CLOSED)
    return [(str(key), name) for key, name in rows.values_list("pk", "name")]


def _owners() -> list[tuple[str, str]]:
    staff = User.objects.filter(deactivated_at__isnull=True).order_by("name").values_list("pk", "name")
    return [("", _said("Nobody")), *((str(key), name) for key, name in staff)]


TICKETS = listed(
    Listing(
        name="tickets",
        root="ticket",
        title=_("Tickets"),
        url_name="staff:tickets",
        right=VIEW,
        rows=rows,
        load=load,
        columns=(
            Column("subject", _("Ticket"), _subject, lambda ticket, look: ticket.subject, "main", clip=True,
                   edit=edits.SUBJECT),
            Column("customer", _("Customer"), _customer("requester"),
                   lambda ticket, look: ticket.requester.label if ticket.requester else "", clip=True),
            Column("status", _("Status"), _status, lambda ticket, look: ticket.status.name, edit=edits.STATUS),
            Column("priority", _("Priority"), _priority, lambda ticket, look: ticket.priority, edit=edits.PRIORITY),
            Column("owner", _("Owner"), edit=edits.OWNER, **_named("owner")),
            Column("queue", _("Queue"), kind="muted", edit=edits.QUEUE, **_named("queue")),
            Column("due", _("Due"), _due, lambda ticket, look: ticket.next_breach_at,
                   sort=Sort("next_breach_at", optional=True, only=RUNNING),
                   definition=_("The soonest of first answer, next answer and solution, by the ticket's policy.")),
            Column("updated", _("Changed"), kind="muted", sort=Sort("updated_at", only=STANDING),
                   **_moment("updated_at")),
            Column("number", _("Number"), lambda ticket, look: ticket.code, lambda ticket, look: ticket.code, "muted",
                   sort=Sort("number"), shown=False),
            Column("type", _("Type"), kind="muted", edit=edits.TYPE, shown=False, **_chosen("type")),
            Column("channel", _("Channel"), lambda ticket, look: ticket.channel or NOTHING,
                   lambda ticket, look: ticket.channel, "muted", shown=False),
            Column("company", _("Company"), _customer("company"),
                   lambda ticket, look: ticket.company.label if ticket.company else "", clip=True, shown=False),
            Column("tags", _("Tags"), _tags, lambda ticket, look: ", ".join(ticket.tags), shown=False,
                   edit=edits.TAGS),
            Column("waiting", _("Waits since"), kind="muted", shown=False, **_moment("waiting_since"),
                   sort=Sort("waiting_since", optional=True, only=RUNNING)),
            Column("answers", _("Answers"), lambda ticket, look: ticket.answers, lambda ticket, look: ticket.answers,
                   "num", shown=False),
            Column("reopened", _("Reopened"), lambda ticket, look: ticket.reopened,
                   lambda ticket, look: ticket.reopened, "num", shown=False),
            Column("opened", _("Opened"), kind="muted", sort=Sort("opened_at", only=STANDING), shown=False,
                   **_moment("opened_at")),
            Column("answered", _("First answer"), kind="muted", shown=False, **_moment("first_response_at")),
            Column("solved", _("Solved"), kind="muted", sort=Sort("solved_at", optional=True), shown=False,
                   **_moment("solved_at")),
        ),
        sort="-updated",
        counted=_counted,
        href=_href,
        label=str,
        search=search,
        search_hint=_("Number, subject or customer"),
        empty=Empty(
            _("No tickets yet"),
            _("What customers ask on any channel stands here, from the first word to the solution."),
            "ticket", _("New ticket"), "staff:inbox_add", CHANGE,
        ),
        presets=(
            Preset("open", _("Open"), UNSOLVED, "-updated"),
            Preset("due", _("Due next"), f"{UNSOLVED} and next_breach is not empty", "due"),
            Preset("late", _("Overdue"), f"{UNSOLVED} and next_breach <= now", "due"),
            Preset("mine", _("Mine"), f"{UNSOLVED} and owner = me", "-updated"),
            Preset("nobody", _("Nobody's"), f"{UNSOLVED} and owner is empty", "-updated"),
            Preset("complaints", _("Complaints"), f'{UNSOLVED} and type = "complaint"', "-updated"),
            Preset("all", _("All"), "", "-updated"),
        ),
        verbs=verbs.TICKETS,
        export=EXPORT,
        suggested=("status", "priority", "owner", "queue", "type", "tags", "channel", "opened", "customer.stage"),
        actions=(Action(_("New ticket"), "staff:inbox_add", "plus", CHANGE, "primary", "n"),),
        faded=lambda ticket, look: ticket.ended,
        own_columns=lambda: custom.columns("ticket", lambda ticket: ticket.custom),
        boards=(
            Board("status", _("Board by status"), "status_id", _statuses, "status", lambda key: f'status = "{key}"'),
            Board("owner", _("Board by owner"), "owner_id", _owners, "owner",
                  lambda key: f'owner = "{key}"' if key else "owner is empty"),
        ),
    )
)  # fmt: skip
