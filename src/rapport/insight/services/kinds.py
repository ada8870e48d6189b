"""The kind of a relationship, where somebody knows better than the rules."""

from __future__ import annotations

from rapport.customers.models import Customer
from rapport.insight.events import KindChosen
from rapport.insight.kinds import family_of
from rapport.insight.models import Score
from rapport.insight.permissions import CHANGE
from rapport.kernel import clock
from rapport.kernel.actors import Actor
from rapport.kernel.events import publish
from rapport.kernel.verbs import verb


@verb(CHANGE, publishes=(KindChosen,), offer=("bulk",))
def choose_kind(customer: Customer, *, kind: str, by: Actor) -> Score:
    """Say what kind of relationship this is; it holds until `clear_kind`. Raises `UnknownKind`."""
    family_of(kind)
    return _override(customer, kind, by)


@verb(CHANGE, publishes=(KindChosen,), offer=("bulk",))
def clear_kind(customer: Customer, *, by: Actor) -> Score:
    """Let the kind of the relationship be worked out again."""
    return _override(customer, "", by)


def _override(customer: Customer, kind: str, by: Actor) -> Score:
    score, _created = Score.objects.select_for_update().get_or_create(
        customer=customer, defaults={"as_of": clock.now()}
    )
    before = score.kind_override
    if before != kind:
        score.kind_override = kind
        score.save(update_fields=["kind_override"])
        publish(KindChosen(kind=kind, before=before), subject=customer, customer=customer.pk, by=by)
    return score
