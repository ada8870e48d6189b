"""What a first visit has to fetch."""

from __future__ import annotations

import gzip

from playwright.sync_api import Response

from tests.browser.conftest import Visitor, visit

LIMIT = 150_000  # bytes, compressed, of a page without charts, everything included


def test_a_first_visit_weighs_under_150_kb(signed_in: Visitor) -> None:
    page = signed_in.page()
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))  # noqa: PLW0108 - Playwright marks the function
    visit(page, "/ui/palette/?q=gallery")
    page.wait_for_load_state("networkidle")
    weights = {answer.url: weight(answer) for answer in answers if answer.ok}
    assert sum(weights.values()) < LIMIT, weights
    assert not [url for url in weights if "echarts" in url or "sortable" in url]


def weight(answer: Response) -> int:
    """Return how many bytes travel: fonts are compressed already, the rest is sent with gzip."""
    body = answer.body()
    return len(body) if answer.url.endswith(".woff2") else len(gzip.compress(body, 6))
