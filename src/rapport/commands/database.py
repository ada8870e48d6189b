"""``rapport database``: the embedded server by hand, for work with other tools."""

import argparse
import json

from rapport.runtime import home, postgres


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("action", choices=["start", "stop", "status"], help="what to do")
    parser.add_argument("--json", action="store_true", help="answer in JSON")


def run(arguments: argparse.Namespace) -> int:
    """Start and keep the server running, stop it, or tell its address."""
    place = home.current()
    if arguments.action == "start":
        postgres.start(place)
    elif arguments.action == "stop":
        postgres.stop(place)
    runs, address = postgres.running(place), postgres.embedded_url(place)
    if arguments.json:
        print(json.dumps({"running": runs, "address": address}))
    else:
        print(f"{'runs' if runs else 'stopped'}  {address}")
    return 0
