"""HTML of others made harmless: nothing runs, nothing is styled over our pages, nothing is fetched until asked for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape, unescape

import nh3

_TAGS = {
    "a", "abbr", "address", "b", "big", "blockquote", "br", "caption", "center", "cite", "code", "col", "colgroup",
    "dd", "del", "div", "dl", "dt", "em", "font", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd",
    "li",
    "ol", "p", "pre", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "table", "tbody", "td",
    "tfoot", "th", "thead", "tr", "tt", "u", "ul", "var",
}  # fmt: skip
_ATTRIBUTES = {
    "*": {"dir", "lang", "title"},
    "a": {"href", "name"},
    "blockquote": {"type"},
    "img": {"src", "alt", "width", "height"},
    "li": {"value"},
    "ol": {"start", "type"},
    "td": {"colspan", "rowspan", "align", "valign"},
    "th": {"colspan", "rowspan", "align", "valign", "scope"},
    "table": {"align"},
}
_GONE = {"script", "style", "title", "template", "noscript", "head", "svg", "math", "iframe", "object", "select"}
_SCHEMES = {"http", "https", "mailto", "tel", "cid"}
_LONGEST = 2_000_000
# nh3 writes every attribute in double quotes and escapes what is in them, so these see all there are.
_IMAGE = re.compile(r'<img (?P<before>[^>]*?)src="(?P<source>[^"]*)"(?P<after>[^>]*)>')
_SOURCELESS = re.compile(r"<img(?! [^>]*data-(?:remote|cid)=)[^>]*>")
_SIZE = re.compile(r'(?:width|height)="[01]"')
_WAITING = re.compile(r'<img (?P<before>[^>]*?)data-(?P<kind>remote|cid)="(?P<source>[^"]*)"(?P<after>[^>]*)>')


@dataclass(frozen=True, slots=True)
class Cleaned:
    """Harmless HTML, and how many pictures in it wait to be fetched from outside."""

    html: str
    remote_images: int = 0


def clean(html: str) -> Cleaned:
    """Return HTML of others without scripts, styles, forms and frames; pictures wait until `shown` says where they are.

    A picture of one pixel is left out: it is there to tell who reads.
    """
    if not html.strip():
        return Cleaned("")
    safe = nh3.clean(
        html[:_LONGEST],
        tags=_TAGS,
        clean_content_tags=_GONE,
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer nofollow",
        strip_comments=True,
    )
    count = 0

    def wait(match: re.Match[str]) -> str:
        nonlocal count
        source = match["source"].strip()
        if source.lower().startswith("cid:"):
            return f'<img {match["before"]}data-cid="{source[4:]}"{match["after"]}>'
        if not source.lower().startswith(("http://", "https://")) or _SIZE.search(match["before"] + match["after"]):
            return ""
        count += 1
        return f'<img {match["before"]}data-remote="{source}"{match["after"]}>'

    return Cleaned(_SOURCELESS.sub("", _IMAGE.sub(wait, safe)).strip(), count)


def shown(html: str, *, files: Mapping[str, str], remote: bool = False) -> str:
    """Return cleaned HTML with its pictures: those attached from `files` (content id → address), others if `remote`.

    A picture that is not shown leaves its description.
    """

    def place(match: re.Match[str]) -> str:
        source = unescape(match["source"])
        address = files.get(source.strip("<>"), "") if match["kind"] == "cid" else source if remote else ""
        if address:
            shy = 'loading="lazy" referrerpolicy="no-referrer"'
            return f'<img {match["before"]}src="{escape(address)}"{match["after"]} {shy}>'
        described = re.search(r'alt="([^"]+)"', match["before"] + match["after"])
        return described[1] if described else ""

    return _WAITING.sub(place, html)


def images_in(html: str) -> int:
    """Return how many pictures of cleaned HTML wait to be fetched from outside."""
    return sum(match["kind"] == "remote" for match in _WAITING.finditer(html))
