"""PostgreSQL's own programs for dumping and restoring: those of the embedded server, or newer ones on the path."""

import re
import shutil
import subprocess
from pathlib import Path

from rapport.runtime import cluster
from rapport.runtime.errors import Refusal


def tool(name: str, server_version: int) -> Path:
    """Return a program at least as new as the server (``server_version`` as in 180004).

    Raises Refusal when there is none.
    """
    needed = server_version // 10_000
    for path in _candidates(name):
        if _major(path) >= needed:
            return path
    raise Refusal(f"the server is PostgreSQL {needed} and no {name} as new is here: install postgresql-client-{needed}")


def environment(address: str) -> dict[str, str]:
    """Return the environment in which these programs, given no option, connect to ``address``.

    So a password stays out of the list of processes.
    """
    from psycopg import pq
    from psycopg.conninfo import conninfo_to_dict

    names = {
        option.keyword.decode(): option.envvar.decode()
        for option in pq.Conninfo.get_defaults()
        if option.envvar is not None
    }
    parts = conninfo_to_dict(address)
    told = {names[key]: str(value) for key, value in parts.items() if value is not None and key in names}
    return {**cluster.environment(), **told}


def _candidates(name: str) -> list[Path]:
    found = []
    try:
        found.append(cluster.programs() / name)
    except Refusal:
        pass  # not installed here: the path may have one
    if other := shutil.which(name):
        found.append(Path(other))
    return found


def _major(path: Path) -> int:
    done = subprocess.run([path, "--version"], capture_output=True, text=True, check=False)
    match = re.search(r"(\d+)(\.\d+)?", done.stdout)
    return int(match[1]) if done.returncode == 0 and match else 0
