"""The job of the demonstration: loading it for whoever asked for it on the set-up or settings pages."""

from __future__ import annotations

from procrastinate.contrib.django import app

from rapport.demo.services import load as bring
from rapport.runtime.apart import apart
from rapport.team.models import User
from rapport.team.queries import actor_for


@app.task(name="demo.load", queue="imports")
@apart
def load(*, user: str) -> None:
    """Load the demonstration unless it is there."""
    bring(lambda _stage, _done, _all: None, actor_for(User.objects.get(pk=user)))
