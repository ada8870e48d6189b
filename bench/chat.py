"""Live chat: 500 visitors connected at once, from an agent's message to the last of 500 receivers, and the memory."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from statistics import median

from bench.table import Row
from rapport.runtime import database, home, memory, passes
from rapport.runtime.supervisor import free_port

VISITORS = 500
ROUNDS = 20


def run() -> list[Row]:
    """Connect the visitors to a live process of its own, tell all of them of one change, and measure."""
    place = home.current()
    with database.available(place) as address:
        port = free_port("127.0.0.1", 0)
        command = [sys.executable, "-m", "rapport.runtime.live", "--host", "127.0.0.1", "--port", str(port)]
        process = subprocess.Popen(command)
        try:
            idle, full, spread, alone = asyncio.run(_measure(address, port, process.pid, _key()))
        finally:
            process.kill()
            process.wait()
    return [
        Row.below("live process with nobody connected (PSS)", idle / 1e6, 60, "MB"),
        Row.below(f"live process with {VISITORS} visitors (PSS)", full / 1e6, 100, "MB"),
        Row.below(f"from NOTIFY to the last of {VISITORS} visitors, median of {ROUNDS}", spread * 1000, 500, "ms"),
        Row.below(f"from NOTIFY to one of {VISITORS} visitors, median of {ROUNDS}", alone * 1000, 50, "ms"),
    ]


def _key() -> str:
    return os.environ.get("RAPPORT_SECRET_KEY", "").strip() or home.current().secret_key()


async def _measure(address: str, port: int, pid: int, key: str) -> tuple[float, float, float, float]:
    """Return the memory without and with the visitors in bytes, and the medians of both times in seconds."""
    from psycopg import AsyncConnection

    await _heard(port)
    idle = _weight(pid)
    until = int(time.time()) + 3600
    streams = [await _open(port, passes.sign(key, ["all", f"chat-{number}"], until)) for number in range(VISITORS)]
    for reader, _writer in streams:
        await _news(reader)
    full = _weight(pid)
    spread, alone = [], []
    async with await AsyncConnection.connect(address, autocommit=True) as connection:
        for number in range(ROUNDS):
            readers = [reader for reader, _writer in streams]
            spread.append(await _told(connection, ["all"], number, readers))
            alone.append(await _told(connection, [f"chat-{number}"], number, readers[number : number + 1]))
    for _reader, writer in streams:
        writer.close()
    return idle, full, median(spread), median(alone)


async def _told(connection: object, topics: list[str], number: int, readers: list[asyncio.StreamReader]) -> float:
    """Notify, wait until every one of `readers` has it, and return how long that took."""
    news = json.dumps({"to": topics, "what": "said", "id": f"{topics[0]}-{number}"})
    waiting = [asyncio.ensure_future(_news(reader)) for reader in readers]
    await asyncio.sleep(0)
    begun = time.perf_counter()
    await connection.execute("SELECT pg_notify(%s, %s)", [passes.CHANNEL, news])  # type: ignore[attr-defined]
    await asyncio.gather(*waiting)
    return time.perf_counter() - begun


async def _open(port: int, given: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET /?pass={given} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n\r\n".encode())
    await writer.drain()
    assert b"200" in await reader.readline()
    return reader, writer


async def _news(reader: asyncio.StreamReader) -> bytes:
    """Return the next event; comments that keep the connection open are none."""
    while True:
        line = await reader.readline()
        assert line, "the stream ended"
        if line.startswith(b"data:"):
            return line


async def _heard(port: int) -> None:
    """Wait until the process hears the database."""
    while True:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.1)
            continue
        writer.write(b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        said = await reader.read()
        writer.close()
        if said.startswith(b"HTTP/1.1 200"):
            return
        await asyncio.sleep(0.1)


def _weight(pid: int) -> int:
    return sum(process.memory or 0 for process in memory.tree({pid}, memory.processes()))
