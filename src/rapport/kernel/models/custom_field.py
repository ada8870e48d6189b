from __future__ import annotations

from typing import Any

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from rapport.kernel.ids import new_id


class CustomField(models.Model):
    """A field that the firm added to a noun; its values live in the noun's `custom` column under `key`.

    `minimum` and `maximum` bound a number or the length of a text. `default` is what a new row gets where nothing is
    said of the field.
    """

    class Type(models.TextChoices):
        TEXT = "text", _("Text")
        LONG_TEXT = "long_text", _("Long text")
        NUMBER = "number", _("Number")
        MONEY = "money", _("Money")
        BOOLEAN = "boolean", _("Yes or no")
        DATE = "date", _("Date")
        DATETIME = "datetime", _("Date and time")
        CHOICE = "choice", _("Choice")
        CHOICES = "choices", _("Several choices")
        URL = "url", _("Web address")
        EMAIL = "email", _("E-mail address")
        PHONE = "phone", _("Phone number")
        PERCENT = "percent", _("Percentage")
        RATING = "rating", _("Rating from 1 to 5")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    noun = models.CharField(max_length=40)
    key = models.CharField(max_length=40, validators=[RegexValidator(r"^[a-z][a-z0-9_]*$")])
    label = models.CharField(_("label"), max_length=80)
    type = models.CharField(_("type"), max_length=12, choices=Type)
    options = models.JSONField(_("choices"), default=list, blank=True)
    help = models.CharField(_("help"), max_length=200, blank=True)
    required = models.BooleanField(_("required"), default=False)
    minimum = models.FloatField(_("at least"), null=True, blank=True)
    maximum = models.FloatField(_("at most"), null=True, blank=True)
    default: models.JSONField[Any, Any] = models.JSONField(_("begins with"), null=True, blank=True)
    position = models.PositiveIntegerField(default=0)
    archived_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["noun", "position", "label"]
        constraints = [models.UniqueConstraint(fields=["noun", "key"], name="custom_field_key_once")]

    def __str__(self) -> str:
        return f"{self.noun}.{self.key}"
