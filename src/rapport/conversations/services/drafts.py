"""Answers and notes that are being written: kept as one types, seen by colleagues, never overwritten unseen."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from rapport.conversations.incoming import Address
from rapport.conversations.models import Draft, Thread
from rapport.conversations.permissions import ANSWER
from rapport.conversations.services import lines
from rapport.kernel import clock
from rapport.kernel.actors import Actor
from rapport.kernel.verbs import verb


class NotAPerson(ValueError):
    """Only a person writes drafts."""


class ChangedElsewhere(ValueError):
    """The draft was saved from another window since; `draft` is how it is now."""

    def __init__(self, draft: Draft | None) -> None:
        super().__init__(_("This draft was changed in another window."))
        self.draft = draft


@verb(ANSWER)
def save(
    thread: Thread,
    text: str,
    *,
    by: Actor,
    html: str = "",
    kind: str = Draft.Kind.REPLY,
    to: Iterable[Address] = (),
    cc: Iterable[Address] = (),
    shared: bool = True,
    based_on: UUID | None = None,
    shown: str | None = None,
) -> Draft:
    """Keep the actor's answer or note in a thread and return it.

    `shown` is the mark of the draft that the window shows, empty for none; without it the draft is overwritten.
    `based_on` is the last message that the writer has seen. Raises `ChangedElsewhere`, `NotAPerson`.
    """
    author = _author(by)
    row = _own(thread, author, kind)
    _check(row, shown)
    draft = row or Draft(thread=thread, author_id=author, kind=kind, version=0)
    draft.text, draft.html, draft.shared = lines.clean(text), lines.clean(html), shared
    draft.to, draft.cc = lines.people(to), lines.people(cc)
    draft.based_on, draft.version, draft.updated_at = based_on, draft.version + 1, clock.now()
    try:
        with transaction.atomic():
            draft.save(force_insert=row is None)
    except IntegrityError:  # another window of the same person was first, a moment ago
        raise ChangedElsewhere(_own(thread, author, kind)) from None
    return draft


@verb(ANSWER)
def discard(thread: Thread, *, by: Actor, kind: str = Draft.Kind.REPLY, shown: str | None = None) -> None:
    """Throw the actor's answer or note in a thread away; none is no error. Raises `ChangedElsewhere` as `save`."""
    row = _own(thread, _author(by), kind)
    if row is None:
        return
    _check(row, shown)
    row.delete()


def check(thread: Thread, shown: str, *, by: Actor, kind: str = Draft.Kind.REPLY) -> None:
    """Raise `ChangedElsewhere` when there is a draft of the actor's other than the one their window shows."""
    row = Draft.objects.filter(thread=thread, author_id=_author(by), kind=kind).first()
    if row is not None:
        _check(row, shown)


def _check(row: Draft | None, shown: str | None) -> None:
    if shown is not None and shown != (row.mark if row else ""):
        raise ChangedElsewhere(row)


def _author(by: Actor) -> UUID:
    if by.user_id is None:
        raise NotAPerson(_("Only a person writes drafts."))
    return by.user_id


def _own(thread: Thread, author: UUID, kind: str) -> Draft | None:
    return Draft.objects.select_for_update().filter(thread=thread, author_id=author, kind=kind).first()
