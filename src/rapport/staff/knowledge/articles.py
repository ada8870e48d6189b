"""The articles: which there are and where they stand, one of them, and how it is arranged."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rapport.kernel import clock
from rapport.knowledge.models import Article, Audience, Category
from rapport.knowledge.permissions import PUBLISH, VIEW, WRITE
from rapport.knowledge.queries import reading
from rapport.knowledge.queries import writing as questions
from rapport.knowledge.queries.writing import Held, Standing
from rapport.knowledge.services import articles as verbs
from rapport.staff.knowledge.forms import ArrangeForm, BeginForm
from rapport.staff.knowledge.tabs import tabs
from rapport.staff.refusals import told_by
from rapport.staff.requests import StaffRequest
from rapport.team.queries import organisation
from rapport.ui.components.parts import Tab
from rapport.ui.toasts import tell

A_PAGE = 50
STATES = ("", "draft", "review", "published", "stale", "due")
TONES = {
    "published": "good", "changed": "good", "stale": "warn", "review": "accent", "draft": "neutral",
    "withdrawn": "neutral",
}  # fmt: skip

SIGNS = {"changed": "pencil", "stale": "alert-triangle", "review": "eye", "draft": "pencil", "withdrawn": "eye-off"}


@require_safe
def index(request: StaffRequest) -> HttpResponse:
    """List the articles by category, narrowed by state, category and words."""
    request.actor.require(VIEW)
    state, typed, shelf = (request.GET.get(name, "") for name in ("state", "q", "category"))
    whole = questions.articles(request.actor)
    today = clock.today(organisation().zone)
    rows = questions.narrowed(whole, state if state in STATES else "", today)
    if shelf and (one := Category.objects.filter(slug=shelf).first()):
        rows = rows.filter(category=one)
    page = Paginator(questions.found(rows, typed) if typed else rows, A_PAGE).get_page(request.GET.get("page"))
    context = {
        "tabs": tabs(request, "knowledge"),
        "states": _states(request, state),
        "articles": [(one, said(one)) for one in questions.held(page)],
        "page": page,
        "typed": typed,
        "state": state,
        "category": shelf,
        "categories": Category.objects.order_by("position", "title"),
        "any": bool(page) or whole.exists(),
        "today": today,
    }
    return render(request, "staff/knowledge/index.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: StaffRequest) -> HttpResponse:
    """Begin an article."""
    request.actor.require(WRITE)
    if not Category.objects.exists():
        return redirect("staff:shelf_add")
    first = {
        "language": organisation().language,
        "category": request.GET.get("category"),
        "title": request.GET.get("title"),
    }
    form = BeginForm(request.POST or None, initial=first)
    if form.is_valid():
        given = form.cleaned_data
        made = verbs.begin(
            given["category"], given["title"], language=given["language"], audience=given["audience"], by=request.actor
        )
        return redirect("staff:article_write", made.pk, made.language)
    context = {"form": form, "tabs": tabs(request, "knowledge")}
    return render(request, "staff/knowledge/add.html", context, status=422 if form.is_bound else 200)


@require_safe
def article(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Show an article: what readers see in each language, what waits, and how it is used."""
    row = _row(request, pk)
    return _page(request, row, ArrangeForm(row))


@require_http_methods(["POST"])
def arrange(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Change category, audience, owner, date of review, related articles and products."""
    row = _row(request, pk)
    request.actor.require(PUBLISH)
    form = ArrangeForm(row, request.POST)
    if form.is_valid():
        with told_by(form, {verbs.UnknownField: None}):
            verbs.arrange(row, by=request.actor, **form.values())
            tell(request, _("Saved."))
            return redirect("staff:article", row.pk)
    return _page(request, row, form, status=422)


@require_POST
def archive(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Put an article away."""
    row = _row(request, pk)
    verbs.archive(row, by=request.actor)
    tell(
        request,
        _("%(title)s is put away.") % {"title": verbs.title_of(row)},
        undo=reverse("staff:article_restore", args=[pk]),
    )
    return redirect("staff:knowledge")


@require_POST
def restore(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Bring an article back."""
    row = _row(request, pk)
    verbs.restore(row, by=request.actor)
    tell(request, _("%(title)s is back.") % {"title": verbs.title_of(row)})
    return HttpResponseRedirect(reverse("staff:article", args=[pk]))


@require_safe
def insert(request: StaffRequest) -> HttpResponse:
    """Answer with the articles that fit what was typed, for the writer of an answer to put in, as links."""
    request.actor.require(VIEW)
    typed = request.GET.get("q", "").strip()[:200]
    found = reading.find(typed, Audience.CUSTOMERS, request.GET.get("language", "") or organisation().language, 8)
    links = [(one, request.build_absolute_uri(f"/help/{one.article.number}/{one.slug}")) for one in found]
    return render(request, "staff/knowledge/insert.html", {"links": links, "typed": typed})


def said(one: Held) -> list[tuple[str, str, str, str]]:
    """Return language, tone, sign and words of where an article stands in each of its languages."""
    return [
        (each.language.upper(), TONES[each.state], SIGNS.get(each.state, ""), words_of(each)) for each in one.standings
    ]


def words_of(one: Standing) -> str:
    """Return where a translation stands, in words."""
    return {
        "published": _("published"),
        "changed": _("published, newer draft"),
        "stale": _("behind the original"),
        "review": _("in review"),
        "draft": _("draft"),
        "withdrawn": _("not published"),
    }[one.state]


def _row(request: StaffRequest, pk: UUID) -> Article:
    request.actor.require(VIEW)
    rows = Article.objects.visible_to(request.actor).select_related("category", "owner")
    found: Article = get_object_or_404(rows, pk=pk)
    return found


def _page(request: StaffRequest, row: Article, form: ArrangeForm, status: int = 200) -> HttpResponse:
    held = questions.held([row])[0]
    chosen = request.GET.get("language", row.language)
    standing = next((one for one in held.standings if one.language == chosen), held.standings[0])
    text = row.translations.get(pk=standing.translation.pk)
    there = {one.language for one in held.standings}
    context = {
        "tabs": tabs(request, "knowledge"),
        "article": row,
        "held": held,
        "standing": standing,
        "state": words_of(standing),
        "tone": TONES[standing.state],
        "text": text,
        "form": form,
        "languages": [
            Tab(str(dict(settings.LANGUAGES)[one.language]), f"?language={one.language}", current=one is standing)
            for one in held.standings
        ],
        "missing": [(code, name) for code, name in settings.LANGUAGES if code not in there],
        "may_write": request.actor.may(WRITE),
        "may_publish": request.actor.may(PUBLISH),
    }
    return render(request, "staff/knowledge/article.html", context, status=status)


def _states(request: StaffRequest, current: str) -> list[Tab]:
    labels = (_("All"), _("Drafts"), _("In review"), _("Published"), _("Behind the original"), _("Due for a look"))
    whole, today = questions.articles(request.actor).order_by(), clock.today(organisation().zone)
    return [
        Tab(
            label,
            f"?state={state}" if state else "?",
            questions.narrowed(whole, state, today).count(),
            state == current,
        )
        for state, label in zip(STATES, labels, strict=True)
    ]
