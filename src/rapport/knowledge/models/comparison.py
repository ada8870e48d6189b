from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from rapport.commerce.models import Product
from rapport.kernel.doors import Door, Noun
from rapport.kernel.ids import new_id
from rapport.kernel.permissions import Right
from rapport.knowledge.models.audience import Audience
from rapport.knowledge.permissions import VIEW


class Comparison(Noun):
    """A table that sets products side by side. `rows` are [label, value of each product in order]."""

    VIEW: ClassVar[Right] = VIEW

    slug = models.SlugField(max_length=100, unique=True)
    title = models.CharField(_("title"), max_length=160)
    text = models.CharField(_("what to look for"), max_length=600, blank=True)
    audience = models.PositiveSmallIntegerField(_("who may read"), choices=Audience, default=Audience.PUBLIC)
    rows: models.JSONField[list[Any], list[Any]] = models.JSONField(default=list)
    products = models.ManyToManyField(Product, through="ComparedProduct", related_name="comparisons")
    published_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField()
    sample = models.BooleanField(default=False)

    objects = Door.as_manager()

    class Meta:
        ordering = ["title"]

    def __str__(self) -> str:
        return self.title


class ComparedProduct(models.Model):
    """A product's place in a comparison; `best_for` says in a few words whom it suits."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    comparison = models.ForeignKey(Comparison, on_delete=models.CASCADE, related_name="compared")
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    position = models.PositiveIntegerField()
    best_for = models.CharField(_("best for"), max_length=120, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["comparison", "product"], name="compared_once")]

    def __str__(self) -> str:
        return str(self.product)
