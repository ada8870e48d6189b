"""What colleagues write: plain text with a few marks of Markdown that letters need, made HTML. HTML in it is text."""

from __future__ import annotations

import re
from functools import cache

from markdown_it import MarkdownIt

from rapport.conversations.mail.cleaning import clean

_PLAIN = re.compile(r"</?p>|<br ?/?>")
_ADDRESS = re.compile(r"(?<![\w<(\[\"'`/])https?://[^\s<>\"'`]+[^\s<>\"'`.,;:!?)\]*_]")


def marked(text: str) -> str:
    """Return the HTML of a text: **bold**, *slanted*, lists, > quotes, [links](https://…), `code`; lines stay lines.

    Returns nothing for a text without any mark: its plain words say all.
    """
    linked = _ADDRESS.sub(lambda found: f"<{found[0]}>", text)
    if "<" not in _PLAIN.sub("", _parser().render(text)):
        return ""
    return clean(_parser().render(linked)).html


@cache
def _parser() -> MarkdownIt:
    rules = {"html": False, "linkify": False, "breaks": True}
    return MarkdownIt("commonmark", rules).enable("strikethrough").disable(["lheading", "image", "code"])
