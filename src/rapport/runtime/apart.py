"""Heavy jobs run in a process of their own: when it ends, all that they loaded and took is given back.

The column engine and what belongs to it weigh more than the whole worker, for as long as their process lives.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from functools import wraps
from importlib import import_module

from rapport.runtime import lifeline, prepare
from rapport.runtime.errors import Refusal
from rapport.runtime.failures import clear_line

VARIABLE = "RAPPORT_APART"


def allow() -> None:
    """From now on heavy jobs leave this process, which is the worker's."""
    os.environ[VARIABLE] = "1"


def apart(job: Callable[..., None]) -> Callable[..., None]:
    """Let ``job``, a function of a module with named arguments that fit JSON, run in a process of its own.

    It does so in a worker that allows it; called elsewhere it is a function like any other. Raises Refusal when that
    process failed: why, it has written to standard error.
    """

    @wraps(job)
    def run(**arguments: object) -> None:
        if os.environ.get(VARIABLE):
            _start(f"{job.__module__}:{job.__name__}", arguments)
        else:
            job(**arguments)

    return run


def _start(name: str, arguments: dict[str, object]) -> None:
    """Run a job in a new process and wait for its end. Ctrl-C does not reach it; it ends when this process does."""
    with subprocess.Popen(
        [sys.executable, "-m", "rapport.runtime.apart", name, json.dumps(arguments)],
        stdin=subprocess.PIPE,
        start_new_session=True,
        env={**os.environ, VARIABLE: "", lifeline.VARIABLE: "1"},
    ) as process:
        code = process.wait()
    if code:
        how = f"exit code {code}" if code > 0 else f"signal {signal.Signals(-code).name}"
        raise Refusal(f"the process of {name} ended ({how})")


def main() -> int:
    """Do the job that the arguments name, like ``rapport.insight.jobs:refresh '{"timestamp": 0}'``."""
    lifeline.hold()
    prepare.django()
    module, _, name = sys.argv[1].partition(":")
    try:
        getattr(import_module(module), name)(**json.loads(sys.argv[2]))
    except Exception as error:
        line = clear_line(error)
        if line is None:
            raise
        sys.stderr.write(f"rapport: {line}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
