"""Answering a piece of feedback: what was said to the customer is noted on their timeline."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from rapport.feedback.models import Answer
from rapport.feedback.permissions import CHANGE
from rapport.feedback.services import answers
from rapport.staff.record import page
from rapport.staff.record.known import Known
from rapport.staff.record.reach import customer_of, one
from rapport.staff.requests import StaffRequest
from rapport.ui.toasts import tell


class ReplyForm(forms.Form):
    """What was answered."""

    text = forms.CharField(
        label=gettext_lazy("What do you answer?"),
        max_length=10_000,
        widget=forms.Textarea({"rows": 4}),
        help_text=gettext_lazy("It is noted on the timeline. Send it the way they like to be reached."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def feedback(request: StaffRequest, pk: UUID, answer: UUID) -> HttpResponse:
    """Show a piece of feedback and note what was answered to it."""
    row = customer_of(request.actor, pk)
    given = one(
        Answer.objects.visible_to(request.actor)
        .select_related("order", "product", "ticket", "agent")
        .filter(customer=row),
        answer,
    )
    request.actor.require(CHANGE)
    form = ReplyForm(request.POST or None)
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if not url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}):
        wanted = reverse("staff:customer", args=[row.pk])
    if "close" in request.POST:
        return _closed(request, given, wanted)
    if form.is_valid():
        answers.reply(given, form.cleaned_data["text"], by=request.actor)
        tell(request, _("Answer noted."))
        return HttpResponseRedirect(wanted)
    waits = not given.replied_at and not given.closed_at
    context = {"form": form, "answer": given, "waits": waits, "next": wanted, **page.head(Known(row, request.actor))}
    return render(request, "staff/record/feedback.html", context, status=422 if form.is_bound else 200)


def _closed(request: StaffRequest, given: Answer, onward: str) -> HttpResponse:
    """Close a piece of feedback that needs no reply."""
    try:
        answers.close(given, by=request.actor)
    except answers.NotWaiting as refusal:
        tell(request, str(refusal), tone="warn")
    else:
        tell(request, _("Closed."))
    return HttpResponseRedirect(onward)
