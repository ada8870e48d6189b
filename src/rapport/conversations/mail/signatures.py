"""Where a mail's signature begins: at a delimiter, a farewell, or the writer's name with their numbers below."""

from __future__ import annotations

import re

_MOST_LINES = 25
_LONGEST_LINE = 70
_DELIMITER = re.compile(r"\s*(?:--+|__+|\*\*+|==+|—+|–+)\s*$")
_FAREWELL = re.compile(
    r"\s*(?:(?:many |best |kind |kindest |warm |warmest )?(?:thanks|thank you|regards|wishes|greetings)"
    r"(?: again| so much| in advance| and (?:best |kind )?regards)?|cheers|best|sincerely|sincerely yours|"
    r"yours(?: truly| sincerely|"
    r" faithfully)?|all the best|take care|(?:mit )?(?:freundlichen?|besten?|herzlichen?|vielen?|liebe|viele|beste|"
    r"schöne|lieben?)(?: lieben)? (?:grüßen?|gruß|gruss|grüssen?|dank)|mfg|lg|vg|gruß|grüße|danke|cordialement|"
    r"bien cordialement|salutations|merci|bien à vous|saludos(?: cordiales)?|atentamente|un saludo|gracias|"
    r"atenciosamente|"
    r"cumprimentos|obrigad[oa]|abraços?|cordiali saluti|distinti saluti|saluti|grazie|met vriendelijke groeten?|"
    r"groeten|groetjes|(?:med )?vennlig(?:e)? hilsen(?:er)?|(?:med )?venlig hilsen|mvh|"
    r"(?:med )?vänliga hälsningar|hälsningar|"
    r"pozdrawiam|z poważaniem|s pozdravem|с уважением|спасибо|ystävällisin terveisin)[\s,.!;–-]*$",
    re.IGNORECASE,
)
_DEVICE = re.compile(
    r"\s*(?:sent (?:from|with|via) (?:my |the )?\S.{0,80}|get outlook for \w+.{0,60}|von meinem .{1,60} gesendet|"
    r"gesendet mit .{1,60}|envoyé (?:de|depuis) mon .{1,60}|enviado desde mi .{1,60}|enviado do meu .{1,60}|"
    r"inviato da .{1,60}|verzonden (?:vanaf|via|met) .{1,60}|skickat från min .{1,60}|sendt fra min .{1,60}|"
    r"wysłane z .{1,60}|отправлено с .{1,60}|via mobile)\s*$",
    re.IGNORECASE,
)
_CONTACT = re.compile(
    r"(?:\S+@\S+\.\S+|https?://|www\.|\b[\w-]+\.(?:com|org|net|de|fr|co\.uk|io|eu)\b|\+?\(?\d[\d\s().\-/]{6,}\d|"
    r"\b(?:tel|phone|mobile|cell|fax|skype|e-?mail)\b|^\s*[tfmpe]\s?[.:])",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]{2,}")


def signature_from(text: str, sender: str = "") -> str:
    """Return the signature at the end of `text`, or nothing; `sender` is the name or address of who wrote it.

    What stands before it is never empty: a mail of a signature alone is a mail.
    """
    lines = text.rstrip().split("\n")
    first = max(1, len(lines) - _MOST_LINES)
    if not any(line.strip() for line in lines[:first]):
        first = next((number + 1 for number, line in enumerate(lines) if line.strip()), len(lines))
    names = {word.lower() for word in _WORD.findall(sender.partition("@")[0])}
    begin = _begins(lines, first, names)
    if begin is None or not any(line.strip() for line in lines[:begin]):
        return ""
    kept = sum(len(line) + 1 for line in lines[:begin])
    return text[kept:]


def _begins(lines: list[str], first: int, names: set[str]) -> int | None:
    """Return the number of the line where the signature begins, not before `first`."""
    tail = range(first, len(lines))
    for number in tail:
        if _DELIMITER.match(lines[number]) and _all_short(lines[number + 1 :]) and _something(lines[number + 1 :]):
            return number
    for number in tail:
        below = lines[number + 1 :]
        if _FAREWELL.match(lines[number]) and _all_short(below) and _filled(below) <= 8 and not _talks(below):
            return number
    for number in tail:
        if _is_name(lines[number], names) and _all_short(lines[number:]) and _signs(lines, number):
            return number
    return next(
        (number for number in tail if _DEVICE.match(lines[number]) and not _something(lines[number + 1 :])), None
    )


def _signs(lines: list[str], number: int) -> bool:
    """Return whether a line with the writer's name ends the mail, or has only titles and numbers below it."""
    below = [line for line in lines[number + 1 :] if line.strip()]
    if any(_DEVICE.match(line) for line in below):
        return True
    return not _talks(below) and (not below or any(map(_CONTACT.search, below)) or len(below) <= 2)


def _is_name(line: str, names: set[str]) -> bool:
    words = [word.lower() for word in _WORD.findall(re.sub(r"^#\w+#", "", line))]
    return (
        bool(names) and 0 < len(words) <= 6 and bool(names & set(words)) and not line.rstrip().endswith(("?", "!", ":"))
    )


def _talks(lines: list[str]) -> bool:
    """Return whether the lines hold a sentence: then they are no signature."""
    return any(
        re.search(r"[.!?]\s*$", line) and len(_WORD.findall(line)) > 5 and not _CONTACT.search(line) for line in lines
    )


def _all_short(lines: list[str]) -> bool:
    return all(len(line) <= _LONGEST_LINE or _CONTACT.search(line) for line in lines)


def _something(lines: list[str]) -> bool:
    return any(line.strip() for line in lines)


def _filled(lines: list[str]) -> int:
    return sum(1 for line in lines if line.strip())
