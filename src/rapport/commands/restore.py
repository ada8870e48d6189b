"""``rapport restore``: what a backup holds, all of it or nothing."""

import argparse
import json
from pathlib import Path

from rapport.commands.backup import answer, told
from rapport.runtime import database, home, instance, prepare
from rapport.runtime.errors import Refusal

# Rows here say that somebody uses this installation: events are written by every change, users by the set-up.
SIGNS_OF_USE = ("kernel_eventrecord", "team_user")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("file", type=Path, help="a file written by `rapport backup`")
    parser.add_argument("--replace", action="store_true", help="give up what this installation holds")
    parser.add_argument("--check", action="store_true", help="only read the file and compare its checksums")
    parser.add_argument("--json", action="store_true", help="answer in JSON")


def run(arguments: argparse.Namespace) -> int:
    """Verify the file, then restore it, then migrate to this version."""
    from rapport.runtime import archive

    source = arguments.file.absolute()
    manifest = archive.verify(source)
    if not arguments.check:
        place = home.current()
        with instance.alone(place, "restoring"), database.available(place) as address:
            restore(place, address, source, manifest, replace=arguments.replace)
    said = "Checked" if arguments.check else "Restored"
    print(json.dumps(answer(source, manifest)) if arguments.json else f"{said} {told(source, manifest)}")
    return 0


def restore(place: home.Home, address: str, source: Path, manifest: dict[str, object], *, replace: bool) -> None:
    """Restore a verified backup; raises Refusal when there is something to lose or the backup is a newer one's."""
    from rapport.runtime import restore

    if not replace and restore.occupied(address, SIGNS_OF_USE):
        raise Refusal("this installation is in use; add --replace to give up what it holds")
    prepare.django()
    refuse_newer(manifest)
    restore.restore(place, address, source, manifest)
    prepare.migrate()


def refuse_newer(manifest: dict[str, object]) -> None:
    """Raise Refusal when the backup has migrations of ours that this version doesn't know."""
    from django.apps import apps
    from django.db.migrations.loader import MigrationLoader

    loader = MigrationLoader(None)
    known = {f"{app}.{name}" for app, name in loader.disk_migrations}
    ours = {config.label for config in apps.get_app_configs()}
    migrations = manifest["migrations"]
    assert isinstance(migrations, list)
    unknown = [name for name in migrations if name not in known and name.partition(".")[0] in ours]
    if unknown:
        raise Refusal(f"the backup was made by a newer Rapport ({manifest['version']}); install that version")
