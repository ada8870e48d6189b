"""Senders whose mail is filed as spam, and those whose pictures are shown."""

from __future__ import annotations

from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from rapport.conversations.models import SenderRule
from rapport.conversations.permissions import ANSWER
from rapport.conversations.services import sender_rules
from rapport.service.permissions import VIEW
from rapport.staff.inbox import page
from rapport.staff.refusals import told_by
from rapport.staff.requests import StaffRequest
from rapport.ui.toasts import tell

MOST = 500


class BlockForm(forms.Form):
    """An address or a domain."""

    sender = forms.CharField(
        label=gettext_lazy("Address or domain"),
        max_length=254,
        widget=forms.TextInput({"placeholder": "@example.com", "autocomplete": "off"}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def senders(request: StaffRequest) -> HttpResponse:
    """List the senders whom we block and those whose pictures are shown; a POST blocks one more."""
    request.actor.require(VIEW)
    form = BlockForm(request.POST if request.method == "POST" else None)
    if form.is_bound:
        request.actor.require(ANSWER)
    if form.is_valid():
        with told_by(form, {sender_rules.NoSender: "sender"}):
            made = sender_rules.block(form.cleaned_data["sender"], by=request.actor)
            words = _("Mail of %(sender)s is filed as spam from now on.") % {"sender": made.sender}
            tell(request, words, undo=reverse("staff:inbox_unblock", args=[made.pk]))
            return HttpResponseRedirect(reverse("staff:inbox_blocked"))
    rows = SenderRule.objects.visible_to(request.actor).order_by("sender")[:MOST]
    context = {
        **page.listing(request),
        "form": form,
        "other": "blocked",
        "blocked": [row for row in rows if row.what == SenderRule.What.BLOCK],
        "trusted": [row for row in rows if row.what == SenderRule.What.PICTURES],
        "may_block": request.actor.may(ANSWER),
    }
    return render(request, "staff/inbox/blocked.html", context, status=422 if form.is_bound else 200)


@require_POST
def remove(request: StaffRequest, key: str) -> HttpResponse:
    """Take back a rule for a sender; one that is gone is no matter."""
    row = SenderRule.objects.visible_to(request.actor).filter(pk=key).first()
    if row and row.what == SenderRule.What.BLOCK:
        sender_rules.unblock(row.sender, by=request.actor)
        tell(request, _("Mail of %(sender)s is taken again.") % {"sender": row.sender})
    elif row:
        sender_rules.hide_pictures(row.sender, by=request.actor)
        tell(request, _("Pictures of %(sender)s wait until they are asked for.") % {"sender": row.sender})
    return HttpResponseRedirect(reverse("staff:inbox_blocked"))
