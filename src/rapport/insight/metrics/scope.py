"""What a metric may look at: the tables of the lake up to a day, for all customers or those of a segment."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from uuid import UUID

from ibis.expr import types as ir

from rapport.insight.lake.reader import Lake
from rapport.insight.metrics.figures import Span
from rapport.insight.metrics.seen import Seen
from rapport.insight.policy import Policy
from rapport.kernel.money import decimals

ORDER_COLUMNS = (
    "id", "kind", "status", "customer_id", "placed_at", "has_sale_line", "rate", "gross_minor", "net_minor",
    "net_base_minor", "refunded_base_minor", "discount_minor", "lines_count", "country", "delivered_on",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scope:
    """One question's view of the lake.

    as_of: the last day that counts, in the organisation's zone; span: the period asked for (half-open);
    segment: the ids of the customers asked for, as a table with the column `id`, or None for everybody;
    only: which slice of service is asked for: {"queue": id, "agent": id, "channel": name, "tag": text}, "" for none;
    seen: whose tickets the reader sees (None: everybody's);
    asker: who asks; it tells questions apart only where there is a segment: "owner = me" names others for each;
    lag: days by which the present day lies before today: while trade is a demonstration's, service goes on today.
    """

    lake: Lake
    as_of: date
    span: Span
    policy: Policy
    currency: str
    segment: ir.Table | None = None
    segment_text: str = ""
    only: Mapping[str, str] = field(default_factory=dict)
    seen: Seen | None = None
    lag: int = 0
    asker: UUID | None = None

    @property
    def today(self) -> Scope:
        """The same seen from the day on which service is, where trade lags behind it."""
        return replace(self, as_of=self.as_of + timedelta(days=self.lag), lag=0) if self.lag else self

    @property
    def tomorrow(self) -> date:
        """The first day that does not count."""
        return self.as_of + timedelta(days=1)

    @property
    def group(self) -> tuple[str, UUID | None]:
        """What tells the customers asked for from others."""
        return self.segment_text, self.asker if self.segment_text else None

    @property
    def question(self) -> tuple[Hashable, ...]:
        """What tells this scope's facts from another's, for what the lake keeps; the period is not part of it."""
        return self.as_of, self.group, repr(self.policy), repr(sorted(self.only.items())), self.seen

    @property
    def minor(self) -> float:
        """How many minor units make one of the organisation's currency."""
        return float(10 ** decimals(self.currency))

    def table(self, name: str) -> ir.Table:
        """Return a whole table of the lake."""
        return self.lake.table(name)

    def of_segment(self, rows: ir.Table, column: str = "customer_id") -> ir.Table:
        """Return the rows of the segment's customers; all rows when there is no segment."""
        return rows if self.segment is None else rows.semi_join(self.segment, rows[column] == self.segment.id)

    def known(self, rows: ir.Table, column: str = "customer_id") -> ir.Table:
        """Return the rows of customers of the segment that are not in the trash; rows of nobody are left out."""
        customers = self.table("customers_customer")
        gone = customers.filter(customers.deleted_at.notnull()).select(gone_id="id")
        live = rows.filter(rows[column].notnull())
        if self._any_gone:
            live = live.anti_join(gone, live[column] == gone.gone_id)
        return self.of_segment(live, column)

    @property
    def _any_gone(self) -> bool:
        customers = self.table("customers_customer")
        return self.lake.keep(
            "any gone", lambda: bool(self.lake.one(customers.aggregate(n=customers.deleted_at.count()))["n"])
        )

    @property
    def documents(self) -> ir.Table:
        """All orders, credit notes and adjustments up to the day, with `on`."""
        orders = self.table("commerce_order")
        orders = orders.filter(orders.placed_on < self.tomorrow).select(*ORDER_COLUMNS, on=orders.placed_on)
        return self.of_segment(orders)

    @property
    def sales(self) -> ir.Table:
        """The orders that count as bought: see `counts_as_sale`."""
        orders = self.documents
        return orders.filter(counts_as_sale(orders))

    @property
    def purchases(self) -> ir.Table:
        """The sales of known customers, with `worth`: net of refunds, by the order's date, in minor units."""
        sales = self.known(self.sales)
        return sales.mutate(worth=sales.net_base_minor - sales.refunded_base_minor)

    @property
    def live_customers(self) -> ir.Table:
        """The customers of the segment that are not in the trash."""
        customers = self.table("customers_customer")
        return self.of_segment(customers.filter(customers.deleted_at.isnull()), "id")

    def first_day(self) -> date | None:
        """Return the day of the oldest order; without orders, of the oldest answer, promise or ticket."""
        return self.lake.keep("first day", self._first_day)

    def _first_day(self) -> date | None:
        for name, column in (
            ("commerce_order", "placed_on"),
            ("feedback_answer", "answered_on"),
            ("promises_promise", "due_day"),
            ("service_ticket", "opened_on"),
        ):
            rows = self.table(name)
            found = self.lake.one(rows.aggregate(first=rows[column].min()))["first"]
            if isinstance(found, date):
                return found
        return None


def counts_as_sale(orders: ir.Table) -> ir.BooleanValue:
    """Whether an order counts as bought: a sale with a line sold at a price, not cancelled, not refunded in full."""
    refunded = (orders.refunded_base_minor > 0) & (orders.refunded_base_minor >= orders.net_base_minor)
    return (orders.kind == "sale") & orders.has_sale_line & (orders.status != "cancelled") & ~refunded


def in_base(amount: ir.IntegerValue, orders: ir.Table) -> ir.IntegerValue:
    """Return an amount of an order in the organisation's currency, in the proportion in which its net was booked."""
    ratio = orders.net_base_minor.cast("float64") / orders.net_minor.nullif(0)
    same = (orders.net_base_minor == orders.net_minor) & (orders.rate == 1)
    return same.ifelse(amount, (amount * ratio.fill_null(orders.rate)).round().cast("int64"))
