"""The jobs of service: every minute offers that nobody accepted go on, and at night what is solved is closed."""

from __future__ import annotations

from procrastinate.contrib.django import app


@app.periodic(cron="* * * * *")
@app.task(name="service.offer", queue="service", queueing_lock="service.offer", lock="service.offer")
def offer(timestamp: int) -> None:
    """Pass on what was not accepted in time, then offer what waits: somebody may be back or have room again."""
    from rapport.service.services.routing import lapse_due, offer_waiting

    lapse_due()
    offer_waiting()


@app.periodic(cron="* * * * *")
@app.task(name="service.warn", queue="service", queueing_lock="service.warn", lock="service.warn")
def warn(timestamp: int) -> None:
    """Tell of the clocks that have run half, three quarters or all of their time."""
    from rapport.service.services.clocks import warn as tell

    tell()


@app.periodic(cron="17 3 * * *")
@app.task(name="service.close", queue="service", queueing_lock="service.close", lock="service.close")
def close(timestamp: int) -> None:
    """Close what was solved long enough ago, and judge recoveries whose day has come."""
    from rapport.service.services.complaints import judge_due
    from rapport.service.services.ending import close_solved

    close_solved()
    judge_due()
