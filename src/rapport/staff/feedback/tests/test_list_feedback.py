"""The list of feedback: what was said, how good it was, whether it was answered, and whom it refuses."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.test import Client

from rapport.feedback.models import Answer
from rapport.feedback.services import answers
from rapport.kernel.actors import SYSTEM
from rapport.testing import builders
from rapport.testing.cast import Cast
from rapport.testing.queries import query_count

LIST = "/feedback/"
DAY = datetime(2026, 11, 20, 10, tzinfo=UTC)


def said(client: Client, address: str = LIST) -> list[str]:
    """Return what the rows of a page say, in order."""
    return [row.label for row in client.get(address).context["shown"].table.rows]


def given(name: str, kind: str, score: int, text: str, day: int, *, replied: bool = False) -> Answer:
    made = answers.record(
        builders.customer(name), kind, Decimal(score), text=text, answered_at=DAY.replace(day=day), by=SYSTEM
    )
    return answers.reply(made, "Thank you", by=SYSTEM) if replied else made


@pytest.fixture
def staff(client: Client, cast: Cast) -> Client:
    client.force_login(cast.alice)
    return client


@pytest.fixture
def feedback(cast: Cast) -> None:
    """Four pieces, one of them answered."""
    given("Ana Lima", "review", 5, "Lovely lantern", 10)
    given("Ben Ito", "review", 1, "It came broken", 12)
    given("Cy Young", "nps", 9, "Would tell anyone", 14, replied=True)
    given("Di Moss", "csat", 2, "Nobody called back", 16)


def test_what_waits_comes_first_and_tabs_lead_to_the_rest(staff: Client, feedback: None) -> None:
    assert said(staff) == ["Nobody called back", "It came broken", "Lovely lantern"]
    assert said(staff, f"{LIST}?view=low") == ["Nobody called back", "It came broken"]
    assert said(staff, f"{LIST}?view=replied") == ["Would tell anyone"]
    assert len(said(staff, f"{LIST}?view=all")) == 4
    assert said(staff, f"{LIST}?view=all&sort=score")[:2] == ["It came broken", "Nobody called back"]


def test_rows_show_score_customer_and_the_way_to_answer(staff: Client, feedback: None) -> None:
    ben = Answer.objects.get(text="It came broken")
    page = staff.get(LIST).content.decode()

    for text in ("1 of 5", "pill-bad", "Ben Ito", f"/customers/{ben.customer_id}/feedback/{ben.pk}/?next=/feedback/"):
        assert text in page


def test_feedback_is_filtered_searched_and_exported(staff: Client, feedback: None) -> None:
    assert said(staff, f"{LIST}?view=all&q=young") == ["Would tell anyone"]
    assert said(staff, f'{LIST}?view=all&f=text contains "broken"') == ["It came broken"]
    lines = b"".join(staff.get(f"{LIST}export.csv?view=low&columns=what,score")).decode().splitlines()
    assert lines[1:] == ["Nobody called back,2.00", "It came broken,1.00"]


def test_an_answer_is_noted_on_several(staff: Client, feedback: None) -> None:
    keys = [str(key) for key in Answer.objects.filter(replied_at=None).values_list("pk", flat=True)]
    staff.post(f"{LIST}bulk/reply/", {"ids": keys, "go": "1", "text": "We called you."})

    assert not Answer.objects.filter(replied_at=None).exists()


def test_what_was_asked_and_never_answered_is_not_listed(staff: Client, feedback: None) -> None:
    Answer.objects.filter(text="It came broken").update(answered_at=None)

    assert "It came broken" not in said(staff, f"{LIST}?view=all")


def test_an_empty_list_says_what_it_is_for(staff: Client) -> None:
    assert "No feedback yet" in staff.get(f"{LIST}?view=all").content.decode()


def test_the_number_of_queries_does_not_grow_with_the_rows(staff: Client, feedback: None) -> None:
    staff.get(LIST)
    with query_count() as few:
        staff.get(LIST)
    for number in range(12):
        given(f"Person {number}", "review", 3, "Fine", 5)
    with query_count() as many:
        staff.get(LIST)
    assert few.count == many.count


def test_only_who_may_see_feedback_sees_it(client: Client, cast: Cast, feedback: None) -> None:
    cast.ben.role.grants = {"customers.view": "all"}
    cast.ben.role.save()
    client.force_login(cast.ben)

    assert client.get(LIST).status_code == 403
    assert 'href="/feedback/"' not in client.get("/customers/").content.decode()


def test_only_the_feedback_of_ones_own_customers_is_within_reach(client: Client, cast: Cast, feedback: None) -> None:
    answers.record(builders.customer("Mine", owner=cast.ben), "review", Decimal(4), text="Mine", by=SYSTEM)
    cast.ben.role.grants = {"customers.view": "own", "feedback.view": "own"}
    cast.ben.role.save()
    client.force_login(cast.ben)

    assert said(client, f"{LIST}?view=all") == ["Mine"]
