"""The job of segments: every five minutes, those that may be others than they were are worked out."""

from __future__ import annotations

from procrastinate.contrib.django import app


@app.periodic(cron="*/5 * * * *")
@app.task(name="marketing.keep_up", queue="marketing", queueing_lock="marketing.keep_up", lock="marketing.keep_up")
def keep_up(timestamp: int) -> None:
    """Bring the segments up to date."""
    from rapport.kernel.actors import SYSTEM
    from rapport.marketing.services import members

    members.keep_up(by=SYSTEM)
