"""The data directory: every file the program writes lives in it, and nowhere else."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from rapport.runtime.errors import Refusal

VARIABLE = "RAPPORT_HOME"


@dataclass(frozen=True, slots=True)
class Home:
    """Where things are kept below one root directory. Naming a path creates nothing; ``prepare`` does."""

    root: Path

    @property
    def postgres(self) -> Path:
        """The embedded database: data, socket and log, owned by the account that runs the server."""
        return self.root / "postgres"

    @property
    def lake(self) -> Path:
        """Parquet files made from the database; may be deleted at any time."""
        return self.root / "lake"

    @property
    def files(self) -> Path:
        """Uploaded files."""
        return self.root / "files"

    @property
    def static(self) -> Path:
        """Style sheets, scripts and icons, collected and compressed for the web server."""
        return self.root / "static"

    @property
    def logs(self) -> Path:
        """Log files of the web server and the worker."""
        return self.root / "logs"

    @property
    def run(self) -> Path:
        """Locks and the address of a running instance."""
        return self.root / "run"

    @property
    def temporary(self) -> Path:
        """Files on their way: uploads and what commands need for a moment."""
        return self.root / "tmp"

    @property
    def secret_key_file(self) -> Path:
        """The key that signs sessions and tokens, readable by its owner only."""
        return self.root / "secret_key"

    def prepare(self) -> None:
        """Create the directories that are missing.

        Raises Refusal when the root can't be created or is not writable.
        """
        try:
            self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
            for path in (self.lake, self.files, self.static, self.logs, self.run, self.temporary):
                path.mkdir(exist_ok=True, mode=0o700)
        except OSError as error:
            raise Refusal(f"cannot use the data directory {self.root}: {_reason(error)}") from error
        if not os.access(self.root, os.R_OK | os.W_OK | os.X_OK):
            raise Refusal(f"cannot use the data directory {self.root}: it is not writable by this account")

    def secret_key(self) -> str:
        """Return the secret key, making one at the first use (mode 0600).

        Raises Refusal when it can be neither read nor written.
        """
        try:
            return self.secret_key_file.read_text("ascii").strip() or self._new_secret_key()
        except FileNotFoundError:
            return self._new_secret_key()
        except (OSError, UnicodeDecodeError) as error:
            raise Refusal(f"cannot read the secret key {self.secret_key_file}: {_reason(error)}") from error

    def replace_secret_key(self, key: bytes) -> None:
        """Put another installation's key, brought by a backup, in the place of this one's."""
        draft = self.root / f".secret_key.{os.getpid()}"
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(key)
        draft.replace(self.secret_key_file)

    def _new_secret_key(self) -> str:
        self.prepare()
        draft = self.secret_key_file.with_name(f".secret_key.{os.getpid()}.{secrets.token_hex(4)}")
        try:
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w") as file:
                file.write(secrets.token_urlsafe(48) + "\n")
            _publish_once(draft, self.secret_key_file)
            return self.secret_key_file.read_text("ascii").strip()
        except OSError as error:
            raise Refusal(f"cannot write the secret key {self.secret_key_file}: {_reason(error)}") from error
        finally:
            draft.unlink(missing_ok=True)


def _publish_once(draft: Path, final: Path) -> None:
    """Give ``draft`` its final name unless another process was first; an empty file counts as none."""
    if final.exists() and final.stat().st_size == 0:
        draft.replace(final)
        return
    try:
        os.link(draft, final)
    except FileExistsError:
        return


def current() -> Home:
    """Return the home this process uses: ``RAPPORT_HOME``, or ``rapport`` in the account's data directory."""
    chosen = os.environ.get(VARIABLE, "").strip()
    if chosen:
        return Home(Path(os.path.abspath(os.path.expanduser(chosen))))
    data = os.environ.get("XDG_DATA_HOME", "").strip() or "~/.local/share"
    return Home(Path(os.path.abspath(os.path.expanduser(data))) / "rapport")


def _reason(error: Exception) -> str:
    return (error.strerror or str(error)) if isinstance(error, OSError) else str(error)
