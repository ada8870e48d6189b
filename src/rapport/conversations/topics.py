"""The names under which pages hear of one thread: the visitor of a chat by one, the staff by another."""

from __future__ import annotations

from uuid import UUID


def visitor(thread_id: UUID) -> str:
    """Return the topic of the visitor's page."""
    return f"chat-{thread_id.hex}"


def staff(thread_id: UUID) -> str:
    """Return the topic of colleagues who look at the thread: who types, what was read."""
    return f"talk-{thread_id.hex}"
