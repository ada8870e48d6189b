"""Asking: surveys go out by mail when they are due, and once more to those who did not answer."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone, translation

from rapport.conversations.models import Mailbox, Message, Thread
from rapport.conversations.services import messages, threads
from rapport.customers.models import Consent, Customer
from rapport.customers.queries import consent_state
from rapport.feedback.events import SurveyDropped, SurveySent
from rapport.feedback.letters import letter, plain
from rapport.feedback.models import Answer, Invitation, Survey
from rapport.feedback.models.invitation import WAITING_FOR_ANSWER, WAITING_TO_SEND
from rapport.feedback.permissions import CHANGE
from rapport.feedback.quiet import after_quiet
from rapport.feedback.scales import SCALES
from rapport.feedback.services.invitations import blank, drop_locked, locked, to_be_asked
from rapport.feedback.wording import Words, words
from rapport.kernel import clock
from rapport.kernel.actors import SYSTEM, Actor
from rapport.kernel.events import publish
from rapport.kernel.verbs import verb
from rapport.service.services import talk
from rapport.team.brand import brand
from rapport.team.queries import organisation

TOPIC = "feedback"
"""The topic of the consent: whoever withdrew it for e-mail is not asked."""
EMAIL = Customer.Channel.EMAIL
Because = Invitation.Because
REFUSALS = (messages.NobodyToWriteTo, threads.NotLive)


def send_due(at_most: int = 500) -> int:
    """Send the surveys and reminders that are due, each in a transaction of its own; return how many were looked at."""
    now = clock.now()
    first = (
        Invitation.objects.filter(WAITING_TO_SEND, due_at__lte=now).select_related("ticket").order_by("due_at", "id")
    )
    again = (
        Invitation.objects.filter(WAITING_FOR_ANSWER, remind_at__lte=now)
        .select_related("ticket")
        .order_by("remind_at", "id")
    )
    rows = [*first[:at_most], *again[:at_most]]
    for row in rows:
        ask(row, by=SYSTEM)
    return len(rows)


@verb(CHANGE, publishes=(SurveySent, SurveyDropped))
def ask(invitation: Invitation, *, by: Actor) -> Invitation:
    """Send the mail of an invitation that is due, or its reminder; drop it when nobody is to be asked any more.

    In the quiet hours of the customer it waits for their end.
    """
    talk.lock_threads(invitation.ticket)  # before the invitation, in the order of those who hear of an answer
    row, now = locked(invitation), clock.now()
    again = row.sent_at is not None
    due = row.remind_at if again else row.due_at
    if row.dropped_because or row.answered_at or due is None or due > now:
        return row
    if again and row.closes_at is not None and row.closes_at <= now:
        return _without_reminder(row)
    survey = row.survey
    why = _forbidden(row, again)
    if why or survey is None:
        if again:
            return _without_reminder(row)
        drop_locked(row, why or Because.REMOVED, by=by)
        return row
    later = after_quiet(now, row.customer.quiet_from, row.customer.quiet_to, _zone(row.customer))
    if later > now:
        setattr(row, "remind_at" if again else "due_at", later)
        row.save(update_fields=["remind_at" if again else "due_at"])
        return row
    return _send(row, survey, again, by)


def said_to(row: Invitation) -> Words:
    """Return the words of an invitation in the language in force; those of a survey that is gone are the usual ones."""
    stored = row.survey.words if row.survey else {}
    firm = organisation()
    language = translation.get_language() or row.language
    return words(
        stored, SCALES[row.scale], language, firm.language, number=row.ticket.code, subject=row.ticket.subject,
        company=firm.name, name=row.customer.given_name or row.customer.label,
    )  # fmt: skip


def _send(row: Invitation, survey: Survey, again: bool, by: Actor) -> Invitation:
    at = clock.now()
    closes_at = row.closes_at if again and row.closes_at else at + timedelta(days=survey.open_days)
    with translation.override(row.language), timezone.override(ZoneInfo(_zone(row.customer))):
        said = said_to(row)
        html = letter(row, said, SCALES[row.scale], brand(), closes_at, again=again)
        text = plain(said)
    try:
        message = _write(row, said.subject, text, html, by)
    except REFUSALS:
        if again:
            return _without_reminder(row)
        drop_locked(row, Because.FAILED, by=by)
        return row
    if again:
        row.reminded_at, row.remind_at = at, None
    else:
        _sent_first(row, survey, message, at, closes_at)
    row.save()
    happening = SurveySent(number=row.ticket.code, kind=SCALES[row.scale].kind.upper(), again="yes" if again else "")
    publish(happening, by=by, subject=row, customer=row.customer_id)
    return row


def _sent_first(row: Invitation, survey: Survey, message: Message, at: datetime, closes_at: datetime) -> None:
    asked = blank(row)
    asked.save(force_insert=True)
    row.sent_at, row.message, row.answer, row.closes_at = at, message, asked, closes_at
    row.remind_at = at + timedelta(days=survey.remind_days) if survey.remind_days else None


def _write(row: Invitation, subject: str, text: str, html: str, by: Actor) -> Message:
    """Put the mail into the outbox: into the ticket's own mail if it has any, so that a reply finds back."""
    thread = _mail_of(row)
    if thread is None:
        thread = threads.start(Thread.Channel.EMAIL, subject, by=by, customer=row.customer)
    return messages.reply(thread, text, by=by, html=html, cc=(), subject=subject, automatic=True)


def _mail_of(row: Invitation) -> Thread | None:
    rows = Thread.objects.live().filter(
        ticket_thread__ticket=row.ticket, channel=Thread.Channel.EMAIL, customer=row.customer
    )
    return rows.order_by("-last_message_at", "-id").first()


def _forbidden(row: Invitation, again: bool) -> str:
    """Return why nobody may be asked now, nothing when they may."""
    survey, customer = row.survey, row.customer
    if survey is None or survey.paused_at is not None:
        return Because.REMOVED
    if not again and not to_be_asked(row.ticket):
        return Because.GONE
    if consent_state(customer, EMAIL, TOPIC) == Consent.State.WITHDRAWN:
        return Because.REFUSED
    if not _reachable(row):
        return Because.NO_ADDRESS
    if again:
        return ""
    if Answer.objects.filter(ticket=row.ticket, answered_at__isnull=False).exists():
        return Because.RATED
    return Because.RESTS if _asked_lately(row, survey) else ""


def _reachable(row: Invitation) -> bool:
    """Return whether there is an address that works, and a mailbox by which mail leaves."""
    mailboxes = Mailbox.objects.filter(enabled_at__isnull=False, paused_at__isnull=True).exclude(smtp_host="")
    known = row.customer.identities.filter(kind="email", invalid_at__isnull=True)
    return known.exists() and mailboxes.exists()


def _asked_lately(row: Invitation, survey: Survey) -> bool:
    since = clock.now() - timedelta(days=survey.rest_days)
    return Invitation.objects.filter(customer=row.customer, sent_at__gt=since).exclude(pk=row.pk).exists()


def _without_reminder(row: Invitation) -> Invitation:
    row.remind_at = None
    row.save(update_fields=["remind_at"])
    return row


def _zone(customer: Customer) -> str:
    return customer.zone or organisation().zone
