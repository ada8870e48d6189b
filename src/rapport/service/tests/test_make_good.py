from __future__ import annotations

from datetime import date, timedelta

import pytest

from rapport.commerce.services import returns
from rapport.kernel import clock
from rapport.kernel.actors import SYSTEM
from rapport.kernel.models import EventRecord
from rapport.kernel.permissions import Forbidden
from rapport.promises.models import Promise
from rapport.service.models import Amends, Recovery
from rapport.service.policy import Policy
from rapport.service.queries import recoveries_due, wanted
from rapport.service.recovering import Evidence, verdict
from rapport.service.services import complaints, finds, tickets
from rapport.service.tests.making import AT, events, everything, fresh, ticket
from rapport.testing.builders import customer, line, order, product
from rapport.testing.cast import Cast, actor

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def test_a_complaint_is_recorded_with_its_cause(cast: Cast) -> None:
    ana = customer("Ana")
    row = ticket("It came late", requester=ana)
    made = complaints.record(
        row, "delivery", what_happened="Two weeks", follow_up_on=date(2026, 4, 1), by=actor(cast.ben)
    )
    assert (made.cause, made.outcome, fresh(row).type) == ("delivery", "", "complaint")
    told = EventRecord.objects.get(type="service.complaint_recorded")
    assert (told.customer_id, told.data["cause_label"]) == (ana.pk, "Late or damaged delivery")
    again = complaints.record(row, "product", by=SYSTEM)
    assert (again.pk, again.cause, Recovery.objects.count()) == (made.pk, "product", 1)


def test_a_refund_goes_through_commerce(cast: Cast) -> None:
    ana = customer("Ana")
    bought = order(ana, line(quantity=2))
    row = ticket(requester=ana, order_id=bought.pk)
    made = complaints.make_amends(row, "refund", amount_minor=1000, what="Late", by=SYSTEM)
    bought.refresh_from_db()
    assert bought.refunded_minor == 1000
    assert (made.amount_minor, made.currency) == (1000, "GBP")
    assert made.refund is not None
    assert made.refund.reason == "Late"
    told = EventRecord.objects.get(type="service.amends_made")
    assert (told.data["amount_minor"], told.data["currency"], told.data["kind"]) == (1000, "GBP", "refund")
    before = everything()
    with pytest.raises(returns.TooMuch):
        complaints.make_amends(row, "refund", amount_minor=1501, by=SYSTEM)
    with pytest.raises(complaints.NoAmount):
        complaints.make_amends(row, "refund", by=SYSTEM)
    with pytest.raises(complaints.NoOrder):
        complaints.make_amends(ticket("No order"), "refund", amount_minor=1, by=SYSTEM)
    with pytest.raises(Forbidden):
        complaints.make_amends(row, "refund", amount_minor=1, by=actor(cast.ben))
    assert everything()[1] == before[1] + 1  # the ticket without an order
    bought.refresh_from_db()
    assert (bought.refunded_minor, Amends.objects.count()) == (1000, 1)


def test_points_gifts_and_apologies_are_told(cast: Cast) -> None:
    row = ticket()
    complaints.make_amends(row, "apology", by=SYSTEM)
    complaints.make_amends(row, "points", points=200, by=SYSTEM)
    complaints.make_amends(row, "gift", what="A lantern", by=SYSTEM)
    for wrong in (None, 0, -5):
        with pytest.raises(complaints.NoAmount):
            complaints.make_amends(row, "points", points=wrong, by=SYSTEM)
    told = EventRecord.objects.filter(type="service.amends_made").order_by("recorded_at", "id")
    assert [event.data["what"] for event in told] == ["Apology", "Points 200", "Gift: A lantern"]
    assert Amends.objects.count() == 3


def test_a_promise_comes_from_its_ticket(cast: Cast) -> None:
    row = ticket(requester=customer("Ana"))
    complaints.record(row, "product", by=SYSTEM)
    made = complaints.promise(row, "A new lamp", due_on=date(2099, 1, 1), by=SYSTEM)
    assert (made.source_id, made.source_label) == (row.pk, row.code)
    assert Recovery.objects.get().promise == made
    with pytest.raises(complaints.NoCustomer):
        complaints.promise(ticket("Nobody's"), "A lamp", due_on=date(2099, 1, 1), by=SYSTEM)
    with pytest.raises(Forbidden):
        complaints.promise(row, "A lamp", due_on=date(2099, 1, 1), by=actor(cast.dora))
    assert Promise.objects.filter(source_id=row.pk, what="A new lamp").count() == 1


POLICY = Policy()


@pytest.mark.parametrize(
    ("found", "outcome"),
    [
        (Evidence(), None),
        (Evidence(orders_after=1), "recovered"),
        (Evidence(orders_after=1, score=0, over=True), "recovered"),
        (Evidence(score=75), "recovered"),
        (Evidence(score=74), None),
        (Evidence(score=74, over=True), "lost"),
        (Evidence(orders_before=1), None),
        (Evidence(orders_before=1, over=True), "lost"),
        (Evidence(over=True), "unclear"),
    ],
)
def test_what_orders_and_scores_tell(found: Evidence, outcome: str | None) -> None:
    told = verdict(found, POLICY)
    assert (told.outcome if told else None) == outcome


def test_recoveries_are_judged_by_later_orders_and_scores(cast: Cast) -> None:
    people = [customer(name) for name in ("Ana", "Bo", "Cy", "Di")]
    with clock.frozen(AT):
        order(people[0], placed_at=AT - 9 * DAY)
        order(people[2], placed_at=AT - 9 * DAY)
        rows = [ticket(requester=one) for one in people]
        for row in rows:
            complaints.record(row, "product", by=SYSTEM)
            tickets.solve(row, by=SYSTEM)
    with clock.frozen(AT + DAY):
        order(people[0], placed_at=AT + DAY)
        assert complaints.note_score(rows[1], 80, by=SYSTEM) is not None
        assert complaints.judge_due() == 2
    assert [Recovery.objects.get(ticket=row).outcome for row in rows] == ["recovered", "recovered", "", ""]
    with clock.frozen(AT + 90 * DAY):
        assert complaints.judge_due() == 2
        assert complaints.judge_due() == 0
    assert [Recovery.objects.get(ticket=row).outcome for row in rows] == ["recovered", "recovered", "lost", "unclear"]
    assert events(rows[2])[-1] == "recovery_judged"


def test_the_word_of_a_person_counts(cast: Cast) -> None:
    row = ticket()
    with pytest.raises(complaints.NotRecorded):
        complaints.judge(row, "lost", by=SYSTEM)
    complaints.record(row, "price", follow_up_on=date(2026, 4, 1), by=SYSTEM)
    assert list(recoveries_due(date(2026, 3, 31), SYSTEM)) == []
    assert [one.ticket for one in recoveries_due(date(2026, 4, 1), SYSTEM)] == [row]
    judged = complaints.judge(row, "lost", because="Said so", by=actor(cast.ben))
    assert (judged.outcome, judged.judged_because) == ("lost", "Said so")
    assert list(recoveries_due(date(2026, 4, 1), SYSTEM)) == []
    for score in (-1, 101):
        with pytest.raises(complaints.OffScale):
            complaints.note_score(row, score, by=SYSTEM)
    assert complaints.note_score(ticket("No complaint"), 50, by=SYSTEM) is None


def test_requests_to_find_something_are_kept_by_product(cast: Cast) -> None:
    lamp = product("LAMP", "Brass lamp")
    first, second = ticket("A brass lamp?"), ticket("Something green")
    finds.want(first, lamp, by=actor(cast.ben))
    finds.want(second, what="Anything green", by=SYSTEM)
    assert list(wanted(lamp, SYSTEM)) == [first]
    told = EventRecord.objects.filter(type="service.product_wanted").order_by("recorded_at", "id")
    assert [event.data["product"] for event in told] == ["Brass lamp", "Anything green"]
    finds.found(second, lamp, by=SYSTEM)
    assert list(wanted(lamp, SYSTEM)) == [first, second]
    tickets.solve(first, by=SYSTEM)
    assert list(wanted(lamp, SYSTEM)) == [second]
    assert events(second)[-1] == "product_found"
