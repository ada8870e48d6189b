"""On news of tickets, customers are asked how it went, or not any more; on a low score somebody answers it."""

from __future__ import annotations

from rapport.customers.events import CustomerPurged
from rapport.customers.following import follow
from rapport.feedback.events import LowScoreGiven
from rapport.feedback.models import Answer, Invitation
from rapport.feedback.queries import standing_invitation
from rapport.feedback.services import followups, invitations
from rapport.kernel.actors import SYSTEM
from rapport.kernel.events import on
from rapport.kernel.models import EventRecord
from rapport.service.events import TicketClosed, TicketMerged, TicketReopened, TicketSolved, TicketTrashed
from rapport.service.models import Ticket

follow(Answer, "customer")
follow(Invitation, "customer")


@on(TicketSolved, TicketClosed, later=True)
def plan(record: EventRecord, happening: TicketSolved | TicketClosed) -> None:
    """Plan to ask how a ticket went that was solved, or closed without having been solved first."""
    ticket = Ticket.objects.filter(pk=str(record.subject_id)).first()
    if ticket is None or (isinstance(happening, TicketClosed) and ticket.closed_at != ticket.solved_at):
        return
    solver = record.actor_id if record.actor_kind == "user" else None
    invitations.plan(ticket, by=SYSTEM.because_of(record.pk), solver_id=solver)


@on(TicketReopened)
def think_again(record: EventRecord, happening: TicketReopened) -> None:
    """A ticket that goes on is not asked about yet; what was sent already stays open if its survey says so."""
    invited = _invitation(record)
    if invited is not None and (invited.sent_at is None or invited.survey is None or invited.survey.reopening_ends):
        invitations.drop(invited, Invitation.Because.REOPENED, by=SYSTEM.because_of(record.pk))


@on(TicketMerged, TicketTrashed)
def let_be(record: EventRecord, happening: TicketMerged | TicketTrashed) -> None:
    """Nobody is asked about a ticket that is gone."""
    invited = _invitation(record)
    if invited is not None:
        invitations.drop(invited, Invitation.Because.GONE, by=SYSTEM.because_of(record.pk))


@on(LowScoreGiven, later=True)
def follow_up(record: EventRecord, happening: LowScoreGiven) -> None:
    """See to it that somebody answers a low score."""
    rows = Answer.objects.select_related("ticket__requester", "customer", "invitation__survey__lead")
    answer = rows.filter(pk=str(record.subject_id)).first()
    if answer is not None:
        followups.follow(answer, by=SYSTEM.because_of(record.pk))


@on(CustomerPurged)
def forget(record: EventRecord, happening: CustomerPurged) -> None:
    """Empty what a customer wrote who is gone for good; scores stay for the numbers."""
    Answer.objects.filter(customer_id=str(record.subject_id)).update(text="", title="")


def _invitation(record: EventRecord) -> Invitation | None:
    ticket = Ticket.objects.filter(pk=str(record.subject_id)).first()
    return standing_invitation(ticket) if ticket else None
