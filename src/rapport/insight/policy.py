"""What the firm decided about its numbers: read from the organisation's policy, with the defaults in one place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

KEY = "insight"


@dataclass(frozen=True, slots=True)
class Policy:
    """The rules that a number is made by; all of them are printed with it.

    active_days: days after an order in which a customer counts as active; margin: share of net revenue that is kept
    where the cost of goods is not known; discount: interest a year by which later money is worth less; months: how far
    predictions look; repeat_days: within how many days of the first order a repeat counts as early; cohort: month,
    quarter or year; weights: of the nine elements (1 unless set) and of their measures ("trust.promises_kept").
    """

    active_days: int = 365
    margin: float = 1.0
    discount: float = 0.1
    months: int = 12
    repeat_days: int = 90
    cohort: str = "month"
    lapse_factor: float = 3.0
    contact_cap: int = 4
    dispatch_days: float = 2.0
    reply_days: float = 2.0
    weights: Mapping[str, float] = field(default_factory=dict)
    kinds: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    def told(self, text: str) -> str:
        """Return a definition with the rules that it names filled in."""
        if "%(" not in text:
            return text
        percents = {"margin_percent": f"{100 * self.margin:g}", "discount_percent": f"{100 * self.discount:g}"}
        return text % {**{one.name: getattr(self, one.name) for one in fields(self)}, **percents}

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Policy:
        """Read what is stored under "insight" in the organisation's policy; what is not there is as by default."""
        mine = stored.get(KEY) or {}
        known = {one.name for one in fields(cls)}
        return cls(**{name: value for name, value in mine.items() if name in known})
