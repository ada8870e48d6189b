"""A process whose children fetch and send mail until somebody kills them.

Reads one order a line from standard input, a word and then its values in JSON, and forks a child for each: that is
fast, as everything is loaded already. Tells the number of the child, and what it did if it lived to say so.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from datetime import timedelta
from typing import Any


def main() -> None:
    """Obey until standard input ends."""
    from rapport.runtime import prepare

    prepare.django()
    from rapport.connectors.mail import filing, gateway, imap  # noqa: F401 - loaded before the children are

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    say("ready")
    for line in sys.stdin:
        order, values = json.loads(line)
        child = os.fork()
        if child == 0:
            obey(order, values)
        say("child", child)


def obey(order: str, values: dict[str, Any]) -> None:
    """Do what was ordered and end this process."""
    code = 1
    try:
        orders: dict[str, Callable[..., Any]] = {"set_up": set_up, "fetch": fetch, "send": send, "report": report}
        say("done", orders[order](**values))
        code = 0
    except Exception as error:  # the database may have been killed: that is what this is about
        say("failed", f"{type(error).__name__}: {error}"[:300])
    finally:
        os._exit(code)


def say(*words: Any) -> None:
    """Write one line as a whole."""
    os.write(1, (json.dumps(words) + "\n").encode())


def set_up(imap_port: int, smtp_port: int, user: str, password: str, count: int) -> str:
    """Make a mailbox and `count` answers that wait to be sent; return the mailbox."""
    from rapport.conversations.incoming import Incoming
    from rapport.conversations.models import Message
    from rapport.conversations.services import mailboxes, messages
    from rapport.kernel.actors import SYSTEM
    from rapport.kernel.ids import new_id

    box = mailboxes.add(
        user, by=SYSTEM, secret=password, imap_host="127.0.0.1", imap_port=imap_port, imap_security="none",
        smtp_host="127.0.0.1", smtp_port=smtp_port, smtp_security="none",
    )  # fmt: skip
    mailboxes.switch_on(box, by=SYSTEM)
    asked = messages.receive(
        Incoming(
            "email", text="Lamp?", from_address="bea@buyers.example", message_id="first@buyers", mailbox_id=box.pk
        ),
        by=SYSTEM,
    )
    ours = messages.reply(asked.thread, "On its way.", by=SYSTEM)
    rows = []
    for _ in range(count - 1):
        row = Message.objects.get(pk=ours.pk)
        row.pk = new_id()
        row.message_id = f"{row.pk.hex}.{asked.thread.token}@lantern.example"
        rows.append(row)
    Message.objects.bulk_create(rows)
    return str(box.pk)


def fetch(box: str) -> int:
    """Fetch what is new."""
    from rapport.connectors.mail import imap
    from rapport.conversations.models import Mailbox

    return imap.fetch(Mailbox.objects.get(pk=box))


def send(ahead: float) -> int:
    """Settle what was interrupted and send what is due `ahead` seconds from now."""
    from rapport.conversations.services import outbox
    from rapport.kernel import clock

    with clock.frozen(clock.now() + timedelta(seconds=ahead)):
        outbox.settle()
        due = outbox.due()
        for message_id in due:
            outbox.send(message_id)
    return len(due)


def report() -> dict[str, Any]:
    """Return what there is now."""
    from django.db.models import Count

    from rapport.conversations.models import Message
    from rapport.kernel.models import EventRecord

    told = EventRecord.objects.values("subject_id", "type").annotate(times=Count("id")).filter(times__gt=1)
    mine = ("conversations.message_received", "conversations.message_sent", "conversations.started")
    return {
        "filed": sorted(Message.objects.filter(direction="in").values_list("message_id", flat=True)),
        "sent": list(Message.objects.filter(direction="out").values_list("message_id", "state", "error")),
        "told_twice": list(told.filter(type__in=mine).values_list("type", flat=True)),
        "told": EventRecord.objects.filter(type="conversations.message_received").count(),
    }


if __name__ == "__main__":
    main()
