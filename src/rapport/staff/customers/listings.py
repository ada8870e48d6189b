"""How customers are listed, and those in the trash."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _said
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from rapport.commerce.models import Order
from rapport.commerce.permissions import VIEW as ORDERS
from rapport.customers import queries, searching
from rapport.customers.models import Customer
from rapport.customers.permissions import CHANGE, DELETE, EXPORT, MERGE, VIEW
from rapport.customers.services import customers
from rapport.customers.services.customers import Nameless
from rapport.insight.permissions import VIEW as INSIGHT
from rapport.kernel.actors import Actor
from rapport.kernel.money import Money
from rapport.marketing.permissions import CHANGE as SEGMENT
from rapport.promises.permissions import VIEW as PROMISES
from rapport.staff.addresses import address
from rapport.staff.choices import countries
from rapport.staff.customers import cells, edits, reaching, verbs
from rapport.staff.customers.lines import Line, lines
from rapport.staff.listing import custom
from rapport.staff.listing.nouns import Action, Add, Board, Column, Empty, Listing, Look, Preset, Rows, Sort, listed
from rapport.team.models import User
from rapport.ui import formats

MOST_ORDERS = 20


def rows(actor: Actor) -> Rows:
    """Return the customers within reach that are not in the trash."""
    return Customer.objects.visible_to(actor).live()


def trashed(actor: Actor) -> Rows:
    """Return the customers in the trash that the actor may restore."""
    return Customer.objects.visible_to(actor, DELETE).trashed()


def search(found: Rows, typed: str) -> Rows:
    """Return those of `found` that match what was typed: a name, an address, a number, or the number of an order."""
    if buyers := buyers_of(typed):
        words = searching.query(typed)
        return found.filter((Q(search=words) if words else Q()) | Q(pk__in=buyers))
    sought = queries.sought(typed)
    return sought.among(found) if sought else found.none()


def buyers_of(typed: str) -> list[UUID]:
    """Return the customers of the few orders whose number is what was typed."""
    number = typed.strip().removeprefix("#")
    if not any(one.isdigit() for one in number) or len(number) > 80:
        return []
    found = Order.objects.filter(number__in={number, number.upper()}, customer__isnull=False)
    return list(found.values_list("customer_id", flat=True)[:MOST_ORDERS])


def _counted(number: int) -> str:
    return ngettext("%(n)s customer", "%(n)s customers", number) % {"n": formats.number(number)}


def _add(name: str, actor: Actor) -> Customer:
    """Add a person of this name."""
    return customers.create(by=actor, **edits.named(name))


def _country(line: Line, look: Look) -> str:
    return dict(countries()).get(line.customer.country, line.customer.country)


def _money(minor: int, look: Look) -> str:
    return formats.money(Money(minor, look.currency), "short")


def _label(line: Line) -> str:
    return line.customer.label


def _owners() -> list[tuple[str, str]]:
    """Return id and name of everybody who may look after customers, nobody first."""
    found = User.objects.filter(deactivated_at__isnull=True).order_by("name").values_list("pk", "name")
    return [("", _said("Nobody")), *((str(key), name) for key, name in found)]


def _edit(line: Line, look: Look) -> str:
    return address("staff:customer_edit", line.pk) if look.actor.may(CHANGE) else ""


def _text(name: str) -> dict[str, Any]:
    """Return cell and export of a column that shows a plain field of the customer."""
    return {
        "cell": lambda line, look: getattr(line.customer, name) or cells.NOTHING,
        "plain": lambda line, look: getattr(line.customer, name),
    }


NAME = Column("name", _("Name"), cells.name, lambda line, look: line.customer.label, "main",
              sort=Sort("name", only=Q(deleted_at=None)), edit=edits.NAME)  # fmt: skip
COLUMNS = (
    NAME,
    Column("company", _("Company"), cells.company, lambda line, look: line.company, "muted", clip=True),
    Column("relationship", _("Relationship"), cells.relationship,
           lambda line, look: line.score.index if line.score else None,
           sort=Sort("score__index", optional=True), right=INSIGHT,
           definition=_("How good the relationship is, from 0 to 100, worked out from nine elements; the small number "
                        "is its change over 90 days. Open a customer to see why.")),
    Column("kind", _("Kind"), cells.kind, lambda line, look: line.kind, "muted", right=INSIGHT),
    Column("open", _("Open"), cells.open_promise, lambda line, look: line.promise.what if line.promise else "",
           right=PROMISES),
    Column("touch", _("Last touch"), cells.touch, lambda line, look: cells.touched(line), "muted",
           sort=Sort("touch__last_at", optional=True)),
    Column("orders", _("Orders"), cells.orders, lambda line, look: line.totals.orders if line.totals else 0, "num",
           sort=Sort("totals__orders", optional=True), right=ORDERS, total="totals__orders",
           sum_text=lambda total, look: formats.number(total)),
    Column("value", _("Value"), cells.value, cells.value_plain, "num", sort=Sort("totals__net_minor", optional=True),
           right=ORDERS, total="totals__net_minor", sum_text=_money),
    Column("number", _("Number"), lambda line, look: line.customer.code, lambda line, look: line.customer.code,
           "muted", sort=Sort("number"), shown=False),
    Column("email", _("E-mail"), cells.email, lambda line, look: line.email, shown=False, clip=True,
           edit=reaching.edit("email")),
    Column("phone", _("Phone"), cells.phone, lambda line, look: line.phone, shown=False,
           edit=reaching.edit("phone")),
    Column("stage", _("Stage"), cells.stage, cells.stage, "muted", shown=False, edit=edits.STAGE),
    Column("journey", _("Journey"), cells.journey, cells.journey, "muted", shown=False, right=INSIGHT),
    Column("owner", _("Owner"), cells.owner, lambda line, look: str(line.customer.owner or ""), "muted", shown=False,
           edit=edits.OWNER),
    Column("tags", _("Tags"), cells.tags, lambda line, look: ", ".join(line.customer.tags), shown=False,
           edit=edits.TAGS),
    Column("city", _("City"), shown=False, edit=edits.CITY, **_text("city")),
    Column("country", _("Country"), _country, lambda line, look: line.customer.country, shown=False,
           edit=edits.COUNTRY),
    Column("source", _("Source"), shown=False, edit=edits.SOURCE, **_text("source")),
    Column("predicted", _("Predicted value"), cells.predicted, cells.predicted_plain, "num", shown=False,
           sort=Sort("score__cltv_minor", optional=True), right=INSIGHT),
    Column("last_order", _("Last order"), lambda line, look: cells.day(line.totals.last_at if line.totals else None),
           lambda line, look: line.totals.last_at if line.totals else None, "muted",
           sort=Sort("totals__last_at", optional=True), shown=False, right=ORDERS),
    Column("first_order", _("First order"), lambda line, look: cells.day(line.totals.first_at if line.totals else None),
           lambda line, look: line.totals.first_at if line.totals else None, "muted", shown=False, right=ORDERS),
    Column("created", _("Added"), lambda line, look: cells.day(line.customer.created_at),
           lambda line, look: line.customer.created_at, "muted", sort=Sort("created_at"), shown=False),
)  # fmt: skip

CUSTOMERS = listed(
    Listing(
        name="customers",
        root="customer",
        title=_("Customers"),
        url_name="staff:customers",
        right=VIEW,
        rows=rows,
        load=lines,
        columns=COLUMNS,
        sort="-touch",
        counted=_counted,
        href=cells.href,
        label=_label,
        search=search,
        search_hint=_("Name, e-mail, phone or order number"),
        empty=Empty(
            _("No customers yet"),
            _("Everybody who buys, asks or writes stands here, with all that happened between you. Add the first one, "
              "or import those you have."),
            "users", _("Add a customer"), "staff:customer_add", CHANGE,
        ),
        presets=(
            Preset("all", _("All")),
            Preset("new", _("New this month"), "created within this month", "-created"),
            Preset("owed", _("Open promises"), "open_promises.count >= 1", right=PROMISES),
            Preset("mine", _("Mine"), "owner = me"),
        ),
        verbs=verbs.CUSTOMERS,
        export=EXPORT,
        actions=(
            Action(_("Duplicates"), "staff:duplicates", "git-merge", MERGE, "quiet"),
            Action(_("Trash"), "staff:trash", "trash", DELETE, "quiet"),
            Action(_("Add"), "staff:customer_add", "plus", CHANGE, "primary", "n"),
        ),
        suggested=("country", "stage", "owner", "tags", "totals.orders", "totals.value", "touch.last", "segment",
                   "created"),
        keeps=(Action(_("Make a segment"), "staff:segment_draft", "target", SEGMENT),),
        edit=_edit,
        own_columns=lambda: custom.columns("customer", lambda line: line.customer.custom, edits.custom),
        boards=(
            Board("stage", _("Board by stage"), "stage", lambda: Customer.Stage.choices, "stage",
                  lambda key: f'stage = "{key}"'),
            Board("owner", _("Board by owner"), "owner_id", _owners, "owner",
                  lambda key: f'owner = "{key}"' if key else "owner is empty"),
        ),
        adds=Add(CHANGE, _("New customer"), _add, "customers.created", verbs.unadd, (Nameless,)),
    )
)  # fmt: skip
TRASH = listed(
    Listing(
        name="trash",
        root="customer",
        title=_("Trash"),
        url_name="staff:trash",
        right=DELETE,
        rows=trashed,
        load=lines,
        columns=(
            replace(NAME, sort=None, edit=None),
            *(one for one in COLUMNS if one.key in {"touch", "orders", "value", "created"}),
        ),
        sort="-created",
        counted=_counted,
        href=cells.href,
        label=_label,
        search=search,
        search_hint=_("Name, e-mail, phone or order number"),
        empty=Empty(_("The trash is empty"), _("Customers moved here can be restored for 30 days."), "trash"),
        presets=(Preset("all", _("All")),),
        verbs=verbs.TRASH,
    )
)
