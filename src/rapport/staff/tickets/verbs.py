"""What may be done to many tickets at once, each through its verb."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _said
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from rapport.conversations.models import Thread
from rapport.conversations.permissions import ANSWER
from rapport.conversations.services import messages, threads
from rapport.kernel.actors import Actor
from rapport.service.models import Ticket
from rapport.service.permissions import CHANGE, DELETE, MERGE
from rapport.service.queries import by_number
from rapport.service.services import answering, assigning, macros, merges, tickets
from rapport.service.services.locking import MergedAway, Trashed
from rapport.staff.listing.nouns import BulkVerb
from rapport.staff.tickets import forms, undoing

Values = Mapping[str, Any]
GONE = (Trashed, MergedAway)


class NoSuchTicket(ValueError):
    """There is no ticket of this number within reach."""


def answer(ticket: Ticket, actor: Actor, values: Values) -> None:
    """Answer a ticket, and give it a status when one was chosen."""
    answering.answer(ticket, values["text"], by=actor)
    if values["status"]:
        tickets.set_status(ticket, values["status"], by=actor)


def merge(ticket: Ticket, actor: Actor, values: Values) -> None:
    """Merge a ticket into the one that remains; that itself stays as it is."""
    into = by_number(values["number"], actor)
    if into is None:
        raise NoSuchTicket(_said("There is no such ticket among those you can see."))
    if into.pk != ticket.pk:
        merges.merge(ticket, into, by=actor)


def each_thread(ticket: Ticket, actor: Actor, act: Callable[[Thread], object]) -> None:
    """Do `act` to all the talk of a ticket."""
    for thread in Thread.objects.visible_to(actor).live().filter(ticket_thread__ticket=ticket).order_by("pk"):
        act(thread)


def snooze(ticket: Ticket, actor: Actor, values: Values) -> None:
    """Let a ticket rest."""
    each_thread(ticket, actor, lambda thread: threads.snooze(thread, values["until"], by=actor))


def spam(ticket: Ticket, actor: Actor, values: Values) -> None:
    """Mark the talk of a ticket as spam."""
    each_thread(ticket, actor, lambda thread: threads.mark_spam(thread, by=actor))


TICKETS = (
    BulkVerb(
        "owner", _("Assign"), "user-check", CHANGE,
        lambda ticket, actor, values: assigning.assign(ticket, values["owner"], by=actor),
        lambda n: ngettext("Assigned %(n)s ticket.", "Assigned %(n)s tickets.", n),
        form=lambda: forms.OwnerForm, refusals=(*GONE, assigning.CannotWork), undo=undoing.unassign,
    ),
    BulkVerb(
        "status", _("Status"), "flag", CHANGE,
        lambda ticket, actor, values: tickets.set_status(ticket, values["status"], by=actor),
        lambda n: ngettext("Set the status of %(n)s ticket.", "Set the status of %(n)s tickets.", n),
        form=lambda: forms.StatusForm, refusals=(*GONE, tickets.WrongStatus, tickets.TooOld), undo=undoing.unset,
    ),
    BulkVerb(
        "answer", _("Answer"), "send", ANSWER, answer,
        lambda n: ngettext("Answered %(n)s ticket.", "Answered %(n)s tickets.", n),
        form=lambda: forms.AnswerForm,
        refusals=(*GONE, macros.NoTalk, messages.NobodyToWriteTo, threads.NotLive, tickets.WrongStatus, tickets.TooOld),
    ),
    BulkVerb(
        "macro", _("Macro"), "bolt", CHANGE,
        lambda ticket, actor, values: macros.run(ticket, values["macro"], by=actor),
        lambda n: ngettext("Ran the macro on %(n)s ticket.", "Ran the macro on %(n)s tickets.", n),
        form=lambda: forms.MacroForm, refusals=(*GONE, macros.StepFailed),
    ),
    BulkVerb(
        "tag", _("Add a tag"), "tag", CHANGE,
        lambda ticket, actor, values: tickets.tag(ticket, *values["tags"], by=actor),
        lambda n: ngettext("Tagged %(n)s ticket.", "Tagged %(n)s tickets.", n),
        form=lambda: forms.TagForm, refusals=GONE, undo=undoing.unchange,
    ),
    BulkVerb(
        "untag", _("Remove a tag"), "minus", CHANGE,
        lambda ticket, actor, values: tickets.untag(ticket, *values["tags"], by=actor),
        lambda n: ngettext("Took the tag from %(n)s ticket.", "Took the tag from %(n)s tickets.", n),
        form=lambda: forms.TagForm, refusals=GONE, undo=undoing.unchange,
    ),
    BulkVerb(
        "priority", _("Priority"), "arrow-up", CHANGE,
        lambda ticket, actor, values: tickets.change(ticket, by=actor, priority=values["priority"]),
        lambda n: ngettext("Set the priority of %(n)s ticket.", "Set the priority of %(n)s tickets.", n),
        form=lambda: forms.PriorityForm, refusals=GONE, undo=undoing.unchange,
    ),
    BulkVerb(
        "queue", _("Queue"), "folder", CHANGE,
        lambda ticket, actor, values: assigning.move(ticket, values["queue"], by=actor),
        lambda n: ngettext("Moved %(n)s ticket.", "Moved %(n)s tickets.", n),
        form=lambda: forms.QueueForm, refusals=(*GONE, assigning.QueueGone), undo=undoing.unmove,
    ),
    BulkVerb(
        "snooze", _("Snooze"), "moon", ANSWER, snooze,
        lambda n: ngettext("Snoozed %(n)s ticket.", "Snoozed %(n)s tickets.", n),
        form=lambda: forms.SnoozeForm, refusals=(threads.InThePast, threads.NotLive), undo=undoing.wake,
    ),
    BulkVerb(
        "merge", _("Merge"), "git-merge", MERGE, merge,
        lambda n: ngettext("Merged %(n)s ticket.", "Merged %(n)s tickets.", n),
        form=lambda: forms.MergeForm, refusals=(*GONE, merges.IntoItself, NoSuchTicket), undo=undoing.unmerge,
    ),
    BulkVerb(
        "spam", _("Spam"), "ban", ANSWER, spam,
        lambda n: ngettext("Marked %(n)s ticket as spam.", "Marked %(n)s tickets as spam.", n),
        undo=undoing.unspam, danger=True,
    ),
    BulkVerb(
        "trash", _("Move to the trash"), "trash", DELETE,
        lambda ticket, actor, values: tickets.trash(ticket, by=actor),
        lambda n: ngettext("Moved %(n)s ticket to the trash.", "Moved %(n)s tickets to the trash.", n),
        refusals=GONE, undo=undoing.restore, danger=True,
    ),
)  # fmt: skip
