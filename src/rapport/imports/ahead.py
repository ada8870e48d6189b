"""Reading ahead: files are read and typed in a thread of their own while the database works on what was read before.

Reading takes one core and the database another. The thread touches no database; what it yields waits in a short
queue, so that memory stays flat.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from queue import Full, Queue
from threading import Event, Thread
from typing import Generic, TypeVar

Item = TypeVar("Item")

_WAITING = 3
_SECONDS = 0.2


class Ahead(Generic[Item]):
    """A context that gives the items of a source in order, made ahead in a thread; its errors are raised here."""

    def __init__(self, source: Iterable[Item]) -> None:
        self._source = source
        self._queue: Queue[Item | None] = Queue(_WAITING)
        self._failure: BaseException | None = None
        self._stop = Event()
        self._thread = Thread(target=self._work, name="import-reading", daemon=True)

    def __enter__(self) -> Iterator[Item]:
        self._thread.start()
        return self._items()

    def __exit__(self, *_failure: object) -> None:
        self._stop.set()
        self._thread.join()

    def _items(self) -> Iterator[Item]:
        while (item := self._queue.get()) is not None:
            yield item
        if self._failure is not None:
            raise self._failure

    def _work(self) -> None:
        try:
            for item in self._source:
                if not self._put(item):
                    return
        except BaseException as failure:
            self._failure = failure
        self._put(None)

    def _put(self, item: Item | None) -> bool:
        while not self._stop.is_set():
            try:
                self._queue.put(item, timeout=_SECONDS)
            except Full:
                continue
            return True
        return False
