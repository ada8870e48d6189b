"""What customers are asked after service: surveys, asked in order, with a look at what the customer sees."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rapport.conversations.models import Thread
from rapport.feedback.letters import label
from rapport.feedback.models import Invitation, Survey
from rapport.feedback.queries import Tally, tallies
from rapport.feedback.services import surveys as verbs
from rapport.feedback.wording import Words, words
from rapport.kernel import clock
from rapport.kernel.conditions import ConditionError
from rapport.service.permissions import POLICIES
from rapport.service.services.assigning import CannotWork
from rapport.staff.refusals import Fields, told_by
from rapport.staff.requests import StaffRequest
from rapport.staff.settings.asking import in_words
from rapport.staff.settings.survey_form import SurveyForm
from rapport.staff.settings.tabs import part
from rapport.team.queries import organisation
from rapport.ui.toasts import tell

REFUSALS: Fields = {verbs.NameTaken: "name", ConditionError: "condition", CannotWork: "lead"}
LATELY = timedelta(days=90)


@require_safe
def surveys(request: StaffRequest) -> HttpResponse:
    """List the surveys in the order in which they are asked, with how they went lately."""
    request.actor.require(POLICIES)
    found = tallies(request.actor, clock.now() - LATELY)
    rows = [(row, _asks(row), found.get(row.pk, Tally())) for row in Survey.objects.select_related("lead")]
    return part(request, "surveys", {"rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: StaffRequest) -> HttpResponse:
    """Add a survey after the others."""
    request.actor.require(POLICIES)
    form = SurveyForm(request.POST or None)
    if form.is_valid():
        with told_by(form, REFUSALS), _settings_of(form):
            made = verbs.add(**form.values(), by=request.actor)
            tell(request, _("Survey %(name)s added. It asks from the next solved ticket on.") % {"name": made.name})
            return redirect("staff:survey", made.pk)
    context: dict[str, object] = {"form": form}
    return part(request, "surveys", context, template="survey", status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def survey(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Change a survey."""
    request.actor.require(POLICIES)
    row = get_object_or_404(Survey.objects.select_related("lead"), pk=pk)
    form = SurveyForm(request.POST or None, survey=row)
    if form.is_valid():
        with told_by(form, REFUSALS), _settings_of(form):
            verbs.change(row, **form.values(), by=request.actor)
            tell(request, _("Saved."))
            return redirect("staff:survey", pk)
    tally = tallies(request.actor, clock.now() - LATELY).get(row.pk, Tally())
    dropped = sorted(tally.dropped.items(), key=lambda one: -one[1])
    context: dict[str, object] = {
        "form": form, "survey": row, "tally": tally, "said": _said(row), "scores": _scores(row),
        "dropped": [(Invitation.Because(key).label, n) for key, n in dropped],
    }  # fmt: skip
    return part(request, "surveys", context, template="survey", status=422 if form.is_bound else 200)


@require_POST
def up(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Ask by a survey before the one above it."""
    verbs.ask_earlier(get_object_or_404(Survey, pk=pk), by=request.actor)
    return redirect("staff:surveys")


@require_POST
def pause(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Let a survey rest, or ask by it again."""
    row = get_object_or_404(Survey, pk=pk)
    if row.paused_at is None:
        verbs.pause(row, by=request.actor)
        tell(request, _("Survey %(name)s rests.") % {"name": row.name})
    else:
        verbs.resume(row, by=request.actor)
        tell(request, _("Survey %(name)s asks again.") % {"name": row.name})
    return redirect("staff:survey", pk)


@require_POST
def remove(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Remove a survey; the answers stay."""
    row = get_object_or_404(Survey, pk=pk)
    verbs.remove(row, by=request.actor)
    tell(request, _("Survey %(name)s removed. Its answers stay.") % {"name": row.name})
    return redirect("staff:surveys")


class _settings_of:  # noqa: N801 - reads as a word: with _settings_of(form)
    """A block in which a wrong setting becomes an error of the field that it names."""

    def __init__(self, form: SurveyForm) -> None:
        self.form = form

    def __enter__(self) -> None:
        """Begin the block."""

    def __exit__(self, kind: object, refusal: BaseException | None, trace: object) -> bool:
        """Tell what was refused."""
        if not isinstance(refusal, verbs.WrongSetting):
            return False
        self.form.add_error(refusal.field if refusal.field in self.form.fields else None, str(refusal))
        return True


def _asks(row: Survey) -> str:
    """Return in words after which tickets a survey asks."""
    asks = _("All tickets") if row.condition is None else in_words(row.condition)
    labels = dict(Thread.Channel.choices)
    by = ", ".join(str(labels[one]) for one in row.channels if one in labels)
    return f"{asks} · {by}" if by else asks


def _said(row: Survey) -> Words:
    firm = organisation()
    names = {"number": "T-1042", "subject": _("A cracked lamp"), "name": "Ana", "company": firm.name}
    return words(row.words, row.asks, get_language() or firm.language, firm.language, **names)


def _scores(row: Survey) -> list[tuple[str, bool]]:
    """Return how each score reads, and whether it is a low one."""
    return [(label(one, row.asks), one <= row.poor) for one in row.asks.scores]
