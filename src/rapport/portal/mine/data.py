"""My data: all of it in one file, and asking to be erased."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from rapport.customers.services import members
from rapport.kernel import clock
from rapport.portal.gates import members_only
from rapport.portal.limits import HOUR, allowed
from rapport.portal.mine.export import everything
from rapport.portal.mine.forms import EraseForm
from rapport.portal.requests import MemberRequest
from rapport.promises.models import Promise
from rapport.promises.services import promises
from rapport.ui.toasts import tell

ANSWER_WITHIN = timedelta(days=30)  # a month: regulation (EU) 2016/679, article 12 (3)
DOWNLOADS = 10


@members_only
@require_safe
def download(request: MemberRequest) -> HttpResponse:
    """Answer with everything that is held of the member, as a file."""
    if not allowed("data", str(request.member.pk), DOWNLOADS, HOUR):
        return render(request, "portal/access/too_often.html", status=429)
    members.take_data(request.member.customer, by=request.writer)
    answer = JsonResponse(everything(request.member), json_dumps_params={"indent": 2, "ensure_ascii": False})
    answer["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return answer


@members_only
@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: MemberRequest) -> HttpResponse:
    """Take a wish to be erased: it becomes a promise of the firm, due within a month."""
    form = EraseForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        customer = request.member.customer
        if members.ask_erasure(customer, by=request.writer):
            due = (clock.now() + ANSWER_WITHIN).date()
            what = _("Erase what we hold, as asked in the portal")
            promises.make(customer, what, by=request.writer, kind=Promise.Kind.OTHER, due_on=due)
        tell(request, _("We have your wish and will write to you within a month."))
        return HttpResponseRedirect(reverse("my:preferences"))
    context = {"form": form, "asked": request.member.erasure_asked_at}
    return render(request, "portal/mine/erase.html", context, status=422 if form.is_bound else 200)
