"""What the metrics should reach, how much each element of a relationship counts, and the rules of the numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from rapport.insight import queries
from rapport.insight.elements.catalogue import ELEMENTS, weights
from rapport.insight.models import Target
from rapport.insight.permissions import CHANGE
from rapport.insight.policy import Policy
from rapport.insight.services import rules, targets
from rapport.staff.insight.metric import by_group
from rapport.staff.refusals import told_by
from rapport.staff.requests import StaffRequest
from rapport.staff.settings.tabs import part
from rapport.team.queries import organisation
from rapport.ui.toasts import tell

UNITS = {"%": "%", "days": gettext_lazy("days"), "points": gettext_lazy("points")}


class TargetsForm(forms.Form):
    """One number for each metric that has a good direction, in its unit; empty is none."""

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, prefix="target")
        now = dict(Target.objects.values_list("metric", "value"))
        for metric in queries.metrics():
            if metric.good:
                unit = str(UNITS.get(metric.unit, ""))
                label = f"{metric.label} ({unit})" if unit else str(metric.label)
                self.fields[metric.name] = forms.FloatField(label=label, required=False, initial=now.get(metric.name))

    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        """Return the fields by what their metrics are about."""
        found = [
            (label, [self[one.name] for one in metrics if one.name in self.fields]) for label, metrics in by_group()
        ]
        return [(label, fields) for label, fields in found if fields]


class RulesForm(forms.Form):
    """The weights of the elements, and the rules that a number is made by."""

    active_days = forms.IntegerField(
        label=gettext_lazy("Days after an order in which a customer counts as active"), min_value=1, max_value=3650
    )
    margin = forms.FloatField(
        label=gettext_lazy("Share of net revenue that is kept, where costs are not known (0 to 1)"),
        min_value=0,
        max_value=1,
    )
    discount = forms.FloatField(
        label=gettext_lazy("Interest a year by which later money is worth less (0 to 1)"), min_value=0, max_value=1
    )
    months = forms.IntegerField(label=gettext_lazy("Months that predictions look ahead"), min_value=1, max_value=120)
    repeat_days = forms.IntegerField(
        label=gettext_lazy("Days within which a second order counts as early"), min_value=1, max_value=3650
    )
    lapse_factor = forms.FloatField(
        label=gettext_lazy("Usual intervals without an order after which a customer has lapsed"),
        min_value=1,
        max_value=20,
    )
    cohort = forms.ChoiceField(
        label=gettext_lazy("Cohorts by"),
        choices=[
            ("month", gettext_lazy("month")), ("quarter", gettext_lazy("quarter")), ("year", gettext_lazy("year"))
        ],
    )  # fmt: skip

    def __init__(self, policy: Policy, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, prefix="rule", initial={name: getattr(policy, name) for name in self.base_fields})
        chosen = weights(dict(policy.weights))
        self.policy = policy
        for name, label in ELEMENTS.items():
            self.fields[f"weight_{name}"] = forms.FloatField(
                label=str(label), min_value=0, max_value=rules.HEAVIEST, initial=chosen[name]
            )

    def weight_fields(self) -> list[forms.BoundField]:
        """Return the fields of the weights."""
        return [self[f"weight_{name}"] for name in ELEMENTS]

    def rule_fields(self) -> list[forms.BoundField]:
        """Return the fields of the rules."""
        return [self[name] for name in self.base_fields]

    def values(self) -> dict[str, Any]:
        """Return what was chosen, as the verb takes it; weights of measures stay as they are."""
        chosen = {name: self.cleaned_data[name] for name in self.base_fields}
        kept = {name: one for name, one in self.policy.weights.items() if name not in ELEMENTS}
        told = {name: self.cleaned_data[f"weight_{name}"] for name in ELEMENTS}
        return {**chosen, "weights": {**kept, **{name: one for name, one in told.items() if one != 1.0}}}


@require_http_methods(["GET", "HEAD", "POST"])
def show(request: StaffRequest) -> HttpResponse:
    """Show and change targets, weights and rules."""
    request.actor.require(CHANGE)
    which = request.POST.get("which", "")
    policy = Policy.of(organisation().policy)
    wanted = TargetsForm(request.POST if which == "targets" else None)
    ruled = RulesForm(policy, request.POST if which == "rules" else None)
    if wanted.is_valid():
        with told_by(wanted, {targets.NotANumber: None}):
            _set(wanted, request)
            tell(request, _("Saved."))
            return redirect("staff:targets")
    if ruled.is_valid():
        with told_by(ruled, {rules.OutOfLimits: None, rules.UnknownRule: None}):
            rules.change_rules(by=request.actor, **ruled.values())
            tell(request, _("Saved. The numbers follow in a moment."))
            return redirect("staff:targets")
    return part(request, "targets", {"targets": wanted, "rules": ruled}, status=422 if which else 200)


def _set(form: TargetsForm, request: StaffRequest) -> None:
    """Set, change and take away targets as the form says."""
    now = dict(Target.objects.values_list("metric", "value"))
    for name, value in form.cleaned_data.items():
        if value is None and name in now:
            targets.clear_target(name, by=request.actor)
        elif value is not None and now.get(name) != value:
            targets.set_target(name, value, by=request.actor)
