"""Who hears what: passes, pages that read slowly, news that nobody can read."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from rapport.runtime import passes
from rapport.runtime.live import AGAIN, MOST_WAITING, Hub, Page, _written

KEY = "a key"


def test_a_pass_opens_its_topics_until_its_time_is_over() -> None:
    given = passes.sign(KEY, ["desk", "chat-1f"], 1000)
    assert passes.read(KEY, given, 999.9) == {"desk", "chat-1f"}
    assert passes.read(KEY, given, 1000) == frozenset()


def test_a_pass_that_was_changed_or_signed_by_another_opens_nothing() -> None:
    given = passes.sign(KEY, ["chat-1f"], 1000)
    for wrong in (given.replace("chat-1f", "chat-2f"), given.replace("1000", "9000"), "", "x", ".", given + "é"):
        assert passes.read(KEY, wrong, 1) == frozenset()
    assert passes.read("another key", given, 1) == frozenset()


def heard(page: Page) -> list[str]:
    """Return what a page hears next, in a thread, because browser tests leave a loop running in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, page.next()).result()


def test_a_new_page_looks_at_everything_and_then_hears_of_its_topics_alone() -> None:
    hub, page = Hub(), Page()
    hub.add(page, frozenset({"chat-1f", "desk"}))
    assert heard(page) == [AGAIN]
    hub.hand_out('{"to": ["chat-1f", "desk"], "what": "said"}')
    hub.hand_out('{"to": ["chat-2f"], "what": "said"}')
    assert heard(page) == ['{"what":"said"}']


def test_a_page_that_reads_slowly_is_told_to_look_anew() -> None:
    page = Page()
    for number in range(MOST_WAITING + 5):
        page.tell(f"{number}")
    assert heard(page)[0] == AGAIN
    assert page._waiting == {}


def test_what_is_no_news_is_left_out_and_who_is_gone_is_forgotten() -> None:
    hub, page = Hub(), Page()
    hub.add(page, frozenset({"desk"}))
    heard(page)
    for wrong in ("", "[]", '{"what": "x"}', "null"):
        hub.hand_out(wrong)
    assert page._waiting == {}
    hub.drop(page, frozenset({"desk"}))
    assert dict(hub.pages) == {}


def test_news_are_written_as_events_and_silence_as_a_comment() -> None:
    assert _written([AGAIN, '{"what":"said"}']) == b'event: again\ndata:\n\ndata: {"what":"said"}\n\n'
    assert _written([]) == b":\n\n"
