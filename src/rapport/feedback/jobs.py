"""The job of feedback: every minute, surveys and reminders that are due go out."""

from __future__ import annotations

from procrastinate.contrib.django import app


@app.periodic(cron="* * * * *")
@app.task(name="feedback.ask", queue="feedback", queueing_lock="feedback.ask", lock="feedback.ask")
def ask(timestamp: int) -> None:
    """Send what is due."""
    from rapport.feedback.services.asking import send_due

    send_due()
