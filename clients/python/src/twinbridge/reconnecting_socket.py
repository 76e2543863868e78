"""A WebSocket that comes back after a loss."""

from __future__ import annotations

import asyncio
import json
import logging
import random
import ssl
import time
from typing import Any, Mapping, Protocol

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException
from websockets.protocol import State
from websockets.typing import Subprotocol

from .address import ServerAddress
from .backoff import backoff_s
from .errors import ConnectionFailed

log = logging.getLogger("twinbridge")

_CONNECT_TIMEOUT_S = 10.0
_LONGEST_MESSAGE = 256 * 1024 * 1024
_UNSENT_BYTES = 2048
_WATCH_EVERY_S = 0.5
_CLOGGED_S = 0.02
_FLUSH_S = 0.5


class SocketHandlers(Protocol):
    """Who uses the socket. Called in the event loop."""

    def opened(self) -> None: ...

    def text(self, data: str) -> None: ...

    def binary(self, data: bytes) -> None: ...

    def lost(self, reason: str) -> None: ...


class ReconnectingSocket:
    """A WebSocket of subprotocol `twin.v1`.

    It keeps no queue: `send` returns False for what cannot be sent now and drops it, because a motion command must
    never arrive late. After a loss it connects anew, with growing pauses, and sends nothing by itself.
    """

    def __init__(
        self,
        address: ServerAddress,
        path: str,
        handlers: SocketHandlers,
        silence_s: float,
        tls: ssl.SSLContext | None,
    ) -> None:
        self._address = address
        self._url = address.socket(path)
        self._handlers = handlers
        self._silence_s = silence_s
        self._tls = tls
        self._connection: ClientConnection | None = None
        self._writes: dict[asyncio.Task[None], float] = {}
        self._task: asyncio.Task[None] | None = None
        self._heard_s = 0.0
        self.first: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Settled by the first attempt: done, or ConnectionFailed."""

    def start(self) -> None:
        self._task = asyncio.ensure_future(self._run())

    @property
    def is_open(self) -> bool:
        return self._connection is not None and self._connection.state is State.OPEN

    @property
    def is_clogged(self) -> bool:
        """What was sent before still waits in this process: the line is full."""
        oldest_s = next(iter(self._writes.values()), None)
        return oldest_s is not None and time.monotonic() - oldest_s > _CLOGGED_S

    @property
    def silent_s(self) -> float:
        """Seconds since something was heard; infinite while the socket is not open."""
        return time.monotonic() - self._heard_s if self.is_open else float("inf")

    def send(self, message: Mapping[str, Any], within_s: float | None = None) -> bool:
        """False when it could not be sent. With `within_s` it is dropped if the event loop comes to it later than that."""
        connection = self._connection
        if connection is None or connection.state is not State.OPEN:
            return False
        text = json.dumps(message, allow_nan=False)
        now_s = time.monotonic()
        until_s = None if within_s is None else now_s + within_s
        task = asyncio.ensure_future(_write(connection, text, until_s))
        self._writes[task] = now_s
        task.add_done_callback(lambda ended: self._writes.pop(ended, None))
        return True

    async def flush(self) -> None:
        """Waits until what was sent is on its way, at most half a second: the line may be dead."""
        if self._writes:
            await asyncio.wait(tuple(self._writes), timeout=_FLUSH_S)

    async def close(self) -> None:
        """Ends it for good."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.wait([task])
        if self.first.done() and not self.first.cancelled():
            self.first.exception()  # seen
        else:
            self.first.cancel()

    async def _run(self) -> None:
        attempt = 0
        while True:
            try:
                connection = await self._connect()
            except ConnectionFailed as error:
                if not self.first.done():
                    self.first.set_exception(error)
                    return
                log.info("%s", error)
            else:
                attempt = 0
                reason = await self._use(connection)
                log.warning("the connection to %s was lost: %s", self._url, reason)
            await asyncio.sleep(backoff_s(attempt, random.random()))
            attempt += 1

    async def _connect(self) -> ClientConnection:
        secure: dict[str, Any] = {"ssl": self._tls} if self._tls and self._url.startswith("wss") else {}
        try:
            return await connect(
                self._url,
                subprotocols=[Subprotocol("twin.v1")],
                additional_headers=self._address.headers(),
                compression=None,
                open_timeout=_CONNECT_TIMEOUT_S,
                # Silence is judged here: the twin sends at least one message a second.
                ping_interval=None,
                close_timeout=1,
                max_size=_LONGEST_MESSAGE,
                write_limit=_UNSENT_BYTES,
                proxy=None,
                **secure,
            )
        except InvalidStatus as error:
            body = (error.response.body or b"")[:300].decode(errors="replace")
            status = error.response.status_code
            raise ConnectionFailed(f"{self._url} refused the connection: {status} {body}".rstrip()) from error
        except (OSError, ValueError, WebSocketException, asyncio.TimeoutError) as error:
            what = str(error) or type(error).__name__
            remedy = "Start it with `twin up`, or correct the address."
            if isinstance(error, ssl.SSLError):
                remedy = "For a certificate of your own, pass an SSL context as tls=."
            raise ConnectionFailed(f"no twin answers at {self._url}: {what}. {remedy}") from error

    async def _use(self, connection: ClientConnection) -> str:
        """Reads until the connection ends; why it ended."""
        self._connection = connection
        self._heard_s = time.monotonic()
        watch = asyncio.ensure_future(self._drop_if_silent(connection))
        reason = "closed"
        try:
            self._handlers.opened()
            if not self.first.done():
                self.first.set_result(None)
            while True:
                data = await connection.recv()
                self._heard_s = time.monotonic()
                self._hand_on(data)
        except ConnectionClosed as error:
            reason = str(error)
        finally:
            watch.cancel()
            self._connection = None
            if self._task is not None:
                self._handlers.lost(reason)
                connection.transport.abort()
            else:
                await connection.close()
        return reason

    def _hand_on(self, data: str | bytes) -> None:
        try:
            if isinstance(data, str):
                self._handlers.text(data)
            else:
                self._handlers.binary(data)
        except Exception:
            # A fault of this package must not end the connection that a stop may need.
            log.exception("a message of %s was not handled", self._url)

    async def _drop_if_silent(self, connection: ClientConnection) -> None:
        """Drops a line that is dead though nobody closed it."""
        while True:
            before = time.monotonic()
            await asyncio.sleep(_WATCH_EVERY_S)
            # A loop that was blocked has not read what waits: it is not the line that was silent.
            if time.monotonic() - before > 2 * _WATCH_EVERY_S:
                continue
            if time.monotonic() - self._heard_s > self._silence_s:
                log.warning("%s was silent for %.0f s", self._url, self._silence_s)
                connection.transport.abort()
                return


async def _write(connection: ClientConnection, text: str, until_s: float | None) -> None:
    if until_s is not None and time.monotonic() > until_s:
        return
    try:
        await connection.send(text)
    except ConnectionClosed:
        pass  # `lost` ends everything that waits for an answer
