"""The jobs of the portal."""

from __future__ import annotations

from procrastinate.contrib.django import app


@app.task(name="portal.send_link", queue="mail")
def send_link(*, address: str, language: str, origin: str, onward: str = "") -> None:
    """Mail a link to sign in, when we know the address; nobody learns whether we do."""
    from rapport.portal.access.mails import send

    send(address, language=language, origin=origin, onward=onward)


@app.periodic(cron="17 * * * *")
@app.task(name="portal.tidy", queue="mail", queueing_lock="portal.tidy")
def tidy(timestamp: int) -> None:
    """Delete counts of tries and links that are over."""
    from rapport.customers.services.members import forget_links
    from rapport.portal.limits import forget_old

    forget_old()
    forget_links()
