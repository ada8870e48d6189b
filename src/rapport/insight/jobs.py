"""The jobs of insight: every five minutes the lake is brought up to date, and the scores with it."""

from __future__ import annotations

from procrastinate.contrib.django import app

from rapport.runtime.apart import apart


@app.periodic(cron="*/5 * * * *")
@app.task(name="insight.refresh", queue="insight", queueing_lock="insight.refresh", lock="insight.refresh")
@apart
def refresh(timestamp: int) -> None:
    """Bring lake and scores up to date, and the history of the scores with them."""
    from rapport.insight.upkeep import bring_up_to_date, look_back

    bring_up_to_date()
    if look_back():
        bring_up_to_date()


@app.task(name="insight.recompute", queue="insight", queueing_lock="insight.recompute", lock="insight.refresh")
@apart
def recompute() -> None:
    """Bring lake and scores up to date now, as after an import or a change of the rules."""
    from rapport.insight.upkeep import bring_up_to_date

    bring_up_to_date(now=True)
