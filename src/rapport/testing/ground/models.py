"""Columns that tell NULL from an empty text, which conditions must take for the same."""

# ruff: noqa: DJ001
from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from rapport.kernel.ids import new_id


class Maker(models.Model):
    """Who makes things."""

    id = models.UUIDField(primary_key=True, default=new_id)
    name = models.TextField(null=True)
    founded = models.DateField(null=True)


class Thing(models.Model):
    """Something with a column of every type, all of which may be missing."""

    id = models.UUIDField(primary_key=True, default=new_id)
    name = models.TextField(null=True)
    size = models.IntegerField(null=True)
    weight = models.DecimalField(null=True, max_digits=14, decimal_places=3)
    ratio = models.FloatField(null=True)
    active = models.BooleanField(null=True)
    born = models.DateField(null=True)
    seen_at = models.DateTimeField(null=True)
    colour = models.CharField(null=True, max_length=10)
    owner_id = models.UUIDField(null=True)
    marks = ArrayField(models.CharField(max_length=10), null=True)
    price_minor = models.BigIntegerField(null=True)
    price_currency = models.CharField(null=True, max_length=3)
    budget_minor = models.BigIntegerField(null=True)
    wait_seconds = models.IntegerField(null=True)
    maker = models.ForeignKey(Maker, null=True, on_delete=models.PROTECT, related_name="things")
    custom = models.JSONField(default=dict)


class Part(models.Model):
    """A part of a thing."""

    id = models.UUIDField(primary_key=True, default=new_id)
    thing = models.ForeignKey(Thing, null=True, on_delete=models.CASCADE, related_name="parts")
    name = models.TextField(null=True)
    state = models.CharField(null=True, max_length=10)
    cost_minor = models.BigIntegerField(null=True)
    made_at = models.DateTimeField(null=True)
    marks = ArrayField(models.CharField(max_length=10), null=True)
    spare = models.BooleanField(default=False)


class Bolt(models.Model):
    """What holds a part."""

    id = models.UUIDField(primary_key=True, default=new_id)
    part = models.ForeignKey(Part, on_delete=models.CASCADE, related_name="bolts")
    length = models.IntegerField(null=True)
