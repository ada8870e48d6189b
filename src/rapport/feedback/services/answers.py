"""Recording feedback, replying to it, and closing what needs no reply."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from rapport.commerce.models import Order, Product
from rapport.customers.models import Customer
from rapport.feedback.events import AnswerClosed, AnswerReplied, LowScoreGiven, ReviewGiven, SurveyAnswered
from rapport.feedback.models import Answer
from rapport.feedback.permissions import CHANGE
from rapport.feedback.scales import CES, USUAL
from rapport.feedback.services import telling
from rapport.kernel import clock
from rapport.kernel.actors import Actor
from rapport.kernel.events import publish
from rapport.kernel.ids import new_id
from rapport.kernel.verbs import verb
from rapport.promises.models import Promise
from rapport.promises.services import promises
from rapport.service.models import Ticket

SOURCE = "feedback.answer"
"""The type under which promises to answer a piece of feedback name where they come from."""


class OffScale(ValueError):
    """The score does not lie on its scale, or the scale is not the one of this kind of question."""


class RecordedAlready(ValueError):
    """This answer is recorded already."""


class NotWaiting(ValueError):
    """The feedback was replied to or closed already."""


@verb(CHANGE, publishes=(ReviewGiven, SurveyAnswered, LowScoreGiven), offer=("mcp",))
def record(
    customer: Customer,
    kind: str,
    score: Decimal,
    *,
    by: Actor,
    scale: tuple[int, int] | None = None,
    text: str = "",
    title: str = "",
    order: Order | None = None,
    product: Product | None = None,
    ticket: Ticket | None = None,
    reasons: Iterable[str] = (),
    namespace: str = "",
    external: str = "",
    asked_at: datetime | None = None,
    answered_at: datetime | None = None,
) -> Answer:
    """Record a review or the answer to a survey and return it.

    `scale` is (lowest, highest); without it the usual one of `kind`. One about a `ticket` counts for who looks after it
    and for its queue; a low score starts the follow-up. Raises `OffScale`, `RecordedAlready`.
    """
    low, high = check_scale(kind, score, scale)
    at = clock.now()
    answer = Answer(
        kind=kind,
        customer=customer,
        order=order,
        product=product,
        ticket=ticket,
        agent_id=ticket.owner_id if ticket else None,
        queue_id=ticket.queue_id if ticket else None,
        namespace=namespace,
        external=external or str(new_id()),
        score=score,
        scale_low=low,
        scale_high=high,
        version=version_of(kind, low, high),
        reasons=list(dict.fromkeys(reasons)),
        title=title,
        text=text,
        asked_at=asked_at,
        answered_at=answered_at or at,
        created_at=at,
    )
    try:
        with transaction.atomic():
            answer.save(force_insert=True)
    except IntegrityError as error:
        raise RecordedAlready(_("This answer is recorded already.")) from error
    telling.given(answer, by=by)
    return answer


@verb(CHANGE, publishes=(AnswerReplied,), offer=("mcp",))
def reply(answer: Answer, text: str, *, by: Actor) -> Answer:
    """Record what was replied to a piece of feedback; that keeps the promise to answer it."""
    row = Answer.objects.select_for_update(of=("self",)).get(pk=answer.pk)
    row.replied_at = clock.now()
    row.save(update_fields=["replied_at"])
    happening = AnswerReplied(author=by.name, text=text)
    publish(happening, by=by, subject=row, customer=row.customer_id)
    for promise in promised(row):
        promises.fulfil(promise, by=by.with_everything())
    return row


@verb(CHANGE, publishes=(AnswerClosed,), offer=("bulk", "mcp"))
def close(answer: Answer, *, by: Actor) -> Answer:
    """Close a piece of feedback that needs no reply; the promise to answer it is let go. Raises `NotWaiting`."""
    row = Answer.objects.select_for_update(of=("self",)).get(pk=answer.pk)
    if row.answered_at is None or row.replied_at or row.closed_at:
        raise NotWaiting(_("This does not wait for an answer."))
    row.closed_at = clock.now()
    row.save(update_fields=["closed_at"])
    publish(AnswerClosed(author=by.name), by=by, subject=row, customer=row.customer_id)
    for promise in promised(row):
        promises.release(promise, _("Needs no reply"), by=by.with_everything())
    return row


def promised(answer: Answer) -> list[Promise]:
    """Return the open promises to answer a piece of feedback."""
    return list(Promise.objects.open().filter(source_type=SOURCE, source_id=answer.pk))


def check_scale(kind: str, score: Decimal, scale: tuple[int, int] | None) -> tuple[int, int]:
    """Return the scale of an answer, the usual one of its kind unless given. Raises `OffScale`."""
    if kind not in USUAL:
        raise OffScale(_("There is no kind of feedback %(kind)s.") % {"kind": kind})
    low, high = scale or USUAL[kind]
    if kind == Answer.Kind.NPS and (low, high) != (0, 10):
        raise OffScale(_("The recommendation question is asked from 0 to 10."))
    if not low <= score <= high:
        raise OffScale(_("%(score)s is not between %(low)s and %(high)s.") % {"score": score, "low": low, "high": high})
    return low, high


def version_of(kind: str, low: int, high: int) -> str:
    """Return the version of a question that has several: the one for effort, told by its scale."""
    return {(1, 7): "2.0", (1, 5): "1.0"}.get((low, high), "") if kind == CES else ""
