"""People and the companies they belong to."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from rapport.customers.events import Affiliated, AffiliationEnded, ManagerNamed, ManagerRelieved
from rapport.customers.models import Affiliation, Customer
from rapport.customers.permissions import CHANGE
from rapport.kernel import clock
from rapport.kernel.actors import Actor
from rapport.kernel.events import publish
from rapport.kernel.verbs import verb


class WrongKind(ValueError):
    """A person joins a company, never the other way round."""


class JoinedAgain(ValueError):
    """Who left has joined the same company again; that they left is true for good."""


@verb(CHANGE, publishes=(Affiliated,))
def join(person: Customer, company: Customer, *, by: Actor, role: str = "", since: date | None = None) -> Affiliation:
    """Make `person` part of `company` and return the affiliation; a running one gets the new role.

    Raises `WrongKind`.
    """
    if person.kind != Customer.Kind.PERSON or company.kind != Customer.Kind.COMPANY:
        raise WrongKind(_("A person joins a company."))
    running = person.employers.select_for_update().filter(company=company, until__isnull=True).first()
    if running:
        running.role = role or running.role
        running.save(update_fields=["role"])
        return running
    first = not person.employers.filter(until__isnull=True).exists()
    made = Affiliation.objects.create(person=person, company=company, role=role, primary=first, since=since)
    happening = Affiliated(company_id=company.pk, company_name=company.label, role=role)
    publish(happening, by=by, subject=person, customer=person.pk)
    return made


@verb(CHANGE, publishes=(AffiliationEnded,))
def leave(person: Customer, affiliation: Affiliation, *, by: Actor, until: date) -> None:
    """End an affiliation of `person` on `until`: they stay known as a former colleague."""
    ended = person.employers.filter(pk=affiliation.pk, until__isnull=True).update(until=until, primary=False)
    if ended:
        company = affiliation.company
        happening = AffiliationEnded(company_id=company.pk, company_name=company.label)
        publish(happening, by=by, subject=person, customer=person.pk)


@verb(CHANGE, publishes=(Affiliated,))
def come_back(person: Customer, affiliation: Affiliation, *, by: Actor) -> None:
    """Take back that `person` left: the affiliation runs on as if it had never ended. Raises `JoinedAgain`."""
    row = person.employers.select_for_update().select_related("company").get(pk=affiliation.pk)
    if row.until is None:
        return
    running = person.employers.filter(until__isnull=True)
    if running.filter(company_id=row.company_id).exists():
        raise JoinedAgain(_("%(person)s joined %(company)s again.") % {"person": person, "company": row.company})
    row.until, row.primary = None, not running.exists()
    row.save(update_fields=["until", "primary"])
    happening = Affiliated(company_id=row.company_id, company_name=row.company.label, role=row.role)
    publish(happening, by=by, subject=person, customer=person.pk)


@verb(CHANGE, publishes=(AffiliationEnded,))
def take_back(person: Customer, affiliation: Affiliation, *, by: Actor) -> None:
    """Take back that `person` joined, which was a mistake: nothing of it stays but the news."""
    row = person.employers.select_related("company").filter(pk=affiliation.pk).first()
    if row is None:
        return
    row.delete()
    happening = AffiliationEnded(company_id=row.company_id, company_name=row.company.label)
    publish(happening, by=by, subject=person, customer=person.pk)


@verb(CHANGE, publishes=(ManagerNamed,))
def name_manager(person: Customer, affiliation: Affiliation, *, by: Actor) -> None:
    """Let `person` see in the portal what the other people of a company they belong to wrote and bought."""
    rows = person.employers.filter(pk=affiliation.pk, until__isnull=True, manager_since__isnull=True)
    if rows.update(manager_since=clock.now()):
        happening = ManagerNamed(company_id=affiliation.company_id, company_name=affiliation.company.label)
        publish(happening, by=by, subject=person, customer=person.pk)


@verb(CHANGE, publishes=(ManagerRelieved,))
def relieve_manager(person: Customer, affiliation: Affiliation, *, by: Actor) -> None:
    """Let `person` see only what is their own again."""
    rows = person.employers.filter(pk=affiliation.pk, manager_since__isnull=False)
    if rows.update(manager_since=None):
        happening = ManagerRelieved(company_id=affiliation.company_id, company_name=affiliation.company.label)
        publish(happening, by=by, subject=person, customer=person.pk)
