"""Attempts to write to us: which articles were suggested and read, and whether the message was sent after all."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction

from rapport.customers.models import Customer
from rapport.kernel import clock
from rapport.kernel.actors import Actor
from rapport.kernel.events import publish
from rapport.knowledge.events import AnswerFound
from rapport.knowledge.models import Article, Attempt
from rapport.knowledge.services.articles import title_of


def begin(language: str, *, customer: Customer | None = None) -> Attempt:
    """Note that somebody began to write to us."""
    return Attempt.objects.create(language=language, customer=customer, began_at=clock.now())


@transaction.atomic
def show(attempt: Attempt, articles: Iterable[UUID]) -> None:
    """Note that articles were suggested."""
    row = Attempt.objects.select_for_update().get(pk=attempt.pk)
    row.shown = list(dict.fromkeys([*row.shown, *articles]))
    row.save(update_fields=["shown"])


@transaction.atomic
def open_article(attempt: Attempt, article: UUID) -> None:
    """Note that a suggested article was opened."""
    row = Attempt.objects.select_for_update().get(pk=attempt.pk)
    if article not in row.opened:
        row.opened.append(article)
        row.save(update_fields=["opened"])


@transaction.atomic
def solve(attempt: Attempt, article: Article, *, by: Actor) -> None:
    """Note that an article was the answer, so that nothing needs to be sent; a second time changes nothing."""
    row = Attempt.objects.select_for_update().get(pk=attempt.pk)
    if row.solved_at or row.sent_at:
        return
    row.solved_at = clock.now()
    row.save(update_fields=["solved_at"])
    if row.customer_id:
        happening = AnswerFound(article_id=article.pk, title=title_of(article))
        publish(happening, by=by, subject=article, customer=row.customer_id)


def send(attempt: Attempt) -> None:
    """Note that the message was sent after all."""
    Attempt.objects.filter(pk=attempt.pk, sent_at__isnull=True).update(sent_at=clock.now(), solved_at=None)
