"""Mail that came back: whose address failed, for good or for now, or who complained.

Reports that machines read (RFC 3464 DSN, RFC 5965 ARF) are read field by field; what servers say in their own words is
left to flufl.bounce, which knows what they all write.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message

from flufl.bounce import all_failures

from rapport.conversations.mail.charsets import text_of
from rapport.conversations.mail.headers import RAW, addresses, ids
from rapport.conversations.mail.parts import Mail

HARD, SOFT, COMPLAINT, AUTO_REPLY = "hard", "soft", "complaint", "auto_reply"
_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_CODE = re.compile(r"(?<![\d.])([45])\d\d[ -]")
# Enhanced codes (RFC 3463) of class 5 that say nothing against the address: full, too large, loops, refused content.
_FOR_NOW = {(2, 2), (2, 3), (3, 1), (3, 2), (3, 4), (3, 5), (4, 1), (4, 2), (4, 3), (4, 4), (4, 5), (4, 6), (4, 7)}
_REFUSED_CONTENT = 7
_FULL = re.compile(
    r"quota|mailbox (?:is )?full|over(?:drawn|limit)|insufficient (?:disk )?(?:space|storage)|try again|temporar|"
    r"too (?:large|big)|size limit|will (?:keep|continue) (?:try|to try)|still trying|delayed|deferred|greylist|"
    r"spam|blocked|blacklist|block list|reputation|policy|timed? ?out|connection refused|could not be delivered for",
    re.IGNORECASE,
)
_UNKNOWN = re.compile(
    r"user unknown|unknown user|no such (?:user|mailbox|recipient|address|person)|does not exist|"
    r"doesn.t (?:exist|have)|invalid (?:recipient|mailbox|address)|disabled|inactive|"
    r"not (?:a )?(?:known|valid) (?:user|mailbox|recipient)|unrouteable|host unknown|domain not found|no mailbox|"
    r"not our customer|not listed|unknown (?:recipient|address)",
    re.IGNORECASE,
)
_SUBJECT = re.compile(
    r"undeliver|returned mail|delivery (?:status|failure|report|problem|has failed|notification)|mail delivery|"
    r"failure notice|non[- ]?delivery|nondeliverable|unzustellbar|non remis|no se pudo entregar|mail system error|"
    r"returning mail|delivery to the following|message (?:was )?not delivered|mail failure|could not (?:be )?deliver|"
    r"no entregado|niet bezorgd|user unknown|unknown user|error sending|mail could not|returned to sender|bounce|"
    r"warning: (?:could not|message)",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"'\\@]+(?:\.[^\s<>()\[\],;:\"'\\@]+)*@[^\s<>()\[\],;:\"'\\@]+")


@dataclass(frozen=True, slots=True)
class Failure:
    """An address that failed; `kind` is hard, soft or complaint, `status` the enhanced code (5.1.1) where it is said.

    `final` is False for a warning: the server goes on trying. What finally failed may still be soft: a full mailbox.
    """

    address: str
    kind: str
    status: str = ""
    reason: str = ""
    final: bool = True


@dataclass(frozen=True, slots=True)
class Bounce:
    """What a returned mail says. `kind` is the worst of its failures; `message_id` is that of the mail that failed."""

    kind: str
    failures: tuple[Failure, ...] = ()
    message_id: str = ""


def looks_like(mail: Mail) -> bool:
    """Return whether a mail claims to be a bounce or a complaint, so that reading it as one is worth while."""
    if mail.reports or mail.header("x-failed-recipients") or mail.header("return-path").strip() == "<>":
        return True
    sender = f"{mail.sender.local} {mail.sender.name}".lower() if mail.sender else ""
    daemon = re.search(r"mailer-?daemon|postmaster|mail ?delivery|deliver", sender)
    kind = mail.header("content-type").lower()
    return bool(daemon or kind.startswith("multipart/report") or _SUBJECT.search(mail.subject) or not mail.sender)


def read(mail: Mail, raw: bytes) -> Bounce | None:
    """Return what came back and why, or None when nothing says that anything did."""
    complaint = _complaint(mail)
    if complaint:
        return complaint
    failures = _of_report(mail) or _of_words(mail, raw)
    if not failures:
        return None
    kind = HARD if any(failure.kind == HARD for failure in failures) else SOFT
    return Bounce(kind, tuple(failures), _failed_id(mail))


def _complaint(mail: Mail) -> Bounce | None:
    for report in mail.reports:
        if report.media_type != "message/feedback-report":
            continue
        fields = [field for group in report.groups for field in group]
        named = [value for name, value in fields if name in ("original-rcpt-to", "removal-recipient")]
        who = [one.email for value in named for one in addresses(value)]
        who = who or [one.email for one in addresses(_returned_field(mail, "to"))]
        reason = next((value for name, value in fields if name == "feedback-type"), "abuse")
        if reason.strip().lower() in ("not-spam", "auth-failure", "dmarc"):
            return None
        return Bounce(COMPLAINT, tuple(Failure(one, COMPLAINT, "", reason) for one in who), _failed_id(mail))
    return None


def _of_report(mail: Mail) -> list[Failure]:
    """Return the failures of a delivery report; a delivered or relayed recipient is none."""
    found: dict[str, Failure] = {}
    for report in mail.reports:
        if report.media_type != "message/delivery-status":
            continue
        for group in report.groups:
            failure = _of_group(dict(reversed(group)))
            if failure and failure.address not in found:
                found[failure.address] = failure
    return list(found.values())


def _of_group(fields: dict[str, str]) -> Failure | None:
    action = fields.get("action", "").strip().lower()
    action = action.split()[0] if action else ""
    if action not in ("failed", "failure", "delayed", "delay"):
        return None
    address = _recipient(fields.get("original-recipient", "")) or _recipient(fields.get("final-recipient", ""))
    if not address:
        return None
    said = f"{fields.get('status', '')} {fields.get('diagnostic-code', '')}".strip()
    status = _STATUS.search(said)
    final = not action.startswith("delay")
    kind = kind_of(said) if final else SOFT
    return Failure(address, kind, status[0] if status else "", fields.get("diagnostic-code", "")[:300], final)


def _recipient(value: str) -> str:
    """Return the address in `rfc822; bob@example.com`, or nothing for another kind of one."""
    kind, semicolon, rest = value.partition(";")
    match = _ADDRESS.search(rest if semicolon else kind)
    return match[0].strip(".").lower() if match and ".." not in match[0] else ""


def kind_of(said: str) -> str:
    """Return hard or soft by what a server said about an address: its enhanced code, else its code, else its words."""
    if status := _STATUS.search(said):
        major, subject, detail = (int(part) for part in status.groups())
        if major == 4:
            return SOFT
        unknown = bool(_UNKNOWN.search(said))
        if major == 5 and not unknown:
            if (subject, detail) in _FOR_NOW or subject == _REFUSED_CONTENT:
                return SOFT
            return SOFT if (subject, detail) == (0, 0) and _FULL.search(said) else HARD
        return HARD
    if _UNKNOWN.search(said):
        return HARD
    if code := _CODE.search(said):
        return SOFT if code[1] == "4" or _FULL.search(said) else HARD
    return SOFT if _FULL.search(said) else HARD


def _of_words(mail: Mail, raw: bytes) -> list[Failure]:
    """Return the failures that a server told of in its own words."""
    passing, lasting = _by_flufl(raw)
    named = [one.email for value in mail.headers.get("x-failed-recipients", ()) for one in addresses(value)]
    words = mail.text[:5_000]
    failures = [Failure(address, SOFT, "", _line(words, address), final=False) for address in sorted(passing)]
    for address in dict.fromkeys((*sorted(lasting), *([] if passing or lasting else named))):
        status = _STATUS.search(words)
        failures.append(Failure(address, kind_of(words), status[0] if status else "", _line(words, address)))
    return failures


def _by_flufl(raw: bytes) -> tuple[set[str], set[str]]:
    try:
        passing, lasting = all_failures(_message(raw))
    except Exception:  # its detectors raise on what they did not expect
        return set(), set()
    lasting_ones = set(_usable(lasting))
    return set(_usable(passing)) - lasting_ones, lasting_ones


def _message(raw: bytes) -> Message:
    return message_from_bytes(raw, policy=RAW)


def _usable(found: Iterable[bytes | str]) -> Iterable[str]:
    for one in found:
        address = text_of(one) if isinstance(one, bytes) else one
        local, at, domain = address.strip().rpartition("@")
        if at and local and domain and ".." not in address and not local.endswith("."):
            yield address.strip().lower()


def _line(words: str, address: str) -> str:
    """Return the line after the one that names the address, or that line: it mostly says why."""
    lines = [line.strip() for line in words.splitlines() if line.strip()]
    for number, line in enumerate(lines):
        if address in line.lower():
            return " ".join(lines[number : number + 2])[:300]
    return ""


def _failed_id(mail: Mail) -> str:
    known = ids(_returned_field(mail, "message-id"))
    return known[0] if known else (mail.references[-1] if mail.references else next(iter(mail.in_reply_to), ""))


def _returned_field(mail: Mail, name: str) -> str:
    for text in (mail.returned, mail.text):
        match = re.search(rf"(?im)^[> ]*{name}:[ \t]*(.*(?:\n[ \t]+.*)*)", text)
        if match:
            return match[1]
    return ""
