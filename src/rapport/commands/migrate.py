"""``rapport migrate``: tables and static files as this version needs them."""

import argparse
import json
from typing import Any

from rapport.runtime import database, home, prepare


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--json", action="store_true", help="answer in JSON")


def run(arguments: argparse.Namespace) -> int:
    """Migrate, then collect static files."""
    place = home.current()
    with database.available(place):
        prepare.django()
        answer = prepared(place)
    if arguments.json:
        print(json.dumps(answer))
    elif applied := answer["migrations"]:
        print(f"{len(applied)} migrations applied.")
    else:
        print("Nothing to migrate.")
    return 0


def prepared(place: home.Home) -> dict[str, Any]:
    """Bring database and static files up to date; return what was done."""
    from rapport.team.models import User

    applied = prepare.migrate()
    return {
        "migrations": applied,
        "static": prepare.collect_static(place),
        "first_run": not User.objects.exists(),
    }
