"""How a customer is reached: adding and removing addresses, numbers and handles."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.utils.translation import gettext as _

from rapport.customers import identities as normal_forms
from rapport.customers.events import IdentityAdded, IdentityRemoved
from rapport.customers.identities import BadIdentity, Normal
from rapport.customers.models import Customer, Identity
from rapport.customers.permissions import CHANGE
from rapport.customers.services import indexing
from rapport.kernel import clock
from rapport.kernel.actors import Actor
from rapport.kernel.events import publish
from rapport.kernel.sending import insert_new
from rapport.kernel.verbs import verb
from rapport.team.queries import home_country


class IdentityTaken(ValueError):
    """Another customer has this address or number; `holder` is them."""

    def __init__(self, holder: Customer | None) -> None:
        super().__init__(_("Another customer has this already."))
        self.holder = holder


@verb(CHANGE, publishes=(IdentityAdded,))
def add(customer: Customer, kind: str, value: str, *, by: Actor, namespace: str = "", label: str = "") -> Identity:
    """Add an identity and return it; one the customer has already is returned as it is.

    Raises `BadIdentity` when `value` cannot be one of its kind, `IdentityTaken` when somebody else has it.
    """
    made = build(customer, kind, value, namespace, label)
    there = customer.identities.filter(kind=kind, namespace=namespace, normal=made.normal).first()
    if there:
        return there
    made.primary = not customer.identities.filter(kind=kind, primary=True).exists()
    store([made])
    indexing.reindex(customer)
    happening = IdentityAdded(identity_id=made.pk, kind=kind, value=made.normal)
    publish(happening, by=by, subject=customer, customer=customer.pk)
    return made


@verb(CHANGE, publishes=(IdentityRemoved,))
def remove(customer: Customer, identity: Identity, *, by: Actor) -> None:
    """Take an identity from its customer; the next of its kind becomes the primary one."""
    happening = _removal(identity)
    customer.identities.filter(pk=identity.pk).delete()
    heir = customer.identities.filter(kind=identity.kind).order_by("created_at", "id").first()
    if identity.primary and heir:
        customer.identities.filter(pk=heir.pk).update(primary=True)
    indexing.reindex(customer)
    publish(happening, by=by, subject=customer, customer=customer.pk)


@verb(CHANGE, publishes=(IdentityAdded, IdentityRemoved))
def replace(customer: Customer, identity: Identity, value: str, *, by: Actor) -> Identity:
    """Put another address or number in the place of `identity`, the primary one if that was, and return it.

    Nothing happens when it is the same in another spelling. Raises as `add` does.
    """
    made = build(customer, identity.kind, value, identity.namespace, identity.label)
    if made.normal == identity.normal:
        return identity
    same = customer.identities.filter(kind=identity.kind, namespace=identity.namespace, normal=made.normal)
    customer.identities.filter(pk=identity.pk).delete()
    if there := same.first():
        same.update(primary=there.primary or identity.primary)
    else:
        made.primary = identity.primary
        store([made])
    indexing.reindex(customer)
    publish(_removal(identity), by=by, subject=customer, customer=customer.pk)
    if there is None:
        happening = IdentityAdded(identity_id=made.pk, kind=made.kind, value=made.normal)
        publish(happening, by=by, subject=customer, customer=customer.pk)
    return there or made


def _removal(identity: Identity) -> IdentityRemoved:
    row = {
        "kind": identity.kind, "namespace": identity.namespace, "value": identity.value, "normal": identity.normal,
        "match_key": identity.match_key, "label": identity.label, "primary": identity.primary,
    }  # fmt: skip
    return IdentityRemoved(identity_id=identity.pk, kind=identity.kind, value=identity.normal, row=row)


def build(customer: Customer, kind: str, value: str, namespace: str = "", label: str = "") -> Identity:
    """Return an unsaved identity in its normal form; raises `BadIdentity`."""
    form = normal_form(kind, value, customer.country or home_country())
    return Identity(
        customer=customer,
        kind=kind,
        namespace=namespace,
        value=value.strip()[:254],
        normal=form.value,
        match_key=form.match_key,
        label=label,
        created_at=clock.now(),
    )


def store(made: Iterable[Identity]) -> None:
    """Insert identities; raises `IdentityTaken` with the holder of the first that somebody else has."""
    rows = list(made)
    if not insert_new(rows):
        raise IdentityTaken(_holder(rows))


def normal_form(kind: str, value: str, country: str) -> Normal:
    """Return the normal form of `value` as an identity of `kind`; raises `BadIdentity`."""
    forms: dict[str, Callable[[], Normal]] = {
        Identity.Kind.EMAIL: lambda: normal_forms.email(value),
        Identity.Kind.PHONE: lambda: normal_forms.phone(value, country or None),
        Identity.Kind.HANDLE: lambda: normal_forms.handle(value),
        Identity.Kind.EXTERNAL: lambda: normal_forms.external(value),
    }
    if kind not in forms:
        raise BadIdentity("kind", _("%(kind)s is no kind of identity.") % {"kind": kind})
    return forms[Identity.Kind(kind)]()


def _holder(rows: Iterable[Identity]) -> Customer | None:
    for row in rows:
        held = Identity.objects.filter(kind=row.kind, namespace=row.namespace, normal=row.normal)
        found = held.exclude(customer=row.customer_id).select_related("customer").first()
        if found:
            return found.customer
    return None
