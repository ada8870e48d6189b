"""Django's sessions in the database, looked for by a question that is written once: every page begins with it."""

from __future__ import annotations

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils import timezone

from rapport.kernel.written import MOMENT, TEXT, Written

_sessions = Written()


class SessionStore(db.SessionStore):
    """Django's, but for how a session is found."""

    def _get_session_from_db(self) -> Session | None:
        """Return the row of this session; None when there is none or it has expired, and the key is forgotten."""
        found = _sessions.objects("all", _asking, {TEXT: self.session_key, MOMENT: timezone.now()})
        if not found:
            self._session_key = None
        return next(iter(found), None)


def _asking() -> QuerySet[Session]:
    return Session.objects.filter(session_key=TEXT, expire_date__gt=MOMENT)
