"""From HTML to the text that it shows, with quotes marked as mail in plain text marks them."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

from rapport.conversations.mail.phrases import is_forward

MOST_LINKS = 5_000
LONGEST_HTML = 2_000_000
LONGEST_TEXT = 500_000
_DEEPEST = 200
_GONE = {"script", "style", "head", "title", "template", "noscript", "object", "-comment", "meta", "link"}
_BLOCKS = {
    "address", "article", "aside", "center", "dd", "div", "dl", "dt", "fieldset", "figure", "footer", "form", "h1",
    "h2", "h3", "h4", "h5", "h6", "header",
    "hr", "li", "main", "ol", "p", "pre", "section", "table", "tr", "ul", "body",
}  # fmt: skip
_QUOTES = {"gmail_quote", "yahoo_quoted", "moz-cite-prefix", "zmail_extra", "protonmail_quote", "tutanota_quote"}
_QUOTE_ID = "OLK_SRC_BODY_SECTION"
RULE = "_" * 32
_BLANKS = re.compile(r"[ \t\r\n\f]+")
_LINK = re.compile(r"<a\s", re.IGNORECASE)


def too_many_links(html: str) -> bool:
    """Return whether the HTML has more links than any person writes."""
    return len(_LINK.findall(html)) > MOST_LINKS


def text_from(html: str) -> str:
    """Return what the HTML shows, as plain text; quotes are marked by `> ` and rules drawn by underscores."""
    body = LexborHTMLParser(html[:LONGEST_HTML]).body
    if body is None:
        return ""
    writer = _Writer()
    writer.children(body, 0)
    return writer.text()[:LONGEST_TEXT]


class _Writer:
    """Collects lines while it walks over a page."""

    def __init__(self) -> None:
        self._lines: list[tuple[int, str]] = []
        self._line = ""
        self._quotes = 0

    def text(self) -> str:
        """Return the lines so far, with no more than one empty line between others."""
        self._end()
        said: list[str] = []
        for depth, line in self._lines:
            full = ("> " * depth + line).rstrip() if depth else line.rstrip()
            if full.strip("> ") or (said and said[-1].strip("> ")):
                said.append(full)
        return "\n".join(said).strip("\n")

    def children(self, node: LexborNode, depth: int) -> None:
        """Write what is in `node`; below a depth that no person writes, only its text."""
        if depth > _DEEPEST:
            self._say(node.text(deep=True, separator=" "))
            return
        child = node.child
        while child is not None:
            self._node(child, depth)
            child = child.next

    def _node(self, node: LexborNode, depth: int) -> None:
        tag = (node.tag or "").lower()
        if tag == "-text":
            self._say(node.text_content or "")
        elif tag in _GONE or _hidden(node):
            return
        elif tag == "br":
            self._end(always=True)
        elif tag == "img":
            self._say(node.attributes.get("alt") or "")
        elif tag == "hr":
            self._end()
            self._lines.append((self._quotes, RULE))
        else:
            self._element(node, tag, depth)

    def _element(self, node: LexborNode, tag: str, depth: int) -> None:
        quote = tag == "blockquote" or _quotes(node)
        block = quote or tag in _BLOCKS
        if block:
            self._end()
        self._quotes += quote
        if tag == "li":
            self._say("- ")
        self.children(node, depth + 1)
        if block:
            self._end()
        self._quotes -= quote
        if tag == "p" or quote:
            self._lines.append((self._quotes, ""))
        elif tag in ("td", "th"):
            self._say(" ")

    def _say(self, text: str) -> None:
        said = _BLANKS.sub(" ", text.replace("\u200b", "").replace("\xa0", " "))
        self._line += said.lstrip() if not self._line or self._line.endswith(" ") else said

    def _end(self, *, always: bool = False) -> None:
        if self._line.strip() or always:
            self._lines.append((self._quotes, self._line.strip()))
        self._line = ""


def _hidden(node: LexborNode) -> bool:
    style = (node.attributes.get("style") or "").replace(" ", "").lower()
    return "display:none" in style


def _quotes(node: LexborNode) -> bool:
    """Return whether a mail program put the mail that is answered into this element; a forwarded one is the news."""
    if node.attributes.get("id") == _QUOTE_ID:
        return True
    if not _QUOTES & set((node.attributes.get("class") or "").split()):
        return False
    return not is_forward(node.text(deep=True)[:200].strip().split("\n", 1)[0])
