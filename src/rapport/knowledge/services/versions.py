"""What may happen to the words of an article: written, reviewed, published, withdrawn, brought back."""

from __future__ import annotations

from dataclasses import asdict

from django.utils.text import slugify
from django.utils.translation import gettext as _

from rapport.kernel import clock, search
from rapport.kernel.actors import Actor
from rapport.kernel.events import publish as announce
from rapport.kernel.verbs import verb
from rapport.knowledge import searching
from rapport.knowledge.events import ArticlePublished, ArticleWithdrawn, DraftSentBack, ReviewAsked
from rapport.knowledge.models import Article, Translation, Version
from rapport.knowledge.permissions import PUBLISH, WRITE
from rapport.knowledge.services.articles import checked
from rapport.knowledge.writing import shortened, written


class NoDraft(ValueError):
    """There is nothing that waits to be published in this language."""


class NotInReview(ValueError):
    """Only what is in review can be sent back."""


class WrittenMeanwhile(ValueError):
    """Somebody else saved the draft since it was opened; `theirs` is what stands there now."""

    def __init__(self, theirs: Version) -> None:
        super().__init__(_("%(name)s saved this draft meanwhile.") % {"name": theirs.author_name or _("Somebody")})
        self.theirs = theirs


@verb(WRITE)
def write(
    article: Article,
    language: str,
    *,
    by: Actor,
    title: str,
    body: str,
    summary: str = "",
    keywords: str = "",
    seen: str = "",
) -> Version:
    """Save the draft of `article` in `language` and return it; a published version stays as it is.

    `seen` is when the draft that the writer had before them was saved (ISO text; "" does not ask). What was in review
    is a draft again. Raises `NoTitle`, `UnknownLanguage`, `WrittenMeanwhile`.
    """
    checked(title, language)
    translation = _translation(article, language, title)
    draft = translation.versions.filter(published_at__isnull=True).first()
    if draft and seen and draft.written_at.isoformat() != seen:
        raise WrittenMeanwhile(draft)
    if draft is None:
        newest = translation.versions.order_by("-number").values_list("number", flat=True).first() or 0
        draft = Version(translation=translation, number=newest + 1)
    draft.title, draft.body = title.strip()[:200], body
    draft.summary, draft.keywords = summary.strip()[:300], keywords.strip()[:300]
    draft.author_id, draft.author_name, draft.written_at = by.user_id, by.name, clock.now()
    draft.asked_at, draft.sent_back_because = None, ""
    draft.translated_from = _source_number(article) if language != article.language else None
    draft.save()
    if translation.published_at is None:
        Translation.objects.filter(pk=translation.pk).update(title=draft.title)
    Article.objects.filter(pk=article.pk).update(updated_at=draft.written_at)
    return draft


@verb(WRITE, publishes=(ReviewAsked,))
def ask_review(article: Article, language: str, *, by: Actor) -> Version:
    """Ask for the draft in `language` to be looked at. Raises `NoDraft`."""
    draft = _draft(article, language)
    if draft.asked_at is None:
        draft.asked_at, draft.sent_back_because = clock.now(), ""
        draft.save(update_fields=["asked_at", "sent_back_because"])
        announce(ReviewAsked(title=draft.title, language=language, version=draft.number), by=by, subject=article)
    return draft


@verb(PUBLISH, publishes=(DraftSentBack,))
def send_back(article: Article, language: str, reason: str, *, by: Actor) -> Version:
    """Give a draft in review back to its writer, with the reason. Raises `NoDraft`, `NotInReview`."""
    draft = _draft(article, language)
    if draft.asked_at is None:
        raise NotInReview(_("This draft is not in review."))
    draft.asked_at, draft.sent_back_because = None, reason.strip()[:300]
    draft.save(update_fields=["asked_at", "sent_back_because"])
    happening = DraftSentBack(title=draft.title, language=language, version=draft.number, reason=reason)
    announce(happening, by=by, subject=article)
    return draft


@verb(PUBLISH, publishes=(ArticlePublished,))
def publish(article: Article, language: str, *, by: Actor) -> Translation:
    """Let readers have the draft in `language`. Raises `NoDraft`."""
    draft = _draft(article, language)
    draft.published_at, draft.publisher_name = clock.now(), by.name
    draft.save(update_fields=["published_at", "publisher_name"])
    translation = _show(draft)
    announce(ArticlePublished(title=draft.title, language=language, version=draft.number), by=by, subject=article)
    return translation


@verb(PUBLISH, publishes=(ArticleWithdrawn,))
def withdraw(article: Article, language: str, *, by: Actor) -> None:
    """Take the published words in `language` from readers; the versions stay."""
    rows = Translation.objects.filter(article=article, language=language, published_at__isnull=False)
    if rows.update(published_at=None):
        title = article.translations.values_list("title", flat=True).get(language=language)
        announce(ArticleWithdrawn(title=title, language=language), by=by, subject=article)


@verb(WRITE)
def bring_back(article: Article, language: str, number: int, *, by: Actor) -> Version:
    """Make an earlier version the draft again; a draft that is there is written over. Raises `Version.DoesNotExist`."""
    old = Version.objects.get(translation__article=article, translation__language=language, number=number)
    return write(article, language, by=by, title=old.title, body=old.body, summary=old.summary, keywords=old.keywords)


@verb(WRITE)
def discard(article: Article, language: str, *, by: Actor) -> None:
    """Throw the draft in `language` away; what is published stays. Raises `NoDraft`."""
    draft = _draft(article, language)
    translation = draft.translation
    draft.delete()
    if language != article.language and not translation.versions.exists():
        translation.delete()


def _show(draft: Version) -> Translation:
    """Copy a version to where readers look."""
    row, made = draft.translation, written(draft.body)
    row.title, row.html, row.text = draft.title, made.html, made.text
    row.summary = draft.summary or shortened(made.text)
    row.headings = [asdict(one) for one in made.headings]
    row.slug = slugify(search.fold(draft.title))[:100]
    row.number, row.published_at, row.translated_from = draft.number, draft.published_at, draft.translated_from
    row.search = search.stored(
        searching.document([(draft.title, "A"), (draft.keywords, "A"), (draft.summary, "B"), (made.text, "D")])
    )
    row.save()
    row.refresh_from_db()
    return row


def _translation(article: Article, language: str, title: str) -> Translation:
    """Return the locked translation in `language`, made when there is none."""
    Article.objects.select_for_update().get(pk=article.pk)
    return Translation.objects.get_or_create(
        article=article, language=language, defaults={"title": title.strip()[:200]}
    )[0]


def _draft(article: Article, language: str) -> Version:
    rows = Version.objects.select_for_update(of=("self",)).select_related("translation")
    found = rows.filter(translation__article=article, translation__language=language, published_at__isnull=True).first()
    if found is None:
        raise NoDraft(_("There is no draft in this language."))
    return found


def _source_number(article: Article) -> int | None:
    return article.translations.filter(language=article.language).values_list("number", flat=True).first()
