"""A plain HTTP client for measuring: one kept connection, no work beyond reading the answer."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median, quantiles

BLOCK = 1 << 16


@dataclass(frozen=True, slots=True)
class Times:
    """How long requests took, in seconds, and how many were answered per second."""

    each: list[float]
    per_second: float

    @property
    def p50(self) -> float:
        """The median, in milliseconds."""
        return median(self.each) * 1000

    @property
    def p95(self) -> float:
        """The 95th percentile, in milliseconds."""
        return quantiles(self.each, n=20)[18] * 1000


@dataclass(frozen=True, slots=True)
class Call:
    """A request as it goes over the wire."""

    text: bytes

    @classmethod
    def of(cls, path: str, headers: dict[str, str], body: bytes = b"") -> Call:
        """Return a GET of `path`, or a POST of `body` as JSON."""
        lines = [f"{'POST' if body else 'GET'} {path} HTTP/1.1", "Host: localhost"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        if body:
            lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
        return cls("\r\n".join([*lines, "", ""]).encode() + body)


class Connection:
    """One kept connection to a server on this machine."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._open()

    def _open(self) -> None:
        self.socket = socket.create_connection(("127.0.0.1", self.port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, call: Call) -> tuple[int, bytes]:
        """Send one request and return its status and body."""
        self.socket.sendall(call.text)
        got = self._read()
        head, _gap, body = got.partition(b"\r\n\r\n")
        length = _length(head)
        while len(body) < length:
            body += self._read()
        if b"connection: close" in head.lower():
            self._open()
        return int(head[9:12]), body

    def _read(self) -> bytes:
        got = self.socket.recv(BLOCK)
        if not got:
            raise ConnectionError("the server hung up")
        return got


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n")[1:]:
        name, _colon, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


def alone(port: int, calls: Sequence[Call], count: int) -> Times:
    """Send `count` requests over one connection, going round `calls`; what comes beyond `count` warms up."""
    connection = Connection(port)
    for call in calls[count:] or calls:
        _checked(connection, call)
    each, started = [], time.perf_counter()
    for number in range(count):
        begun = time.perf_counter()
        _checked(connection, calls[number % len(calls)])
        each.append(time.perf_counter() - begun)
    return Times(each, count / (time.perf_counter() - started))


def together(port: int, calls: Sequence[Call], count: int, connections: int) -> Times:
    """Send `count` requests over each of `connections` connections at once, going round `calls`."""
    ready = threading.Barrier(connections + 1)
    each: list[float] = []

    def run(offset: int) -> None:
        connection = Connection(port)
        _checked(connection, calls[0])
        own = []
        ready.wait()
        for number in range(count):
            begun = time.perf_counter()
            _checked(connection, calls[(number + offset) % len(calls)])
            own.append(time.perf_counter() - begun)
        each.extend(own)

    threads = [threading.Thread(target=run, args=(offset * 7,)) for offset in range(connections)]
    for thread in threads:
        thread.start()
    ready.wait()
    started = time.perf_counter()
    for thread in threads:
        thread.join()
    return Times(each, count * connections / (time.perf_counter() - started))


def _checked(connection: Connection, call: Call) -> bytes:
    status, body = connection.ask(call)
    if status not in {200, 201}:
        raise RuntimeError(f"{call.text[:120]!r} was answered with {status}: {body[:200]!r}")
    return body


def until(ready: Callable[[], bool], seconds: float = 60.0) -> Iterator[None]:
    """Yield now and then until `ready`; raises `TimeoutError` after `seconds`."""
    end = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > end:
            raise TimeoutError("the server did not come up")
        time.sleep(0.05)
        yield
