"""The way out for e-mail: a message of ours becomes a mail, and the mailbox's server takes it."""

from __future__ import annotations

from collections.abc import Sequence
from email.utils import parseaddr
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from rapport.connectors.mail import imap, smtp
from rapport.connectors.mail.signing import signer
from rapport.conversations.gateways import Outgoing, Refused
from rapport.conversations.mail import bodies, letters
from rapport.conversations.mail.compose import Outgoing as Mail
from rapport.conversations.mail.compose import ascii_domain, compose
from rapport.conversations.mail.parts import Address, File
from rapport.conversations.mail.tokens import RETURN, THREAD, with_token
from rapport.conversations.models import Attachment, Mailbox, Message
from rapport.conversations.services import mailboxes
from rapport.customers.models import Identity
from rapport.kernel import clock, files
from rapport.kernel.actors import SYSTEM
from rapport.team.queries import organisation

MOST_QUOTED = 200


class MailGateway:
    """Sends by the SMTP server of the thread's mailbox."""

    name = "email"

    def send(self, outgoing: Outgoing) -> str:
        """Hand a message over and return what the server said. Raises `TryLater`, `Refused`."""
        message = outgoing.message
        mailbox = mailbox_for(message)
        recipients = _recipients(message)
        raw = written(message, outgoing.attachments, mailbox)
        try:
            with smtp.connection(mailbox) as server:
                taken = smtp.submit(server, _envelope(message, mailbox), recipients, raw, outgoing.point_of_no_return)
        except smtp.WrongPassword as wrong:
            mailboxes.pause(mailbox, str(wrong), by=SYSTEM)
            raise
        not_for = "; ".join(f"{address}: {words}" for address, words in taken.refused.items())
        return f"{taken.answer} {_('Not for %(whom)s') % {'whom': not_for} if not_for else ''}".strip()[:500]

    def accepted(self, message: Message) -> bool | None:
        """Return True when the mailbox's own server shows the mail among those sent; else nobody can tell."""
        mailbox = mailbox_for(message)
        return True if mailbox.imap_host and imap.was_sent(mailbox, message.message_id) else None


def mailbox_for(message: Message) -> Mailbox:
    """Return the mailbox a message goes out from: its thread's, else the first that works. Raises `Refused`."""
    chosen = message.thread.mailbox
    if chosen is not None:
        if not chosen.working or not chosen.smtp_host:
            raise Refused(_("The mailbox %(address)s does not send mail.") % {"address": chosen.address})
        return chosen
    working = [one for one in Mailbox.objects.order_by("created_at", "id") if one.working and one.smtp_host]
    if not working:
        raise Refused(_("There is no mailbox that sends mail."))
    return working[0]


def written(message: Message, attachments: Sequence[Attachment], mailbox: Mailbox) -> bytes:
    """Return the bytes of a message of ours."""
    automatic = bool(message.automatic)
    token = message.thread.token
    reply_to = Address("", signer().address(THREAD, token, mailbox.address)) if mailbox.plus_at else None
    text, html = _automatic(message, mailbox) if automatic else _letter(message, mailbox)
    name, address = parseaddr(mailbox.send_from)
    chosen = message.from_address if message.from_address != mailbox.address.lower() else ""
    if chosen in mailbox.addresses():
        address = chosen
    return compose(
        Mail(
            sender=Address(name or message.from_name or mailbox.name, (address or mailbox.address).lower()),
            to=_people(message.to),
            cc=_people(message.cc),
            reply_to=reply_to,
            subject=message.subject if reply_to else with_token(message.subject, token),
            text=text,
            html=html,
            message_id=message.message_id,
            in_reply_to=next(iter(message.in_reply_to), ""),
            references=tuple(message.references),
            files=tuple(_file(one) for one in attachments if one.key),
            automatic=automatic,
            at=clock.now(),
        )
    )


def _letter(message: Message, mailbox: Mailbox) -> tuple[str, str]:
    """Return text and HTML of what a person writes, with the signature and what they answer to."""
    asked = _answered(message)
    text = message.text.rstrip()
    if mailbox.signature.strip():
        text += f"\n\n-- \n{mailbox.signature.strip()}"
    introduced = quoted_html = ""
    if asked is not None:
        introduced = _introduction(asked)
        lines = (asked.fresh_text or asked.text).splitlines()[:MOST_QUOTED]
        text += f"\n\n{introduced}\n" + "\n".join(f"> {line}".rstrip() for line in lines)
        quoted_html = letters.paragraphs("\n".join(lines))
    html = letters.letter(
        message.text, message.html, signature=mailbox.signature, quoted_html=quoted_html, quoted_by=introduced
    )
    return text, html


def _automatic(message: Message, mailbox: Mailbox) -> tuple[str, str]:
    """Return text and HTML of what the product writes: laid out here, unless its writer laid out the whole letter."""
    if message.html:
        return bodies.text_from(message.html), message.html
    footer = mailbox.signature.strip() or mailbox.name or organisation().name
    return f"{message.text.rstrip()}\n\n-- \n{footer}", letters.laid_out(message.subject, message.text, footer=footer)


def _answered(message: Message) -> Message | None:
    if not message.in_reply_to:
        return None
    asked = Message.objects.filter(message_id=message.in_reply_to[0], direction=Message.Direction.IN, automatic="")
    return asked.first()


def _introduction(asked: Message) -> str:
    at = asked.at.astimezone(ZoneInfo(organisation().zone))
    values = {"when": date_format(at, "DATETIME_FORMAT"), "who": asked.from_name or asked.from_address}
    return _("On %(when)s, %(who)s wrote:") % values


def _envelope(message: Message, mailbox: Mailbox) -> str:
    """Return the address bounces go to: with our token where that arrives (VERP), else the mailbox itself."""
    return signer().address(RETURN, message.pk.hex, mailbox.address) if mailbox.plus_at else mailbox.address


def _recipients(message: Message) -> list[str]:
    """Return whom the server is told to deliver to; what is automatic goes to no address that is known to be dead."""
    named = [one.email for one in (*_people(message.to), *_people(message.cc), *_people(message.bcc))]
    wanted = list(dict.fromkeys(named))
    if message.automatic:
        dead = Identity.objects.filter(kind="email", normal__in=wanted, invalid_at__isnull=False)
        gone = set(dead.values_list("normal", flat=True))
        wanted = [address for address in wanted if address not in gone]
    if not wanted:
        raise Refused(_("There is no address that works."))
    return [_ascii(address) for address in wanted]


def _ascii(address: str) -> str:
    local, _at, domain = address.rpartition("@")
    return f"{local}@{ascii_domain(domain)}"


def _people(pairs: list[list[str]]) -> tuple[Address, ...]:
    return tuple(Address(name, address.lower()) for name, address in pairs)


def _file(one: Attachment) -> File:
    return File(one.name, one.media_type, files.read(one.key), one.content_id, one.inline)
