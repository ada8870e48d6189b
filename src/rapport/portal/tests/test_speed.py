"""How much the database is asked for a page of the portal, however many articles there are."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from rapport.customers.models import Customer
from rapport.portal.tests.conftest import article
from rapport.testing.queries import query_count

pytestmark = pytest.mark.django_db
MOST = {"help:home": 12, "my:home": 16, "my:orders": 14, "my:talks": 14, "my:promises": 10}


@pytest.mark.parametrize("name", MOST)
def test_a_page_asks_the_database_few_questions(as_ana: Client, ana: Customer, name: str) -> None:
    for number in range(4):
        article(f"Article {number}")
    as_ana.get(reverse(name))
    with query_count() as asked:
        assert as_ana.get(reverse(name)).status_code == 200
    assert asked.count <= MOST[name], asked.statements
