"""On news of the log, who was reached has been called back; who is gone is forgotten, and who left sits nowhere."""

from __future__ import annotations

from rapport.calls.models import Call, Extension
from rapport.calls.services import missing
from rapport.customers.events import CustomerPurged
from rapport.customers.following import follow
from rapport.kernel.actors import SYSTEM
from rapport.kernel.events import on
from rapport.kernel.models import EventRecord
from rapport.team.events import UserChanged
from rapport.team.models import User
from rapport.timeline.events import CallLogged, CallReceived
from rapport.timeline.models import Activity

follow(Call, "customer")


@on(CallLogged, CallReceived)
def keep_call_back(record: EventRecord, happening: CallLogged | CallReceived) -> None:
    """A customer with whom somebody talked has been called back."""
    if record.customer_id is not None and happening.outcome == Activity.Outcome.REACHED:
        missing.called(record.customer_id, at=record.at, by=SYSTEM.because_of(record.pk))


@on(CustomerPurged)
def forget(record: EventRecord, happening: CustomerPurged) -> None:
    """Delete the calls of a customer who is gone for good: numbers, recordings and transcripts are theirs."""
    Call.objects.filter(customer_id=str(record.subject_id)).delete()


@on(UserChanged)
def leave_seat(record: EventRecord, happening: UserChanged) -> None:
    """Free the extensions of a colleague who left."""
    user = User.objects.filter(pk=str(record.subject_id), deactivated_at__isnull=False).first()
    if user is not None:
        Extension.objects.filter(user=user).delete()
