"""On news of conversations and customers: tickets open, go on, and follow what happens to their customer.

On news of tickets themselves: routing looks for an owner, and the threads know who answers them.
"""

from __future__ import annotations

from uuid import UUID

from rapport.conversations.events import (
    MessageReceived,
    MessageSent,
    NoteAdded,
    ThreadClearedOfSpam,
    ThreadCustomerSet,
    ThreadMarkedSpam,
    ThreadSplit,
    ThreadStarted,
)
from rapport.conversations.models import Chat, Message, Thread
from rapport.conversations.services import chats
from rapport.customers.events import CustomerPurged, CustomerRestored, CustomerTrashed
from rapport.customers.following import follow
from rapport.customers.models import Customer
from rapport.kernel import live
from rapport.kernel.actors import SYSTEM
from rapport.kernel.events import Event, on, subject_of
from rapport.kernel.models import EventRecord
from rapport.service.events import (
    AgentBack,
    CalendarChanged,
    CustomerWaits,
    SlaPolicyChanged,
    StatusChanged,
    TicketAnswered,
    TicketAssigned,
    TicketChanged,
    TicketClosed,
    TicketMerged,
    TicketOpened,
    TicketQueued,
    TicketReopened,
    TicketRestored,
    TicketSolved,
    TicketSplit,
    TicketTrashed,
    TicketUnmerged,
)
from rapport.service.models import Ticket, Watcher
from rapport.service.services import arrivals, callbacks, clocks, forgetting, routing, tickets
from rapport.team.models import User
from rapport.timeline.events import CallLogged
from rapport.timeline.models import Activity
from rapport.timeline.services import moving

follow(Ticket, "requester", "company")
follow(Watcher, "customer")


@on(ThreadStarted)
def open_ticket(record: EventRecord, happening: ThreadStarted) -> None:
    """Open a ticket when a customer begins to talk; what we begin becomes one when the customer answers."""
    thread = subject_of(record, Thread) if happening.by_customer and not happening.automatic else None
    if thread is not None:
        arrivals.open_for(thread, by=SYSTEM.because_of(record.pk))


@on(MessageReceived)
def hear(record: EventRecord, happening: MessageReceived) -> None:
    """Let the ticket know that the customer wrote; talk that has none gets one."""
    message = subject_of(record, Message)
    if message is None:
        return
    by = SYSTEM.because_of(record.pk)
    ticket = arrivals.current(message.thread_id) or arrivals.open_for(message.thread, by=by)
    if ticket.deleted_at is not None:
        ticket = tickets.restore(ticket, by=by)
    arrivals.heard(ticket, message, by=by)


@on(MessageSent)
def note_answer(record: EventRecord, happening: MessageSent) -> None:
    """Let the ticket know that a person of the staff answered."""
    if happening.automatic or record.subject_id is None:
        return
    message = Message.objects.get(pk=record.subject_id)
    ticket = arrivals.current(message.thread_id)
    if ticket is not None and ticket.deleted_at is None:
        arrivals.answered(ticket, message, by=SYSTEM.because_of(record.pk))


@on(NoteAdded)
def note_note(record: EventRecord, happening: NoteAdded) -> None:
    """Whoever notes something on a ticket that was offered to them has accepted it."""
    message = Message.objects.filter(pk=str(record.subject_id), author__isnull=False).first()
    ticket = arrivals.current(message.thread_id) if message else None
    if message and message.author_id and ticket is not None and ticket.deleted_at is None:
        arrivals.noted(ticket, message.author_id, by=SYSTEM.because_of(record.pk))


@on(ThreadCustomerSet)
def learn_requester(record: EventRecord, happening: ThreadCustomerSet) -> None:
    """A ticket that nobody was known to ask gets its requester once its thread has a customer."""
    ticket = arrivals.current(record.subject_id) if record.subject_id else None
    customer = Customer.objects.filter(pk=str(record.customer_id)).first()
    if ticket and customer and ticket.requester_id is None and ticket.deleted_at is None:
        tickets.change(ticket, by=SYSTEM.because_of(record.pk), requester_id=customer.pk)
        moving.follow([ticket.pk], before=None, to=customer.pk)


@on(TicketSolved)
def end_chat(record: EventRecord, happening: TicketSolved) -> None:
    """With the ticket its chats are over: the visitor may say how it was."""
    rows = Chat.objects.filter(ended_at__isnull=True, thread__ticket_thread__ticket_id=str(record.subject_id))
    for chat in rows.select_related("thread").order_by("thread_id"):
        chats.end(chat, who="staff", by=SYSTEM.because_of(record.pk))


@on(
    TicketOpened, TicketChanged, StatusChanged, TicketSolved, TicketReopened, TicketTrashed, TicketRestored,
    TicketMerged, TicketUnmerged, TicketSplit, TicketQueued, TicketAssigned,
)  # fmt: skip
def tell_pages(record: EventRecord, happening: Event) -> None:
    """Let the open pages of the staff know that a ticket changed."""
    live.tell([live.DESK], "ticket", record.subject_id)


@on(ThreadSplit)
def keep_together(record: EventRecord, happening: ThreadSplit) -> None:
    """A thread that was split off one of a ticket belongs to that ticket too, until it gets one of its own."""
    ticket = arrivals.current(record.subject_id) if record.subject_id else None
    if ticket is not None:
        arrivals.attach(UUID(str(happening.other_id)), ticket)


@on(ThreadMarkedSpam)
def drop_spam(record: EventRecord, happening: ThreadMarkedSpam) -> None:
    """Trash the ticket of a thread that turned out to be spam, unless there is other talk in it."""
    thread_id = record.subject_id
    ticket = arrivals.current(thread_id) if thread_id else None
    if thread_id is None or ticket is None or ticket.deleted_at is not None:
        return
    if not ticket.talk.exclude(thread_id=thread_id).exists():
        tickets.trash(ticket, by=SYSTEM.because_of(record.pk))


@on(ThreadClearedOfSpam)
def bring_back(record: EventRecord, happening: ThreadClearedOfSpam) -> None:
    """Restore the ticket of a thread that is no spam after all, if it went to the trash as spam."""
    ticket = arrivals.current(record.subject_id) if record.subject_id else None
    if ticket is None or ticket.deleted_at is None:
        return
    trashed = EventRecord.objects.filter(subject_id=ticket.pk, type="service.ticket_trashed").order_by("-recorded_at")
    cause = trashed.values_list("cause_id", flat=True).first()
    if cause and EventRecord.objects.filter(pk=cause, subject_id=record.subject_id).exists():
        tickets.restore(ticket, by=SYSTEM.because_of(record.pk))


@on(TicketOpened, TicketQueued, TicketReopened)
def find_owner(record: EventRecord, happening: TicketOpened | TicketQueued | TicketReopened) -> None:
    """Look for an owner of what comes into a queue."""
    ticket = subject_of(record, Ticket)
    if ticket is None or ticket.deleted_at is not None or ticket.merged_into_id is not None:
        return
    if ticket.owner_id is None and ticket.queue_id is not None:
        routing.route(ticket, by=SYSTEM.because_of(record.pk))


@on(TicketAssigned, later=True)
def assign_threads(record: EventRecord, happening: TicketAssigned) -> None:
    """Let the threads of a ticket know who answers them. Later, because threads are locked before tickets."""
    ticket = Ticket.objects.filter(pk=str(record.subject_id)).select_related("owner").first()
    if ticket is None:
        return
    for row in ticket.talk.select_related("thread"):
        if row.thread.assignee_id != ticket.owner_id:
            arrivals.hand_thread(row.thread, ticket.owner, by=SYSTEM.because_of(record.pk))


@on(AgentBack, later=True)
def offer_to_whoever_is_back(record: EventRecord, happening: AgentBack) -> None:
    """Offer what waits in the queues of a colleague who is back."""
    user = User.objects.filter(pk=str(happening.user_id)).first()
    if user is not None:
        routing.offer_waiting(user.queues.values_list("pk", flat=True))


@on(CustomerTrashed)
def trash_with_customer(record: EventRecord, happening: CustomerTrashed) -> None:
    """Move the tickets of a customer to the trash with them."""
    for ticket in Ticket.objects.standing().filter(requester_id=record.customer_id).order_by("pk"):
        tickets.trash(ticket, by=SYSTEM.because_of(record.pk))


@on(CustomerPurged)
def forget_customer(record: EventRecord, happening: CustomerPurged) -> None:
    """Take out of tickets what a customer who is gone for good had said."""
    if record.subject_id is not None:
        forgetting.forget(record.subject_id)


@on(CustomerRestored)
def restore_with_customer(record: EventRecord, happening: CustomerRestored) -> None:
    """Bring back the tickets that went to the trash with a customer; those that were there before stay there."""
    last = EventRecord.objects.filter(customer_id=record.customer_id, type="customers.trashed").order_by("-recorded_at")
    cause = last.values_list("pk", flat=True).first()
    gone = EventRecord.objects.filter(cause_id=cause, type="service.ticket_trashed") if cause else None
    ids = gone.values_list("subject_id", flat=True) if gone is not None else []
    for ticket in Ticket.objects.filter(pk__in=list(ids), deleted_at__isnull=False).order_by("pk"):
        tickets.restore(ticket, by=SYSTEM.because_of(record.pk))


@on(
    TicketOpened, TicketChanged, StatusChanged, TicketSolved, TicketClosed, TicketReopened, TicketTrashed,
    TicketRestored, TicketAnswered, CustomerWaits, TicketMerged, TicketUnmerged, TicketSplit, TicketQueued,
    TicketAssigned,
)  # fmt: skip
def keep_clocks(record: EventRecord, happening: Event) -> None:
    """Tell the clocks of a ticket anew whenever its history grew, and those of the one that its talk went to."""
    other = getattr(happening, "into_id", None) or getattr(happening, "made_id", None)
    for key in sorted({str(one) for one in (record.subject_id, other) if one is not None}):
        clocks.recompute(UUID(key))


@on(CalendarChanged, later=True)
def follow_calendar(record: EventRecord, happening: CalendarChanged) -> None:
    """Tell the running clocks by a calendar anew, now that its hours have changed."""
    clocks.recompute_running(calendar_id=record.subject_id)


@on(SlaPolicyChanged, later=True)
def follow_policy(record: EventRecord, happening: SlaPolicyChanged) -> None:
    """Look for the policy of every running ticket anew, and tell its clocks by it."""
    clocks.recompute_running()


@on(CallLogged)
def keep_call_back(record: EventRecord, happening: CallLogged) -> None:
    """A customer who was reached has been called back, if a ticket promised it: that is an answer to the ticket."""
    if record.customer_id is not None and happening.outcome == Activity.Outcome.REACHED:
        log = Activity.objects.select_related("author").filter(pk=str(happening.activity_id)).first()
        caller = log.author if log else None
        by = SYSTEM.because_of(record.pk)
        callbacks.called(record.customer_id, by=by, at=record.at, caller=caller, text=happening.text)
