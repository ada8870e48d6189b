"""The pages behind the links of a survey's mail. Programs that scan mail only look; an answer is sent by its reader."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_http_methods, require_safe

from rapport.customers.models import Customer
from rapport.customers.services import consents
from rapport.feedback import tokens
from rapport.feedback.letters import label
from rapport.feedback.models import Invitation
from rapport.feedback.scales import SCALES, Scale
from rapport.feedback.services import asking, invitations
from rapport.feedback.services.invitations import Because, Ended
from rapport.feedback.wording import Words
from rapport.kernel.actors import Actor
from rapport.portal import limits
from rapport.portal.gates import open_to_all
from rapport.portal.requests import PortalRequest
from rapport.portal.surveys.forms import SurveyForm

ANSWERS_AN_HOUR, MISSES_AN_HOUR = 60, 60
PROOF = "said so on the page of a survey"


@dataclass(frozen=True, slots=True)
class Score:
    """A score that can be chosen: how it reads, and on which side of the line between low and high it is."""

    value: int
    label: str
    low: bool
    chosen: bool = False
    words: str = ""


Page = Callable[..., HttpResponse]


def _invited(page: Page) -> Page:
    """Make `page` a view that is called with the invitation of the token, in the language in which it was asked."""

    @wraps(page)
    def answer(request: PortalRequest, token: str, **more: Any) -> HttpResponse:
        key = tokens.read(token)
        rows = Invitation.objects.select_related("ticket", "customer", "survey", "answer")
        row = rows.filter(pk=key).first() if key else None
        if row is None:
            known = limits.allowed("survey", limits.address_of(request), MISSES_AN_HOUR)
            return _gone(request, "unknown", 404) if known else _too_often(request)
        if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
            request.language = row.language
        with translation.override(request.language):
            given = page(request, row, token, **more)
        given.headers["Cache-Control"] = "private, no-store"
        return given

    return answer


@open_to_all
@require_http_methods(["GET", "HEAD", "POST"])
@_invited
def survey(request: PortalRequest, row: Invitation, token: str, score: int | None = None) -> HttpResponse:
    """Show the question, with the score of the link chosen already; take the answer when it is sent."""
    try:
        invitations.check_open(row)
        said, scale = asking.said_to(row), SCALES[row.scale]
        form = SurveyForm(scale, said, request.POST if request.method == "POST" else None)
        if form.is_valid():
            if not limits.allowed("answers", limits.address_of(request), ANSWERS_AN_HOUR):
                return _too_often(request)
            given = form.cleaned_data
            invitations.answer(
                row, given["score"], text=given["text"], reasons=given["reasons"], by=_writer(request, row)
            )
            return HttpResponseRedirect(reverse("rate:thanks", args=[token]))
    except Ended as ended:
        return _gone(request, ended.why, 410)
    return _page(request, row, token, form, said, scale, score)


@open_to_all
@require_safe
@_invited
def thanks(request: PortalRequest, row: Invitation, token: str) -> HttpResponse:
    """Thank for the answer, and say that it can be changed as long as it can."""
    if row.answer is None or row.answer.answered_at is None:
        return HttpResponseRedirect(reverse("rate:survey", args=[token]))
    try:
        invitations.check_open(row)
    except Ended:
        changeable = False
    else:
        changeable = True
    scale = SCALES[row.scale]
    context = {
        "row": row, "said": asking.said_to(row), "token": token, "changeable": changeable,
        "given": label(int(row.answer.score or 0), scale), "high": scale.high, "plain": scale.look == "numbers",
    }  # fmt: skip
    return render(request, "portal/surveys/thanks.html", context)


@open_to_all
@require_http_methods(["GET", "HEAD", "POST"])
@_invited
def stop(request: PortalRequest, row: Invitation, token: str) -> HttpResponse:
    """Ask whether the customer wants to be asked no more, and take that they don't."""
    done = request.method == "POST"
    if done:
        by = _writer(request, row)
        consents.withdraw(row.customer, Customer.Channel.EMAIL, by=by, topic=asking.TOPIC, proof=PROOF)
        invitations.drop(row, Because.REFUSED, by=by)
    return render(request, "portal/surveys/stop.html", {"row": row, "token": token, "done": done})


def scores(scale: Scale, said: Words, poor: int, chosen: int | None = None) -> list[Score]:
    """Return the scores of a scale as a page offers them."""
    ends = {scale.low: said.worst, scale.high: said.best}
    return [
        Score(one, label(one, scale), one <= poor, one == chosen, ends.get(one, ""))
        for one in scale.scores
    ]  # fmt: skip


def _page(
    request: PortalRequest, row: Invitation, token: str, form: SurveyForm, said: Words, scale: Scale, score: int | None
) -> HttpResponse:
    given = row.answer if row.answer is not None and row.answer.answered_at else None
    chosen = score if score in scale.scores else None
    if chosen is None and given is not None and given.score is not None:
        chosen = int(given.score)
    if form.is_bound and form.data.get("score", "").isdecimal():
        chosen = int(form.data["score"])
    reasons = set(form.data.getlist("reasons")) if form.is_bound else set(given.reasons if given else ())  # type: ignore[attr-defined]
    poor = row.survey.poor if row.survey else scale.poor
    context = {
        "row": row, "said": said, "form": form, "scale": scale, "token": token, "again": given is not None,
        "scores": scores(scale, said, poor, chosen),
        "sides": [("low", _marked(said.low, reasons)), ("high", _marked(said.high, reasons))],
        "text": form.data.get("text", "") if form.is_bound else (given.text if given else ""),
    }  # fmt: skip
    return render(request, "portal/surveys/survey.html", context, status=422 if form.is_bound else 200)


def _marked(offered: tuple[tuple[str, str], ...], chosen: set[str]) -> list[tuple[str, str, bool]]:
    return [(kept, words, kept in chosen) for kept, words in offered]


def _writer(request: PortalRequest, row: Invitation) -> Actor:
    return replace(request.writer, kind="member", name=row.customer.label)


def _gone(request: PortalRequest, why: str, status: int) -> HttpResponse:
    return render(request, "portal/surveys/gone.html", {"why": why}, status=status)


def _too_often(request: PortalRequest) -> HttpResponse:
    return render(request, "portal/access/too_often.html", status=429)
