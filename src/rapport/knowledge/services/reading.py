"""What readers leave behind: reads, votes, and what they searched for. Counts, no names."""

from __future__ import annotations

from django.db import connection, transaction
from django.db.models import Count, F, Q
from django.utils.translation import gettext as _

from rapport.kernel import clock, search
from rapport.knowledge.models import Translation, Vote
from rapport.team.queries import organisation

_NOTE = """
INSERT INTO knowledge_searchedword (id, day, language, term, typed, times, missed)
VALUES (gen_random_uuid(), %s, %s, %s, %s, 1, %s)
ON CONFLICT (day, language, term) DO UPDATE SET
    times = knowledge_searchedword.times + 1,
    missed = knowledge_searchedword.missed + EXCLUDED.missed,
    typed = EXCLUDED.typed
"""


class NotPublished(ValueError):
    """Only what can be read can be judged."""


def count_read(translation: Translation) -> None:
    """Count one more reader of an article."""
    Translation.objects.filter(pk=translation.pk).update(reads=F("reads") + 1)


@transaction.atomic
def vote(translation: Translation, voter: str, *, helped: bool, comment: str = "") -> Vote:
    """Take the vote of `voter` (a digest of who reads); a second one takes the place of the first.

    Raises `NotPublished`.
    """
    row = Translation.objects.select_for_update().get(pk=translation.pk)
    if row.published_at is None or row.number is None:
        raise NotPublished(_("This article is not published."))
    values = {
        "version": row.number,
        "score": 1 if helped else -1,
        "comment": comment.strip()[:1000],
        "at": clock.now(),
    }
    made, _new = Vote.objects.update_or_create(translation=row, voter=voter, defaults=values)
    counted = row.votes.aggregate(up=Count("pk", filter=Q(score=1)), down=Count("pk", filter=Q(score=-1)))
    Translation.objects.filter(pk=row.pk).update(helpful=counted["up"], unhelpful=counted["down"])
    return made


def note_search(typed: str, language: str, found: int) -> None:
    """Count a search of today and whether it found anything; what has no word in it is not counted."""
    term = " ".join(search.words(typed))[:120]
    if not term:
        return
    day = clock.today(organisation().zone)
    with connection.cursor() as cursor:
        cursor.execute(_NOTE, [day, language, term, typed.strip()[:120], 0 if found else 1])
