"""``rapport serve``: web server, live process, worker and mail under one supervisor."""

import argparse
import os

from rapport.commands import serving


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    serving.add_arguments(parser)
    parser.add_argument(
        "--no-worker", action="store_true", help="leave jobs and mail to `rapport worker` and `rapport mail`"
    )
    parser.add_argument("--develop", action="store_true", help="show tracebacks, start again at every change")


def run(arguments: argparse.Namespace) -> int:
    """Serve until a signal; return 0 after Ctrl-C or SIGTERM."""
    if arguments.develop:
        os.environ["RAPPORT_DEBUG"] = "1"
    return serving.serve(
        host=arguments.host,
        port=arguments.port,
        prepare=["migrate"],
        worker=not arguments.no_worker,
        live_port=arguments.live_port,
        develop=arguments.develop,
        as_json=arguments.json,
        doing="starting it again",
    )
