"""A child process ends with its supervisor: its standard input is a pipe that closes when the supervisor dies."""

import os
import signal
import stat
import sys
import threading


def hold() -> None:
    """End this process by SIGTERM when standard input, a pipe from the supervisor, closes.

    Does nothing when standard input is not a pipe, as when a person starts the program by hand.
    """
    try:
        descriptor = sys.stdin.fileno()
        if not stat.S_ISFIFO(os.fstat(descriptor).st_mode):
            return
    except (AttributeError, OSError, ValueError):
        return
    threading.Thread(target=_wait, args=(descriptor,), name="lifeline", daemon=True).start()


def _wait(descriptor: int) -> None:
    try:
        while os.read(descriptor, 1024):
            pass
    except OSError:
        return
    os.kill(os.getpid(), signal.SIGTERM)
