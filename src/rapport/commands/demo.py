"""``rapport demo``: the demonstration business, loaded once, then served."""

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rapport.commands import migrate, serving
from rapport.runtime import database, home, prepare

Progress = Callable[[str, int, int], None]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    serving.add_arguments(parser)
    parser.add_argument("--load-only", action="store_true", help="load what is missing and end")


def run(arguments: argparse.Namespace) -> int:
    """Load the demonstration business unless it is there, then serve until a signal."""
    if arguments.load_only:
        return load(as_json=arguments.json)
    return serving.serve(
        host=arguments.host,
        port=arguments.port,
        prepare=["demo", "--load-only"],
        worker=True,
        live_port=arguments.live_port,
        as_json=arguments.json,
        doing="starting the demonstration",
        quiet=True,
    )


def load(*, as_json: bool) -> int:
    """Migrate, load and build the lake; say how to sign in."""
    place = home.current()
    with database.available(place):
        prepare.django()
        answer = migrate.prepared(place)
        from rapport.demo import services

        with progress() as report:
            sign_in = services.load(report)
    answer.update(sign_in=sign_in, first_run=False)
    if as_json:
        print(json.dumps(answer))
    elif sign_in:
        print(f"Loaded. Sign in with {sign_in['email']} and {sign_in['password']}.")
    else:
        print("Loaded.")
    return 0


@contextmanager
def progress() -> Iterator[Progress]:
    """Give a function ``(stage, done, total)`` that draws one bar per stage on standard error."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    columns = (TextColumn("{task.description:<28}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    tasks: dict[str, TaskID] = {}
    with Bars(*columns, console=Console(file=sys.stderr)) as bars:

        def report(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(stage, total=total)
            bars.update(tasks[stage], completed=done, total=total)

        yield report
