"""The worker: runs the jobs that wait in the database."""

import asyncio
import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from rapport.runtime.web import number

if TYPE_CHECKING:
    from procrastinate import App

JOBS = "RAPPORT_WORKER_JOBS"
MEMORY = "RAPPORT_WORKER_MEMORY"
LOOK_SECONDS = 30.0
POLL_SECONDS = 15.0


def run(*, once: bool) -> int:
    """Run jobs until SIGTERM or SIGINT, or with ``once`` until none is left.

    After heavy work the libraries of that work stay in memory; when that is more than ``RAPPORT_WORKER_MEMORY``
    megabytes and nothing is to be done, the worker ends so that its supervisor starts a small one.
    """
    from django.utils.module_loading import autodiscover_modules
    from procrastinate.contrib.django import app
    from procrastinate.contrib.django.utils import connector_params
    from procrastinate.psycopg_connector import PsycopgConnector

    autodiscover_modules("jobs")
    connector = PsycopgConnector(kwargs=connector_params(), min_size=1, max_size=4)
    with app.replace_connector(connector):
        asyncio.run(_run(app, once=once))
    return 0


async def _run(app: "App", *, once: bool) -> None:
    async with app.open_async():
        await _retry_stalled(app)
        worker = asyncio.create_task(
            app.run_worker_async(
                name="worker",
                concurrency=number(JOBS, 2),
                wait=not once,
                fetch_job_polling_interval=POLL_SECONDS,
                abort_job_polling_interval=POLL_SECONDS,
                delete_jobs="successful",
                shutdown_graceful_timeout=15,
            )
        )
        watcher = asyncio.create_task(_watch(app, worker))
        try:
            with suppress(asyncio.CancelledError):
                await worker
        finally:
            watcher.cancel()


async def _watch(app: "App", worker: "asyncio.Task[None]") -> None:
    """Take up again what a killed worker left behind, and stop when too much memory is held for nothing."""
    limit = number(MEMORY, 250) * 1024 * 1024
    while not worker.done():
        await asyncio.sleep(LOOK_SECONDS)
        await _retry_stalled(app)
        if resident() > limit and not await _busy(app):
            worker.cancel()


async def _retry_stalled(app: "App") -> None:
    from procrastinate.exceptions import ConnectorException

    for job in await app.job_manager.get_stalled_jobs():
        with suppress(ConnectorException):  # another worker was first
            await app.job_manager.retry_job(job)


async def _busy(app: "App") -> bool:
    jobs = await app.job_manager.list_jobs_async(status="doing")
    return bool(list(jobs))


def resident() -> int:
    """Return the bytes of memory this process holds; 0 where the system doesn't tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")
