"""The relationship index and its nine elements over all customers, now and at the end of each month before."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from ibis.expr import types as ir

from rapport.insight.elements.catalogue import ELEMENTS
from rapport.insight.metrics.customers import CUSTOMERS, in_each
from rapport.insight.metrics.figures import Span
from rapport.insight.metrics.registry import metric
from rapport.insight.metrics.scope import Scope

GROUP = "relationship"
UNKNOWN = -1.0
INDEX = _(
    "Mean over all customers with evidence of the index of their relationship, 0 to 100: the weighted mean of the "
    "elements that are known. Earlier values are as they stood at the end of each month."
)
ELEMENT = _(
    "Mean over the customers of whom this element of the relationship is known, 0 to 100. Earlier values are as they "
    "stood at the end of each month."
)


def known(scope: Scope, name: str) -> ir.Table:
    """Return what is known of an element, or of the index: customer_id, on (from which day), value (or empty)."""
    past = scope.table("insight_scorepoint")
    past = past.select("customer_id", "on", value=past[name].cast("float64"))
    now = scope.table("insight_score")
    present = now.select("customer_id", on=now.on.fill_null(now.as_of.date()), value=now[name])
    return scope.known(past.union(present))


def _facts(name: str) -> Callable[[Scope, Sequence[Span]], ir.Table]:
    def facts(scope: Scope, windows: Sequence[Span]) -> ir.Table:
        """Facts: every customer of whom it is known at the end of a window, with the value it has there."""
        rows = known(scope, name)
        told = rows.value.fill_null(UNKNOWN)  # else the engine takes the last that was known
        latest = {
            f"value_{place}": told.argmax(rows.on, where=rows.on < window.end).nullif(UNKNOWN)
            for place, window in enumerate(windows)
        }
        each = rows.group_by("customer_id").aggregate(**latest)
        found = in_each(
            windows, lambda place, _: each.select("customer_id", window=place, value=each[f"value_{place}"])
        )
        return found.filter(found.value.notnull())

    return facts


def _register(name: str, label: str | Promise, definition: str | Promise, column: str) -> None:
    metric(
        name,
        label,
        definition=definition,
        unit="score",
        how="mean",
        kind="state",
        drill=CUSTOMERS,
        group=GROUP,
    )(_facts(column))


_register("relationship", _("Relationship index"), INDEX, "index")
for _name, _label in ELEMENTS.items():
    _register(_name, _label, ELEMENT, _name)
