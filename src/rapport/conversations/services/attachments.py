"""Files that come and go with messages: checked by what is in them, kept outside the web root, served as downloads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import IO
from uuid import UUID

from django.utils.translation import gettext as _

from rapport.conversations import file_kinds, policy
from rapport.conversations.file_kinds import NotTaken
from rapport.conversations.incoming import IncomingFile
from rapport.conversations.models import Attachment, Message
from rapport.kernel import clock, files
from rapport.kernel.actors import Actor
from rapport.kernel.ids import new_ids
from rapport.kernel.permissions import OutOfReach

MOST_FILES = 100
FOR_DISPLAY = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})


@dataclass(frozen=True, slots=True)
class Download:
    """A file to hand out: `file` is open for reading; `media_type` is safe to say; serve it as an attachment."""

    name: str
    media_type: str
    size: int
    file: IO[bytes]


def open_for(actor: Actor, attachment_id: UUID) -> Download:
    """Open an attachment for whoever may see its thread. Raises `OutOfReach`, also for one that was refused.

    What a browser might run (HTML, SVG, XML) is called plain bytes.
    """
    row = Attachment.objects.visible_to(actor).filter(pk=attachment_id).exclude(key="").first()
    if row is None:
        raise OutOfReach
    try:
        file = files.open(row.key)
    except files.NoSuchFile:
        raise OutOfReach from None
    return Download(row.name, safe_type(row.media_type), row.size, file)


def safe_type(media_type: str) -> str:
    """Return the media type under which a file may be handed out: its own, or that of bytes nobody runs."""
    risky = media_type in {"text/html", "image/svg+xml", "application/xml"} or media_type.endswith("+xml")
    return "application/octet-stream" if risky else media_type


def keep(message: Message, given: Iterable[IncomingFile]) -> list[Attachment]:
    """Keep the files that came with a message; one that we do not take is noted with the reason, not lost silently."""
    chosen = list(given)[:MOST_FILES]
    if not chosen:
        return []
    limit = _limit()
    return _stored([_kept(message, file, limit, strict=False) for file in chosen])


def attach(message: Message, given: Iterable[IncomingFile]) -> list[Attachment]:
    """Keep the files that a colleague sends with a message. Raises `NotTaken` for the first that we do not take."""
    chosen = list(given)
    if not chosen:
        return []
    limit = _limit()
    if len(chosen) > MOST_FILES:
        raise NotTaken(_("That are too many files."))
    return _stored([_kept(message, file, limit, strict=True) for file in chosen])


def _stored(rows: list[Attachment]) -> list[Attachment]:
    """Insert `rows` with keys that keep their order."""
    for row, key in zip(rows, new_ids(len(rows)), strict=True):
        row.pk = key
    return Attachment.objects.bulk_create(rows)


def _kept(message: Message, file: IncomingFile, limit: int, *, strict: bool) -> Attachment:
    name, refused, key = file_kinds.clean_name(file.name), "", ""
    try:
        media_type = file_kinds.recognise(file.name, file.content, at_most=limit)
        key = files.store(file.content)
    except NotTaken as reason:
        if strict:
            raise
        media_type, refused = "application/octet-stream", str(reason)[:200]
    return Attachment(
        message=message,
        key=key,
        name=name,
        media_type=media_type,
        size=len(file.content),
        content_id=file.content_id.strip("<> ")[:250],
        inline=file.inline and media_type in FOR_DISPLAY,
        refused=refused,
        created_at=clock.now(),
    )


def _limit() -> int:
    return policy.current().max_file_bytes
