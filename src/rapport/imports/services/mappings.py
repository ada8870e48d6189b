"""What may happen to a mapping: remembered under a name, and forgotten."""

from __future__ import annotations

from django.utils.translation import gettext as _

from rapport.customers.permissions import IMPORT
from rapport.imports.models import ImportRun, SavedMapping
from rapport.imports.profiles import parse
from rapport.imports.profiles.writing import as_toml
from rapport.imports.sets import shipped_names
from rapport.kernel import clock
from rapport.kernel.actors import Actor
from rapport.kernel.verbs import verb

LONGEST = 80


class BadName(ValueError):
    """A mapping cannot be called that: the name is empty, too long, that of a shipped mapping, or looks like a file."""


@verb(IMPORT)
def remember(run: ImportRun, name: str, *, by: Actor) -> SavedMapping:
    """Keep the mapping of a run under a name, in the place of one of that name.

    Files with the same columns are recognised by it from now on. Raises `BadName`.
    """
    name = " ".join(name.split())
    if not name or len(name) > LONGEST:
        raise BadName(_("Give it a name of up to %(longest)s letters.") % {"longest": LONGEST})
    if name in shipped_names() or name == "suggested" or name.endswith(".toml") or "/" in name:
        raise BadName(_("A mapping cannot be called %(name)s.") % {"name": name})
    profile = parse(run.mapping).model_copy(update={"name": name, "label": name})
    values = {"toml": as_toml(profile), "user_id": by.user_id, "saved_at": clock.now()}
    return SavedMapping.objects.update_or_create(name=name, defaults=values)[0]


@verb(IMPORT)
def forget(mapping: SavedMapping, *, by: Actor) -> None:
    """Forget a mapping; imports that used it keep theirs."""
    SavedMapping.objects.filter(pk=mapping.pk).delete()
