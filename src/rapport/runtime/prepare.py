"""What has to be so before the program can serve: tables as the code expects them, static files collected."""

import gc
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from rapport.runtime.errors import Refusal
from rapport.runtime.home import Home

if TYPE_CHECKING:
    from django.db.migrations.executor import MigrationExecutor

SETTINGS = "rapport.settings"
LOCK = 7_201_304_115  # any number of ours; PostgreSQL's advisory locks are numbers


def django() -> None:
    """Load the settings and the apps."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    import django as framework

    with loading():
        framework.setup()


@contextmanager
def loading() -> Iterator[None]:
    """Look for no garbage while the block loads code, which takes a fifth of its time, nor later in what it loaded."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def migrate() -> list[str]:
    """Apply the migrations that are missing, one process at a time; return their names in order.

    Raises Refusal when the database was made by a newer version of the program.
    """
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        try:
            executor = MigrationExecutor(connection)
            refuse_newer(executor)
            plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
            if plan:
                call_command("migrate", interactive=False, verbosity=0)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


def refuse_newer(executor: "MigrationExecutor") -> None:
    """Raise Refusal when a migration of an app we have was applied that we don't know."""
    ours = executor.loader.migrated_apps
    unknown = sorted(
        f"{app}.{name}"
        for app, name in executor.loader.applied_migrations
        if app in ours and (app, name) not in executor.loader.graph.nodes and not _replaced(executor, app, name)
    )
    if unknown:
        raise Refusal(f"the database was made by a newer Rapport (it has {unknown[0]}); install that version")


def collect_static(home: Home) -> bool:
    """Copy, name by content and compress the static files; return False when nothing had changed."""
    from django.contrib.staticfiles.finders import get_finders
    from django.core.management import call_command

    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            status = Path(storage.path(path)).stat()
            digest.update(f"{path}\0{status.st_size}\0{status.st_mtime_ns}\n".encode())
    stamp = home.static / ".collected"
    if stamp.exists() and stamp.read_text("ascii") == digest.hexdigest():
        return False
    call_command("collectstatic", interactive=False, verbosity=0)
    home.static.mkdir(exist_ok=True)
    stamp.write_text(digest.hexdigest(), "ascii")
    return True


def _replaced(executor: "MigrationExecutor", app: str, name: str) -> bool:
    return any((app, name) in migration.replaces for migration in executor.loader.replacements.values())
