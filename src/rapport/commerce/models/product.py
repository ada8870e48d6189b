from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.utils.translation import gettext_lazy as _

from rapport.commerce.permissions import VIEW
from rapport.kernel.doors import Door, Noun
from rapport.kernel.permissions import Right


class Product(Noun):
    """What is sold. `sku` is its number; price and cost are for one, in minor units of `currency`."""

    VIEW: ClassVar[Right] = VIEW

    sku = models.CharField(_("number"), max_length=80, unique=True)
    name = models.CharField(_("name"), max_length=300, blank=True)
    category = models.CharField(_("category"), max_length=120, blank=True)
    price_minor = models.BigIntegerField(_("price"), null=True, blank=True)
    cost_minor = models.BigIntegerField(_("cost"), null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    custom: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True, blank=True)
    sample = models.BooleanField(default=False)
    search = SearchVectorField(default="", editable=False)

    objects = Door.as_manager()

    class Meta:
        indexes = [GinIndex(fields=["search"], name="product_search")]

    def __str__(self) -> str:
        return self.name or self.sku
