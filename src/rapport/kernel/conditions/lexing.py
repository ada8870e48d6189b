"""The words of the text form, with their places."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

from rapport.kernel.conditions.errors import NotUnderstood, TooLarge

MAX_LENGTH = 20_000
_TOKEN = re.compile(
    r"""(?P<space>\s+)
    |(?P<moment>\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?(?:Z|[+-]\d{2}:\d{2})?)
    |(?P<day>\d{4}-\d{2}-\d{2})
    |(?P<number>\d+(?:\.\d+)?)
    |(?P<text>"(?:[^"\\\n]|\\.)*")
    |(?P<word>[^\W\d]\w*(?:\.\w+)*)
    |(?P<sign><=|>=|!=|<>|[=<>(),+-])""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Token:
    """One word: its sort (moment, day, number, text, word, sign or end), what it says, and where it starts."""

    sort: str
    text: str
    at: int

    @property
    def word(self) -> str:
        """The word in small letters, for key words; empty for anything else."""
        return self.text.lower() if self.sort == "word" else ""

    def string(self) -> str:
        """Return what a quoted text says, or raise `NotUnderstood`."""
        try:
            return str(json.loads(self.text, strict=False))
        except ValueError as error:
            raise NotUnderstood(_("This text has an unknown \\ sequence."), self.at) from error


def tokens(text: str) -> list[Token]:
    """Return the words of `text` and the end. Raises `NotUnderstood` at the first character that starts none."""
    if len(text) > MAX_LENGTH:
        raise TooLarge(_("This condition is longer than %(most)d characters.") % {"most": MAX_LENGTH})
    found: list[Token] = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise NotUnderstood(_problem(text[at]), at)
        if match.lastgroup != "space":
            found.append(Token(str(match.lastgroup), match.group(), at))
        at = match.end()
    return [*found, Token("end", "", len(text))]


def _problem(char: str) -> str:
    if char == '"':
        return _("This text has no closing quote.")
    return _("“%(char)s” has no meaning here.") % {"char": char}
