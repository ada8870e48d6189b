"""What the firm decided about meetings: where video rooms are, and when people are reminded."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from rapport.team.models import Organisation

KEY = "meetings"
ROOM = "{room}"
_TEMPLATE = re.compile(r"https://[^\s\"'<>{}]+\{room\}[^\s\"'<>{}]*")


@dataclass(frozen=True, slots=True)
class Policy:
    """`video` is the address of a video room, with `{room}` for its name; `remind_minutes` before a meeting people
    are reminded, 0 for never.
    """

    video: str = "https://meet.jit.si/{room}"
    remind_minutes: int = 60

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Policy:
        """Read what is stored under "meetings" in the organisation's policy; what is not there is as by default."""
        mine = stored.get(KEY) or {}
        known = {one.name for one in fields(cls)}
        return cls(**{name: value for name, value in mine.items() if name in known})


def current() -> Policy:
    """Return what is decided now."""
    return Policy.of(Organisation.objects.values_list("policy", flat=True).first() or {})


def is_template(text: str) -> bool:
    """Return whether `text` is an address with a place for the name of the room."""
    return bool(_TEMPLATE.fullmatch(text))


def new_room() -> str:
    """Return the address of a room that nobody can guess."""
    return current().video.replace(ROOM, f"rapport-{secrets.token_urlsafe(18)}")
