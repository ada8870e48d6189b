"""The work on a ticket: its checklist, the time it took, who watches, what it belongs to, and why it is where it is."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from rapport.service.models import ChecklistItem, Ticket, TicketLink, Watcher
from rapport.service.permissions import CHANGE
from rapport.service.queries import by_number, minutes_spent
from rapport.service.services import checklists, links, tickets, times, watchers
from rapport.staff.inbox import explaining, page
from rapport.staff.inbox.acts import back, telling
from rapport.staff.requests import StaffRequest
from rapport.team.models import User
from rapport.ui.toasts import tell

NOTHING = UUID(int=0)
PARENT, CHILD = "parent", "child"
KINDS = (*TicketLink.Kind.choices, (PARENT, gettext_lazy("Part of")), (CHILD, gettext_lazy("Has as a part")))


class TimeForm(forms.Form):
    """Time spent."""

    minutes = forms.IntegerField(label=gettext_lazy("Minutes"), min_value=1, max_value=times.LONGEST)
    activity = forms.CharField(label=gettext_lazy("What for"), max_length=60, required=False)


class LinkForm(forms.Form):
    """What this ticket has to do with another."""

    kind = forms.ChoiceField(label=gettext_lazy("How"), choices=KINDS)
    number = forms.CharField(
        label=gettext_lazy("Ticket"), max_length=24, widget=forms.TextInput({"placeholder": "T-1042"})
    )


@require_safe
def panel(request: StaffRequest, number: int) -> HttpResponse:
    """Show checklist, time, watchers and links of a ticket."""
    return _panel(request, page.ticket_of(request, number))


@require_POST
def checklist(request: StaffRequest, number: int) -> HttpResponse:
    """Add a point, tick or untick one, or take it off."""
    ticket, by = page.ticket_of(request, number), request.actor
    item = ChecklistItem.objects.filter(ticket=ticket, pk=_key(request, "item")).first()
    if item is None:
        return _do(request, ticket, lambda: checklists.add(ticket, [request.POST.get("text", "")], by=by))
    if "remove" in request.POST:
        return _do(request, ticket, lambda: checklists.remove(ticket, item, by=by))
    act = checklists.untick if item.done_at else checklists.tick
    return _do(request, ticket, lambda: act(ticket, item, by=by))


@require_POST
def time(request: StaffRequest, number: int) -> HttpResponse:
    """Note time that was spent."""
    ticket, form = page.ticket_of(request, number), TimeForm(request.POST)
    if not form.is_valid():
        tell(request, _("Say how many minutes, from 1 to %(most)s.") % {"most": times.LONGEST}, tone="bad")
        return _panel(request, ticket) if request.htmx else back(ticket, request)
    given = form.cleaned_data
    return _do(
        request, ticket, lambda: times.spend(ticket, given["minutes"], by=request.actor, activity=given["activity"])
    )


@require_POST
def watch(request: StaffRequest, number: int) -> HttpResponse:
    """Let a colleague watch, or no longer."""
    ticket, by = page.ticket_of(request, number), request.actor
    gone = Watcher.objects.filter(ticket=ticket, pk=_key(request, "remove")).select_related("user", "customer").first()
    if gone:
        who = gone.user or gone.customer
        return _do(request, ticket, lambda: watchers.remove(ticket, who, by=by) if who else None)
    user = User.objects.filter(pk=_key(request, "user"), deactivated_at__isnull=True).first()
    if user is None:
        return _panel(request, ticket) if request.htmx else back(ticket, request)
    return _do(request, ticket, lambda: watchers.add(ticket, user, by=by))


@require_POST
def link(request: StaffRequest, number: int) -> HttpResponse:
    """Link a ticket to another one, put it above or below, or take that back."""
    ticket, form = page.ticket_of(request, number), LinkForm(request.POST)
    by, other = request.actor, by_number(request.POST.get("number", ""), request.actor)
    if not form.is_valid() or other is None:
        tell(request, _("There is no such ticket among those you can see."), tone="bad")
        return _panel(request, ticket) if request.htmx else back(ticket, request)
    kind, off = form.cleaned_data["kind"], "remove" in request.POST
    acts: dict[str, Callable[[], object]] = {
        PARENT: lambda: links.set_parent(ticket, None if off else other, by=by),
        CHILD: lambda: links.set_parent(other, None if off else ticket, by=by),
    }
    plain = links.unlink if off else links.link
    return _do(request, ticket, acts.get(kind, lambda: plain(ticket, other, by=by, kind=kind)))


@require_POST
def follow_up(request: StaffRequest, number: int) -> HttpResponse:
    """Open a ticket that follows one that has ended, and go there."""
    ticket = page.ticket_of(request, number)
    made: list[Ticket] = []
    if telling(request, lambda: made.append(tickets.follow_up(ticket, by=request.actor)), _("Opened.")):
        return HttpResponseRedirect(reverse("staff:inbox_ticket", args=[made[0].number]))
    return back(ticket, request)


@require_safe
def why(request: StaffRequest, number: int) -> HttpResponse:
    """Explain who has a ticket and why, which policy it falls under, and how its targets stand."""
    ticket = page.ticket_of(request, number)
    context = {
        "ticket": ticket,
        "steps": explaining.steps(ticket),
        "policies": explaining.policies(ticket),
        "targets": explaining.targets(ticket),
        "pauses": explaining.pauses(ticket),
    }
    return render(request, "staff/inbox/why.html", context)


def _do(request: StaffRequest, ticket: Ticket, act: Callable[[], object]) -> HttpResponse:
    """Do `act`, or say why it was refused; answer with the panel where scripts run, else with the page."""
    telling(request, act, "")
    return _panel(request, ticket) if request.htmx else back(ticket, request)


def _panel(request: StaffRequest, ticket: Ticket) -> HttpResponse:
    seen = Ticket.objects.visible_to(request.actor)
    row = seen.select_related("parent", "follows").defer("search").get(pk=ticket.pk)
    near = TicketLink.objects.filter(ticket=row).select_related("other__status").order_by("created_at")
    here = TicketLink.objects.filter(other=row).select_related("ticket__status").order_by("created_at")
    watching = list(row.watchers.select_related("user", "customer").order_by("since"))
    points = list(row.checklist.select_related("done_by"))
    reached = set(
        seen.filter(pk__in=[one.other_id for one in near] + [one.ticket_id for one in here]).values_list(
            "pk", flat=True
        )
    )
    context = {
        "ticket": row,
        "points": points,
        "done": sum(1 for one in points if one.done_at),
        "minutes": sum(minutes_spent(row).values()),
        "time_form": TimeForm(auto_id="time_%s"),
        "watching": watching,
        "i_watch": any(one.user_id == request.actor.user_id for one in watching),
        "colleagues": User.objects.filter(deactivated_at__isnull=True).order_by("name"),
        "near": [(one.get_kind_display(), one.kind, one.other) for one in near if one.other_id in reached],
        "here": [(one.get_kind_display(), one.kind, one.ticket) for one in here if one.ticket_id in reached],
        "children": seen.filter(parent=row).select_related("status").defer("search").order_by("number"),
        "follow_ups": seen.filter(follows=row).defer("search").order_by("number"),
        "link_form": LinkForm(auto_id="link_%s"),
        "may_change": request.actor.may(CHANGE) and row.deleted_at is None and row.merged_into_id is None,
    }
    return render(request, "staff/inbox/work.html", context)


def _key(request: StaffRequest, name: str) -> str:
    """Return a key that was sent, one that nothing has when it is none."""
    try:
        return str(forms.UUIDField().clean(request.POST.get(name, "")))
    except forms.ValidationError:
        return str(NOTHING)
