"""Importing into a fresh installation: the files say enough to begin with, and the set-up pages ask for the rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rapport.imports.sets import open_set
from rapport.kernel.actors import Actor
from rapport.team.models import Organisation
from rapport.team.services.organisation import begin


def at_home(paths: Sequence[Path], profile: str, settings: Mapping[str, Any], by: Actor) -> None:
    """Where there is no organisation yet, begin one with the currency, country and zone of the files' mapping."""
    if Organisation.objects.exists():
        return
    found = open_set(paths, profile, settings, by).found.profile
    begin(currency=found.currency or "EUR", zone=found.zone or "UTC", country=found.country)
