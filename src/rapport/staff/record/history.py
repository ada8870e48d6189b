"""How the relationship with a customer went: the index at the end of each month, as a line."""

from __future__ import annotations

from collections.abc import Sequence

from babel.dates import format_skeleton
from django.utils.translation import gettext as _

from rapport.insight.explanations import Past
from rapport.ui import formats
from rapport.ui.components.charts import Chart, Series, lines


def chart(past: Sequence[Past]) -> Chart | None:
    """Return the index from the first month of the history to now; None without a month before."""
    if len(past) < 2:
        return None
    labels = [str(format_skeleton("yMMM", one.on, locale=formats.locale())) for one in past[:-1]]
    labels.append(formats.day(past[-1].on))
    values = [one.values["index"] for one in past]
    text = _("The relationship index went from %(before)s at the end of %(first)s to %(now)s on %(last)s.") % {
        "before": formats.number(values[0], 0),
        "first": labels[0],
        "now": formats.number(values[-1], 0),
        "last": labels[-1],
    }
    name = _("Relationship index")
    return lines(name, labels, [Series(name, values)], text, height="short", area=True)
