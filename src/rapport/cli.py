"""The command line: finds the command, runs it, and turns what is in the way into one clear line."""

import argparse
import json
import os
import signal
import sys
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version

from rapport.runtime import home

COMMANDS = {
    "demo": ("rapport.commands.demo", "load the demonstration business and serve it"),
    "serve": ("rapport.commands.serve", "run the web server, the live process, the worker and the mail"),
    "worker": ("rapport.commands.worker", "run the worker alone"),
    "migrate": ("rapport.commands.migrate", "bring the database up to this version"),
    "createadmin": ("rapport.commands.createadmin", "add an administrator who can sign in"),
    "import": ("rapport.imports.command", "read customers, orders and more from files"),
    "mail": ("rapport.connectors.mail.command", "fetch mail as it comes and take it at a door of its own"),
    "metrics": ("rapport.insight.command", "print metrics with their definitions"),
    "backup": ("rapport.commands.backup", "write everything into one file"),
    "restore": ("rapport.commands.restore", "bring back what a backup holds"),
    "database": ("rapport.commands.database", "start, stop or show the embedded database"),
    "doctor": ("rapport.commands.doctor", "check this installation and say what to do"),
}


def main(argv: list[str] | None = None) -> int:
    """Run the command named by ``argv`` (without the program's name) and return its exit code."""
    words = sys.argv[1:] if argv is None else argv
    if not words or words[0] not in COMMANDS:
        overview().parse_args(words or ["--help"])
        return 2
    arguments = parser(words[0]).parse_args(words[1:])
    signal.signal(signal.SIGTERM, _end)
    os.environ.setdefault("TMPDIR", str(home.current().temporary))
    try:
        return int(arguments.run(arguments) or 0)
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    except BrokenPipeError:
        sys.stderr.close()
        return 128 + signal.SIGPIPE
    except Exception as error:
        return _failed(error, as_json=bool(getattr(arguments, "json", False)))


def overview() -> argparse.ArgumentParser:
    """Return the parser that lists the commands; it imports none of them."""
    top = argparse.ArgumentParser(
        prog="rapport",
        description="Rapport, a customer relationship platform.",
        epilog="`rapport COMMAND --help` tells the options of a command.",
    )
    top.add_argument("--version", action="version", version=f"rapport {_version()}")
    listed = top.add_subparsers(metavar="COMMAND", required=True)
    for name, (_, line) in COMMANDS.items():
        listed.add_parser(name, help=line)
    return top


def parser(name: str) -> argparse.ArgumentParser:
    """Return the parser of the command ``name``, importing its module; what it parses has a ``run``."""
    place, line = COMMANDS[name]
    module = import_module(place)
    made = argparse.ArgumentParser(prog=f"rapport {name}", description=f"{line[0].upper()}{line[1:]}.")
    module.add_arguments(made)
    made.set_defaults(run=module.run)
    return made


def _failed(error: Exception, *, as_json: bool) -> int:
    from rapport.runtime.failures import clear_line

    line = clear_line(error)
    if line is None:
        raise error
    print(f"rapport: {line}", file=sys.stderr)
    if as_json:
        print(json.dumps({"error": line}))
    return 1


def _end(_number: int, _frame: object) -> None:
    """Unwind at SIGTERM, so that what was started is stopped."""
    raise SystemExit(128 + signal.SIGTERM)


def _version() -> str:
    try:
        return version("rapport-crm")
    except PackageNotFoundError:
        return "(not installed)"


if __name__ == "__main__":
    sys.exit(main())
