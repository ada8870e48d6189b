"""What follows from a low score: somebody is asked to answer it, and promises to."""

from __future__ import annotations

from datetime import timedelta

from django.utils import translation
from django.utils.translation import gettext as _

from rapport.conversations.models import Thread
from rapport.conversations.services import messages, threads
from rapport.feedback.models import Answer, Survey
from rapport.feedback.queries import fitting_survey
from rapport.feedback.services.answers import SOURCE
from rapport.kernel import clock
from rapport.kernel.actors import Actor
from rapport.promises.models import Promise
from rapport.promises.services import clocked
from rapport.promises.services.clocked import Clocked
from rapport.promises.services.promises import Source
from rapport.service.models import Ticket
from rapport.service.services import arrivals, assigning, talk, tickets
from rapport.team.models import User
from rapport.team.queries import organisation


def follow(answer: Answer, *, by: Actor) -> Ticket | None:
    """Do what the survey says about a low score, once for each answer; return the ticket in which it goes on.

    An answer that was given without an invitation follows the survey that fits its ticket. None when nothing follows.
    """
    ticket, survey = answer.ticket, _survey_of(answer)
    if ticket is None or survey is None or survey.follow_up == Survey.FollowUp.NONE:
        return None
    if Promise.objects.filter(source_type=SOURCE, source_id=answer.pk).exists():
        return None
    while ticket.merged_into is not None:
        ticket = ticket.merged_into
    if ticket.deleted_at is not None:
        return None
    with translation.override(organisation().language):
        if survey.follow_up == Survey.FollowUp.TICKET:
            ticket = _ticket(ticket, answer, by)
        else:
            _note(ticket, answer, by)
        lead = _hand_over(ticket, survey, by)
        _promise(answer, ticket, survey, lead, by)
    return ticket


def _survey_of(answer: Answer) -> Survey | None:
    invited = getattr(answer, "invitation", None)
    if invited is not None and invited.survey is not None:
        found: Survey = invited.survey
        return found
    return fitting_survey(answer.ticket) if answer.ticket else None


def _note(ticket: Ticket, answer: Answer, by: Actor) -> None:
    held = talk.lock_threads(ticket)
    if held:
        messages.note(held[0], in_words(answer), by=by)


def _ticket(ticket: Ticket, answer: Answer, by: Actor) -> Ticket:
    """Open a ticket that follows the one that was rated, with what was said in it, ready to write to the customer."""
    made = tickets.follow_up(ticket, _("Low score: %(subject)s") % {"subject": ticket.subject}, by=by)
    before = Thread.objects.filter(ticket_thread__ticket=ticket, mailbox__isnull=False).first()
    mailbox = before.mailbox if before else None
    thread = threads.start(
        Thread.Channel.EMAIL, ticket.subject, by=by, customer=ticket.requester, mailbox=mailbox, assignee=None
    )
    arrivals.attach(thread.pk, made)
    messages.note(thread, in_words(answer), by=by)
    return made


def _hand_over(ticket: Ticket, survey: Survey, by: Actor) -> User | None:
    """Give the ticket to whom the survey names, and return who looks after it now."""
    if survey.lead is not None:
        try:
            return assigning.assign(ticket, survey.lead, by=by).owner
        except assigning.CannotWork:  # they left, or lost the right, since they were named
            pass
    return Ticket.objects.select_related("owner").get(pk=ticket.pk).owner


def _promise(answer: Answer, ticket: Ticket, survey: Survey, lead: User | None, by: Actor) -> None:
    customer = answer.customer
    if customer is None:
        return
    promise = Clocked(
        customer_id=customer.pk,
        kind=Promise.Kind.REPLY,
        what=_("Answer the feedback on %(number)s: %(subject)s") % {"number": ticket.code, "subject": ticket.subject},
        due_at=clock.now() + timedelta(hours=survey.answer_hours),
        zone=customer.zone or organisation().zone,
        source=Source(SOURCE, answer.pk, ticket.code),
        maker_id=lead.pk if lead else None,
        maker_name=lead.name if lead else "",
    )
    clocked.make_many([promise], by=by)


def in_words(answer: Answer) -> str:
    """Return what a customer answered, as the note tells it."""
    score = f"{answer.score.normalize():f}" if answer.score is not None else ""
    values = {"kind": answer.get_kind_display(), "score": score, "high": answer.scale_high}
    lines = [_("%(kind)s: %(score)s of %(high)s") % values]
    if answer.reasons:
        lines.append(", ".join(answer.reasons))
    if answer.text:
        lines.append(answer.text)
    return "\n\n".join(lines)
