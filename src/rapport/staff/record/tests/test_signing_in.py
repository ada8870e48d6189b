from __future__ import annotations

import pytest
from django.test import Client

from rapport.customers.models import Affiliation, Customer, Member
from rapport.kernel.models import EventRecord
from rapport.testing import builders
from rapport.testing.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana(cast: Cast) -> Customer:
    return builders.customer("Ana", email="ana@lima.example", company=builders.company("Lima & Filhas"))


def panel(client: Client, of: Customer) -> str:
    return client.get(f"/customers/{of.pk}/panels/portal/", headers={"HX-Request": "true"}).content.decode()


def test_the_panel_says_whether_a_customer_signs_in(cast: Cast, client: Client, ana: Customer) -> None:
    client.force_login(cast.alice)
    assert "May sign in by a mailed link" in panel(client, ana)
    assert "Needs an e-mail address" in panel(client, builders.customer("Bob"))


def test_a_customer_is_kept_out_and_let_in_again(cast: Cast, client: Client, ana: Customer) -> None:
    client.force_login(cast.alice)
    here = f"/customers/{ana.pk}/portal"
    assert client.post(f"{here}/block/").status_code == 302
    assert Member.objects.get().blocked_at is not None
    assert "kept out" in panel(client, ana)
    assert client.post(f"{here}/unblock/").status_code == 302
    assert Member.objects.get().blocked_at is None
    assert client.post(f"{here}/nonsense/").status_code == 404
    types = ["customers.member_blocked", "customers.member_unblocked"]
    assert EventRecord.objects.filter(type__in=types, customer_id=ana.pk).count() == 2


def test_a_person_sees_what_is_their_companys_and_no_longer(cast: Cast, client: Client, ana: Customer) -> None:
    client.force_login(cast.alice)
    part = Affiliation.objects.get()
    here = f"/customers/{ana.pk}/manager/{part.pk}/"
    for named in (True, False):
        assert client.post(here).status_code == 302
        part.refresh_from_db()
        assert (part.manager_since is not None) is named
    assert client.post(f"/customers/{builders.customer('Bob').pk}/manager/{part.pk}/").status_code == 404


def test_who_may_not_change_customers_keeps_nobody_out(cast: Cast, client: Client, ana: Customer) -> None:
    client.force_login(cast.carla)
    assert client.post(f"/customers/{ana.pk}/portal/block/").status_code == 403
    assert not Member.objects.exists()
