"""Custom objects: which there are, what they are called, what they lead to and who may see them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rapport.kernel.models import CustomField
from rapport.objects.models import Link, ObjectType
from rapport.objects.models.object_type import OWN_RIGHTS
from rapport.objects.permissions import DESIGN
from rapport.objects.services import links, types
from rapport.objects.services.naming import BadPrefix, Nameless, NameTaken
from rapport.staff.refusals import Fields, told_by
from rapport.staff.requests import StaffRequest
from rapport.staff.settings.tabs import part
from rapport.team.models import Role
from rapport.team.permissions import MANAGE
from rapport.ui.forms import Choices
from rapport.ui.toasts import tell

ICONS = (
    "box", "file-text", "certificate", "license", "shield-check", "briefcase", "building", "home", "key", "car",
    "truck", "bike", "plane", "ship", "tractor", "crane", "tool", "plug", "solar-panel", "device-laptop",
    "school", "chalkboard", "book", "barbell", "stethoscope", "paw", "horse", "trees", "bed", "ticket",
    "microphone", "calendar-event",
)  # fmt: skip
REFUSALS: Fields = {Nameless: "name", NameTaken: "name", BadPrefix: "numbers"}


class TypeForm(forms.Form):
    """What such things are called, and whether they are somebody's."""

    name = forms.CharField(label=gettext_lazy("One is called"), max_length=60,
                           widget=forms.TextInput({"placeholder": gettext_lazy("Vehicle")}))  # fmt: skip
    plural = forms.CharField(label=gettext_lazy("Several are called"), max_length=60,
                             widget=forms.TextInput({"placeholder": gettext_lazy("Vehicles")}))  # fmt: skip
    name_label = forms.CharField(
        label=gettext_lazy("Its name is called"), max_length=60, required=False,
        widget=forms.TextInput({"placeholder": gettext_lazy("Registration")}),
        help_text=gettext_lazy("What tells one from another. Empty: Name."),
    )  # fmt: skip
    customer = forms.ChoiceField(
        label=gettext_lazy("Does it belong to a customer?"), choices=ObjectType.Customer, widget=Choices(in_row=True),
        initial=ObjectType.Customer.OPTIONAL,
        help_text=gettext_lazy("What always belongs to a customer goes when they are deleted for good."),
    )  # fmt: skip
    numbers = forms.CharField(
        label=gettext_lazy("Numbers begin with"), max_length=6, required=False,
        help_text=gettext_lazy("V gives V-1, V-2 and so on. Empty: the first letters of the name."),
    )  # fmt: skip
    description = forms.CharField(label=gettext_lazy("What it is for"), max_length=300, required=False)
    icon = forms.ChoiceField(label=gettext_lazy("Picture"), choices=[(one, one) for one in ICONS], initial="box",
                             widget=Choices(in_row=True))  # fmt: skip

    def values(self) -> dict[str, Any]:
        """Return what was put in as the verbs take it."""
        given = dict(self.cleaned_data)
        return {"prefix": given.pop("numbers"), **given}


class LinkForm(forms.Form):
    """Where each of them leads."""

    label = forms.CharField(label=gettext_lazy("Label"), max_length=60)
    to = forms.ModelChoiceField(ObjectType.objects.none(), label=gettext_lazy("Leads to"))
    back_label = forms.CharField(
        label=gettext_lazy("Label on the other side"), max_length=60, required=False,
        help_text=gettext_lazy("What a vehicle calls the repairs that lead to it. Empty: the plural."),
    )  # fmt: skip
    required = forms.BooleanField(label=gettext_lazy("Must be filled in"), required=False)

    def __init__(self, *args: Any, of: Link | None = None, **more: Any) -> None:
        super().__init__(*args, **more)
        if of is None:
            self.fields["to"].queryset = ObjectType.objects.filter(archived_at=None)  # type: ignore[attr-defined]
        else:
            del self.fields["to"]


@require_safe
def object_types(request: StaffRequest) -> HttpResponse:
    """List the custom objects, the archived ones last."""
    request.actor.require(DESIGN)
    live = Count("records", filter=Q(records__deleted_at=None))
    return part(request, "object_types", {"types": ObjectType.objects.annotate(size=live).order_by(
        "archived_at", "position")})  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: StaffRequest) -> HttpResponse:
    """Add a custom object."""
    request.actor.require(DESIGN)
    form = TypeForm(request.POST or None)
    if form.is_valid():
        with told_by(form, REFUSALS):
            made = types.add(by=request.actor, **form.values())
            tell(request, _("%(things)s are there. Say now what you want to know of them.") % {"things": made.plural})
            return redirect("staff:object_type", made.pk)
    status = 422 if form.is_bound else 200
    return part(request, "object_types", {"form": form}, template="object_type_form", status=status)


@require_safe
def object_type(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Show a custom object: its fields, links and rights."""
    request.actor.require(DESIGN)
    row = _one(pk)
    own = {one.name: row.own_right(one).name for one in OWN_RIGHTS}
    roles = [(role, [role.grants.get(own[one.name], "") for one in OWN_RIGHTS]) for role in Role.objects.all()]
    context: dict[str, object] = {
        "type": row,
        "fields": CustomField.objects.filter(noun=row.noun).order_by("archived_at", "position", "label"),
        "links": row.links.select_related("to"),
        "linked": row.linked.select_related("type"),
        "rights": OWN_RIGHTS,
        "roles": roles if row.restricted_at else [],
        "may_manage": request.actor.may(MANAGE),
        "size": row.records.filter(deleted_at=None).count(),
    }
    return part(request, "object_types", context, template="object_type")


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Change what a custom object is called."""
    request.actor.require(DESIGN)
    row = _one(pk)
    begin = {name: getattr(row, name) for name in TypeForm.base_fields if name != "numbers"}
    form = TypeForm(request.POST or None, initial={**begin, "numbers": row.prefix})
    form.fields["numbers"].required = True
    if form.is_valid():
        with told_by(form, REFUSALS):
            types.change(row, by=request.actor, **form.values())
            tell(request, _("Saved."))
            return redirect("staff:object_type", pk)
    context: dict[str, object] = {"form": form, "type": row}
    return part(request, "object_types", context, template="object_type_form", status=422 if form.is_bound else 200)


@require_POST
def act(request: StaffRequest, pk: UUID, act: str) -> HttpResponse:
    """Archive, restore, remove, restrict or open up a custom object."""
    done = ACTS.get(act)
    row = _one(pk)
    if done is None:
        raise Http404
    verb, words = done
    try:
        verb(row, by=request.actor)
    except types.InUse as refusal:
        tell(request, str(refusal), tone="bad")
        return redirect("staff:object_type", pk)
    tell(request, str(words) % {"things": row.plural})
    return redirect("staff:object_types") if act == "remove" else redirect("staff:object_type", pk)


@require_http_methods(["GET", "HEAD", "POST"])
def add_link(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Let each of them lead to another."""
    request.actor.require(DESIGN)
    row = _one(pk)
    form = LinkForm(request.POST or None)
    if form.is_valid():
        with told_by(form, {Nameless: "label", NameTaken: "label", links.TooMany: None}):
            links.add(row, by=request.actor, **form.cleaned_data)
            return redirect("staff:object_type", pk)
    return _link_page(request, row, form)


@require_http_methods(["GET", "HEAD", "POST"])
def change_link(request: StaffRequest, pk: UUID, link: UUID) -> HttpResponse:
    """Change the labels of a link, or whether it is needed."""
    request.actor.require(DESIGN)
    row = _one(pk)
    found = get_object_or_404(row.links, pk=link)
    names = ("label", "back_label", "required")
    form = LinkForm(request.POST or None, of=found, initial={name: getattr(found, name) for name in names})
    if form.is_valid():
        with told_by(form, {Nameless: "label"}):
            links.change(found, by=request.actor, **form.cleaned_data)
            tell(request, _("Saved."))
            return redirect("staff:object_type", pk)
    return _link_page(request, row, form, found)


@require_POST
def remove_link(request: StaffRequest, pk: UUID, link: UUID) -> HttpResponse:
    """Remove a link."""
    request.actor.require(DESIGN)
    found = get_object_or_404(_one(pk).links, pk=link)
    links.remove(found, by=request.actor)
    tell(request, _("The link %(label)s is removed.") % {"label": found.label})
    return redirect("staff:object_type", pk)


def _one(pk: UUID) -> ObjectType:
    return get_object_or_404(ObjectType, pk=pk)


def _link_page(request: StaffRequest, row: ObjectType, form: LinkForm, link: Link | None = None) -> HttpResponse:
    context: dict[str, object] = {"form": form, "type": row, "link": link}
    return part(request, "object_types", context, template="object_link", status=422 if form.is_bound else 200)


ACTS: dict[str, tuple[Callable[..., object], Any]] = {
    "archive": (types.archive, gettext_lazy("%(things)s are out of sight. Nothing is lost.")),
    "restore": (types.restore, gettext_lazy("%(things)s are back.")),
    "remove": (types.remove, gettext_lazy("%(things)s are removed for good.")),
    "restrict": (types.restrict, gettext_lazy("%(things)s have rights of their own now.")),
    "open-up": (types.open_up, gettext_lazy("For %(things)s the general rights hold again.")),
}
