"""Bulk verbs: through the verb for each row, told in words, undone from their events, stopped where one may not."""

from __future__ import annotations

import pytest
from django.test import Client

from rapport.customers.models import Customer
from rapport.kernel.models import EventRecord
from rapport.staff import jobs
from rapport.staff.listing import bulk
from rapport.staff.models import BulkRun
from rapport.testing import builders
from rapport.testing.cast import Cast
from rapport.timeline.models import Activity

BULK = "/customers/bulk"


@pytest.fixture
def staff(client: Client, cast: Cast) -> Client:
    client.force_login(cast.alice)
    return client


def test_a_verb_asks_what_it_needs_and_then_does_it_to_each_row(staff: Client) -> None:
    rows = [builders.customer(name) for name in ("Ana", "Ben")]
    asked = staff.post(f"{BULK}/stage/", {"ids": [str(row.pk) for row in rows]})
    assert asked.status_code == 200
    assert "2 customers" in asked.content.decode()
    assert set(Customer.objects.values_list("stage", flat=True)) == {"lead"}

    done = staff.post(
        f"{BULK}/stage/", {"ids": [str(row.pk) for row in rows], "stage": "advocate", "go": "1"}, follow=True
    )
    assert set(Customer.objects.values_list("stage", flat=True)) == {"advocate"}
    assert "Moved 2 customers to another stage." in done.content.decode()
    run = BulkRun.objects.get()
    assert (run.done, run.refused_count, run.ended_at is not None) == (2, 0, True)
    assert EventRecord.objects.filter(cause_id=run.pk, type="customers.stage_entered").count() == 2


@pytest.mark.parametrize(
    ("verb", "sent"),
    [
        ("stage", {"stage": "advocate"}),
        ("tag", {"tag": "vip"}),
        ("untag", {"tag": "old"}),
        ("owner", {"owner": ""}),
        ("trash", {}),
    ],
)
def test_undo_puts_everything_back(staff: Client, cast: Cast, verb: str, sent: dict[str, str]) -> None:
    rows = [builders.customer(name, tags=["old"], owner=cast.ben) for name in ("Ana", "Ben")]
    before = list(Customer.objects.order_by("number").values("stage", "tags", "owner_id", "deleted_at"))
    staff.post(f"{BULK}/{verb}/", {"ids": [str(row.pk) for row in rows], **sent, "go": "1"})
    changed = list(Customer.objects.order_by("number").values("stage", "tags", "owner_id", "deleted_at"))
    assert changed != before

    run = BulkRun.objects.get()
    staff.post(f"/runs/{run.pk}/undo/")
    assert list(Customer.objects.order_by("number").values("stage", "tags", "owner_id", "deleted_at")) == before
    assert BulkRun.objects.get(undo_of=run).done == 2

    staff.post(f"/runs/{run.pk}/undo/")
    assert BulkRun.objects.count() == 2


def test_everything_that_fits_means_the_filter_not_the_page(staff: Client) -> None:
    for number in range(60):
        builders.customer(f"Person {number}", country="PT")
    other = builders.customer("Other", country="ES")
    asked = staff.post(f'{BULK}/tag/?f=country = "PT"', {"everything": "1"})
    assert "60 customers" in asked.content.decode()

    staff.post(f'{BULK}/tag/?f=country = "PT"', {"everything": "1", "tag": "iberia", "go": "1"})
    assert Customer.objects.filter(tags=["iberia"]).count() == 60
    other.refresh_from_db()
    assert other.tags == []


def test_many_rows_are_a_job_that_shows_how_far_it_is(staff: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "AT_ONCE", 2)
    rows = [builders.customer(f"Person {number}") for number in range(3)]
    answer = staff.post(f"{BULK}/tag/", {"ids": [str(row.pk) for row in rows], "tag": "vip", "go": "1"})
    run = BulkRun.objects.get()
    assert answer.headers["Location"] == f"/runs/{run.pk}/"
    assert run.ended_at is None
    assert "<progress" in staff.get(f"/runs/{run.pk}/").content.decode()

    jobs.run_bulk(run=str(run.pk))
    assert Customer.objects.filter(tags=["vip"]).count() == 3
    assert "Tagged 3 customers." in staff.get(f"/runs/{run.pk}/").content.decode()


def test_a_run_goes_on_after_a_crash_without_doing_a_row_twice(staff: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "AT_ONCE", 0)
    monkeypatch.setattr(bulk, "BATCH", 2)
    rows = [builders.customer(f"Person {number}") for number in range(5)]
    staff.post(f"{BULK}/note/", {"ids": [str(row.pk) for row in rows], "text": "Hello", "go": "1"})
    run = BulkRun.objects.get()
    steps = bulk._do
    calls: list[int] = []

    def crash(*args: object) -> None:
        if calls:
            raise RuntimeError("the machine went down")
        calls.append(1)
        steps(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(bulk, "_do", crash)
    with pytest.raises(RuntimeError):
        bulk.run(run)
    assert Activity.objects.count() == 2
    monkeypatch.setattr(bulk, "_do", steps)
    bulk.run(BulkRun.objects.get())

    assert Activity.objects.count() == 5
    assert Activity.objects.values("customer").distinct().count() == 5
    assert BulkRun.objects.get().done == 5


def test_a_cancelled_run_stops_and_what_it_did_can_be_undone(staff: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "AT_ONCE", 0)
    monkeypatch.setattr(bulk, "BATCH", 2)
    rows = [builders.customer(f"Person {number}") for number in range(5)]
    staff.post(f"{BULK}/trash/", {"ids": [str(row.pk) for row in rows], "go": "1"})
    run = BulkRun.objects.get()
    staff.post(f"/runs/{run.pk}/cancel/")
    bulk.run(BulkRun.objects.get())
    run.refresh_from_db()
    assert (run.done, Customer.objects.filter(deleted_at__isnull=False).count()) == (2, 2)

    monkeypatch.setattr(bulk, "AT_ONCE", 10)
    staff.post(f"/runs/{run.pk}/undo/")
    assert Customer.objects.filter(deleted_at__isnull=False).count() == 0


def test_rows_that_one_may_not_change_stay_and_are_told_of(client: Client, cast: Cast) -> None:
    mine, theirs = builders.customer("Mine", owner=cast.ben), builders.customer("Theirs", owner=cast.sam)
    client.force_login(cast.ben)
    done = client.post(f"{BULK}/tag/", {"ids": [str(mine.pk), str(theirs.pk)], "tag": "vip", "go": "1"}, follow=True)
    page = done.content.decode()

    assert list(Customer.objects.filter(tags=["vip"])) == [mine]
    assert "Tagged 1 customer." in page
    assert "Theirs: You may not change this one." in page


def test_refusals_change_nothing(client: Client, cast: Cast) -> None:
    row = builders.customer("Ana")
    before = (EventRecord.objects.count(), BulkRun.objects.count())
    client.force_login(cast.carla)
    assert client.post(f"{BULK}/trash/", {"ids": [str(row.pk)], "go": "1"}).status_code == 403
    client.force_login(cast.alice)
    assert client.post(f"{BULK}/nonsense/", {"ids": [str(row.pk)], "go": "1"}).status_code == 404
    assert client.get(f"{BULK}/trash/").status_code == 405
    assert client.post(f"{BULK}/stage/", {"ids": [str(row.pk)], "stage": "king", "go": "1"}).status_code == 422
    assert client.post(f"{BULK}/trash/", {"ids": ["nonsense"], "go": "1"}).status_code == 302

    assert (EventRecord.objects.count(), BulkRun.objects.count()) == before
    assert Customer.objects.filter(deleted_at__isnull=True, stage="lead").count() == 1


def test_a_run_is_its_users_own(client: Client, cast: Cast) -> None:
    row = builders.customer("Ana")
    client.force_login(cast.alice)
    client.post(f"{BULK}/trash/", {"ids": [str(row.pk)], "go": "1"})
    run = BulkRun.objects.get()
    client.force_login(cast.mona)

    assert client.get(f"/runs/{run.pk}/").status_code == 404
    assert client.post(f"/runs/{run.pk}/undo/").status_code == 404
    row.refresh_from_db()
    assert row.deleted_at is not None
