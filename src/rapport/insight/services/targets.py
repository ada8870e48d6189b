"""What the firm wants its metrics to reach."""

from __future__ import annotations

from math import isfinite

from rapport.insight.events import TargetSet
from rapport.insight.models import Target
from rapport.insight.permissions import CHANGE
from rapport.kernel.actors import Actor
from rapport.kernel.events import publish
from rapport.kernel.verbs import verb


class UnknownMetric(ValueError):
    """There is no metric of this name."""


class NotANumber(ValueError):
    """A target is a finite number, in the unit of its metric."""


@verb(CHANGE, publishes=(TargetSet,))
def set_target(metric: str, value: float, *, by: Actor) -> Target:
    """Set the target of a metric, in its unit (money: major units; shares: percent).

    Raises `UnknownMetric`, `NotANumber`.
    """
    from rapport.insight.metrics.run import METRICS

    if metric not in METRICS:
        raise UnknownMetric(metric)
    if not isfinite(value):
        raise NotANumber(metric)
    target, _created = Target.objects.update_or_create(metric=metric, defaults={"value": value})
    publish(TargetSet(metric=metric, value=value), by=by)
    return target


@verb(CHANGE, publishes=(TargetSet,))
def clear_target(metric: str, *, by: Actor) -> bool:
    """Take the target of a metric away; return whether there was one."""
    deleted, _rows = Target.objects.filter(metric=metric).delete()
    if deleted:
        publish(TargetSet(metric=metric), by=by)
    return bool(deleted)
