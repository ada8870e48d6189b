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
    version: int | None = None,
) -> Draft:
    """Keep the actor's draft in a thread and return it.

    `version` is the one that the window shows, 0 for none; without it the draft is overwritten. `based_on` is the last
    message that the writer has seen. Raises `ChangedElsewhere`, `NotAPerson`.
    """
    author = _author(by)
    row = _own(thread, author)
    if version is not None and version != (row.version if row else 0):
        raise ChangedElsewhere(row)
    draft = row or Draft(thread=thread, author_id=author, version=0)
    draft.kind, draft.text, draft.html, draft.shared = kind, lines.clean(text), lines.clean(html), shared
    draft.to, draft.cc = lines.people(to), lines.people(cc)
    draft.based_on, draft.version, draft.updated_at = based_on, draft.version + 1, clock.now()
    try:
        with transaction.atomic():
            draft.save(force_insert=row is None)
    except IntegrityError:  # another window of the same person was first, a moment ago
        raise ChangedElsewhere(_own(thread, author)) from None
    return draft


@verb(ANSWER)
def discard(thread: Thread, *, by: Actor) -> None:
    """Throw the actor's draft in a thread away; none is no error."""
    Draft.objects.filter(thread=thread, author_id=_author(by)).delete()


def _author(by: Actor) -> UUID:
    if by.user_id is None:
        raise NotAPerson(_("Only a person writes drafts."))
    return by.user_id


def _own(thread: Thread, author: UUID) -> Draft | None:
    return Draft.objects.select_for_update().filter(thread=thread, author_id=author).first()
