"""A child process ends with its supervisor: its standard input is a pipe that closes when the supervisor dies."""

import os
import signal
import sys
import threading

VARIABLE = "RAPPORT_SUPERVISED"


def hold() -> None:
    """End this process by SIGTERM when standard input, a pipe from the supervisor, closes.

    Does nothing when no supervisor started it.
    """
    if os.environ.pop(VARIABLE, ""):
        threading.Thread(target=_wait, args=(sys.stdin.fileno(),), name="lifeline", daemon=True).start()


def _wait(descriptor: int) -> None:
    try:
        while os.read(descriptor, 1024):
            pass
    except OSError:
        return
    os.kill(os.getpid(), signal.SIGTERM)
