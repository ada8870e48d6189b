"""Inviting by mail: each version of a meeting once to everybody outside, the cancellation once, and one reminder."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import F, Value
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from rapport.conversations.mail.letters import laid_out
from rapport.conversations.models import Mailbox
from rapport.kernel import clock
from rapport.kernel.actors import Actor
from rapport.kernel.verbs import verb
from rapport.meetings import ics
from rapport.meetings.models import Attendee, Meeting
from rapport.meetings.permissions import BOOK
from rapport.team.brand import Brand, brand
from rapport.ui import formats


@verb(BOOK)
def send(meeting_id: UUID, *, by: Actor) -> int:
    """Tell everybody outside what they do not know of a meeting yet, and return how many mails went out.

    Who was told is noted before the mail leaves: after a crash somebody may miss a mail, but nobody gets it twice.
    """
    if not settings.SENDS_MAIL:
        return 0
    rows = Meeting.objects.select_for_update(of=("self",)).select_related("organiser", "kind")
    meeting = rows.filter(pk=meeting_id).first()
    if meeting is None or meeting.origin == Meeting.Origin.CALENDAR or meeting.over(clock.now()):
        return 0
    off = meeting.state == Meeting.State.CANCELLED
    people = list(meeting.attendees.exclude(address="").select_related("user", "customer"))
    to_tell = [one for one in people if _knows_nothing(one, meeting, off)]
    for one in to_tell:
        one.told, one.told_off = meeting.sequence, off
        one.save(update_fields=["told", "told_off"])
        transaction.on_commit(_mailing(meeting, one, people, off))
    return len(to_tell)


@verb(BOOK)
def remind(*, by: Actor) -> int:
    """Remind everybody of the meetings that begin soon, once, and return of how many."""
    if not settings.SENDS_MAIL:
        return 0
    now = clock.now()
    due = Meeting.objects.filter(state=Meeting.State.PLANNED, reminded_at__isnull=True, starts_at__gt=now)
    due = due.filter(
        remind_minutes__isnull=False, starts_at__lte=now + F("remind_minutes") * Value(timedelta(minutes=1))
    )
    rows = list(due.exclude(origin=Meeting.Origin.CALENDAR).select_for_update(skip_locked=True, of=("self",))[:200])
    for row in rows:
        row.reminded_at = now
        row.save(update_fields=["reminded_at"])
        for one in row.attendees.exclude(address="").exclude(answer=Attendee.Answer.DECLINED):
            transaction.on_commit(_reminding(row, one))
    return len(rows)


def answers_to(meeting: Meeting) -> tuple[str, str]:
    """Return the name and the address that invitations come from: of a mailbox that we read, so that answers arrive."""
    name = meeting.organiser.name if meeting.organiser else brand().name
    mailbox = Mailbox.objects.filter(enabled_at__isnull=False, paused_at__isnull=True).order_by("created_at").first()
    if mailbox is not None:
        return name, mailbox.address
    return name, meeting.organiser.email if meeting.organiser else settings.DEFAULT_FROM_EMAIL


def when(meeting: Meeting) -> str:
    """Return the time of a meeting as its people say it."""
    with timezone.override(meeting.zone):
        if meeting.all_day:
            return formats.day(timezone.localtime(meeting.starts_at).date(), "week")
        start = timezone.localtime(meeting.starts_at)
        day, hours = formats.day(start.date(), "week"), f"{formats.hour(start)} – {formats.hour(meeting.ends_at)}"
        return f"{day}, {hours} ({meeting.zone.replace('_', ' ')})"


def _knows_nothing(one: Attendee, meeting: Meeting, off: bool) -> bool:
    if one.user_id and one.user_id == meeting.organiser_id and meeting.origin != Meeting.Origin.BOOKING:
        return False
    if off:
        return one.told >= 0 and not one.told_off
    return one.told < meeting.sequence


def _mailing(meeting: Meeting, one: Attendee, people: list[Attendee], off: bool) -> Mailing:
    return Mailing(meeting, one, people, "off" if off else "moved" if one.told > 0 else "new")


def _reminding(meeting: Meeting, one: Attendee) -> Mailing:
    return Mailing(meeting, one, [one], "soon")


class Mailing:
    """One mail, written in the language of whoever gets it, once the transaction has committed."""

    def __init__(self, meeting: Meeting, to: Attendee, people: list[Attendee], about: str) -> None:
        self.meeting, self.to, self.people, self.about = meeting, to, people, about

    def __call__(self) -> None:
        """Send it."""
        firm = brand()
        with translation.override(_language(self.to, firm)):
            self._mail(firm).send()

    def _mail(self, firm: Brand) -> EmailMultiAlternatives:
        meeting = self.meeting
        title = self._title()
        lines = [when(meeting), meeting.place, meeting.video_url, meeting.agenda, meeting.because]
        body = "\n\n".join(part for part in lines if part)
        link = "" if self.about == "off" or self.to.user_id else meeting.manage_url
        foot = firm.name if not link else f"{_('To move or cancel it: %(link)s') % {'link': link}}\n\n{firm.name}"
        name, address = answers_to(meeting)
        mail = EmailMultiAlternatives(
            f"{title}: {meeting.title}"[:200].replace("\n", " "), f"{title}\n\n{body}\n\n{foot}\n",
            to=[self.to.address], reply_to=[address],
        )  # fmt: skip
        mail.attach_alternative(laid_out(f"{title}: {meeting.title}", body, footer=foot), "text/html")
        if self.about != "soon":
            method = ics.CANCEL if self.about == "off" else ics.REQUEST
            content = ics.invitation(meeting, self.people, method=method, organiser=(name, address))
            mail.attach_alternative(content.decode(), f'text/calendar; method={method}; charset="utf-8"')
            mail.attach("invite.ics", content, "application/ics")
        mail.extra_headers["Auto-Submitted"] = "auto-generated"
        return mail

    def _title(self) -> str:
        titles = {
            "new": _("Invitation"), "moved": _("New time"), "off": _("Cancelled"), "soon": _("Reminder"),
        }  # fmt: skip
        return titles[self.about]


def _language(one: Attendee, firm: Brand) -> str:
    spoken = one.user.language if one.user else one.customer.language if one.customer else ""
    return spoken if spoken in dict(settings.LANGUAGES) else firm.language
