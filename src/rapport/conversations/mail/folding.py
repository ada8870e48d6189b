"""What can be folded in the HTML of a mail: what it quotes, and its signature. It is cleaned, so it is balanced."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape

_TAG = re.compile(r"<(?P<end>/?)(?P<name>[a-z0-9]+)[^>]*>")
_QUOTE = re.compile(r"<(?P<end>/?)blockquote[^>]*>")
_SIGNATURE = re.compile(
    r"(?:^|(?<=<br>)|(?P<open><(?:p|div|span)[^>]*>))\s*--(?:\s|&nbsp;|\xa0)*(?=<br>|</(?:p|div|span)>)"
)
_EMPTY = frozenset({"br", "hr", "img", "col"})
WORTH = r"<(img|table|ul|ol|b|strong|em|i|u|h[1-6]|font|code|pre|a|center|big|strike|del)[ >]"
"""A mail that has one of these says more than its text; the pattern is one of PostgreSQL too."""


def folded(html: str, *, quote: str, signature: str) -> str:
    """Return cleaned HTML with each outermost quotation and the signature in a fold called `quote` or `signature`."""
    said, end = [], 0
    for start, stop in _quotations(html):
        said += [_unsigned(html[end:start], signature), _fold(html[start:stop], quote)]
        end = stop
    return "".join([*said, _unsigned(html[end:], signature)])


def _fold(html: str, words: str) -> str:
    return f"<details><summary>{escape(words)}</summary>{html}</details>"


def _quotations(html: str) -> Iterator[tuple[int, int]]:
    depth, start = 0, 0
    for tag in _QUOTE.finditer(html):
        depth += -1 if tag["end"] else 1
        if depth == 1 and not tag["end"]:
            start = tag.start()
        elif depth <= 0 and tag["end"]:
            depth = 0
            yield start, tag.end()


def _unsigned(html: str, words: str) -> str:
    """Fold from the delimiter of a signature to the end of what holds it."""
    found = _SIGNATURE.search(html)
    if found is None:
        return html
    depth, end = 0, len(html)
    for tag in _TAG.finditer(html, found.start()):
        if tag["name"] in _EMPTY:
            continue
        depth += -1 if tag["end"] else 1
        if depth < 0:
            end = tag.start()
            break
    return html[: found.start()] + _fold(html[found.start() : end], words) + html[end:]
