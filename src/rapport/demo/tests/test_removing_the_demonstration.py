"""One click takes the demonstration away with all that hangs on it, and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import connection

from rapport.commerce.models import Order, OrderLine, Product
from rapport.customers.models import Affiliation, Customer
from rapport.demo import services
from rapport.demo.week import CAUSE, groups
from rapport.feedback.models import Answer
from rapport.insight.models import Score, ScorePoint
from rapport.kernel import removing
from rapport.kernel.actors import SYSTEM
from rapport.kernel.models import EventRecord
from rapport.kernel.permissions import Forbidden
from rapport.marketing.models import Membership, Segment
from rapport.marketing.services import members, segments
from rapport.promises.models import Promise
from rapport.team.models import Organisation
from rapport.testing.builders import answer, customer, order, promise
from rapport.testing.cast import Cast, actor

pytestmark = pytest.mark.django_db
NOW = datetime(2024, 5, 15, 12, tzinfo=UTC)


def sample(name: str) -> Customer:
    """A customer of the demonstration with an order, a promise, an answer, a score and its history."""
    made = customer(name)
    bought = order(made)
    promise(made, "Call back", due_on=NOW.date())
    answer(made, 4)
    Score.objects.create(customer=made, index=50, as_of=NOW)
    ScorePoint.objects.create(customer=made, on=NOW.date(), index=50)
    Customer.objects.filter(pk=made.pk).update(sample=True)
    Order.objects.filter(pk=bought.pk).update(sample=True)
    Product.objects.filter(lines__order=bought).update(sample=True)
    return made


def test_the_demonstration_goes_with_all_that_hangs_on_it(cast: Cast) -> None:
    real = customer("Real Rita")
    bought = order(real)
    kept = promise(real, "Send it", due_on=NOW.date())
    Organisation.objects.update(sample_since=NOW)
    ana, otto = sample("Ana"), sample("Otto")
    Affiliation.objects.create(person=ana, company=customer("Firm", kind="company"))
    gone = services.remove(by=actor(cast.alice))

    assert (gone.customers, gone.orders) == (2, 2)
    assert sorted(Customer.objects.values_list("name", flat=True)) == ["Firm", "Real Rita"]
    assert list(Order.objects.values_list("pk", flat=True)) == [bought.pk]
    assert list(Promise.objects.values_list("pk", flat=True)) == [kept.pk]
    assert not Affiliation.objects.exists()
    assert not Answer.objects.exists()
    assert not Score.objects.exists()
    assert not ScorePoint.objects.exists()
    assert not OrderLine.objects.exclude(order=bought).exists()
    assert not EventRecord.objects.filter(customer_id__in=[ana.pk, otto.pk]).exists()
    assert Organisation.objects.get().sample_since is None


def test_who_bought_something_real_since_stays(cast: Cast) -> None:
    ana = sample("Ana")
    bought = order(ana)
    services.remove(by=actor(cast.alice))

    assert list(Order.objects.values_list("pk", flat=True)) == [bought.pk]
    assert Customer.objects.get().sample is False


def test_its_segments_go_unless_one_of_ours_stands_on_them(cast: Cast) -> None:
    sample("Ana")
    groups.make(by=SYSTEM.because_of(CAUSE))
    segments.create("Evening", by=SYSTEM)
    segments.create("Ours", by=SYSTEM, condition="segment = Regulars")
    members.settle(by=SYSTEM)
    services.remove(by=actor(cast.alice))
    assert set(Segment.objects.values_list("name", flat=True)) == {"Evening", "Ours", "Regulars"}
    assert not Membership.objects.exists()


def test_who_may_not_change_settings_removes_nothing(cast: Cast) -> None:
    sample("Ana")
    with pytest.raises(Forbidden):
        services.remove(by=actor(cast.carla))
    assert Order.objects.count() == 1


def test_what_can_be_without_a_row_only_forgets_it(cast: Cast) -> None:
    ana = customer("Ana")
    bought = order(ana)
    said = answer(ana, 4, order=bought)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE leaving ON COMMIT DROP AS SELECT id FROM commerce_order")
    assert removing.remove("commerce_order", "leaving") == 1
    said.refresh_from_db()

    assert said.order_id is None
    assert not OrderLine.objects.exists()
    assert Customer.objects.get() == ana
