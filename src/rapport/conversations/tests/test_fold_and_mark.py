from __future__ import annotations

import pytest

from rapport.conversations.mail.folding import folded
from rapport.conversations.mail.marking import marked


def fold(html: str) -> str:
    return folded(html, quote="Quoted", signature="Signed")


def test_each_outermost_quotation_is_folded() -> None:
    html = "<p>New</p><blockquote><p>Old</p><blockquote>Older</blockquote></blockquote><p>And <b>this</b></p>"
    assert fold(html) == (
        "<p>New</p><details><summary>Quoted</summary>"
        "<blockquote><p>Old</p><blockquote>Older</blockquote></blockquote></details><p>And <b>this</b></p>"
    )


def test_a_signature_is_folded_to_the_end_of_what_holds_it() -> None:
    html = "<div><p>Hello</p><div>-- <br>Ana<br>Buyer</div></div><p>after</p>"
    assert fold(html) == (
        "<div><p>Hello</p><details><summary>Signed</summary><div>-- <br>Ana<br>Buyer</div></details></div><p>after</p>"
    )


def test_two_dashes_within_a_sentence_are_no_signature() -> None:
    html = "<p>a -- b<br>c</p>"
    assert fold(html) == html


def test_the_words_of_a_fold_are_escaped() -> None:
    assert "<summary>a &lt; b</summary>" in folded("<blockquote>x</blockquote>", quote="a < b", signature="")


@pytest.mark.parametrize("text", ["", "Plain words.\n\nTwo paragraphs.", "5 * 3 * 2 is 30", "https://example.com/a_b"])
def test_a_text_without_marks_needs_no_html(text: str) -> None:
    assert marked(text) == ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We are **sorry**.", "<p>We are <strong>sorry</strong>.</p>"),
        ("one\n*two*", "<p>one<br>\n<em>two</em></p>"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("~~gone~~", "<p><s>gone</s></p>"),
    ],
)
def test_a_few_marks_of_markdown_become_html(text: str, expected: str) -> None:
    assert marked(text) == expected


def test_links_are_links_and_only_those_of_the_web() -> None:
    assert 'href="https://example.com/x"' in marked("[here](https://example.com/x)")
    assert "javascript" not in marked("**a** [here](javascript:alert(1))").replace("[here](javascript:alert(1))", "")
    assert 'href="https://example.com/y"' in marked("**see** https://example.com/y.")


def test_html_that_somebody_types_is_text() -> None:
    assert marked("**a** <script>alert(1)</script>") == (
        "<p><strong>a</strong> &lt;script&gt;alert(1)&lt;/script&gt;</p>"
    )
