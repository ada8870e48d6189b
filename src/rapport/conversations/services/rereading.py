"""Reading the source of a mail once more, when the reader has learnt since."""

from __future__ import annotations

from django.utils.translation import gettext as _

from rapport.conversations.events import MessageReread
from rapport.conversations.incoming import IncomingFile
from rapport.conversations.mail.parse import parse
from rapport.conversations.mail.saying import said
from rapport.conversations.models import Message
from rapport.conversations.permissions import ANSWER
from rapport.conversations.services import attachments, lines, threads
from rapport.kernel import files
from rapport.kernel.actors import Actor
from rapport.kernel.events import publish
from rapport.kernel.verbs import verb


class NoSource(ValueError):
    """The message did not come as a mail, or its source is not kept any more."""


def source_of(message: Message) -> bytes:
    """Return the bytes of a mail as it came in. Raises `NoSource`."""
    try:
        return files.read(message.raw) if message.raw else _none()
    except files.NoSuchFile:
        return _none()


@verb(ANSWER, publishes=(MessageReread,))
def read_again(message: Message, *, by: Actor) -> Message:
    """Take text, HTML, subject and files of a message from its source anew, and return it.

    Who wrote, when, and where it belongs stay as they were filed. Raises `NoSource`.
    """
    threads.locked(message.thread)
    row = Message.objects.select_for_update(of=("self",)).select_related("thread").get(pk=message.pk)
    mail = parse(source_of(row))
    new = said(mail, row.from_name or row.from_address)
    row.text, row.html = lines.clean(new.text), lines.clean(new.html)
    row.fresh_text = lines.clean(new.fresh) or row.text
    row.subject = lines.clean(mail.subject, 300).strip()
    row.search = lines.vector(row, [one.name for one in mail.files])
    row.save(update_fields=["text", "html", "fresh_text", "subject", "search"])
    row.attachments.all().delete()
    given = [IncomingFile(one.name, one.content, one.media_type, one.content_id, one.inline) for one in mail.files]
    attachments.keep(row, given)
    publish(MessageReread(thread_id=row.thread_id), by=by, subject=row, customer=row.thread.customer_id)
    return row


def _none() -> bytes:
    raise NoSource(_("The source of this message is not here."))
