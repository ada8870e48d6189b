"""``rapport createadmin``: set the organisation up without a browser, or add another administrator."""

import argparse
import getpass
import json
import sys

from rapport.runtime import database, home, prepare
from rapport.runtime.errors import Refusal


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("email", help="address to sign in with")
    parser.add_argument("--name", required=True, help="the person's name")
    parser.add_argument("--password-file", help="file whose first line is the password, - for standard input")
    parser.add_argument("--organisation", default="", help="name of the organisation, needed the first time")
    parser.add_argument("--currency", default="EUR", help="its currency (EUR)")
    parser.add_argument("--zone", default="UTC", help="its time zone, as in Europe/Berlin (UTC)")
    parser.add_argument("--language", default="en", help="its language (en)")
    parser.add_argument("--json", action="store_true", help="answer in JSON")


def run(arguments: argparse.Namespace) -> int:
    """Make the organisation when there is none, else add an administrator."""
    password = read_password(arguments.password_file)
    with database.available(home.current()):
        prepare.django()
        prepare.migrate()
        first = create(arguments, password)
    if arguments.json:
        print(json.dumps({"email": arguments.email, "set_up": first}))
    else:
        print(f"{arguments.email} can sign in.")
    return 0


def read_password(file: str | None) -> str:
    """Return the password from ``file`` (- for standard input), or ask for it at a terminal.

    Raises Refusal when there is neither.
    """
    if file == "-":
        return sys.stdin.readline().rstrip("\n")
    if file:
        with open(file, encoding="utf-8") as opened:  # noqa: PTH123
            return opened.readline().rstrip("\n")
    if not sys.stdin.isatty():
        raise Refusal("no terminal to ask for the password: use --password-file")
    return getpass.getpass("Password: ")


def create(arguments: argparse.Namespace, password: str) -> bool:
    """Make the user; return True when the organisation was made, too. Raises Refusal for what isn't accepted."""
    from django.core.exceptions import ValidationError

    from rapport.kernel.actors import SYSTEM
    from rapport.team.models import Role, User
    from rapport.team.services import organisation, users

    try:
        if User.objects.exists():
            role = Role.objects.get(key="administrator")
            users.add(arguments.email, arguments.name, role, password, by=SYSTEM)
            return False
        if not arguments.organisation:
            raise Refusal("the organisation is not set up yet: name it with --organisation")
        organisation.set_up(
            arguments.organisation,
            currency=arguments.currency,
            zone=arguments.zone,
            language=arguments.language,
            founder=organisation.Founder(arguments.name, arguments.email, password),
        )
    except ValidationError as error:
        raise Refusal(" ".join(error.messages)) from error
    except ValueError as error:
        raise Refusal(str(error) or f"not accepted: {type(error).__name__}") from error
    return True
