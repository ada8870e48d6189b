"""Why the relationship index of a customer is what it is: each element with its measures and the rows behind them."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from rapport.customers.models import Customer
from rapport.insight import explanations
from rapport.insight.explanations import ElementReason, KindReason, MeasureReason, Row, explain, explain_kind, rows_of
from rapport.insight.permissions import CHANGE, VIEW
from rapport.insight.services import kinds
from rapport.kernel.actors import Actor
from rapport.staff.insight import words
from rapport.staff.record import history, page
from rapport.staff.record.known import Known
from rapport.staff.record.reach import customer_of
from rapport.staff.requests import StaffRequest
from rapport.ui.toasts import tell

ROWS = 4


@dataclass(frozen=True, slots=True)
class Told:
    """A measure with the newest rows behind it, each with its page."""

    measure: MeasureReason
    rows: list[tuple[Row, str]]


@dataclass(frozen=True, slots=True)
class Reasons:
    """An element with everything that is known of it, and how it changed over 90 days (None: not known)."""

    element: ElementReason
    measures: list[Told]
    change: float | None


class KindForm(forms.Form):
    """The kind of a relationship that somebody knows better than the rules."""

    kind = forms.ChoiceField(label=gettext_lazy("Somebody knows better?"), required=False)

    def __init__(self, *args: object, **more: object) -> None:
        super().__init__(*args, **more)  # type: ignore[arg-type]
        choices = [(name, str(label)) for name, label in words.KINDS.items()]
        field = self.fields["kind"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("As worked out")), *choices]


@require_safe
def relationship_page(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Explain the relationship index of a customer, and the kind of the relationship."""
    row = customer_of(request.actor, pk)
    request.actor.require(VIEW)
    known = Known(row, request.actor)
    past = explanations.past(row, request.actor)
    before = explanations.before(past)
    context = {
        "score": known.score,
        "chart": history.chart(past),
        "reasons": [reasons(row, one, before.get(one.name), request.actor) for one in explain(row, request.actor)],
        "kinds": memberships(explain_kind(row, request.actor)),
        "form": KindForm(initial={"kind": known.score.kind_override if known.score else ""}),
        "may_choose": request.actor.may(CHANGE),
        **page.head(known),
    }
    return render(request, "staff/record/relationship.html", context)


@require_POST
def choose_kind(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Say what kind of relationship this is, or let it be worked out again."""
    row = customer_of(request.actor, pk)
    request.actor.require(CHANGE)
    form = KindForm(request.POST)
    if form.is_valid():
        chosen = form.cleaned_data["kind"]
        if chosen:
            kinds.choose_kind(row, kind=chosen, by=request.actor)
        else:
            kinds.clear_kind(row, by=request.actor)
        tell(request, _("Noted."))
    return HttpResponseRedirect(reverse("staff:customer_relationship", args=[row.pk]))


def reasons(customer: Customer, element: ElementReason, before: float | None, actor: Actor) -> Reasons:
    """Return an element with the rows behind each of its measures; `before` is its value of 90 days ago."""
    return Reasons(
        element,
        [
            Told(one, [(row, address(row)) for row in rows_of(customer, one.name, actor, ROWS)])
            for one in element.measures
        ],
        None if before is None or element.value is None else round(element.value) - before,
    )


def memberships(found: list[KindReason]) -> list[tuple[str, float, str]]:
    """Return each kind in words, its share in percent, and why."""
    return [(words.kind(one.name), 100 * one.share, ", ".join(one.because)) for one in found]


PAGES = {"commerce.order": "staff:order", "service.ticket": "staff:inbox_ticket"}


def address(row: Row) -> str:
    """Return the page of a row behind a measure, "" for one that has none of its own."""
    if row.noun not in PAGES:
        return ""
    try:
        return reverse(PAGES[row.noun], args=[row.number or row.id])
    except NoReverseMatch:
        return ""
