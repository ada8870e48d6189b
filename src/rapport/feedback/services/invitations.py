"""Who is asked how a ticket went, and what may happen to that question until it is answered."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from rapport.customers.models import Customer
from rapport.feedback.events import AnswerChanged, LowScoreGiven, ReviewGiven, SurveyAnswered, SurveyDropped
from rapport.feedback.models import Answer, Invitation
from rapport.feedback.permissions import CHANGE
from rapport.feedback.queries import fitting_survey, standing_invitation
from rapport.feedback.scales import SCALES
from rapport.feedback.services import answers, telling
from rapport.feedback.services.answers import OffScale, RecordedAlready
from rapport.kernel import clock
from rapport.kernel.actors import Actor
from rapport.kernel.events import publish
from rapport.kernel.verbs import verb
from rapport.service.models import Ticket, TicketLink
from rapport.team.queries import organisation

NAMESPACE = "survey"
LONGEST_TEXT = 5000
MOST_REASONS = 8
Because = Invitation.Because


class Ended(ValueError):
    """The question cannot be answered any more; `why` is reopened, expired, closed or dropped."""

    def __init__(self, why: str) -> None:
        super().__init__(_("This question cannot be answered any more."))
        self.why = why


@verb(CHANGE)
def plan(ticket: Ticket, *, by: Actor, solver_id: UUID | None = None) -> Invitation | None:
    """Plan to ask the customer of a solved ticket by the first survey that fits, and return the invitation.

    None when no survey fits, when they are invited already, or when nobody is to be asked after such a ticket. The
    answer counts for `solver_id`, else for the owner.
    """
    row = Ticket.objects.select_related("requester").get(pk=ticket.pk)
    if not to_be_asked(row) or standing_invitation(row) is not None:
        return None
    survey = fitting_survey(row)
    if survey is None or row.requester is None:
        return None
    at = clock.now()
    invitation = Invitation(
        survey=survey, ticket=row, customer=row.requester, agent_id=solver_id or row.owner_id, queue_id=row.queue_id,
        scale=survey.scale, language=spoken(row.requester), due_at=at + timedelta(hours=survey.delay_hours),
        created_at=at,
    )  # fmt: skip
    try:
        with transaction.atomic():
            invitation.save(force_insert=True)
    except IntegrityError:  # somebody was first, a moment ago
        return None
    return invitation


@verb(CHANGE, publishes=(SurveyDropped,))
def drop(invitation: Invitation, because: str, *, by: Actor) -> Invitation:
    """Ask nobody, or let nobody answer any more; one that was answered, or dropped before, stays as it is."""
    row = locked(invitation)
    if row.answered_at is None and not row.dropped_because:
        drop_locked(row, because, by=by)
    return row


def drop_locked(row: Invitation, because: str, *, by: Actor) -> None:
    """Drop a locked invitation; an answer that was asked for and not given was then never asked for."""
    row.dropped_at, row.dropped_because = clock.now(), because
    blank, row.answer = row.answer, None
    row.save(update_fields=["dropped_at", "dropped_because", "answer"])
    if blank is not None:
        Answer.objects.filter(pk=blank.pk, answered_at__isnull=True).delete()
    happening = SurveyDropped(number=row.ticket.code, because=str(Because(because).label))
    publish(happening, by=by, subject=row, customer=row.customer_id)


@verb(CHANGE, publishes=(ReviewGiven, SurveyAnswered, AnswerChanged, LowScoreGiven))
def answer(invitation: Invitation, score: int, *, by: Actor, text: str = "", reasons: Iterable[str] = ()) -> Answer:
    """Take the customer's answer, or another one in its place while the question is open, and return it.

    Raises `Ended`, `answers.OffScale`.
    """
    row = locked(invitation)
    check_open(row)
    if score not in SCALES[row.scale].scores:
        raise OffScale(_("%(score)s is not on the scale.") % {"score": score})
    given = _answer_of(row)
    before, first = given.score, given.answered_at is None
    new = (Decimal(score), text.strip()[:LONGEST_TEXT], list(dict.fromkeys(reasons))[:MOST_REASONS])
    if not first and (before, given.text, given.reasons) == new:
        return given
    given.score, given.text, given.reasons = new
    if first:
        given.answered_at = row.answered_at = clock.now()
        row.answer = given
        row.closes_at = row.closes_at or row.answered_at + timedelta(days=row.survey.open_days if row.survey else 14)
    given.save()
    row.save(update_fields=["answered_at", "answer", "closes_at"])
    poor = row.survey.poor if row.survey else None
    if first:
        telling.given(given, by=by, poor=poor)
    else:
        telling.changed(given, before, by=by, poor=poor)
    return given


@verb(CHANGE, publishes=(ReviewGiven, SurveyAnswered, AnswerChanged, LowScoreGiven))
def rate(ticket: Ticket, score: int, *, by: Actor, text: str = "", namespace: str = NAMESPACE) -> Answer:
    """Take how a ticket went from a customer who is there already, as in the portal or at the end of a chat.

    It answers the invitation that is open, else the usual question for satisfaction from 1 to 5, once for each ending
    of the ticket. Raises `Ended`, `answers.OffScale`, `answers.RecordedAlready`.
    """
    invited = standing_invitation(ticket)
    if invited is not None:
        return answer(invited, score, by=by.with_everything(), text=text)
    if ticket.requester is None:
        raise RecordedAlready(_("Nobody asked in this ticket."))
    return answers.record(
        ticket.requester, Answer.Kind.CSAT, Decimal(score), by=by.with_everything(), scale=(1, 5),
        text=text[:LONGEST_TEXT], ticket=ticket, namespace=namespace, external=rating_key(ticket),
    )  # fmt: skip


def rating_key(ticket: Ticket) -> str:
    """Return what makes a rating of this ending of a ticket one: reopened and solved again, it may be rated anew."""
    return f"{ticket.pk}:{ticket.reopened}"


def check_open(row: Invitation) -> None:
    """Raise `Ended` for an invitation that cannot be answered, or whose answer cannot be changed, any more."""
    if row.dropped_because:
        raise Ended("reopened" if row.dropped_because == Because.REOPENED else "dropped")
    if row.answer is not None and (row.answer.replied_at or row.answer.closed_at):
        raise Ended("closed")
    if row.closes_at is not None and clock.now() >= row.closes_at:
        raise Ended("closed" if row.answered_at else "expired")


def to_be_asked(ticket: Ticket) -> bool:
    """Return whether somebody may be asked about a ticket: a customer whom a person of the staff answered.

    Nobody is asked about what is in the trash (as spam is), merged, a duplicate of another, or made up.
    """
    if ticket.deleted_at or ticket.merged_into_id or not ticket.ended or ticket.sample:
        return False
    customer = ticket.requester
    if customer is None or customer.deleted_at is not None:
        return False
    if not ticket.answers and ticket.channel != "phone":  # on the phone, answers are no messages
        return False
    return not TicketLink.objects.filter(ticket=ticket, kind=TicketLink.Kind.DUPLICATE).exists()


def spoken(customer: Customer) -> str:
    """Return the language in which a customer is asked: theirs, else the firm's."""
    known = dict(settings.LANGUAGES)
    return next((one for one in (customer.language, organisation().language) if one in known), "en")


def locked(invitation: Invitation) -> Invitation:
    """Return the row of an invitation, locked until the transaction ends."""
    rows = Invitation.objects.select_for_update(of=("self",))
    return rows.select_related("ticket", "customer", "survey", "answer").get(pk=invitation.pk)


def blank(row: Invitation) -> Answer:
    """Return the unsaved answer that an invitation asks for."""
    scale, at = SCALES[row.scale], clock.now()
    return Answer(
        kind=scale.kind, customer=row.customer, ticket=row.ticket, agent_id=row.agent_id, queue_id=row.queue_id,
        order_id=row.ticket.order_id, product_id=row.ticket.product_id, namespace=NAMESPACE, external=str(row.pk),
        scale_low=scale.low, scale_high=scale.high, version=scale.version, asked_at=at, created_at=at,
    )  # fmt: skip


def _answer_of(row: Invitation) -> Answer:
    """Return the answer of an invitation, locked; an unsaved one when it is given before it was asked for."""
    if row.answer_id is None:
        return blank(row)
    return Answer.objects.select_for_update(of=("self",)).select_related("ticket").get(pk=row.answer_id)
