"""Articles as text: from Markdown to clean HTML, to headings and to plain words. No database here."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from functools import cache

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

from rapport.kernel import search

LOWEST = 4  # level of heading
ATTRIBUTES = {
    "a": {"href", "title"},
    "h2": {"id"},
    "h3": {"id"},
    "h4": {"id"},
    "img": {"src", "alt", "title"},
    "ol": {"start"},
    "td": {"align"},
    "th": {"align"},
}
TAGS = {
    "p", "br", "hr", "h2", "h3", "h4", "ul", "ol", "li", "blockquote", "pre", "code", "em", "strong", "s", "a", "img",
    "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
_SPACES = re.compile(r"\s+")
_TAG = re.compile(r"<[^>]+>")
_BLOCK_END = re.compile(r"</(?:p|li|h[2-4]|tr|pre|blockquote)>|<br>")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of an article: level 2 to 4, what it says, and the id it is reached by."""

    level: int
    text: str
    id: str


@dataclass(frozen=True, slots=True)
class Written:
    """An article made ready: safe HTML, its headings in order, and its plain words."""

    html: str
    headings: list[Heading]
    text: str


def written(markdown: str) -> Written:
    """Return `markdown` (CommonMark with tables) as HTML that is safe to show: what is HTML in it reads as text.

    The largest heading is of level 2, because the title of the page is level 1. Pictures are those of this site.
    """
    tokens = _parser().parse(markdown)
    headings = _headings(tokens)
    raw = _parser().renderer.render(tokens, _parser().options, {})
    clean = nh3.clean(
        raw, tags=TAGS, attributes=ATTRIBUTES, url_schemes={"http", "https", "mailto", "tel"}, link_rel="noopener"
    )
    return Written(_own_pictures(clean), headings, plain(clean))


def plain(markup: str) -> str:
    """Return the words of `markup` without its tags, blocks apart by a space."""
    return _SPACES.sub(" ", html.unescape(_TAG.sub("", _BLOCK_END.sub(" ", markup)))).strip()


def shortened(text: str, length: int = 160) -> str:
    """Return the beginning of `text`, at most `length` characters, cut between words."""
    if len(text) <= length:
        return text
    return text[:length].rsplit(" ", 1)[0].rstrip(",.;:–- ") + "…"


def around(text: str, typed: str, length: int = 180) -> str:
    """Return the stretch of `text` where the first of the searched words stands, at most `length` characters."""
    starts = [place for word in search.words(typed) if len(word) > 2 and (place := _place(text, word)) >= 0]
    begin = max(0, min(starts, default=0) - length // 4)
    if begin == 0:
        return shortened(text, length)
    begin = text.find(" ", begin) + 1
    return "…" + shortened(text[begin:], length)


def _place(text: str, word: str) -> int:
    """Return where a word that begins with the folded `word` stands in `text`, -1 for nowhere."""
    return next((found.start() for found in re.finditer(r"\w+", text) if search.fold(found[0]).startswith(word)), -1)


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False, "linkify": False}).enable(["table", "strikethrough"])


def _headings(tokens: list[Token]) -> list[Heading]:
    """Move the headings of `tokens` down to levels 2 to 4, give each an id, and return them."""
    found: list[Heading] = []
    levels = sorted({token.tag for token in tokens if token.type == "heading_open"})
    for place, token in enumerate(tokens):
        if token.type not in {"heading_open", "heading_close"}:
            continue
        level = min(LOWEST, 2 + levels.index(token.tag))
        token.tag = f"h{level}"
        if token.type == "heading_open":
            text = _said(tokens[place + 1])
            one = Heading(level, text, _unused("-".join(search.words(text)) or "part", found))
            token.attrSet("id", one.id)
            found.append(one)
    return found


def _said(inline: Token) -> str:
    return "".join(child.content for child in inline.children or () if child.type in {"text", "code_inline"})


def _unused(wanted: str, found: list[Heading]) -> str:
    """Return an id like `wanted` that no heading before has; the prefix keeps it apart from those of the page."""
    taken, number, name = {one.id for one in found}, 1, f"s-{wanted}"[:60]
    while name in taken:
        number += 1
        name = f"s-{wanted}"[:56] + f"-{number}"
    return name


def _own_pictures(markup: str) -> str:
    """Return `markup` without the pictures of other hosts: a reader's browser asks nobody else for anything."""
    return re.sub(r'<img (?![^>]*src="/(?!/))[^>]*>', "", markup)
