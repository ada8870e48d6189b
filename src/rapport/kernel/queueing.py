"""Putting work into the queue of jobs, or aside: whoever plays a past week does it at the moment of that week."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from procrastinate.contrib.django import app


@dataclass(frozen=True, slots=True)
class Waiting:
    """Work that was put aside: the name of its job, what the job is called with, and when it is due (None: at once)."""

    task: str
    arguments: dict[str, Any]
    due: datetime | None


_aside: ContextVar[list[Waiting] | None] = ContextVar("aside", default=None)


def defer(task: str, *, queue: str, due: datetime | None = None, **arguments: Any) -> None:
    """Let the job `task` run in `queue`, not before `due`. It is queued by this transaction, or not at all."""
    kept = _aside.get()
    if kept is not None:
        kept.append(Waiting(task, arguments, due))
        return
    app.configure_task(task, queue=queue, schedule_at=due).defer(**arguments)


@contextmanager
def aside() -> Iterator[list[Waiting]]:
    """Give a list that collects what the code inside would put into the queue; nothing of it is queued."""
    kept: list[Waiting] = []
    token = _aside.set(kept)
    try:
        yield kept
    finally:
        _aside.reset(token)
