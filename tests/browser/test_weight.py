"""What a first visit has to fetch."""

from __future__ import annotations

import gzip

import pytest
from playwright.sync_api import Response

from rapport.testing import builders
from tests.browser.conftest import Visitor, visit

LIMIT = 150_000  # bytes, compressed, of a page without charts, everything included


@pytest.mark.parametrize("address", ["/ui/palette/?q=gallery", "/customers/", "/customers/?grid=1"])
def test_a_first_visit_weighs_under_150_kb(signed_in: Visitor, address: str) -> None:
    builders.customer("Ana Lima")
    page = signed_in.page()
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))  # noqa: PLW0108 - Playwright marks the function
    visit(page, address)
    page.wait_for_load_state("networkidle")
    weights = {answer.url: weight(answer) for answer in answers if answer.ok}
    assert sum(weights.values()) < LIMIT, weights
    assert not [url for url in weights if "echarts" in url or "sortable" in url]
    assert bool([url for url in weights if "/js/grid" in url]) == ("grid=1" in address)


def weight(answer: Response) -> int:
    """Return how many bytes travel: fonts are compressed already, the rest is sent with gzip."""
    body = answer.body()
    return len(body) if answer.url.endswith(".woff2") else len(gzip.compress(body, 6))
