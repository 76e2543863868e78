"""Callbacks by event."""

from __future__ import annotations

import asyncio
import inspect
import logging
from typing import Any, Callable, Coroutine

log = logging.getLogger("twinbridge")

Callback = Callable[..., Any]
"""A function or a coroutine function; the table in the README names its arguments."""


class Listeners:
    """Calls what was registered, in order. A callback that raises is logged and harms nobody else."""

    def __init__(self, *events: str) -> None:
        self._callbacks: dict[str, list[Callback]] = {event: [] for event in events}
        self._tasks: set[asyncio.Task[Any]] = set()

    def add(self, event: str, callback: Callback) -> Callable[[], None]:
        """Returns a function that removes the callback. Raises ValueError for an unknown event."""
        if event not in self._callbacks:
            raise ValueError(f'there is no event "{event}": {", ".join(self._callbacks)}')
        self._callbacks[event].append(callback)

        def remove() -> None:
            if callback in self._callbacks[event]:
                self._callbacks[event].remove(callback)

        return remove

    def emit(self, event: str, *args: object) -> None:
        for callback in tuple(self._callbacks[event]):
            try:
                result = callback(*args)
                if inspect.iscoroutine(result):
                    self._start(event, result)
            except Exception:
                log.exception('a callback for "%s" raised', event)

    def _start(self, event: str, coroutine: Coroutine[Any, Any, Any]) -> None:
        task = asyncio.ensure_future(coroutine)
        self._tasks.add(task)

        def done(ended: asyncio.Task[Any]) -> None:
            self._tasks.discard(ended)
            if not ended.cancelled() and ended.exception() is not None:
                log.error('a callback for "%s" raised', event, exc_info=ended.exception())

        task.add_done_callback(done)
