"""The jobs of mail: every minute, each mailbox is looked into."""

from __future__ import annotations

from procrastinate.contrib.django import app


@app.periodic(cron="* * * * *")
@app.task(name="mail.every_minute", queue="mail", queueing_lock="mail.every_minute")
def every_minute(timestamp: int) -> None:
    """File what is new in all mailboxes that work."""
    from rapport.connectors.mail.watching import look_into_all

    look_into_all()
