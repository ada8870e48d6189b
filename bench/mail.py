"""Inbound mail: parsed, threaded and filed, in a home of its own, by as many processes as there are cores.

Half of the mails begin a thread, half answer one; a third are HTML, a tenth carry a file. Each is filed in a
transaction of its own, as the doors do it.
"""

from __future__ import annotations

import os
import time

from bench import apart
from bench.table import Row
from rapport.runtime import database, home, prepare

MAILS, WORKERS = 600, 2
ADDRESS = "help@lantern.example"
WORDS = (
    "lamp", "glass", "order", "parcel", "broken", "please", "send", "again", "thank", "you", "when", "will", "come",
    "back", "money", "colour", "wrong", "size", "blue", "door",
)  # fmt: skip


def run() -> list[Row]:
    """Measure in a process of its own, whose home is made anew."""
    return apart.run("bench.mail")


def here() -> list[Row]:
    """Measure in this process and its home."""
    with database.available(home.current()):
        prepare.django()
        prepare.migrate()
        _set_up()
        _filed(range(WORKERS, WORKERS + 20))  # warm
        seconds = _at_once()
        from rapport.conversations.models import Message

        expected = WORKERS * MAILS + 20
        assert Message.objects.count() == expected, f"{Message.objects.count()} of {expected} mails were filed"
    return [Row.above("mails parsed, threaded and filed", WORKERS * MAILS / seconds, 100, "/s")]


def mail(writer: int, number: int) -> bytes:
    """Return the mail with a number; every second one answers the one before it."""
    name = f"{writer}.{number}"
    words = " ".join(WORDS[(number * step) % len(WORDS)] for step in range(1, 60))
    head = [
        f"From: Writer {name} <w{writer}-{number // 2}@buyers.example>",
        f"To: {ADDRESS}",
        f"Subject: {'Re: ' if number % 2 else ''}Lamp {number // 2}",
        f"Message-ID: <{name}@buyers.example>",
        "Date: Mon, 6 Jul 2026 09:00:00 +0200",
    ]
    if number % 2:
        asked = f"<{writer}.{number - 1}@buyers.example>"
        head += [f"In-Reply-To: {asked}", f"References: {asked}"]
    quoted = "\r\n\r\nOn Mon, 6 Jul 2026 at 09:00, Bob wrote:\r\n" + "> and more words\r\n" * 8 if number % 2 else ""
    text = f"{words}{quoted}\r\n\r\nRegards\r\nWriter {name}"
    parts = [f"--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n"]
    if number % 3 == 0:
        page = f"<html><body><p>{words}</p><blockquote><p>{words}</p></blockquote></body></html>"
        parts.append(f"--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{page}\r\n")
    if number % 10 == 0:
        file = "--b\r\nContent-Type: text/plain; name=note.txt\r\nContent-Disposition: attachment\r\n\r\n"
        parts.append(file + words * 20)
    kind = "alternative" if number % 10 else "mixed"
    return "\r\n".join([*head, f'Content-Type: multipart/{kind}; boundary="b"', "", "".join(parts) + "--b--"]).encode()


def _set_up() -> None:
    from bench import data
    from rapport.conversations.services import mailboxes
    from rapport.kernel.actors import SYSTEM
    from rapport.team.services.organisation import Founder, set_up

    founder = Founder("Alice Young", "alice@example.com", data.PASSWORD)
    set_up("Lantern & Sons", currency="GBP", zone="Europe/London", language="en", founder=founder, country="GB")
    mailboxes.switch_on(mailboxes.add(ADDRESS, by=SYSTEM), by=SYSTEM)


def _filed(numbers: range, writer: int = 99) -> None:
    from rapport.connectors.mail.filing import Arrival, file

    for number in numbers:
        file(Arrival(mail(writer, number), None, (ADDRESS,)))


def _at_once() -> float:
    """Return the seconds that all workers took together, begun at the same time."""
    from django.db import connections

    connections.close_all()
    start, ready = os.pipe(), os.pipe()
    children = []
    for writer in range(WORKERS):
        child = os.fork()
        if child == 0:
            os.write(ready[1], b".")
            os.read(start[0], 1)
            code = 1
            try:
                _filed(range(MAILS), writer)
                code = 0
            finally:
                os._exit(code)
        children.append(child)
    waited = 0
    while waited < WORKERS:
        waited += len(os.read(ready[0], WORKERS))
    began = time.perf_counter()
    os.write(start[1], b"." * WORKERS)
    codes = [os.waitpid(child, 0)[1] for child in children]
    assert not any(codes), "a worker failed"
    return time.perf_counter() - began


if __name__ == "__main__":
    apart.serve(here, run, "Inbound mail")
