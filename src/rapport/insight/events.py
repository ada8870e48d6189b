"""The news of insight: what people decided about numbers and relationships."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from rapport.kernel.events import Event, event


@event("insight.target_set", _("Target set"), _("set the target of {metric} to {value}"), group="insight",
       icon="target", timeline=False)  # fmt: skip
@dataclass(frozen=True)
class TargetSet(Event):
    """The firm wants a metric to reach a value; without a value, the target was taken away."""

    metric: str
    value: float | None = None


@event("insight.rules_changed", _("Rules of insight changed"), _("changed the rules of insight"), group="insight",
       icon="adjustments", timeline=False)  # fmt: skip
@dataclass(frozen=True)
class RulesChanged(Event):
    """Weights, rules of kinds or settings of metrics changed. `changes` maps each to its old and its new value."""

    changes: dict[str, list[Any]] = field(default_factory=dict)


@event("insight.kind_chosen", _("Kind of relationship chosen"), _("chose the kind of relationship: {kind}"),
       group="customer", icon="heart-handshake")  # fmt: skip
@dataclass(frozen=True)
class KindChosen(Event):
    """Somebody said what kind of relationship this is; without a kind, it is worked out again."""

    kind: str = ""
    before: str = ""
