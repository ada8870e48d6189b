from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from rapport.insight.lake.refresh import refresh
from rapport.staff.insight.tests.conftest import NOW
from rapport.testing.builders import customer, order
from rapport.testing.cast import Cast


@pytest.mark.django_db(transaction=True)
def test_bringing_up_to_date_takes_in_what_happened_since(client: Client, cast: Cast, home: Path) -> None:
    client.force_login(cast.alice)
    row = customer()
    order(row, placed_at=NOW - timedelta(days=2))
    refresh()
    order(row, placed_at=NOW - timedelta(hours=1))
    page = reverse("staff:metric", args=["orders"])
    assert client.get(page).context["figure"].value == 1
    answered = client.post(reverse("staff:insight_refresh"), {"back": page})
    assert answered["Location"] == page
    assert client.get(page).context["figure"].value == 2
    elsewhere = client.post(reverse("staff:insight_refresh"), {"back": "https://elsewhere.example/"})
    assert elsewhere["Location"] == reverse("staff:insight")
