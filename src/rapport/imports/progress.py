"""Telling how far an import is, while its transaction is open: over a second connection to the database."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.db import connection

from rapport.imports.models import ImportRun
from rapport.kernel import clock

_EVERY_SECONDS = 0.5


Listener = Callable[[str, int, float], None]
"""Is told the step, how many rows were read, and the share of the work that is done (0 to 1)."""


class Cancelled(Exception):
    """A person asked the import to stop."""


class Progress:
    """A context that keeps the run's progress, and its end, outside of the transaction of the load."""

    def __init__(self, run: ImportRun, tell: Listener | None = None) -> None:
        self._run, self._tell = run, tell
        self._told_at = 0.0
        self._connection: Any = None

    def __enter__(self) -> Progress:
        if not connection.in_atomic_block:  # inside of a test's transaction there is nobody to tell
            parameters = connection.get_connection_params()
            self._connection = connection.get_new_connection(parameters)
            self._connection.autocommit = True
        return self

    def __exit__(self, *_failure: object) -> None:
        if self._connection is not None:
            self._connection.close()

    def read(self, rows: int, share: float) -> None:
        """Tell how many rows were read and what share of the work is done; raises Cancelled when asked to."""
        self._say("reading", rows, share)

    def step(self, name: str, share: float) -> None:
        """Tell which step has begun and what share of the work is done; raises Cancelled when asked to."""
        self._told_at = 0.0
        self._say(name, self._run.progress, share)

    def _say(self, step: str, rows: int, share: float) -> None:
        self._run.progress, self._run.share = rows, max(share, self._run.share)
        if self._tell is not None:
            self._tell(step, rows, self._run.share)
        if self._connection is None or time.monotonic() - self._told_at < _EVERY_SECONDS:
            return
        self._told_at = time.monotonic()
        row = self._connection.execute(
            "UPDATE imports_importrun SET progress = %s, share = %s WHERE id = %s RETURNING cancel_asked_at",
            [rows, self._run.share, self._run.pk],
        ).fetchone()
        if row is not None and row[0] is not None:
            raise Cancelled

    def finish(self, status: str, reason: str = "") -> None:
        """Note how a run that did not commit ended."""
        values = {"status": status, "reason": reason[:2000], "finished_at": clock.now()}
        if self._connection is None:
            ImportRun.objects.filter(pk=self._run.pk).update(**values)
            return
        self._connection.execute(
            """UPDATE imports_importrun SET status = %(status)s, reason = %(reason)s, finished_at = %(finished_at)s
               WHERE id = %(id)s""",
            {**values, "id": self._run.pk},
        )
