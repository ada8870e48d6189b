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
from django.views.decorators.http import require_http_methods, require_safe

from rapport.kernel.permissions import RIGHTS, Right
from rapport.staff.refusals import told_by
from rapport.staff.requests import StaffRequest
from rapport.staff.settings.tabs import part
from rapport.team.models import Role
from rapport.team.permissions import MANAGE
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
    "feedback": gettext_lazy("Feedback"),
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
        for right in RIGHTS.values():
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
    for right in RIGHTS.values():
        found.setdefault(right.name.partition(".")[0], []).append(right)
    ordered = sorted(found, key=lambda area: (list(AREAS).index(area) if area in AREAS else len(AREAS), area))
    return [(str(AREAS.get(area, capfirst(area))), found[area]) for area in ordered]


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
    context: dict[str, object] = {"form": form, "role": row, "users": row.users.filter(deactivated_at__isnull=True)}
    return part(request, "roles", context, template="role", status=422 if form.is_bound else 200)
