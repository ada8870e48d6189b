"""The process that starts the others, watches them, and takes them with it when it ends. Knows no Django."""

import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from rapport.runtime import lifeline
from rapport.runtime.errors import Refusal

WAKING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD)
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
START_SECONDS = 60.0
STOP_SECONDS = 20.0
STEADY_SECONDS = 60.0
LONGEST_PAUSE = 30.0
CHECK_SECONDS = 2.0
WANTED_SECONDS = 15.0


@dataclass(slots=True)
class Child:
    """A program that must run: its name for people, its command, and where its output goes (None: to ours).

    With ``wanted`` it runs only while that says so, which is asked before each start. Its standard input
    is a pipe from us that closes when we die, whatever we die of: it ends then by itself.
    """

    name: str
    command: Sequence[str]
    log: Path | None = None
    wanted: Callable[[], bool] | None = None
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    pause: float = 0.0
    due: float = 0.0

    def start(self, now: float) -> None:
        """Start the program in a session of its own, so that Ctrl-C reaches only the supervisor."""
        output: IO[bytes] | None = self.log.open("ab") if self.log else None
        try:
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
                start_new_session=True,
                env={**os.environ, lifeline.VARIABLE: "1"},
            )
        finally:
            if output:
                output.close()
        self.started = now

    def running(self) -> bool:
        """Tell whether the program runs."""
        return self.process is not None and self.process.poll() is None

    def clear(self) -> None:
        """Forget a program that ended, and end what it may have left behind."""
        if self.process is None:
            return
        if self.process.stdin:
            self.process.stdin.close()
        _signal_group(self.process.pid, signal.SIGKILL)
        self.process = None


@dataclass(slots=True)
class Supervisor:
    """Keeps ``children`` running until it is told to end. ``say`` gets one line for every happening.

    ``check`` is called every two seconds and repairs what the children need, the embedded database above all.
    """

    children: list[Child]
    say: Callable[[str], None]
    check: Callable[[], None] = lambda: None
    ended_by: int = 0
    _wake: int = -1
    _checked: float = field(default=0.0)

    def run(self, ready: Callable[[], bool], announce: Callable[[], None]) -> int:
        """Start the first child, once ``ready`` says so the others, ``announce`` it, and watch until a signal.

        So the first has the processors to itself. Returns the signal. Raises Refusal when that child ends, or is
        not ready, before.
        """
        with self._signals():
            try:
                self.children[0].start(time.monotonic())
                if self._await(self.children[0], ready):
                    for child in self.children[1:]:
                        self._start(child, time.monotonic())
                    announce()
                    while not self.ended_by:
                        self._watch()
            finally:
                self._stop()
        return self.ended_by

    def _await(self, child: Child, ready: Callable[[], bool]) -> bool:
        limit = time.monotonic() + START_SECONDS
        while not ready():
            if not child.running():
                raise Refusal(f"the {child.name} ended while starting{_last_words(child)}")
            if time.monotonic() > limit:
                raise Refusal(f"the {child.name} did not answer within {START_SECONDS:.0f} seconds")
            self._sleep(0.05)
            if self.ended_by:
                return False
        return True

    def _watch(self) -> None:
        now = time.monotonic()
        for child in self.children:
            if child.process and not child.running():
                self._bury(child, now)
            if child.process is None and now >= child.due:
                self._start(child, now)
        if now - self._checked >= CHECK_SECONDS:
            self._checked = now
            self._try_check()
        waits = [child.due - now for child in self.children if child.process is None]
        self._sleep(max(0.05, min([CHECK_SECONDS, *waits])))

    def _start(self, child: Child, now: float) -> None:
        """Start a child, or ask again later when nobody wants it now."""
        if child.wanted is None or child.wanted():
            child.start(now)
        else:
            child.due = now + WANTED_SECONDS

    def _bury(self, child: Child, now: float) -> None:
        """A child ended: put off its next start, longer each time, unless it ended well or had run steadily."""
        assert child.process is not None
        code = child.process.returncode
        steady = now - child.started >= STEADY_SECONDS
        child.pause = 0.0 if code == 0 and steady else 1.0 if steady else min(child.pause * 2 or 1, LONGEST_PAUSE)
        child.due = now + child.pause
        child.clear()
        if code != 0:
            self.say(f"the {child.name} ended ({_how(code)}); starting it again in {child.pause:.0f} s")

    def _try_check(self) -> None:
        try:
            self.check()
        except Refusal as refusal:
            self.say(str(refusal))

    def _stop(self) -> None:
        for child in self.children:
            if child.running() and child.process:
                child.process.terminate()
        limit = time.monotonic() + STOP_SECONDS
        for child in self.children:
            if child.process:
                try:
                    child.process.wait(max(0.1, limit - time.monotonic()))
                except subprocess.TimeoutExpired:
                    self.say(f"the {child.name} does not stop; ending it")
                    _signal_group(child.process.pid, signal.SIGKILL)
                    child.process.wait()
                child.clear()

    @contextmanager
    def _signals(self) -> Iterator[None]:
        """Wake from sleep at a signal; remember the one that ends us."""
        reader, writer = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC) if hasattr(os, "pipe2") else os.pipe()
        os.set_blocking(writer, False)
        os.set_blocking(reader, False)
        self._wake = reader
        wakeup = signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
        before = {number: signal.signal(number, self._on_signal) for number in WAKING}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
            signal.set_wakeup_fd(wakeup)
            os.close(reader)
            os.close(writer)

    def _on_signal(self, number: int, _frame: object) -> None:
        if number in ENDING and not self.ended_by:
            self.ended_by = number

    def _sleep(self, seconds: float) -> None:
        if select.select([self._wake], [], [], seconds)[0]:
            os.read(self._wake, 4096)


def python(module: str, *arguments: str) -> list[str]:
    """Return the command that runs ``module`` with this Python."""
    return [sys.executable, "-m", module, *arguments]


def free_port(host: str, port: int) -> int:
    """Return ``port`` when it can be listened on (0: any free one).

    Raises Refusal when another program has it or ``host`` is not one of this machine.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen(1)
            return int(probe.getsockname()[1])
    except OSError as error:
        reason = error.strerror or str(error)
        raise Refusal(f"cannot listen on {host}:{port}: {reason}; choose another with --port") from error


def answers(host: str, port: int) -> bool:
    """Tell whether something speaks HTTP at ``host``:``port``."""
    target = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 -- compared, not bound
    try:
        with socket.create_connection((target, port), timeout=2) as connection:
            connection.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            return connection.recv(8) == b"HTTP/1.1"
    except OSError:
        return False


def _signal_group(leader: int, number: signal.Signals) -> None:
    try:
        os.killpg(leader, number)
    except (ProcessLookupError, PermissionError):
        return


def _how(code: int) -> str:
    if code >= 0:
        return f"exit code {code}"
    try:
        return f"signal {signal.Signals(-code).name}"
    except ValueError:
        return f"signal {-code}"


def _last_words(child: Child) -> str:
    if child.log is None or not child.log.exists():
        return ""
    with child.log.open("rb") as file:
        file.seek(max(0, child.log.stat().st_size - 4000))
        lines = [line.strip() for line in file.read().decode("utf-8", "replace").splitlines() if line.strip()]
    return f": {lines[-1]} (see {child.log})" if lines else ""
