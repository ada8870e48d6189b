from __future__ import annotations

from typing import Any, ClassVar, Self

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rapport.commerce.models import Product
from rapport.kernel.doors import Door, Noun
from rapport.kernel.ids import new_id
from rapport.kernel.permissions import Right
from rapport.knowledge.models.audience import Audience
from rapport.knowledge.models.category import Category
from rapport.knowledge.permissions import VIEW


class ArticleDoor(Door["Article"]):
    """Articles: staff come by `visible_to`, readers of the help centre by `readable`."""

    def live(self) -> Self:
        """Return those that are not put away."""
        return self.filter(archived_at__isnull=True)

    def readable(self, level: int) -> Self:
        """Return those that readers of this audience may read: published in some language, and not stricter."""
        published = Translation.objects.filter(article=models.OuterRef("pk"), published_at__isnull=False)
        return self.live().filter(models.Exists(published), level__lte=level)


class Article(Noun):
    """What the help centre says on one matter; the words are in its translations.

    `level` is the stricter of its own audience and its category's: what readers are held to. `language` is the one it
    is written in first; the others are translated from it.
    """

    VIEW: ClassVar[Right] = VIEW

    number = models.BigIntegerField(unique=True)
    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, related_name="articles", verbose_name=_("category")
    )
    audience = models.PositiveSmallIntegerField(_("who may read"), choices=Audience, default=Audience.PUBLIC)
    level = models.PositiveSmallIntegerField(default=Audience.PUBLIC)
    language = models.CharField(_("language"), max_length=8)
    owner = models.ForeignKey(
        "team.User", on_delete=models.SET_NULL, null=True, blank=True, related_name="articles", verbose_name=_("owner")
    )
    review_on = models.DateField(_("look at it again on"), null=True, blank=True)
    related = models.ManyToManyField("self", blank=True, verbose_name=_("related articles"))
    products = models.ManyToManyField(Product, blank=True, related_name="articles", verbose_name=_("products"))
    position = models.PositiveIntegerField(_("position"), default=0)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True, blank=True)
    sample = models.BooleanField(default=False)

    objects = ArticleDoor.as_manager()

    class Meta:
        ordering = ["position", "number"]
        indexes = [models.Index(fields=["category", "position", "number"], name="article_on_shelf")]
        constraints = [
            models.CheckConstraint(condition=Q(level__gte=models.F("audience")), name="article_level_strict"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def code(self) -> str:
        """The number as people say it: A-12."""
        return f"A-{self.number}"


class Translation(models.Model):
    """An article in one language: what is published of it, ready to be shown, and how readers liked it.

    `translated_from` is the version number of the article's own language that this one follows.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="translations")
    language = models.CharField(_("language"), max_length=8)
    slug = models.SlugField(max_length=100, blank=True)
    title = models.CharField(_("title"), max_length=200)
    summary = models.CharField(_("summary"), max_length=300, blank=True)
    html = models.TextField(blank=True)
    text = models.TextField(blank=True)
    headings: models.JSONField[list[Any], list[Any]] = models.JSONField(default=list)
    number = models.PositiveIntegerField(null=True)
    translated_from = models.PositiveIntegerField(null=True)
    published_at = models.DateTimeField(null=True)
    reads = models.PositiveIntegerField(default=0)
    helpful = models.PositiveIntegerField(default=0)
    unhelpful = models.PositiveIntegerField(default=0)
    search = SearchVectorField(default="", editable=False)

    class Meta:
        indexes = [GinIndex(fields=["search"], name="translation_search")]
        constraints = [
            models.UniqueConstraint(fields=["article", "language"], name="translation_once"),
            models.CheckConstraint(
                condition=Q(published_at__isnull=True) | Q(number__isnull=False), name="translation_published_number"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Version(models.Model):
    """One writing of a translation. It is a draft until `published_at`, in review since `asked_at`."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    translation = models.ForeignKey(Translation, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    title = models.CharField(_("title"), max_length=200)
    summary = models.CharField(_("summary"), max_length=300, blank=True)
    body = models.TextField(_("text"), blank=True)
    keywords = models.CharField(_("also found by"), max_length=300, blank=True)
    author = models.ForeignKey("team.User", on_delete=models.SET_NULL, null=True, related_name="+")
    author_name = models.CharField(max_length=120, blank=True)
    translated_from = models.PositiveIntegerField(null=True)
    written_at = models.DateTimeField()
    asked_at = models.DateTimeField(null=True)
    sent_back_because = models.CharField(max_length=300, blank=True)
    published_at = models.DateTimeField(null=True)
    publisher_name = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["translation", "number"], name="version_number_once"),
            models.UniqueConstraint(
                fields=["translation"], name="version_one_draft", condition=Q(published_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.number})"

    @property
    def state(self) -> str:
        """Return published, review or draft."""
        if self.published_at:
            return "published"
        return "review" if self.asked_at else "draft"
