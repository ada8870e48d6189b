"""The live process: tells open pages, by server-sent events, what changed. Knows no Django, so it stays small.

One connection listens to PostgreSQL (`LISTEN rapport_live`); what comes is handed to the pages in memory. A news is
`{"to": [topics], …}`, ids and words alone: a page that hears of something asks for it by its usual door, so nobody
sees more than they may. A page that was away is told to look at everything anew (`again`), so nothing is kept here
and nothing is lost.
"""

import argparse
import asyncio
import json
import os
import sys
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qs

from rapport.runtime import database, home, lifeline, passes

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

MOST_WAITING = 100
"""How many news wait for a page that reads slowly; more, and it is told to look anew."""
BEAT_SECONDS = 20.0
LONGEST_PAUSE = 10.0
AGAIN = "again"
HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"access-control-allow-origin", b"*"),  # the pass in the address is what opens, no cookie is read
    (b"x-accel-buffering", b"no"),
]


class Page:
    """A page that listens: what it is still to be told, in order, each news once."""

    def __init__(self) -> None:
        self._waiting: dict[str, None] = {AGAIN: None}
        self._came = asyncio.Event()
        self._came.set()

    def tell(self, news: str) -> None:
        """Let the page know of `news`."""
        if len(self._waiting) >= MOST_WAITING:
            self._waiting.clear()
            news = AGAIN
        self._waiting[news] = None
        self._came.set()

    async def next(self) -> list[str]:
        """Wait for news and return all there is; nothing after a while in which none came."""
        try:
            async with asyncio.timeout(BEAT_SECONDS):
                await self._came.wait()
        except TimeoutError:
            return []
        found = list(self._waiting)
        self._waiting.clear()
        self._came.clear()
        return found


class Hub:
    """Who listens to which topic."""

    def __init__(self) -> None:
        self.pages: dict[str, set[Page]] = defaultdict(set)
        self.ready = False

    def add(self, page: Page, topics: frozenset[str]) -> None:
        """Let `page` hear of `topics`."""
        for topic in topics:
            self.pages[topic].add(page)

    def drop(self, page: Page, topics: frozenset[str]) -> None:
        """Forget a page that is gone."""
        for topic in topics:
            self.pages[topic].discard(page)
            if not self.pages[topic]:
                del self.pages[topic]

    def hand_out(self, payload: str) -> None:
        """Tell those who listen to its topics of one news."""
        try:
            news = json.loads(payload)
            topics = news.pop("to")
        except (ValueError, KeyError, AttributeError, TypeError):
            return
        said = json.dumps(news, separators=(",", ":"))
        for page in {page for topic in topics for page in self.pages.get(topic, ())}:
            page.tell(said)

    def again(self) -> None:
        """Tell everybody to look anew: something may have been missed."""
        for page in {page for pages in self.pages.values() for page in pages}:
            page.tell(AGAIN)


async def listen(hub: Hub, address: str) -> None:
    """Hand out what PostgreSQL tells, for ever; when the database is away, wait for it, longer each time."""
    import psycopg
    from psycopg import AsyncConnection

    pause = 0.2
    while True:
        try:
            async with await AsyncConnection.connect(address, autocommit=True, connect_timeout=5) as connection:
                await connection.execute(f"LISTEN {passes.CHANNEL}")
                hub.ready, pause = True, 0.2
                hub.again()
                async for notice in connection.notifies():
                    hub.hand_out(notice.payload)
        except (psycopg.Error, OSError):
            hub.ready = False
        await asyncio.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE)


class Application:
    """The ASGI application: `GET …?pass=…` is a stream of events, `GET /health` says whether it hears anything."""

    def __init__(self, hub: Hub, key: str) -> None:
        self.hub, self.key = hub, key

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        if scope["path"] == "/health":
            await _say(send, 200 if self.hub.ready else 503, b"ok\n" if self.hub.ready else b"no database\n")
            return
        given = parse_qs(scope["query_string"].decode("latin-1")).get("pass", [""])[0]
        topics = passes.read(self.key, given, time.time())
        if not topics or scope["method"] != "GET":
            await _say(send, 403, b"this pass opens nothing\n")
            return
        page = Page()
        self.hub.add(page, topics)
        try:
            await _stream(page, receive, send)
        finally:
            self.hub.drop(page, topics)


async def _stream(page: Page, receive: Receive, send: Send) -> None:
    """Send what the page is to know until it is gone."""
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    gone = asyncio.ensure_future(_gone(receive))
    try:
        while not gone.done():
            coming = asyncio.ensure_future(page.next())
            await asyncio.wait({coming, gone}, return_when=asyncio.FIRST_COMPLETED)
            if gone.done():
                coming.cancel()
                return
            await send({"type": "http.response.body", "body": _written(coming.result()), "more_body": True})
    except OSError:
        return
    finally:
        gone.cancel()


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        continue


def _written(news: list[str]) -> bytes:
    """Return news in the form of an event stream (HTML standard, 9.2); a comment when there is none."""
    if not news:
        return b":\n\n"
    return "".join("event: again\ndata:\n\n" if one == AGAIN else f"data: {one}\n\n" for one in news).encode()


async def _say(send: Send, status: int, body: bytes) -> None:
    headers = [(b"content-type", b"text/plain"), (b"access-control-allow-origin", b"*")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def serve(host: str, port: int, address: str, key: str) -> None:
    """Serve until SIGTERM or SIGINT."""
    import signal

    from granian.constants import HTTPModes, Interfaces
    from granian.log import LogLevels
    from granian.server.embed import Server

    hub = Hub()
    server = Server(
        Application(hub, key), address=host, port=port, interface=Interfaces.ASGINL, http=HTTPModes.http1,
        websockets=False, backlog=1024, backpressure=16_384, log_level=LogLevels.error,
    )  # fmt: skip
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    tasks = [asyncio.ensure_future(listen(hub, address)), asyncio.ensure_future(server.serve())]
    ending = asyncio.ensure_future(ended.wait())
    await asyncio.wait({*tasks, ending}, return_when=asyncio.FIRST_COMPLETED)
    if not ended.is_set():
        raise SystemExit("the live process could not go on")
    os._exit(0)  # streams never end by themselves, and pages come back to the next process


def main() -> int:
    """Serve until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(prog="python -m rapport.runtime.live")
    parser.add_argument("--host", required=True)
    parser.add_argument("--port", required=True, type=int)
    arguments = parser.parse_args()
    lifeline.hold()
    place = home.current()
    key = os.environ.get("RAPPORT_SECRET_KEY", "").strip() or place.secret_key()
    asyncio.run(serve(arguments.host, arguments.port, database.url(place), key))
    return 0


if __name__ == "__main__":
    sys.exit(main())
