"""On our own news, people are invited; who is gone for good is forgotten, and who left organises nothing more."""

from __future__ import annotations

from django.utils.translation import gettext as _

from rapport.customers.events import CustomerPurged
from rapport.customers.following import follow
from rapport.kernel import clock
from rapport.kernel.actors import SYSTEM
from rapport.kernel.events import Event, on
from rapport.kernel.models import EventRecord
from rapport.meetings.events import MeetingCancelled, MeetingChanged, MeetingMoved, MeetingPlanned
from rapport.meetings.models import Attendee, Busy, Feed, Meeting
from rapport.meetings.services import invitations
from rapport.team.events import UserChanged
from rapport.team.models import User

follow(Attendee, "customer")


@on(MeetingPlanned, MeetingMoved, MeetingChanged, MeetingCancelled, later=True)
def invite(record: EventRecord, happening: Event) -> None:
    """Tell those who are invited. Several records of one change send once: who was told is noted."""
    if record.subject_id is not None:
        invitations.send(record.subject_id, by=SYSTEM.because_of(record.pk))


@on(CustomerPurged)
def forget(record: EventRecord, happening: CustomerPurged) -> None:
    """Take out of meetings what they tell of a customer who is gone for good; that there was one stays."""
    theirs = Attendee.objects.filter(customer_id=str(record.subject_id))
    rows = Meeting.objects.filter(pk__in=list(theirs.values_list("meeting_id", flat=True)))
    theirs.delete()
    rows.update(title=_("Forgotten"), agenda="", outcome="", because="", place="")


@on(UserChanged)
def leave(record: EventRecord, happening: UserChanged) -> None:
    """Let a colleague who left host nothing, be read by nobody and be invited to nothing that is still to come."""
    user = User.objects.filter(pk=str(record.subject_id), deactivated_at__isnull=False).first()
    if user is None:
        return
    Busy.objects.filter(user=user).delete()
    Feed.objects.filter(user=user).delete()
    Attendee.objects.filter(user=user, meeting__starts_at__gt=clock.now()).exclude(meeting__organiser=user).delete()
