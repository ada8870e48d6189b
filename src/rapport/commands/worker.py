"""``rapport worker``: run waiting jobs."""

import argparse

from rapport.runtime import database, home, lifeline, prepare


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--once", action="store_true", help="end when no job is left")
    parser.add_argument("--json", action="store_true", help="tell an error as JSON, too")


def run(arguments: argparse.Namespace) -> int:
    """Run jobs until a signal, or until none is left."""
    lifeline.hold()
    with database.available(home.current()):
        prepare.django()
        from rapport.runtime import apart, worker

        apart.allow()
        return worker.run(once=arguments.once)
