from __future__ import annotations

from django.db import models


class Sequence(models.Model):
    """The last number given to a noun that people call by number: customers C-1042, orders, quotes."""

    name = models.CharField(max_length=40, primary_key=True)
    last = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name} {self.last}"
