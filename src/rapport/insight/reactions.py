"""What insight does on its own news: changed rules ask for new scores. Scores are worked out from what goes along."""

from __future__ import annotations

from contextlib import suppress

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from rapport.customers.events import CustomersMerged, CustomersUnmerged
from rapport.customers.following import stay
from rapport.insight.events import RulesChanged
from rapport.insight.models import Score, ScorePoint
from rapport.insight.services import merging
from rapport.kernel.events import on
from rapport.kernel.models import EventRecord

stay(Score, "customer", because="it is worked out anew from the rows of the survivor; the chosen kind is brought below")
stay(ScorePoint, "customer", because="the survivor has a history of scores of its own")


@on(RulesChanged)
def work_out_again(record: EventRecord, happening: RulesChanged) -> None:
    """Ask for the scores to be worked out by the new rules; once is enough when several changes wait."""
    with suppress(AlreadyEnqueued), transaction.atomic():
        app.configure_task("insight.recompute", queue="insight", queueing_lock="insight.recompute").defer()


@on(CustomersMerged)
def bring_kind(record: EventRecord, happening: CustomersMerged) -> None:
    """Let the survivor of a merge be of the kind that somebody chose for who was merged."""
    merging.bring_kind(happening.from_id, happening.into_id)


@on(CustomersUnmerged)
def take_kind_back(record: EventRecord, happening: CustomersUnmerged) -> None:
    """Take the kind that a merge brought from those who have it by that."""
    merging.take_kind_back(happening.from_id)
