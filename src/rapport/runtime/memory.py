"""How much memory processes hold, each shared page counted in proportion (PSS); Linux only."""

from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Process:
    """A process: its number, its parent's, its command, and its memory in bytes (None when it can't be read)."""

    pid: int
    parent: int
    command: str
    memory: int | None


def processes() -> list[Process]:
    """Return all processes of this machine that can be seen; empty where there is no /proc."""
    if not PROC.is_dir():
        return []
    found = [_read(int(entry.name)) for entry in PROC.iterdir() if entry.name.isdecimal()]
    return [process for process in found if process is not None]


def tree(roots: set[int], everybody: list[Process]) -> list[Process]:
    """Return the processes ``roots`` and all below them."""
    chosen = set(roots)
    while True:
        more = {process.pid for process in everybody if process.parent in chosen} - chosen
        if not more:
            return [process for process in everybody if process.pid in chosen]
        chosen |= more


def _read(pid: int) -> Process | None:
    directory = PROC / str(pid)
    try:
        parent = int((directory / "stat").read_text("utf-8").rpartition(")")[2].split()[1])
        words = (directory / "cmdline").read_bytes().split(b"\0")
    except (OSError, IndexError, ValueError):
        return None
    command = " ".join(word.decode("utf-8", "replace") for word in words if word)
    return Process(pid, parent, command, _proportional(directory))


def _proportional(directory: Path) -> int | None:
    try:
        text = (directory / "smaps_rollup").read_text("ascii")
    except OSError:
        return None
    sizes = [line.split()[1] for line in text.splitlines() if line.startswith("Pss:")]
    return int(sizes[0]) * 1024 if sizes else None
