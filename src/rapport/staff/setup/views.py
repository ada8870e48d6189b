"""The pages of the first run."""

from __future__ import annotations

from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import activate
from django.views.decorators.http import require_http_methods, require_safe

from rapport.customers.permissions import IMPORT
from rapport.staff.requests import StaffRequest
from rapport.staff.setup.forms import FirstRunForm
from rapport.staff.setup.guesses import initial
from rapport.team.models import User
from rapport.team.permissions import SETTINGS
from rapport.team.services.organisation import SetUpAlready

BACKEND = "rapport.team.sign_in.StaffBackend"


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def first_run(request: HttpRequest) -> HttpResponse:
    """Ask for the organisation and its first administrator, once; sign them in and lead them on."""
    if User.objects.exists():
        return redirect("/")
    form = FirstRunForm(request.POST or None, initial=initial(request))
    if form.is_valid():
        try:
            user = form.set_up()
        except (SetUpAlready, IntegrityError):
            return redirect("account_login")
        if user is not None:
            login(request, user, backend=BACKEND)
            activate(user.language)
            return redirect("staff:welcome")
    return render(request, "staff/setup/first_run.html", {"form": form}, status=422 if form.is_bound else 200)


@require_safe
def welcome(request: StaffRequest) -> HttpResponse:
    """Offer what to start with: the sample business, one's own files, or nothing."""
    request.actor.require(SETTINGS)
    return render(request, "staff/setup/welcome.html", {"may_import": request.actor.may(IMPORT)})
