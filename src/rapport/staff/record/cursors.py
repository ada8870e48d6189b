"""Where a timeline goes on, written into an address: the moment and the id of the last line shown."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.core.exceptions import BadRequest

Cursor = tuple[datetime, UUID]


def write(cursor: Cursor) -> str:
    """Return `cursor` as text."""
    at, key = cursor
    return f"{at.isoformat()}~{key}"


def read(text: str) -> Cursor | None:
    """Return the cursor that `text` holds, None for "". Raises `BadRequest`."""
    if not text:
        return None
    at, _tilde, key = text.partition("~")
    try:
        cursor = (datetime.fromisoformat(at), UUID(key))
    except ValueError as error:
        raise BadRequest("this is no place in a timeline") from error
    if cursor[0].tzinfo is None:
        raise BadRequest("this is no place in a timeline")
    return cursor
