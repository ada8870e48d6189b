"""The journey as a diagram of streams, which must not run in a circle: what goes back ends in a place of its own."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from rapport.insight.pictures import Move
from rapport.staff.insight import words
from rapport.ui import formats
from rapport.ui.components.charts import Chart, Flow, flows

ORDER = ("acquisition", "onboarding", "post_purchase", "purchase")
ENDS = ("advocacy", "lapsed")
LEAST_SHARE = 0.002
"""Streams of fewer than this share of all moves are left out of the picture."""


def chart(moves: Sequence[Move]) -> Chart | None:
    """Return the moves as a diagram; None when nobody moved."""
    total = sum(move.customers for move in moves)
    if not total:
        return None
    streams: dict[tuple[str, str], int] = {}
    for move in moves:
        if move.customers >= LEAST_SHARE * total:
            place = ends(move.source, move.target)
            streams[place] = streams.get(place, 0) + move.customers
    found = [Flow(source, target, value) for (source, target), value in streams.items()]
    colours = {words.stage("lapsed"): "--warn-bar", before("lapsed"): "--warn-bar"}
    return flows(_("The journey"), found, sentence(moves), colours=colours, height="tall")


def ends(source: str, target: str) -> tuple[str, str]:
    """Return the names of the places a move goes from and to, such that no stream runs in a circle."""
    here = before(source) if source in ENDS else words.stage(source)
    if target in ENDS or (source in ENDS and target in ORDER):
        return here, words.stage(target)
    if source in ORDER and target in ORDER and ORDER.index(target) > ORDER.index(source):
        return here, words.stage(target)
    return here, _("%(stage)s again") % {"stage": words.stage(target)}


def before(stage: str) -> str:
    """Return the name of the place of those who had been in an end stage before."""
    return _("%(stage)s before") % {"stage": words.stage(stage)}


def sentence(moves: Sequence[Move]) -> str:
    """Return the largest moves in words."""
    parts = [
        _("%(n)s from %(source)s to %(target)s")
        % {
            "n": formats.number(move.customers),
            "source": words.stage(move.source),
            "target": words.stage(move.target),
        }
        for move in moves[:4]
    ]
    return _("Customers who moved: %(parts)s.") % {"parts": ", ".join(parts)}
