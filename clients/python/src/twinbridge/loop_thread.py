"""An event loop in a thread of its own, for programs without one."""

from __future__ import annotations

import asyncio
import concurrent.futures
import logging
import queue
import sys
import threading
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

log = logging.getLogger("twinbridge")

_KEPT_CALLS = 1000
_CLOSE_WITHIN_S = 5.0


class LoopThread:
    """Runs coroutines for other threads. Daemon threads: they never keep a program from ending."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.callbacks = CallbackThread()
        # Reentrant: the garbage collector may shut down in the middle of a call.
        self._lock = threading.RLock()
        self._closing = False
        self._thread = _Thread(target=self._run, name="twinbridge", daemon=True)
        self._thread.start()

    def call(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """The result of `coroutine`. Ctrl-C cancels it. Raises RuntimeError once closed."""
        if threading.current_thread() is self._thread:
            coroutine.close()
            raise RuntimeError("a blocking call in the client's own thread would wait for itself")
        with self._lock:
            if self._closing:
                coroutine.close()
                raise RuntimeError("this client was closed")
            future = asyncio.run_coroutine_threadsafe(coroutine, self.loop)
        try:
            return future.result()
        except concurrent.futures.CancelledError:
            raise RuntimeError("this client was closed") from None
        except BaseException:
            future.cancel()
            raise

    def run(self, work: Callable[[], T]) -> T:
        """The result of `work`, called in the loop's thread."""

        async def once() -> T:
            return work()

        return self.call(once())

    def shut_down(self, close: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Runs `close`, then ends the threads. Harmless when they have ended, and from any thread."""
        with self._lock:
            if self._closing:
                return
            self._closing = True

        async def last() -> None:
            try:
                await asyncio.wait_for(close(), _CLOSE_WITHIN_S)
            finally:
                self.loop.call_soon(self.loop.stop)

        try:
            future = asyncio.run_coroutine_threadsafe(last(), self.loop)
            # The garbage collector may call this in a loop's thread, which must not wait: jogs depend on it.
            if not isinstance(threading.current_thread(), _Thread):
                future.result(_CLOSE_WITHIN_S + 1)
                self._thread.join(1.0)
        except Exception:
            log.exception("while closing")
        self.callbacks.end()

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        try:
            self.loop.run_forever()
        finally:
            # What was called before the end becomes a task, so that it can be cancelled and nobody waits for it.
            self.loop.run_until_complete(asyncio.sleep(0))
            left = asyncio.all_tasks(self.loop)
            for task in left:
                task.cancel()
            if left:
                self.loop.run_until_complete(asyncio.wait(left, timeout=1.0))
            self.loop.close()


class _Thread(threading.Thread):
    """One that runs an event loop of this package."""


class CallbackThread:
    """Calls callbacks one after another, so that they may use the blocking API themselves.

    A repeated call under the same key (a robot's state) waits at most once: the newest state counts. Of others
    1000 may wait; more are left out and counted in `dropped`.
    """

    def __init__(self) -> None:
        self.dropped = 0
        # Simple: its put may be interrupted by another put of the garbage collector.
        self._calls: queue.SimpleQueue[tuple[object, Callable[[], Any]] | None] = queue.SimpleQueue()
        self._waiting: set[object] = set()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def put(self, key: object, call: Callable[[], Any]) -> None:
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="twinbridge callbacks", daemon=True)
                self._thread.start()
            if key is not None:
                if key in self._waiting:
                    return
                self._waiting.add(key)
            elif self._calls.qsize() >= _KEPT_CALLS:
                self.dropped += 1
                return
            self._calls.put((key, call))

    def end(self) -> None:
        self._calls.put(None)

    def _run(self) -> None:
        while True:
            item = self._calls.get()
            if item is None:
                return
            key, call = item
            with self._lock:
                self._waiting.discard(key)
            try:
                call()
            except Exception:
                log.exception("a callback raised")


def owned_by_this_thread() -> Callable[[], str | None]:
    """A check that names what happened to the owner of a jog: its thread, the main thread, an uncaught exception."""
    owner = threading.current_thread()
    main = threading.main_thread()
    before = _last_uncaught()

    def check() -> str | None:
        if not owner.is_alive():
            return f"the thread that started the jog ({owner.name}) has ended"
        if not main.is_alive():
            return "the main thread has ended"
        # In an interactive session the main thread lives on after an exception, and so does the handle.
        if _last_uncaught() is not before:
            return "an exception was not caught"
        return None

    return check


def _last_uncaught() -> object:
    newest: object = getattr(sys, "last_value", None)
    return newest
