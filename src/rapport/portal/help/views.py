"""Finding, reading and judging articles."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponsePermanentRedirect, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from rapport.knowledge.models import Attempt, Translation
from rapport.knowledge.queries import reading
from rapport.knowledge.services import attempts
from rapport.knowledge.services import reading as marks
from rapport.knowledge.writing import around
from rapport.portal import limits
from rapport.portal.gates import open_to_all
from rapport.portal.help.forms import VoteForm
from rapport.portal.requests import PortalRequest
from rapport.portal.sessions import voter

LIVE = 6  # results shown while somebody types
VOTES_AN_HOUR = 60
YEAR = 60 * 60 * 24 * 365


@dataclass(frozen=True, slots=True)
class Found:
    """A search result: the article, where it is, and the stretch of it that holds what was typed."""

    text: Translation
    href: str
    excerpt: str


def address(text: Translation) -> str:
    """Return where an article is read."""
    number = text.article.number
    return (
        reverse("help:article", args=[number, text.slug])
        if text.slug
        else reverse("help:article_by_number", args=[number])
    )


@open_to_all
@require_safe
def home(request: PortalRequest) -> HttpResponse:
    """Show the shelves and what is read most."""
    shelves = reading.shelves(request.level, request.language)
    context = {
        "shelves": shelves,
        "popular": [(one, address(one)) for one in reading.popular(request.level, request.language)],
        "compares": reading.comparisons(request.level).exists(),
    }
    return render(request, "portal/help/home.html", context)


@open_to_all
@require_safe
def search(request: PortalRequest) -> HttpResponse:
    """Show what is found; for htmx, as somebody types, only the first lines of it. Whole searches are counted."""
    typed = request.GET.get("q", "").strip()[:200]
    found = reading.find(typed, request.level, request.language) if typed else []
    results = [Found(one, address(one), around(one.text or one.summary, typed)) for one in found]
    if request.htmx:
        return render(request, "portal/help/live.html", {"results": results[:LIVE], "typed": typed})
    if typed:
        marks.note_search(typed, request.language, len(found))
    nothing = [] if found else [(one, address(one)) for one in reading.popular(request.level, request.language, 4)]
    return render(request, "portal/help/search.html", {"results": results, "typed": typed, "popular": nothing})


@open_to_all
@require_safe
def shelf(request: PortalRequest, slug: str) -> HttpResponse:
    """Show what stands on a shelf."""
    found = reading.shelf(slug, request.level, request.language)
    if found is None:
        raise Http404
    around_it, one = found
    return render(request, "portal/help/shelf.html", {"shelf": one, "around": around_it})


@open_to_all
@require_safe
def article(request: PortalRequest, number: int, slug: str = "") -> HttpResponse:
    """Show an article; an old name of it leads to the present one."""
    wanted = request.GET.get("lang", "") or request.language
    text = reading.article(number, request.level, wanted)
    if text is None:
        raise Http404
    if slug != text.slug:
        query = request.META.get("QUERY_STRING", "")
        return HttpResponsePermanentRedirect(address(text) + (f"?{query}" if query else ""))
    marks.count_read(text)
    _note_opened(request, text)
    return render(request, "portal/help/article.html", _about(request, text, VoteForm()))


@open_to_all
@require_POST
def vote(request: PortalRequest, number: int) -> HttpResponse:
    """Take a reader's vote, and what they miss."""
    text = reading.article(number, request.level, request.POST.get("lang", "") or request.language)
    if text is None:
        raise Http404
    form = VoteForm(request.POST)
    if not limits.allowed("vote", limits.address_of(request), VOTES_AN_HOUR):
        return HttpResponse(status=429)
    if form.is_valid():
        helped = form.cleaned_data["helped"] == "yes"
        marks.vote(text, voter(request, request.member), helped=helped, comment=form.cleaned_data["comment"])
        state = "thanks" if helped or form.cleaned_data["comment"] else "why"
        if request.htmx:
            return render(request, "portal/help/judge.html", {"text": text, "state": state})
        return HttpResponseRedirect(f"{address(text)}?judged={state}&lang={text.language}#judge")
    return render(request, "portal/help/article.html", _about(request, text, form), status=422)


@open_to_all
@require_POST
def language(request: PortalRequest) -> HttpResponse:
    """Keep the language that the reader chose, and go back."""
    chosen, back = request.POST.get("language", ""), request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        back = reverse("help:home")
    answer = redirect(back)
    if chosen in dict(settings.LANGUAGES):
        name = settings.LANGUAGE_COOKIE_NAME
        answer.set_cookie(name, chosen, max_age=YEAR, samesite="Lax", secure=request.is_secure())
    return answer


def _about(request: PortalRequest, text: Translation, form: VoteForm) -> dict[str, object]:
    others = [one for one in reading.languages(text.article) if one.language != text.language]
    judged = request.GET.get("judged", "")
    found = reading.shelf(text.article.category.slug, request.level, request.language)
    return {
        "text": text,
        "form": form,
        "state": judged if judged in {"why", "thanks"} else "",
        "others": [(one.language, dict(settings.LANGUAGES)[one.language]) for one in others],
        "related": [(one, address(one)) for one in reading.related(text.article, request.level, request.language)],
        "products": list(text.article.products.filter(archived_at__isnull=True)[:6]),
        "around": [*found[0], found[1]] if found else [],
        "foreign": text.language != request.language,
    }


def _note_opened(request: PortalRequest, text: Translation) -> None:
    """Remember that an article was opened from the suggestions of an attempt to write to us, in this browser."""
    try:
        key = UUID(request.GET.get("from", ""))
    except ValueError:
        return
    attempt = Attempt.objects.filter(pk=key).first()
    if attempt and text.article_id in attempt.shown and request.session.get("attempt") == str(key):
        attempts.open_article(attempt, text.article_id)
