"""Words that mean the same."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from rapport.kernel import clock, search
from rapport.kernel.actors import Actor
from rapport.kernel.events import publish
from rapport.kernel.verbs import verb
from rapport.knowledge.events import ShelfChanged
from rapport.knowledge.models import Synonyms
from rapport.knowledge.permissions import PUBLISH


class TooFew(ValueError):
    """Two words at least are needed to mean the same."""


@verb(PUBLISH, publishes=(ShelfChanged,))
def add(words: Iterable[str], *, by: Actor) -> Synonyms:
    """Add a group of words or short phrases that mean the same. Raises `TooFew`."""
    by_fold = {search.fold(word.strip()): word.strip()[:60] for word in words if search.words(word)}
    if len(by_fold) < 2:
        raise TooFew(_("Write at least two words that mean the same."))
    row = Synonyms.objects.create(words=list(by_fold.values()), created_at=clock.now())
    publish(ShelfChanged(what=_("Synonyms added"), name=str(row)), by=by, subject=row)
    return row


@verb(PUBLISH, publishes=(ShelfChanged,))
def remove(synonyms: Synonyms, *, by: Actor) -> None:
    """Remove a group of synonyms."""
    publish(ShelfChanged(what=_("Synonyms removed"), name=str(synonyms)), by=by, subject=synonyms)
    Synonyms.objects.filter(pk=synonyms.pk).delete()
