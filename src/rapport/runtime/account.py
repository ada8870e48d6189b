"""Which account runs the embedded database: PostgreSQL refuses to run as root."""

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path

from rapport.runtime.errors import Refusal

ACCOUNTS = ("rapport", "postgres", "nobody")


@dataclass(frozen=True, slots=True)
class Account:
    """A user of the operating system; ``other`` says that it is not the one running this process."""

    uid: int
    gid: int
    other: bool

    def own(self, path: Path) -> None:
        """Create the directory ``path`` when missing; make it this account's alone."""
        path.mkdir(exist_ok=True, mode=0o700)
        if self.other and path.stat().st_uid != self.uid:
            os.chown(path, self.uid, self.gid)
        path.chmod(0o700)

    def open_way(self, path: Path) -> None:
        """Let this account pass through the directories above ``path`` (search permission only)."""
        if not self.other:
            return
        for directory in path.resolve().parents:
            status = directory.stat()
            if not self._may(status, stat.S_IXUSR):
                directory.chmod(stat.S_IMODE(status.st_mode) | stat.S_IXOTH)

    def open_tree(self, path: Path) -> None:
        """Let this account read and run the program files below ``path``."""
        if not self.other or self._may(path.stat(), stat.S_IRUSR | stat.S_IXUSR):
            return
        for entry in (path, *path.rglob("*")):
            if not entry.is_symlink():
                mode = stat.S_IMODE(entry.stat().st_mode)
                entry.chmod(mode | stat.S_IROTH | (stat.S_IXOTH if mode & stat.S_IXUSR else 0))

    def _may(self, status: os.stat_result, bits: int) -> bool:
        shift = 0 if status.st_uid == self.uid else 3 if status.st_gid == self.gid else 6
        return status.st_mode & (bits >> shift) == bits >> shift


def database_account(directory: Path) -> Account:
    """Return the account the server of ``directory`` runs as.

    This one; for root the owner of that directory, and when it is new the first of ``ACCOUNTS`` that exists.
    """
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), other=False)
    if directory.exists() and (owner := directory.stat().st_uid) != 0:
        return Account(owner, directory.stat().st_gid, other=True)
    for name in ACCOUNTS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid, other=True)
    raise Refusal("PostgreSQL does not run as root, and no account named rapport, postgres or nobody exists")
