"""What a message offers to choose from."""

from __future__ import annotations

import pytest

from rapport.conversations.choices import split


@pytest.mark.parametrize(
    ("text", "shown", "offered"),
    [
        ("Which one?\n[Red] [Blue, small]", "Which one?", ("Red", "Blue, small")),
        ("Which one?\n\n[Red][Red]  [ Blue ]\n", "Which one?", ("Red", "Blue")),
        ("One?\nTwo?\n[Yes]", "One?\nTwo?", ("Yes",)),
    ],
)
def test_a_last_line_of_nothing_but_words_in_brackets_is_offered(
    text: str, shown: str, offered: tuple[str, ...]
) -> None:
    assert split(text) == (shown, offered)


@pytest.mark.parametrize(
    "text",
    [
        "[Red] [Blue]", "Which one? [Red]", "See\n[the guide](https://x.example)", "Which?\n[Red] or [Blue]",
        "Which?\n[]", "Which?\n[ ]", "Which?\n" + "[a] " * 7, f"Which?\n[{'a' * 61}]", "[Red]\nWhich?", "",
    ],
)  # fmt: skip
def test_everything_else_stays_as_it_was_written(text: str) -> None:
    assert split(text) == (text, ())
