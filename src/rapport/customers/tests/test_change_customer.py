from __future__ import annotations

import pytest

from rapport.customers.models import Customer
from rapport.customers.queries import search
from rapport.customers.services import affiliations, consents, customers, identities
from rapport.kernel import fields
from rapport.kernel.actors import SYSTEM
from rapport.kernel.models import CustomField, EventRecord
from rapport.testing import builders

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cast")]


def news(kind: str) -> list[dict[str, object]]:
    return list(EventRecord.objects.filter(type=kind).order_by("id").values_list("data", flat=True))


def test_a_change_says_what_was_and_what_is() -> None:
    ana = builders.customer("Ana", city="Leeds")
    customers.change(ana, city="York", by=SYSTEM)
    assert Customer.objects.get(pk=ana.pk).city == "York"
    assert news("customers.changed") == [{"summary": "changed city", "changes": {"city": ["Leeds", "York"]}}]


def test_the_same_again_changes_nothing() -> None:
    ana = builders.customer("Ana", city="Leeds")
    customers.change(ana, city="Leeds", by=SYSTEM)
    assert news("customers.changed") == []


def test_a_new_name_is_found_and_the_old_one_is_not() -> None:
    ana = builders.customer("Ana Lima")
    customers.change(ana, name="Ana Souza", by=SYSTEM)
    assert list(search("souza", SYSTEM)) == [ana]
    assert list(search("lima", SYSTEM)) == []


def test_a_custom_field_is_set_and_emptied() -> None:
    CustomField.objects.create(noun="customer", key="metal", label="Metal", type="text")
    ana = builders.customer("Ana")
    customers.change(ana, custom={"metal": "gold"}, by=SYSTEM)
    customers.change(ana, custom={"metal": ""}, by=SYSTEM)
    assert Customer.objects.get(pk=ana.pk).custom == {}
    assert [line["changes"] for line in news("customers.changed")] == [
        {"custom.metal": [None, "gold"]},
        {"custom.metal": ["gold", None]},
    ]


def test_an_unknown_field_is_refused() -> None:
    ana = builders.customer("Ana", city="Leeds")
    with pytest.raises(customers.UnknownField):
        customers.change(ana, city="York", stage="customer", by=SYSTEM)
    with pytest.raises(fields.InvalidField):
        customers.change(ana, city="York", custom={"metal": "gold"}, by=SYSTEM)
    assert Customer.objects.get(pk=ana.pk).city == "Leeds"


def test_the_trash_hides_and_gives_back() -> None:
    ana = builders.customer("Ana")
    customers.trash(ana, by=SYSTEM)
    assert list(search("ana", SYSTEM)) == []
    with pytest.raises(customers.Trashed):
        customers.change(ana, city="York", by=SYSTEM)
    customers.restore(ana, by=SYSTEM)
    assert list(search("ana", SYSTEM)) == [ana]


def test_a_stage_leaves_its_dates_behind() -> None:
    ana = builders.customer("Ana")
    customers.enter_stage(ana, "customer", by=SYSTEM)
    customers.enter_stage(ana, "customer", by=SYSTEM)
    spans = [(span.stage, span.left_at is None) for span in ana.stages.order_by("entered_at")]
    assert spans == [("lead", False), ("customer", True)]
    assert news("customers.stage_entered") == [{"stage": "customer", "before": "lead"}]


def test_an_unknown_stage_is_refused() -> None:
    ana = builders.customer("Ana")
    with pytest.raises(customers.UnknownField):
        customers.enter_stage(ana, "king", by=SYSTEM)
    assert ana.stages.get().left_at is None


def test_the_newest_consent_counts_and_none_is_overwritten() -> None:
    ana = builders.customer("Ana")
    consents.give(ana, "email", basis="form", by=SYSTEM)
    consents.give(ana, "email", basis="form", by=SYSTEM)
    consents.withdraw(ana, "email", by=SYSTEM)
    assert list(ana.consents.order_by("at").values_list("state", flat=True)) == ["granted", "withdrawn"]
    with pytest.raises(consents.NoSuchChannel):
        consents.give(ana, "pigeon", by=SYSTEM)


def test_an_identity_comes_and_goes_with_its_words() -> None:
    ana = builders.customer("Ana", email="ana@example.com")
    second = identities.add(ana, "email", "lima@example.org", by=SYSTEM)
    assert identities.add(ana, "email", "LIMA@example.org", by=SYSTEM) == second
    assert list(search("lima@exam", SYSTEM)) == [ana]
    identities.remove(ana, ana.identities.get(primary=True), by=SYSTEM)
    assert ana.identities.get().primary
    assert list(search("ana@example.com", SYSTEM)) == []


def test_a_person_joins_a_company_and_leaves_it() -> None:
    ana, firm = builders.customer("Ana"), builders.company("Lima & Filhas")
    joined = affiliations.join(ana, firm, role="owner", by=SYSTEM)
    assert (joined.primary, joined.role) == (True, "owner")
    affiliations.leave(ana, joined, until=joined.person.created_at.date(), by=SYSTEM)
    joined.refresh_from_db()
    assert joined.until == ana.created_at.date()
    with pytest.raises(affiliations.WrongKind):
        affiliations.join(firm, ana, by=SYSTEM)
