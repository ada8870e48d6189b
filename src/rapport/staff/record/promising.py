"""What may be done with an open promise from the customer page and from Today: fulfil, move, release, give up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from rapport.kernel.actors import Actor
from rapport.promises.models import Promise
from rapport.promises.permissions import CHANGE
from rapport.promises.services import promises
from rapport.staff.record import owed, page
from rapport.staff.record.forms import DueForm, ReasonForm
from rapport.staff.record.known import Known
from rapport.staff.record.reach import customer_of, one
from rapport.staff.refusals import Fields, told_by
from rapport.staff.requests import StaffRequest
from rapport.ui.navigation import Text
from rapport.ui.toasts import tell


class Act:
    """A way a promise goes on that asks something first: its form, its verb, its words."""

    def __init__(
        self, title: Text, button: Text, form: type[forms.Form], run: Callable[[Promise, Any, Actor], Promise],
        refusals: Fields, done: Text, *, ends: bool,
    ) -> None:  # fmt: skip
        self.title, self.button, self.form, self.run = title, button, form, run
        self.refusals, self.done, self.ends = refusals, done, ends


def _move(promise: Promise, form: DueForm, by: Actor) -> Promise:
    return promises.move(promise, by=by, **form.due())


def _release(promise: Promise, form: ReasonForm, by: Actor) -> Promise:
    return promises.release(promise, form.cleaned_data["reason"], by=by)


def _give_up(promise: Promise, form: ReasonForm, by: Actor) -> Promise:
    return promises.give_up(promise, form.cleaned_data["reason"], by=by)


ENDED: Fields = {promises.Ended: None}
ACTS = {
    "move": Act(
        gettext_lazy("Agree on a new date"), gettext_lazy("Move"), DueForm, _move,
        {**ENDED, promises.TooLateToMove: None, promises.NoDueDate: "due_on"}, gettext_lazy("Moved."), ends=False,
    ),
    "release": Act(
        gettext_lazy("The customer let us off"), gettext_lazy("Release"), ReasonForm, _release, ENDED,
        gettext_lazy("Released: it counts in no rate."), ends=True,
    ),
    "give-up": Act(
        gettext_lazy("We will not keep it"), gettext_lazy("Mark as broken"), ReasonForm, _give_up, ENDED,
        gettext_lazy("Marked as broken."), ends=True,
    ),
}  # fmt: skip


@require_POST
def fulfil(request: StaffRequest, pk: UUID, promise: UUID) -> HttpResponse:
    """End a promise as fulfilled now."""
    row = _promise(request, pk, promise)
    try:
        done = promises.fulfil(row, by=request.actor)
    except promises.Ended as refusal:
        tell(request, str(refusal), tone="warn")
        return back(request, row)
    kept = done.outcome == Promise.Outcome.KEPT
    tell(
        request, _("Promise kept.") if kept else _("Done, but late."), tone="good" if kept else "warn", undo=_undo(row)
    )
    return back(request, row)


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: StaffRequest, pk: UUID, promise: UUID, act: str) -> HttpResponse:
    """Ask what an act needs to know, then do it."""
    row, chosen = _promise(request, pk, promise), ACTS.get(act)
    if chosen is None:
        raise Http404
    request.actor.require(CHANGE)
    form = chosen.form(request.POST or None, initial={"due_on": row.due_on})
    if form.is_valid():
        with told_by(form, chosen.refusals):
            chosen.run(row, form, request.actor)
            tell(request, str(chosen.done), undo=_undo(row) if chosen.ends else "")
            return back(request, row)
    context = {
        "form": form, "act": chosen, "owed": owed.owed(row), "next": _next(request, row),
        **page.head(Known(customer_of(request.actor, pk), request.actor)),
    }  # fmt: skip
    return render(request, "staff/record/promise.html", context, status=422 if form.is_bound else 200)


@require_POST
def reopen(request: StaffRequest, pk: UUID, promise: UUID) -> HttpResponse:
    """Take back how a promise ended."""
    row = _promise(request, pk, promise)
    try:
        promises.reopen(row, by=request.actor)
        tell(request, _("The promise is open again."))
    except promises.NotEnded as refusal:
        tell(request, str(refusal), tone="warn")
    return back(request, row)


@require_POST
def unmake(request: StaffRequest, pk: UUID, promise: UUID) -> HttpResponse:
    """Take back a promise that was noted by a slip of the hand."""
    row = _promise(request, pk, promise)
    try:
        promises.release(row, _("Noted by mistake."), by=request.actor)
        tell(request, _("Taken back."))
    except promises.Ended as refusal:
        tell(request, str(refusal), tone="warn")
    return back(request, row)


def back(request: HttpRequest, row: Promise) -> HttpResponseRedirect:
    """Return to the page the reader came from, or to the customer."""
    return HttpResponseRedirect(_next(request, row))


def _next(request: HttpRequest, row: Promise) -> str:
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}):
        return wanted
    return reverse("staff:customer", args=[row.customer_id])


def _promise(request: StaffRequest, pk: UUID, promise: UUID) -> Promise:
    rows = Promise.objects.visible_to(request.actor).filter(customer_id=pk)
    return one(rows.select_related("customer"), promise)


def _undo(row: Promise) -> str:
    return reverse("staff:customer_promise_reopen", args=[row.customer_id, row.pk])
