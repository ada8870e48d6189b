"""The rules by which insight counts: weights of the elements, rules of the kinds, settings of the metrics."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields, replace
from math import isfinite
from typing import Any

from rapport.insight.elements.catalogue import ELEMENTS, MEASURES
from rapport.insight.events import RulesChanged
from rapport.insight.kinds import BASE, RULES, SIGNALS
from rapport.insight.permissions import CHANGE
from rapport.insight.policy import KEY, Policy
from rapport.kernel.actors import Actor
from rapport.kernel.events import publish
from rapport.kernel.verbs import verb
from rapport.team.events import OrganisationChanged
from rapport.team.models import Organisation
from rapport.team.services import organisation

LIMITS: Mapping[str, tuple[float, float]] = {
    "active_days": (1, 3650),
    "margin": (0, 1),
    "discount": (0, 1),
    "months": (1, 120),
    "repeat_days": (1, 3650),
    "lapse_factor": (1, 20),
    "contact_cap": (1, 100),
    "dispatch_days": (0.1, 365),
    "reply_days": (0.1, 13),
}
COHORTS = frozenset({"month", "quarter", "year"})
HEAVIEST = 100.0


class UnknownRule(ValueError):
    """There is no rule, element, measure, kind or signal of this name."""


class OutOfLimits(ValueError):
    """A value that its rule does not take."""


@verb(CHANGE, publishes=(RulesChanged, OrganisationChanged))
def change_rules(*, by: Actor, **values: Any) -> Policy:
    """Change rules by their names in `Policy`; those not named stay. Return all rules as they are now.

    weights: element or measure to weight (0 leaves it out); kinds: kind to signal to factor. Both replace what was
    chosen before. Raises `UnknownRule`, `OutOfLimits`.
    """
    _check(values)
    firm = Organisation.objects.select_for_update().get()
    before = Policy.of(firm.policy)
    after = replace(before, **values)
    changes = {name: [getattr(before, name), values[name]] for name in values if getattr(before, name) != values[name]}
    if not changes:
        return before
    default = asdict(Policy())
    chosen = {name: value for name, value in asdict(after).items() if value != default[name]}
    organisation.change(policy={**firm.policy, KEY: chosen}, by=replace(by, everything=True))
    publish(RulesChanged(changes=changes), by=by)
    return after


@verb(CHANGE, publishes=(RulesChanged, OrganisationChanged))
def set_weight(name: str, weight: float, *, by: Actor) -> Policy:
    """Set the weight of an element ("trust") or a measure ("trust.promises_kept"). Raises as `change_rules`."""
    chosen = Policy.of(Organisation.objects.get().policy).weights
    return change_rules(weights={**chosen, name: weight}, by=by)


def _check(values: Mapping[str, Any]) -> None:
    known = {one.name for one in fields(Policy)}
    for name, value in values.items():
        if name not in known:
            raise UnknownRule(name)
        if name in LIMITS:
            _check_number(name, value, *LIMITS[name])
    if values.get("cohort", "month") not in COHORTS:
        raise OutOfLimits("cohort")
    for name, weight in values.get("weights", {}).items():
        if name not in ELEMENTS and name not in MEASURES:
            raise UnknownRule(name)
        _check_number(name, weight, 0, HEAVIEST)
    for kind, factors in values.get("kinds", {}).items():
        if kind not in RULES:
            raise UnknownRule(kind)
        for signal, factor in factors.items():
            if signal != BASE and signal not in SIGNALS:
                raise UnknownRule(signal)
            _check_number(signal, factor, -HEAVIEST, HEAVIEST)


def _check_number(name: str, value: Any, low: float, high: float) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value) or not low <= value <= high:
        raise OutOfLimits(name)
