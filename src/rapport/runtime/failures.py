"""From an error to the one line a person reads."""

import errno
import logging
import sys

from rapport.runtime.database import first_line
from rapport.runtime.errors import Refusal

FULL_DISK = "the disk is full: free some space and run it again; nothing was half written"
SHUTTING_DOWN = {"57P01", "57P02", "57P03"}  # PostgreSQL's codes: stopped, crashed, not ready yet


def clear_line(error: BaseException) -> str | None:
    """Return what ``error`` means when its cause lies outside the program, else None (then it is a bug)."""
    if isinstance(error, Refusal):
        return str(error)
    for cause in _causes(error):
        if isinstance(cause, OSError):
            return FULL_DISK if cause.errno == errno.ENOSPC else _os_error(cause)
        if _is(cause, "psycopg.errors", "DiskFull"):
            return FULL_DISK
        if _is(cause, "psycopg", "OperationalError"):
            return f"the database was lost or cannot be reached: {first_line(cause)}"
        if _is(cause, "django.core.exceptions", "ImproperlyConfigured"):
            return f"a setting is wrong: {first_line(cause)}"
    return None


def database_lost(error: BaseException | None) -> bool:
    """Tell whether ``error`` comes from a connection that broke or could not be made."""
    for cause in _causes(error):
        if _is(cause, "psycopg", "OperationalError"):
            state = getattr(cause, "sqlstate", None)
            return state is None or state.startswith("08") or state in SHUTTING_DOWN
    return False


class OneLine(logging.Filter):
    """Writes an error whose cause lies outside the program as one line to the log instead of a traceback."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Shorten the record when that is so; never drops it."""
        error = record.exc_info[1] if isinstance(record.exc_info, tuple) else None
        line = clear_line(error) if error else None
        if line:
            record.msg, record.args = f"{record.getMessage()}: {line}", ()
            record.exc_info = record.exc_text = None
        return True


def _causes(error: BaseException | None) -> list[BaseException]:
    chain: list[BaseException] = []
    current = error
    while current is not None and current not in chain:
        chain.append(current)
        current = current.__cause__ or current.__context__
    return chain


def _is(error: BaseException, module: str, name: str) -> bool:
    """Tell whether ``error`` is of a class that needn't be imported for asking."""
    loaded = sys.modules.get(module)
    kind = getattr(loaded, name, None) if loaded else None
    return isinstance(kind, type) and isinstance(error, kind)


def _os_error(error: OSError) -> str | None:
    if isinstance(error, PermissionError | FileNotFoundError | IsADirectoryError | NotADirectoryError):
        return f"{error.filename}: {error.strerror}" if error.filename else None
    return None
