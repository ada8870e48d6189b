"""Canned answers: texts to send again, with variables."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from rapport.kernel import clock, search
from rapport.kernel.actors import Actor
from rapport.kernel.verbs import verb
from rapport.service import variables
from rapport.service.events import ServiceSettingChanged
from rapport.service.models import CannedAnswer, Ticket
from rapport.service.permissions import CHANGE
from rapport.service.services import sharing
from rapport.team.models import Team

NOUN = "canned answer"


class ShortcutTaken(ValueError):
    """Another answer for the same people and language has this shortcut."""


class NoText(ValueError):
    """An answer needs a title and a text."""


@verb(CHANGE, publishes=(ServiceSettingChanged,))
def add(
    title: str,
    text: str,
    *,
    by: Actor,
    shortcut: str = "",
    language: str = "",
    scope: str = sharing.MINE,
    team: Team | None = None,
) -> CannedAnswer:
    """Add an answer and return it: one's own, a team's or everybody's (`scope` mine, team or all).

    Raises `NoText`, `ShortcutTaken`, `variables.UnknownVariable`, `sharing.NoTeam`, `Forbidden`.
    """
    at = clock.now()
    row = CannedAnswer(created_at=at, updated_at=at)
    sharing.place(row, scope, team, by)
    _write(row, title, text, shortcut, language)
    sharing.tell(row, NOUN, "added", by)
    return row


@verb(CHANGE, publishes=(ServiceSettingChanged,))
def change(
    answer: CannedAnswer, *, by: Actor, title: str, text: str, shortcut: str = "", language: str = ""
) -> CannedAnswer:
    """Write an answer anew. Raises as `add`, and `OutOfReach` for somebody else's own."""
    row = sharing.locked(answer, by)
    _write(row, title, text, shortcut, language)
    sharing.tell(row, NOUN, "changed", by)
    return row


@verb(CHANGE, publishes=(ServiceSettingChanged,))
def archive(answer: CannedAnswer, *, by: Actor) -> CannedAnswer:
    """Take an answer out of use. Raises `OutOfReach`, `Forbidden`."""
    row = sharing.locked(answer, by)
    row.archived_at = clock.now()
    row.save(update_fields=["archived_at", "updated_at"])
    sharing.tell(row, NOUN, "archived", by)
    return row


@verb(CHANGE, offer=("mcp",))
def use(ticket: Ticket, answer: CannedAnswer, *, by: Actor, html: bool = False) -> str:
    """Return the text of an answer with its variables filled in for a ticket, and count that it was used.

    Raises `OutOfReach` for an answer that is somebody else's.
    """
    row = sharing.usable(CannedAnswer, answer.pk, by)
    CannedAnswer.objects.filter(pk=row.pk).update(used=F("used") + 1)
    return variables.fill(row.text, ticket, by=by, html=html)


def _write(row: CannedAnswer, title: str, text: str, shortcut: str, language: str) -> None:
    row.title, row.text = title.strip()[:120], text.strip()
    if not row.title or not row.text:
        raise NoText(_("An answer needs a title and a text."))
    variables.check(row.text)
    row.shortcut, row.language = shortcut.strip().lstrip("/").lower()[:40], language
    row.search = search.stored(search.document(row.title, row.text, also=[row.shortcut]))
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise ShortcutTaken(_("/%(shortcut)s is another answer already.") % {"shortcut": row.shortcut}) from error
    row.refresh_from_db()
