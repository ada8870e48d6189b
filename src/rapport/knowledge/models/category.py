from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from rapport.kernel.doors import Door, Noun
from rapport.kernel.permissions import Right
from rapport.knowledge.models.audience import Audience
from rapport.knowledge.permissions import VIEW


class Category(Noun):
    """A shelf of the help centre; shelves stand in shelves.

    `level` is the strictest audience of it and of all shelves around it. `words` holds title and text in other
    languages than the organisation's: {"pt": {"title": …, "text": …}}.
    """

    VIEW: ClassVar[Right] = VIEW

    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("stands in")
    )
    slug = models.SlugField(max_length=80, unique=True)
    title = models.CharField(_("title"), max_length=120)
    text = models.CharField(_("what it is about"), max_length=300, blank=True)
    icon = models.CharField(_("icon"), max_length=40, default="book")
    words: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict, blank=True)
    audience = models.PositiveSmallIntegerField(_("who may read"), choices=Audience, default=Audience.PUBLIC)
    level = models.PositiveSmallIntegerField(default=Audience.PUBLIC)
    position = models.PositiveIntegerField(_("position"), default=0)
    created_at = models.DateTimeField()

    objects = Door.as_manager()

    class Meta:
        ordering = ["position", "title"]
        verbose_name_plural = "categories"
        constraints = [
            models.CheckConstraint(condition=~models.Q(parent=models.F("id")), name="category_not_in_itself"),
            models.CheckConstraint(condition=models.Q(level__gte=models.F("audience")), name="category_level_strict"),
        ]

    def __str__(self) -> str:
        return self.title

    def title_in(self, language: str) -> str:
        """Return the title in `language`, else the one it was given first."""
        return str(self.words.get(language, {}).get("title") or self.title)

    def text_in(self, language: str) -> str:
        """Return what it is about in `language`, else in the words it was given first."""
        return str(self.words.get(language, {}).get("text") or self.text)
