"""Being let into a mailbox by its provider: there, where somebody consents, and back."""

from __future__ import annotations

import secrets
from uuid import UUID

from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from rapport.connectors.mail import oauth
from rapport.conversations.models import Mailbox
from rapport.conversations.permissions import MANAGE
from rapport.staff.requests import StaffRequest
from rapport.ui.toasts import tell

KEPT = "mailbox consent"


@require_safe
def ask(request: StaffRequest, pk: UUID) -> HttpResponseBase:
    """Lead to the provider's page, remembering for whom and with which secret."""
    request.actor.require(MANAGE)
    row = get_object_or_404(Mailbox, pk=pk)
    state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(64)
    try:
        page = oauth.consent_url(row, _back(request), state=state, verifier=verifier)
    except oauth.NoToken as refusal:
        tell(request, str(refusal), tone="bad")
        return redirect("staff:mailbox", pk)
    request.session[KEPT] = {"mailbox": str(pk), "state": state, "verifier": verifier}
    return redirect(page)


@require_safe
def consented(request: StaffRequest) -> HttpResponseBase:
    """Take the answer of the provider; one that we did not ask for is refused."""
    request.actor.require(MANAGE)
    kept = request.session.pop(KEPT, None)
    if not kept or not constant_time_compare(request.GET.get("state", ""), kept["state"]):
        tell(request, _("This answer belongs to no question of ours. Begin again."), tone="bad")
        return redirect("staff:mailboxes")
    row = get_object_or_404(Mailbox, pk=kept["mailbox"])
    if code := request.GET.get("code", ""):
        try:
            oauth.let_in(row, code, _back(request), verifier=kept["verifier"], by=request.actor)
            tell(request, _("We are let into %(address)s.") % {"address": row.address})
        except (oauth.NoToken, oauth.ProviderAway) as refusal:
            tell(request, str(refusal), tone="bad")
    else:
        reason = request.GET.get("error_description") or request.GET.get("error") or _("no reason given")
        tell(request, _("The provider refused: %(reason)s.") % {"reason": reason[:200]}, tone="bad")
    return redirect("staff:mailbox", row.pk)


def _back(request: StaffRequest) -> str:
    return request.build_absolute_uri(reverse("staff:mailbox_consented"))
