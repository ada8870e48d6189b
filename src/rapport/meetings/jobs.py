"""The jobs of meetings: reminding people of what begins soon."""

from __future__ import annotations

from procrastinate.contrib.django import app

from rapport.kernel.actors import SYSTEM
from rapport.meetings.services import invitations


@app.periodic(cron="* * * * *")
@app.task(name="meetings.remind", queue="mail", queueing_lock="meetings.remind")
def remind(timestamp: int) -> None:
    """Remind everybody of the meetings that begin soon."""
    invitations.remind(by=SYSTEM)
