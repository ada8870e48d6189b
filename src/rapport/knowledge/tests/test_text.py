from __future__ import annotations

import nh3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.knowledge.comparing import after_of, before_of, compared
from rapport.knowledge.writing import Heading, around, shortened, written


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>\n"),
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>\n"),
        ("[x](/help/)", '<p><a href="/help/" rel="noopener">x</a></p>\n'),
        ("![x](https://elsewhere.example/a.png)", "<p></p>\n"),
        ("![x](//elsewhere.example/a.png)", "<p></p>\n"),
        ("![x](/help/files/a.png)", '<p><img src="/help/files/a.png" alt="x"></p>\n'),
        ("a ~~b~~ **c**", "<p>a <s>b</s> <strong>c</strong></p>\n"),
        ("# One", '<h2 id="s-one">One</h2>\n'),
        ("##### Deep", '<h2 id="s-deep">Deep</h2>\n'),
    ],
)
def test_markdown_becomes_clean_html(markdown: str, html: str) -> None:
    assert written(markdown).html == html


def test_headings_keep_their_order_and_get_ids_of_their_own() -> None:
    made = written("## Why\n\n### Why\n\n## 日本\n\n##  \n")
    assert made.headings == [
        Heading(2, "Why", "s-why"),
        Heading(3, "Why", "s-why-2"),
        Heading(2, "日本", "s-日本"),
        Heading(2, "", "s-part"),
    ]


def test_the_plain_words_leave_markup_out() -> None:
    assert written("# A\n\n- b & c\n- **d**\n\n| x | y |\n|---|---|\n| 1 | 2 |").text == "A b & c d x y 1 2"


@given(st.text(max_size=200))
def test_whatever_is_written_stays_clean(markdown: str) -> None:
    made = written(markdown)
    assert "<script" not in made.html
    assert nh3.clean(made.html, tags={"p", "script"}, clean_content_tags=set()).count("<script") == 0


def test_text_is_cut_between_words() -> None:
    assert shortened("one two three", 9) == "one two…"
    assert shortened("one two", 9) == "one two"
    text = "word " * 60 + "the lámp stands here " + "end " * 60
    assert "lámp stands here" in around(text, "lamp")
    assert around("short text", "lamp") == "short text"


def test_a_changed_line_shows_its_changed_words() -> None:
    (line,) = compared("Pack it well.", "Pack it very well.")
    assert line.kind == "changed"
    assert [(piece.kind, piece.text) for piece in line.pieces] == [
        ("same", "Pack it "), ("added", "very "), ("same", "well."),
    ]  # fmt: skip


def test_long_stretches_without_change_are_left_out() -> None:
    before = "\n".join(str(number) for number in range(20))
    kinds = [line.kind for line in compared(before, before.replace("10", "ten"))]
    assert kinds == ["gap", "same", "same", "same", "changed", "same", "same", "same", "gap"]


lines = st.lists(st.text(st.characters(exclude_categories=["C", "Z"]) | st.just(" "), max_size=8), max_size=6)


@given(lines, lines)
def test_a_comparison_holds_both_texts(old: list[str], new: list[str]) -> None:
    before, after = "\n".join(old), "\n".join(new)
    found = compared(before, after)
    if all(line.kind != "gap" for line in found):
        assert before_of(found) == "\n".join(before.splitlines())
        assert after_of(found) == "\n".join(after.splitlines())
