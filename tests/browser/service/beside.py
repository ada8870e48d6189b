"""What runs beside the web server in browser tests: the live process, the worker's jobs, and somebody else's web site.

The live process is a process of its own on the database of the tests, as under `rapport serve`. The worker is
procrastinate's own, in a thread, and only while a test asks for it: so nobody waits for the clock, and jobs may be told
that it is later.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from django.conf import settings
from django.db import connection, connections
from psycopg.conninfo import make_conninfo

from rapport.connectors.mail import watching
from rapport.conversations.jobs import every_minute
from rapport.feedback.services import asking
from rapport.kernel import clock
from rapport.runtime import worker
from rapport.testing.waiting import answers, until


@contextmanager
def live_process() -> Iterator[int]:
    """Run the live process on the database of the tests and give its port once it hears that."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    known = connection.settings_dict
    names = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    address = make_conninfo(**{name: str(known[key]) for name, key in names.items() if known[key]})
    command = [sys.executable, "-m", "rapport.runtime.live", "--host", "127.0.0.1", "--port", str(port)]
    told = {**os.environ, "DATABASE_URL": address, "RAPPORT_SECRET_KEY": settings.SECRET_KEY}
    process = subprocess.Popen(command, env=told)
    try:
        until(lambda: answers(f"http://127.0.0.1:{port}/health"), process)
        yield port
    finally:
        process.terminate()
        process.wait(10)


def work(at: datetime | None = None) -> None:
    """Do what the worker does by itself: fetch mail, send what is due, ask who is to be asked, run jobs that wait.

    Everything but the fetching believes that it is `at`.
    """
    with ThreadPoolExecutor(1) as pool:  # the loop of Playwright runs in this thread
        watching.look_into_all()
        with clock.frozen(at or clock.now()):
            pool.submit(copy_context().run, _work).result()


def _work() -> None:
    try:
        worker.run(once=True)
        asking.send_due()
        every_minute(0)
        worker.run(once=True)
    finally:
        connections.close_all()


@dataclass
class Shop:
    """A web site of another origin: its pages by path, and the header of its content security policy."""

    address: str = ""
    pages: dict[str, str] = field(default_factory=dict)
    policy: str = ""


@contextmanager
def shop() -> Iterator[Shop]:
    """Run a web site."""
    site = Shop()

    class Pages(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            page = site.pages.get(self.path)
            content = (page or "").encode()
            self.send_response(404 if page is None else 200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(content)))
            if site.policy:
                self.send_header("Content-Security-Policy", site.policy)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    site.address = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
