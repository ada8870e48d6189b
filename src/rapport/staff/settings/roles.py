"""What each role may do, and how far: over one's own customers, over those of one's team, or over all."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rapport.kernel.permissions import Right, rights
from rapport.staff.refusals import told_by
from rapport.staff.requests import StaffRequest
from rapport.staff.settings.tabs import part
from rapport.team.models import Role
from rapport.team.permissions import MANAGE
from rapport.team.services import roles as naming
from rapport.team.services import users as verbs
from rapport.ui.navigation import Text
from rapport.ui.toasts import tell

REACHES: list[tuple[str, Text]] = [
    ("", gettext_lazy("No")),
    ("own", gettext_lazy("Own")),
    ("team", gettext_lazy("Team")),
    ("all", gettext_lazy("All")),
]
AREAS: dict[str, Text] = {
    "customers": gettext_lazy("Customers"),
    "timeline": gettext_lazy("Timeline"),
    "promises": gettext_lazy("Promises"),
    "commerce": gettext_lazy("Orders and products"),
    "conversations": gettext_lazy("Conversations"),
    "service": gettext_lazy("Tickets"),
    "knowledge": gettext_lazy("Help centre"),
    "feedback": gettext_lazy("Feedback"),
    "marketing": gettext_lazy("Segments"),
    "objects": gettext_lazy("Custom objects"),
    "insight": gettext_lazy("Insight"),
    "team": gettext_lazy("Staff and settings"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A right and how far it goes for each role, in words."""

    right: Right
    cells: list[str]


@dataclass(frozen=True, slots=True)
class Area:
    """The rights of one part of the product."""

    label: str
    rows: list[Row]


class GrantsForm(forms.Form):
    """One choice for each right."""

    def __init__(self, role: Role, data: object = None) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        for right in rights().values():
            self.fields[right.name] = forms.ChoiceField(
                label=str(right.label), choices=REACHES, required=False, initial=role.grants.get(right.name, "")
            )

    def grants(self) -> dict[str, str]:
        """Return what is granted: right to reach."""
        return {name: reach for name, reach in self.cleaned_data.items() if reach}

    def areas(self) -> list[tuple[str, list[forms.BoundField]]]:
        """Return the fields by the part of the product they belong to."""
        return [(label, [self[right.name] for right in rights]) for label, rights in by_area()]


def by_area() -> list[tuple[str, list[Right]]]:
    """Return the rights by the part of the product they belong to, in the order of the domains."""
    found: dict[str, list[Right]] = {}
    for right in rights().values():
        found.setdefault(right.name.partition(".")[0], []).append(right)
    ordered = sorted(found, key=lambda area: (list(AREAS).index(area) if area in AREAS else len(AREAS), area))
    return [(str(AREAS.get(area, capfirst(area))), found[area]) for area in ordered]


class NameForm(forms.Form):
    """What a role is called."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)


class NewRoleForm(NameForm):
    """A new role; it begins with what another one may do."""

    like = forms.ModelChoiceField(
        Role.objects.all(), label=gettext_lazy("Begins like"), required=False,
        empty_label=gettext_lazy("Nothing allowed"),
        help_text=gettext_lazy("You change what it may do in the next step."),
    )  # fmt: skip


NAMES: dict[type[Exception], str | None] = {naming.Unnamed: "name", naming.RoleNameTaken: "name"}


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: StaffRequest) -> HttpResponse:
    """Add a role, then say what it may do."""
    request.actor.require(MANAGE)
    form = NewRoleForm(request.POST or None)
    if form.is_valid():
        with told_by(form, NAMES):
            made = naming.add(form.cleaned_data["name"], like=form.cleaned_data["like"], by=request.actor)
            tell(request, _("The role %(name)s is added.") % {"name": made.name})
            return redirect("staff:role", made.pk)
    context: dict[str, object] = {"form": form}
    return part(request, "roles", context, template="role_add", status=422 if form.is_bound else 200)


@require_POST
def rename(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Call a role by another name."""
    request.actor.require(MANAGE)
    row = get_object_or_404(Role, pk=pk)
    form = NameForm(request.POST)
    if form.is_valid():
        with told_by(form, NAMES):
            made = naming.rename(row, form.cleaned_data["name"], by=request.actor)
            tell(request, _("The role is called %(name)s now.") % {"name": made.name})
            return redirect("staff:role", row.pk)
    return _page(request, row, GrantsForm(row), form, 422)


@require_POST
def remove(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Remove a role that nobody has."""
    request.actor.require(MANAGE)
    row = get_object_or_404(Role, pk=pk)
    try:
        naming.remove(row, by=request.actor)
    except naming.RoleInUse as refusal:
        tell(request, str(refusal), tone="bad")
        return redirect("staff:role", row.pk)
    tell(request, _("The role %(name)s is removed.") % {"name": row.name})
    return redirect("staff:roles")


@require_safe
def roles(request: StaffRequest) -> HttpResponse:
    """Show all rights of all roles."""
    request.actor.require(MANAGE)
    rows = list(Role.objects.all())
    said = {value: str(label) for value, label in REACHES}
    areas = [
        Area(
            label, [Row(right, [said.get(role.grants.get(right.name) or "-", "") for role in rows]) for right in rights]
        )
        for label, rights in by_area()
    ]
    return part(request, "roles", {"roles": rows, "areas": areas})


@require_http_methods(["GET", "HEAD", "POST"])
def role(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Show and change what a role may do."""
    request.actor.require(MANAGE)
    row = get_object_or_404(Role, pk=pk)
    form = GrantsForm(row, request.POST or None)
    if form.is_valid():
        with told_by(form, {verbs.UnknownRight: None, verbs.LastAdministrator: None}):
            verbs.set_grants(row, form.grants(), by=request.actor)
            tell(request, _("The role %(name)s is changed.") % {"name": row.name})
            return redirect("staff:roles")
    return _page(request, row, form, NameForm(initial={"name": row.name}), 422 if form.is_bound else 200)


def _page(request: StaffRequest, row: Role, form: GrantsForm, naming_form: NameForm, status: int) -> HttpResponse:
    """Show a role: its name, who has it, what it may do."""
    users = row.users.filter(deactivated_at__isnull=True)
    context: dict[str, object] = {"form": form, "role": row, "users": users, "naming": naming_form,
                                  "in_use": row.users.exists()}  # fmt: skip
    return part(request, "roles", context, template="role", status=status)
