"""How often something may be tried: counted in the database, so that all processes count together."""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import connection
from django.http import HttpRequest

from rapport.kernel import clock
from rapport.portal.models import Count

_TAKE = """
INSERT INTO portal_count (key, until, times) VALUES (%s, %s, 1)
ON CONFLICT (key) DO UPDATE SET times = portal_count.times + 1 RETURNING times
"""
HOUR = timedelta(hours=1)


def allowed(what: str, whose: str, most: int, per: timedelta = HOUR) -> bool:
    """Count one try of `what` by `whose`, and return whether it is among the first `most` of its stretch of time."""
    now, length = clock.now(), int(per.total_seconds())
    stretch = int(now.timestamp()) // length
    until = datetime.fromtimestamp((stretch + 1) * length, UTC)
    key = digest(f"{what}|{whose.strip().lower()}|{stretch}")
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [key, until])
        times: int = cursor.fetchone()[0]
    return times <= most


def forget_old() -> int:
    """Delete the counts whose time is over, and return how many."""
    return Count.objects.filter(until__lt=clock.now()).delete()[0]


def address_of(request: HttpRequest) -> str:
    """Return the network address that a request comes from; behind a proxy the one that the proxy saw."""
    forwarded = request.headers.get("X-Forwarded-For", "") if settings.HTTPS else ""
    return forwarded.rpartition(",")[2].strip() or str(request.META.get("REMOTE_ADDR", ""))


def digest(text: str) -> str:
    """Return a digest that nobody can turn back or make without the key of this installation."""
    return hmac.new(settings.SECRET_KEY.encode(), f"portal|{text}".encode(), hashlib.sha256).hexdigest()
