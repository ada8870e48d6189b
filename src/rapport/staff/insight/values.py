"""The charts of value: against the strength of the relationship, and as it is predicted."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from rapport.customers.models import Customer
from rapport.insight.pictures import Bar, Strength
from rapport.kernel.actors import Actor
from rapport.kernel.money import Money
from rapport.team.queries import organisation
from rapport.ui import formats
from rapport.ui.components.charts import Chart, Dot, Series, bars, currency, dots


def scatter(found: Sequence[Strength], actor: Actor) -> Chart | None:
    """Return customers as points, each leading to its page; None when nobody bought and was scored."""
    if not found:
        return None
    code = organisation().currency
    rows = Customer.objects.visible_to(actor)
    names = {row.pk: row.label for row in rows.filter(pk__in=[one.customer_id for one in found])}
    points = [
        Dot(
            round(one.index),
            float(Money(one.net_minor, code).amount),
            names.get(one.customer_id, _("a customer")),
            reverse("staff:customer", args=[one.customer_id]) if one.customer_id in names else "",
        )
        for one in found
    ]
    text = _("%(n)s customers by relationship index and value to date.") % {"n": formats.number(len(points))}
    return dots(_("Value against strength"), points, text, x=_("relationship index"), y=_("value to date"), log=True,
                number=currency(code))  # fmt: skip


def spread(found: Sequence[Bar]) -> Chart | None:
    """Return customers by predicted value as bars; None when nothing is predicted."""
    if not found:
        return None
    code = organisation().currency
    labels = [_label(bar, code) for bar in found]
    counts: list[float | int | None] = [bar.customers for bar in found]
    total = sum(bar.customers for bar in found)
    text = _("%(n)s customers; %(share)s of them are predicted to bring less than %(money)s.") % {
        "n": formats.number(total),
        "share": formats.percent(found[0].customers / total if total else None, 0),
        "money": _money(found[0].high or 0, code),
    }
    return bars(_("Customers by predicted value"), labels, [Series(_("customers"), counts)], text, show_text=True)


def _label(bar: Bar, code: str) -> str:
    if bar.high is None:
        return _("over %(money)s") % {"money": _money(bar.low, code)}
    return _money(bar.low, code)


def _money(minor: float, code: str) -> str:
    return formats.money(Money(round(minor), code), "short")
