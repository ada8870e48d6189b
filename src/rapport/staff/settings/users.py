"""Who signs in, and with which role."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rapport.staff.refusals import told_by
from rapport.staff.requests import StaffRequest
from rapport.staff.settings.tabs import part
from rapport.team.models import Role, User
from rapport.team.permissions import MANAGE
from rapport.team.services import users as verbs
from rapport.team.services.users import AddressTaken, LastAdministrator
from rapport.ui.toasts import tell


class PasswordForm(forms.Form):
    """A new password."""

    password = forms.CharField(
        label=gettext_lazy("Password"),
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password", "minlength": 10}),
        help_text=gettext_lazy("At least 10 characters. Tell it to them, they can change it."),
    )


class UserForm(PasswordForm):
    """A user to add."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    email = forms.EmailField(label=gettext_lazy("E-mail"), widget=forms.EmailInput({"autocomplete": "off"}))
    role = forms.ModelChoiceField(label=gettext_lazy("Role"), queryset=Role.objects.all(), empty_label=None)

    field_order = ("name", "email", "role", "password")


class RoleForm(forms.Form):
    """The role of a user."""

    role = forms.ModelChoiceField(label=gettext_lazy("Role"), queryset=Role.objects.all(), empty_label=None)


@require_safe
def users(request: StaffRequest) -> HttpResponse:
    """List the users."""
    request.actor.require(MANAGE)
    rows = User.objects.select_related("role").prefetch_related("teams").order_by("deactivated_at", "name")
    return part(request, "users", {"users": rows})


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: StaffRequest) -> HttpResponse:
    """Add a user."""
    request.actor.require(MANAGE)
    form = UserForm(request.POST or None)
    if form.is_valid():
        given = form.cleaned_data
        with told_by(form, {AddressTaken: "email", ValidationError: "password"}):
            made = verbs.add(given["email"], given["name"], given["role"], given["password"], by=request.actor)
            tell(request, _("%(name)s can sign in now.") % {"name": made.name})
            return redirect("staff:users")
    return part(request, "users", {"form": form}, template="user_add", status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def user(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Show a user and give them another role."""
    request.actor.require(MANAGE)
    row = get_object_or_404(User.objects.select_related("role"), pk=pk)
    form = RoleForm(request.POST or None, initial={"role": row.role_id})
    if form.is_valid():
        with told_by(form, {LastAdministrator: "role"}):
            verbs.give_role(row, form.cleaned_data["role"], by=request.actor)
            tell(request, _("Saved."))
            return redirect("staff:user", row.pk)
    return _one(request, row, form=form, status=422 if form.is_bound else 200)


@require_POST
def password(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Give a user a new password."""
    request.actor.require(MANAGE)
    row = get_object_or_404(User.objects.select_related("role"), pk=pk)
    form = PasswordForm(request.POST)
    if form.is_valid():
        with told_by(form, {ValidationError: "password"}):
            verbs.set_password(row, form.cleaned_data["password"], by=request.actor)
            tell(request, _("The new password of %(name)s works from now on.") % {"name": row.name})
            return redirect("staff:user", row.pk)
    return _one(request, row, password_form=form, status=422)


@require_POST
def deactivate(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Keep a user from signing in."""
    row = get_object_or_404(User, pk=pk)
    try:
        verbs.deactivate(row, by=request.actor)
        words = _("%(name)s can no longer sign in. What they did stays.") % {"name": row.name}
        tell(request, words, undo=f"{request.path.removesuffix('deactivate/')}reactivate/")
    except LastAdministrator as refusal:
        tell(request, str(refusal), tone="bad")
    return redirect("staff:user", row.pk)


@require_POST
def reactivate(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Let a deactivated user sign in again."""
    row = get_object_or_404(User, pk=pk)
    verbs.reactivate(row, by=request.actor)
    tell(request, _("%(name)s can sign in again.") % {"name": row.name})
    return redirect("staff:user", row.pk)


def _one(
    request: StaffRequest,
    row: User,
    *,
    form: forms.Form | None = None,
    password_form: forms.Form | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "person": row,
        "form": form or RoleForm(initial={"role": row.role_id}),
        "password_form": password_form or PasswordForm(),
        "teams": row.teams.all(),
    }
    return part(request, "users", context, template="user", status=status)
