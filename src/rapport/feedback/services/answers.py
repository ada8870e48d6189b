"""Recording feedback and replying to it."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from rapport.commerce.models import Order, Product
from rapport.customers.models import Customer
from rapport.feedback.events import AnswerReplied, ReviewGiven, SurveyAnswered
from rapport.feedback.models import Answer
from rapport.feedback.permissions import CHANGE
from rapport.kernel import clock
from rapport.kernel.actors import Actor
from rapport.kernel.events import publish
from rapport.kernel.ids import new_id
from rapport.kernel.verbs import verb

SCALES = {"review": (1, 5), "csat": (1, 5), "nps": (0, 10), "ces": (1, 7), "cli": (0, 10)}


class OffScale(ValueError):
    """The score does not lie on its scale, or the scale is not the one of this kind of question."""


class RecordedAlready(ValueError):
    """This answer is recorded already."""


@verb(CHANGE, publishes=(ReviewGiven, SurveyAnswered), offer=("mcp",))
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
    namespace: str = "",
    external: str = "",
    asked_at: datetime | None = None,
    answered_at: datetime | None = None,
) -> Answer:
    """Record a review or the answer to a survey and return it.

    `scale` is (lowest, highest); without it the usual one of `kind`. Raises `OffScale`, `RecordedAlready`.
    """
    low, high = check_scale(kind, score, scale)
    at = clock.now()
    answer = Answer(
        kind=kind,
        customer=customer,
        order=order,
        product=product,
        namespace=namespace,
        external=external or str(new_id()),
        score=score,
        scale_low=low,
        scale_high=high,
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
    happening: ReviewGiven | SurveyAnswered
    if kind == Answer.Kind.REVIEW:
        happening = ReviewGiven(score=f"{score.normalize():f}", high=high, text=text)
    else:
        happening = SurveyAnswered(kind=kind.upper(), score=f"{score.normalize():f}", high=high, text=text)
    publish(happening, by=by, subject=answer, customer=customer.pk, at=answer.answered_at)
    return answer


@verb(CHANGE, publishes=(AnswerReplied,), offer=("mcp",))
def reply(answer: Answer, text: str, *, by: Actor) -> Answer:
    """Record what was replied to a piece of feedback."""
    row = Answer.objects.select_for_update().get(pk=answer.pk)
    row.replied_at = clock.now()
    row.save(update_fields=["replied_at"])
    happening = AnswerReplied(author=by.name, text=text)
    publish(happening, by=by, subject=row, customer=row.customer_id)
    return row


def check_scale(kind: str, score: Decimal, scale: tuple[int, int] | None) -> tuple[int, int]:
    """Return the scale of an answer, the usual one of its kind unless given. Raises `OffScale`."""
    if kind not in SCALES:
        raise OffScale(_("There is no kind of feedback %(kind)s.") % {"kind": kind})
    low, high = scale or SCALES[kind]
    if kind == Answer.Kind.NPS and (low, high) != (0, 10):
        raise OffScale(_("The recommendation question is asked from 0 to 10."))
    if not low <= score <= high:
        raise OffScale(_("%(score)s is not between %(low)s and %(high)s.") % {"score": score, "low": low, "high": high})
    return low, high
