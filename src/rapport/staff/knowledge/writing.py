"""The words of an article: writing, looking at them, review, publishing, versions side by side."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rapport.kernel.actors import Actor
from rapport.knowledge.comparing import compared
from rapport.knowledge.models import Article, Version
from rapport.knowledge.permissions import PUBLISH, VIEW, WRITE
from rapport.knowledge.queries import writing as questions
from rapport.knowledge.services import versions as verbs
from rapport.knowledge.services.articles import NoTitle
from rapport.knowledge.writing import written
from rapport.staff.knowledge.forms import ReasonForm, TextForm
from rapport.staff.knowledge.tabs import tabs
from rapport.staff.refusals import told_by
from rapport.staff.requests import StaffRequest
from rapport.ui.navigation import Text
from rapport.ui.toasts import tell

ACTS: dict[str, tuple[Callable[..., object], Text]] = {
    "review": (verbs.ask_review, gettext_lazy("Review asked for.")),
    "publish": (verbs.publish, gettext_lazy("Published.")),
    "withdraw": (verbs.withdraw, gettext_lazy("Withdrawn.")),
    "discard": (verbs.discard, gettext_lazy("Draft thrown away.")),
}


@require_http_methods(["GET", "HEAD", "POST"])
def write(request: StaffRequest, pk: UUID, language: str) -> HttpResponse:
    """Write the draft of one language; the preview stands beside it, and is asked for by a button without scripts."""
    row = _row(request, pk, language)
    request.actor.require(WRITE)
    newest = questions.versions(row, language).first()
    draft = newest if newest and newest.state != "published" else None
    form = TextForm(request.POST or None, initial=_first(row, language, newest, draft))
    if form.is_valid() and "preview" not in request.POST:
        with told_by(form, {NoTitle: "title", verbs.WrittenMeanwhile: None}):
            verbs.write(row, language, by=request.actor, **form.cleaned_data)
            return _onward(request, row, language)
    context = {
        "article": row,
        "language": dict(settings.LANGUAGES)[language],
        "code": language,
        "form": form,
        "draft": draft,
        "preview": written(str(form["body"].value() or "")).html,
        "original": _original(row, language),
        "may_publish": request.actor.may(PUBLISH),
    }
    refused = form.is_bound and not form.is_valid()
    return render(request, "staff/knowledge/write.html", context, status=422 if refused else 200)


@require_POST
def preview(request: StaffRequest) -> HttpResponse:
    """Answer with the text as readers would see it."""
    request.actor.require(WRITE)
    return HttpResponse(written(request.POST.get("body", "")[:100_000]).html)


@require_POST
def act(request: StaffRequest, pk: UUID, language: str, act: str) -> HttpResponse:
    """Ask for a review, send back, publish, withdraw, throw a draft away or bring a version back."""
    row = _row(request, pk, language)
    try:
        words = _done(request, row, language, act)
    except (verbs.NoDraft, verbs.NotInReview) as refusal:
        tell(request, str(refusal), tone="bad")
    else:
        tell(request, words)
    return HttpResponseRedirect(f"{reverse('staff:article', args=[row.pk])}?language={language}")


@require_safe
def versions(request: StaffRequest, pk: UUID, language: str) -> HttpResponse:
    """List the versions of one language, and set two of them side by side."""
    row = _row(request, pk, language)
    rows = list(questions.versions(row, language))
    if not rows:
        raise Http404
    after = _chosen(rows, request.GET.get("after")) or rows[0]
    older = [one for one in rows if one.number < after.number]
    before = _chosen(rows, request.GET.get("before")) or (older[0] if older else None)
    context = {
        "article": row,
        "code": language,
        "language": dict(settings.LANGUAGES)[language],
        "versions": rows,
        "after": after,
        "before": before,
        "lines": compared(_whole(before), _whole(after)) if before else [],
        "tabs": tabs(request, "knowledge"),
        "may_write": request.actor.may(WRITE),
    }
    return render(request, "staff/knowledge/versions.html", context)


def _row(request: StaffRequest, pk: UUID, language: str) -> Article:
    request.actor.require(VIEW)
    if language not in dict(settings.LANGUAGES):
        raise Http404
    found: Article = get_object_or_404(Article.objects.visible_to(request.actor), pk=pk)
    return found


def _first(row: Article, language: str, newest: Version | None, draft: Version | None) -> dict[str, str]:
    """Return what the form begins with: the draft, else the newest version, else the title of the original."""
    if newest is None:
        original = row.translations.filter(language=row.language).first()
        return {"title": original.title if original else ""}
    values = {name: getattr(newest, name) for name in ("title", "body", "summary", "keywords")}
    return {**values, "seen": draft.written_at.isoformat() if draft else ""}


def _original(row: Article, language: str) -> Version | None:
    """Return the published version in the article's own language, for the translator to have beside."""
    if language == row.language:
        return None
    return questions.versions(row, row.language).filter(published_at__isnull=False).first()


def _onward(request: StaffRequest, row: Article, language: str) -> HttpResponse:
    """Go on as the button that was pressed says: publish, ask for a review, or only keep the draft."""
    if "publish" in request.POST:
        verbs.publish(row, language, by=request.actor)
        tell(request, _("Published."))
    elif "review" in request.POST:
        verbs.ask_review(row, language, by=request.actor)
        tell(request, _("Review asked for."))
    else:
        tell(request, _("Draft saved."))
        return redirect("staff:article_write", row.pk, language)
    return HttpResponseRedirect(f"{reverse('staff:article', args=[row.pk])}?language={language}")


def _done(request: StaffRequest, row: Article, language: str, act: str) -> str:
    """Do what `act` names and return what to say."""
    by: Actor = request.actor
    if act == "send-back":
        form = ReasonForm(request.POST)
        verbs.send_back(row, language, form.cleaned_data["reason"] if form.is_valid() else "", by=by)
        return _("Sent back.")
    if act == "bring-back":
        number = request.POST.get("number", "")
        get_object_or_404(questions.versions(row, language), number=number if number.isdecimal() else 0)
        verbs.bring_back(row, language, int(number), by=by)
        return _("This version is the draft now.")
    if act not in ACTS:
        raise Http404
    verb, words = ACTS[act]
    verb(row, language, by=by)
    return str(words)


def _chosen(rows: list[Version], asked: str | None) -> Version | None:
    return next((one for one in rows if str(one.number) == asked), None)


def _whole(version: Version) -> str:
    return (
        f"{version.title}\n\n{version.summary}\n\n{version.body}"
        if version.summary
        else f"{version.title}\n\n{version.body}"
    )
