"""``rapport mail``: wait at the mailboxes, and take mail at a door of our own."""

import argparse
import os
import signal
import sys
import threading

from rapport.runtime import database, home, lifeline, prepare


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    told = os.environ.get
    listen, certificate, key = (told(f"RAPPORT_MAIL_{name}", "") for name in ("LISTEN", "CERTIFICATE", "KEY"))
    also = "also take mail by SMTP at this address"
    parser.add_argument("--listen", metavar="HOST:PORT", default=listen, help=also)
    tls = "file with the certificate by which the door offers TLS"
    parser.add_argument("--certificate", default=certificate, help=tls)
    parser.add_argument("--key", default=key, help="file with its key, when it is another one")
    parser.add_argument("--once", action="store_true", help="look into every mailbox once and end")
    parser.add_argument("--while-needed", action="store_true", help="end when there is no mailbox to wait at")
    parser.add_argument("--json", action="store_true", help="tell an error as JSON, too")


def run(arguments: argparse.Namespace) -> int:
    """Run until a signal, or with ``--once`` until every mailbox was looked into."""
    lifeline.hold()
    with database.available(home.current()):
        prepare.django()
        from rapport.connectors.mail import door, watching

        if arguments.once:
            print(watching.look_into_all())
            return 0
        stop = threading.Event()
        for one in (signal.SIGTERM, signal.SIGINT):
            signal.signal(one, lambda _number, _frame: stop.set())
        controller = None
        if arguments.listen:
            host, _colon, port = arguments.listen.rpartition(":")
            controller = door.open_door(
                host or "127.0.0.1", int(port), certificate=arguments.certificate, key=arguments.key
            )
            print(f"mail is taken at {arguments.listen}", file=sys.stderr, flush=True)
        try:
            watching.Watchers(stop).look_after(while_needed=arguments.while_needed and controller is None)
        finally:
            if controller is not None:
                controller.stop()
    return 0
