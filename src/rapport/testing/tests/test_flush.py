from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import connection
from procrastinate.contrib.django import app

from rapport.testing.builders import customer, order
from rapport.testing.cast import Cast
from rapport.testing.ground.management.commands import flush


@app.task(name="tests.nothing")
def nothing() -> None:
    """Do nothing."""


@pytest.mark.django_db
@pytest.mark.parametrize("few", [500, 1])
def test_nothing_is_left_but_what_migrations_made(cast: Cast, monkeypatch: pytest.MonkeyPatch, few: int) -> None:
    order(customer())
    nothing.defer()
    monkeypatch.setattr(flush, "FEW", few)
    assert {"team_user", "customers_customer", "commerce_order", "procrastinate_jobs"} <= set(flush._counts(connection))
    connection.check_constraints()  # else something waits for the end of the transaction
    call_command("flush", verbosity=0, interactive=False, reset_sequences=False, inhibit_post_migrate=False)
    assert flush._counts(connection) == {}
    with connection.cursor() as cursor:
        for name in flush.MADE:
            cursor.execute(f'SELECT count(*) FROM "{name}"')
            assert cursor.fetchone()[0] > 100
