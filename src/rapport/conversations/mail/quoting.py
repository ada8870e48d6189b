"""What somebody wrote anew, apart from what their mail program quoted and from their signature.

The way of marking lines and reading the marks as a text of its own is that of Mailgun's talon (Apache-2.0).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rapport.conversations.mail.phrases import (
    COPY,
    DATE,
    FROM,
    SENT,
    SHARED_LINE,
    SPLITTERS,
    SUBJECT,
    TO,
    is_forward,
    label_of,
)
from rapport.conversations.mail.signatures import signature_from

MOST_LINES = 1_000
_AHEAD = 5
_QUOTED = re.compile(r"\s?>+ ?")
_LINK_BEFORE = re.compile(r"\(https?://")
_ATTRIBUTION = re.compile(r"(?=.*(?:\d{1,2}[:.]\d\d|\b(?:19|20)\d\d\b)).{8,250}:\s*$")
_INLINE = re.compile("(?<=m)e*(t[te]*)m")
_REST = re.compile("(?:se*)+(?:[tf]+e*)+")
_ENDED = {False: re.compile("((?:s|(?:me*){2,}).*me*)[te]*$"), True: re.compile("((?:s|me*).*?me*|me*)[te]*$")}
_EMPTY = {False: re.compile("((?:se*)+|(?:me*){2,})e*"), True: re.compile("((?:se*)+|(?:me*)+)e*")}


@dataclass(frozen=True, slots=True)
class Parts:
    """A mail's text in three: what is new, how its writer signs, and what is quoted. Nothing is lost between them."""

    fresh: str
    signature: str = ""
    quoted: str = ""


def split(whole: str, *, sure: bool = False, sender: str = "") -> Parts:
    """Return the parts of a mail's text; `sure` when it was made from HTML, `sender` the name or address that signs it.

    When nothing would be left, the whole counts as fresh.
    """
    answer, quoted = unquoted(whole, sure=sure)
    signature = signature_from(answer, sender)
    fresh = answer[: len(answer) - len(signature)].strip() if signature else answer.strip()
    if not fresh:
        return Parts(answer.strip(), "", quoted) if answer.strip() else Parts(whole.strip())
    return Parts(fresh, signature.strip(), quoted)


def unquoted(text: str, *, sure: bool = False, most_lines: int = MOST_LINES) -> tuple[str, str]:
    """Return the answer in `text` and what it quotes.

    `sure` says that every `>` marks a quote, as in text made from HTML: elsewhere two of them alone may be decoration.
    Lines after the first `most_lines` count as quoted.
    """
    lines = SHARED_LINE.sub("\n\\g<splitter>", text.replace("\r\n", "\n").replace("\r", "\n")).split("\n")
    kept, rest = lines[:most_lines], lines[most_lines:]
    start, end = _quotation(kept, marks(kept, sure=sure), sure=sure)
    answer = [*kept[:start], *kept[end:]]
    quoted = [*kept[start:end], *rest]
    return _joined(answer), "\n".join(quoted).strip()


def _joined(lines: list[str]) -> str:
    return "\n".join(lines).strip("\n").rstrip()


def marks(lines: list[str], *, sure: bool = False) -> str:
    """Return one letter for each line: e empty, m marked as quoted, s splitter, f forward, t text."""
    found = ["t"] * len(lines)
    position = 0
    while position < len(lines):
        line = lines[position]
        length = 1
        if not line.strip():
            found[position] = "e"
        elif is_forward(line):
            found[position] = "f"
        elif _QUOTED.match(line):
            found[position] = "m"
        elif covered := _splitter(lines, position):
            length = covered
            found[position : position + length] = ["s"] * length
        position += length
    _attributions(lines, found)
    marked = "".join(found)
    if not sure and "s" not in marked and not re.search("(?:me*){3}", marked):
        return marked.replace("m", "t")
    return marked


def _splitter(lines: list[str], position: int) -> int:
    """Return how many lines from `position` on introduce a quoted mail; none is 0."""
    first = lines[position]
    if label_of(first):
        return _header_block(lines, position)
    if len(first) > 1_000:
        return 0
    if set(first.strip()) == {"_"} and position + 1 < len(lines):
        below = next(
            (number for number in (1, 2) if "".join(lines[position + number : position + number + 1]).strip()), 0
        )
        covered = _header_block(lines, position + below) if below else 0
        return covered + below if covered else 0
    ahead = "\n".join(line[:300] for line in lines[position : position + _AHEAD])
    for pattern in SPLITTERS:
        match = pattern.match(ahead)
        if match:
            return ahead.count("\n", 0, match.end()) + 1
    return 0


def _header_block(lines: list[str], position: int) -> int:
    """Return how many lines repeat the headers of a mail, from `position` on; 0 when they are something else.

    Two headers and an address, or three of them with a subject or a time of sending: "From: Berlin, To: Rome" is none.
    """
    kinds: list[str] = []
    last, address = position, False
    for number, line in enumerate(lines[position : position + 14], position):
        kind = label_of(line)
        if kind:
            kinds.append(kind)
            last = number
        elif not line.strip() or number > last + 2:
            break
        address = address or "@" in line
    said = set(kinds)
    if not kinds or kinds[0] not in (FROM, DATE, SENT, SUBJECT, TO) or not said & {FROM, DATE, SENT}:
        return 0
    enough = (len(said) >= 2 and address) or (len(said - {COPY}) >= 3 and bool(said & {SUBJECT, SENT}))
    return last - position + 1 if enough else 0


def _attributions(lines: list[str], found: list[str]) -> None:
    """Mark the line that says who wrote what is quoted below it, in a language that we do not know."""
    for number in range(1, len(found)):
        if found[number] != "m" or found[number - 1] == "m":
            continue
        above = number - 1
        while above > 0 and found[above] == "e":
            above -= 1
        if found[above] == "t" and _ATTRIBUTION.match(lines[above].strip()):
            found[above] = "s"


def _quotation(lines: list[str], marked: str, *, sure: bool) -> tuple[int, int]:
    """Return where the quotation starts and ends, as numbers of lines; equal ones when there is none."""
    nothing = (len(lines), len(lines))
    if re.match("[te]*f", marked) or not re.search("[sm]", marked):
        return nothing
    for answer in _INLINE.finditer(marked):
        before, here = lines[answer.start() - 1], lines[answer.start(1)].strip()
        if not (_LINK_BEFORE.search(before) or _LINK_BEFORE.match(here)):
            return nothing
    if rest := _REST.search(marked):
        return rest.start(), len(lines)
    match = _ENDED[sure].search(marked) or _EMPTY[sure].search(marked)
    return match.span(1) if match else nothing
