"""What readers ask. `level` is the audience that they belong to, `language` the one they read best."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from django.contrib.postgres.search import SearchRank
from django.db.models import Case, F, IntegerField, QuerySet, Value, When

from rapport.kernel.search import Query
from rapport.knowledge import searching
from rapport.knowledge.models import Article, Category, Comparison, Synonyms, Translation

MOST = 30
SUGGESTED = 4
NEAR = 0.35  # of the best rank: what fits less is no suggestion
CLEAR = 0.01  # a rank below this is one common word deep in the text


@dataclass
class Shelf:
    """A category as readers see it: its words in their language, its articles and the shelves in it."""

    category: Category
    title: str
    text: str
    articles: list[Translation] = field(default_factory=list)
    shelves: list[Shelf] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many articles stand here and in the shelves within."""
        return len(self.articles) + sum(shelf.count for shelf in self.shelves)


def readable(level: int, language: str) -> QuerySet[Translation]:
    """Return one published translation of each article of this audience: in `language`, else in the article's own."""
    chosen = (
        Translation.objects.filter(article__in=Article.objects.readable(level), published_at__isnull=False)
        .annotate(
            near=Case(
                When(language=language, then=Value(0)),
                When(language=F("article__language"), then=Value(1)),
                default=Value(2),
                output_field=IntegerField(),
            )
        )
        .order_by("article_id", "near", "language")
        .distinct("article_id")
    )
    return Translation.objects.filter(pk__in=chosen.values("pk")).select_related("article", "article__category")


def shelves(level: int, language: str) -> list[Shelf]:
    """Return the outermost shelves of this audience with all that stands in them; empty ones are left out."""
    rows = {
        row.pk: Shelf(row, row.title_in(language), row.text_in(language))
        for row in Category.objects.filter(level__lte=level)
    }
    light = readable(level, language).defer("html", "text", "headings", "search")
    for translation in light.order_by("article__position", "article__number"):
        if shelf := rows.get(translation.article.category_id):
            shelf.articles.append(translation)
    outer: list[Shelf] = []
    for shelf in rows.values():
        around = rows.get(shelf.category.parent_id) if shelf.category.parent_id else None
        (around.shelves if around else outer).append(shelf)
    return _filled(outer)


def _filled(found: list[Shelf]) -> list[Shelf]:
    for shelf in found:
        shelf.shelves = _filled(shelf.shelves)
    return [shelf for shelf in found if shelf.count]


def shelf(slug: str, level: int, language: str) -> tuple[list[Shelf], Shelf] | None:
    """Return the shelf of this slug with those around it, outermost first; None when readers cannot see one."""

    def sought(around: list[Shelf], among: list[Shelf]) -> tuple[list[Shelf], Shelf] | None:
        for one in among:
            if one.category.slug == slug:
                return around, one
            if found := sought([*around, one], one.shelves):
                return found
        return None

    return sought([], shelves(level, language))


def article(number: int, level: int, language: str) -> Translation | None:
    """Return the article of this number in the nearest language; None when these readers may not read it."""
    return readable(level, language).filter(article__number=number).first()


def languages(article: Article) -> list[Translation]:
    """Return the published translations of an article."""
    rows = article.translations.filter(published_at__isnull=False)
    return list(rows.only("language", "title", "slug", "article").order_by("language"))


def popular(level: int, language: str, count: int = 6) -> list[Translation]:
    """Return the articles that are read most."""
    rows = readable(level, language).defer("html", "text", "headings", "search")
    return list(rows.order_by("-reads", "-published_at")[:count])


def related(article: Article, level: int, language: str, count: int = 5) -> list[Translation]:
    """Return the articles named as related, and then others of the same category."""
    rows = readable(level, language).exclude(article=article).defer("html", "text", "headings", "search")
    named = list(rows.filter(article__related=article)[:count])
    others = rows.filter(article__category_id=article.category_id).exclude(pk__in=[one.pk for one in named])
    return named + list(others.order_by("-reads")[: count - len(named)])


def find(typed: str, level: int, language: str, count: int = MOST) -> list[Translation]:
    """Return the articles that hold all that was typed, the best first; those that hold part of it when none does."""
    synonyms = meanings()
    return _ranked(searching.strict(typed, synonyms), level, language, count) or _ranked(
        searching.loose(typed, synonyms), level, language, count
    )


def suggest(typed: str, level: int, language: str, count: int = SUGGESTED) -> list[Translation]:
    """Return the articles that most likely answer what somebody is writing; none rather than far-fetched ones."""
    found = _ranked(searching.loose(typed, meanings()), level, language, count)
    best = max((getattr(one, "rank", 0.0) for one in found), default=0.0)
    return [one for one in found if getattr(one, "rank", 0.0) >= max(CLEAR, best * NEAR)]


def meanings() -> list[list[str]]:
    """Return the groups of words that mean the same."""
    return list(Synonyms.objects.values_list("words", flat=True))


def comparisons(level: int) -> QuerySet[Comparison]:
    """Return the comparisons of products that these readers may see."""
    rows = Comparison.objects.filter(published_at__isnull=False, audience__lte=level)
    return rows.prefetch_related("compared__product")


def of_products(products: list[UUID], level: int, language: str) -> QuerySet[Translation]:
    """Return the articles about any of these products."""
    keys = Article.products.through.objects.filter(product_id__in=products).values("article_id")
    return readable(level, language).filter(article__in=keys).defer("html", "text", "headings", "search")


def _ranked(query: Query | None, level: int, language: str, count: int) -> list[Translation]:
    if query is None:
        return []
    rows = readable(level, language).filter(search=query).defer("html", "headings", "search")
    weighed = rows.annotate(rank=SearchRank(F("search"), query, weights=[0.05, 0.2, 0.5, 1.0]))
    return list(weighed.order_by("-rank", "-reads", "article__number")[:count])
