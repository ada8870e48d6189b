"""Whose a mail really is: a list, a form or a colleague may have passed it on."""

from __future__ import annotations

import re
from collections.abc import Collection

from rapport.conversations.mail.automatic import is_machine
from rapport.conversations.mail.headers import addresses
from rapport.conversations.mail.parts import Address, Mail
from rapport.conversations.mail.phrases import FROM, is_forward, label_of

_FORWARDED = re.compile(r"\s*(?:fwd?|wg|tr|rv|rm|enc|i|vs|doorst|pd|wtr|fs|转发|轉寄)\s*:", re.IGNORECASE)
_AHEAD = 12


def requester(mail: Mail, *, own: Collection[str], staff: Collection[str] = ()) -> Address | None:
    """Return who asks: the writer, unless the mail was passed on to us by a list, a form, ourselves or a colleague.

    `own` are the addresses of our mailboxes, `staff` those of colleagues, all in small letters.
    """
    sender = mail.sender
    for name in ("x-original-sender", "x-original-from", "x-google-original-from"):
        if found := _outside(addresses(mail.header(name)), own):
            return Address(sender.name if sender and not found.name else found.name, found.email)
    if sender is None:
        return _outside(mail.reply_to, own)
    if sender.email in own or is_machine(sender.local):
        return _outside(mail.reply_to, own) or sender
    if sender.email in staff and (found := original(mail)) and found.email not in own and found.email not in staff:
        return found
    return sender


def original(mail: Mail) -> Address | None:
    """Return who wrote the mail that this one forwards, or None when it forwards none."""
    lines = mail.text.splitlines()[:400]
    begins = next((number for number, line in enumerate(lines) if is_forward(line)), None)
    if begins is None and _FORWARDED.match(mail.subject):
        begins = next((number for number, line in enumerate(lines) if label_of(line) == FROM), len(lines))
        begins -= 1
    if begins is not None:
        for line in lines[begins + 1 : begins + 1 + _AHEAD]:
            if label_of(line) == FROM and (found := addresses(re.sub(r"^[^:：]*[:：][*_]*", "", line).strip("> "))):
                return found[0]
    attached = [file for file in mail.files if file.media_type == "message/rfc822"]
    if len(attached) == 1 and (_FORWARDED.match(mail.subject) or not mail.text.strip()):
        match = re.search(rb"(?im)^from:[ \t]*(.{1,400})$", attached[0].content[:20_000])
        found = addresses(match[1].decode("utf-8", "replace")) if match else ()
        return found[0] if found else None
    return None


def _outside(found: tuple[Address, ...], own: Collection[str]) -> Address | None:
    return next((one for one in found if one.email not in own and not is_machine(one.local)), None)
