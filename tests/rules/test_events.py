"""An event, its reactions and their jobs are there with the change, or none of them is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.db import connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from rapport.customers.events import CustomerTrashed, StageEntered
from rapport.kernel import clock
from rapport.kernel.actors import SYSTEM
from rapport.kernel.events import EVENTS, REACTIONS, EventLine, on, publish, publish_many
from rapport.kernel.events.reactions import BY_NAME
from rapport.kernel.jobs import react
from rapport.kernel.models import EventRecord
from rapport.ui.icons import ICONS

AT = datetime(2026, 5, 1, 12, tzinfo=UTC)
heard: list[EventRecord] = []


@pytest.fixture
def later() -> Iterator[str]:
    """Listen to trashed customers in a job; gives the name of the reaction."""

    def hear(record: EventRecord, happening: CustomerTrashed) -> None:
        heard.append(record)

    heard.clear()
    on(CustomerTrashed, later=True)(hear)
    reaction = REACTIONS[CustomerTrashed].pop()
    REACTIONS[CustomerTrashed].append(reaction)
    yield reaction.name
    REACTIONS[CustomerTrashed].remove(reaction)
    del BY_NAME[reaction.name]


@pytest.mark.django_db
def test_an_event_says_what_when_who_and_why() -> None:
    whose, why = uuid4(), uuid4()
    with clock.frozen(AT):
        record = publish(StageEntered(stage="prospect", before="lead"), by=SYSTEM.because_of(why), customer=whose)
    kept = EventRecord.objects.get(pk=record.pk)
    assert kept.type == "customers.stage_entered"
    assert (kept.at, kept.recorded_at) == (AT, AT)
    assert (kept.actor_kind, kept.actor_name, kept.via) == ("system", "Rapport", "system")
    assert (kept.customer_id, kept.cause_id) == (whose, why)
    assert kept.data == {"stage": "prospect", "before": "lead"}


@pytest.fixture
def no_jobs(transactional_db: None) -> Iterator[None]:
    """Leave no job behind: the tables of the queue are not Django's, so nobody else empties them."""
    yield
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs CASCADE")


@pytest.mark.usefixtures("no_jobs")
def test_event_and_job_commit_together(later: str) -> None:
    with transaction.atomic():
        record = publish(CustomerTrashed(), by=SYSTEM)
    job = ProcrastinateJob.objects.get(task_name="kernel.react")
    assert job.args == {"reaction": later, "event_id": str(record.pk)}
    react(**job.args)
    assert heard == [record]


@pytest.mark.usefixtures("no_jobs")
def test_event_and_job_roll_back_together(later: str) -> None:
    class Broken(Exception):
        pass

    def change_and_fail() -> None:
        with transaction.atomic():
            publish(CustomerTrashed(), by=SYSTEM)
            raise Broken

    with pytest.raises(Broken):
        change_and_fail()
    assert not EventRecord.objects.exists()
    assert not ProcrastinateJob.objects.filter(task_name="kernel.react").exists()


@pytest.mark.django_db
def test_many_events_are_written_at_once_without_waking_reactions(later: str) -> None:
    ids = [uuid4() for _ in range(3)]
    lines = (EventLine(CustomerTrashed, {}, one, one, AT) for one in ids)
    publish_many(lines, subject_type="customers.customer", by=SYSTEM, count=3)
    assert set(EventRecord.objects.values_list("subject_id", "at")) == {(one, AT) for one in ids}
    assert not ProcrastinateJob.objects.filter(task_name="kernel.react").exists()


@pytest.mark.parametrize("name", sorted(EVENTS))
def test_every_sentence_can_be_told_of_nothing(name: str) -> None:
    assert EVENTS[name].tell({})


def test_every_event_has_a_picture_that_pages_can_show() -> None:
    """A timeline shows the icon of whatever happened, so an icon that is not there breaks the customer page."""
    ours = [kind for kind in EVENTS.values() if not kind.name.startswith("ground.")]  # those are of the tests
    assert [kind.name for kind in ours if kind.icon not in ICONS] == []
