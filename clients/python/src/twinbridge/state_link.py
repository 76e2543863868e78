"""The way in: /ws/state into the store."""

from __future__ import annotations

import asyncio
import logging
import ssl
import time
from typing import Callable

from .address import ServerAddress
from .clock_offset import ClockOffset
from .errors import BadMessage, RequestFailed
from .http_client import HttpClient
from .listeners import Listeners
from .pinger import Pinger, now_ms
from .reconnecting_socket import ReconnectingSocket
from .state_frame import read_state_frame
from .state_messages import (
    Hello,
    Lagging,
    Layout,
    Pong,
    Properties,
    Refusal,
    Snapshot,
    StateMessage,
    Status,
    Unknown,
    read_state_message,
    read_thing,
)
from .state_store import StateStore
from .values import StopNotice, TwinEvent

log = logging.getLogger("twinbridge")

_SILENCE_S = 5.0
_HEARD_WITHIN_S = 2.5
_REASONS_EVERY_S = 1.0


class StateLink:
    """Subscribes after each connection, and passes what happened to `listeners`.

    Events: `state` (robot ids), `event`, `stopped`, `status`, `connected`, `disconnected` (reason).
    """

    def __init__(
        self,
        address: ServerAddress,
        rate: float,
        http: HttpClient,
        on_bad: Callable[[str], None],
        tls: ssl.SSLContext | None,
    ) -> None:
        self.listeners = Listeners("state", "event", "stopped", "status", "connected", "disconnected")
        self.clock = ClockOffset()
        self.socket = ReconnectingSocket(address, "ws/state", self, _SILENCE_S, tls)
        self.store = StateStore(lambda: self.socket.silent_s < _HEARD_WITHIN_S)
        self.ready = asyncio.Event()
        """Set while this connection's snapshot is known."""
        self.dropped = 0
        self._rate = rate
        self._http = http
        self._on_bad = on_bad
        self._pinger = Pinger(self.socket)
        self._asking: dict[str, asyncio.Task[None]] = {}
        self._robots_of_layout: dict[int, tuple[str, ...]] = {}

    def opened(self) -> None:
        self.clock.clear()
        self.socket.send({"op": "subscribe", "encoding": "binary", "rate": self._rate})
        self._pinger.start()

    def lost(self, reason: str) -> None:
        self._pinger.stop()
        self.ready.clear()
        self.listeners.emit("disconnected", reason)

    async def close(self) -> None:
        self._pinger.stop()
        for task in self._asking.values():
            task.cancel()
        await self.socket.close()

    def binary(self, data: bytes) -> None:
        try:
            frame = read_state_frame(data)
            troubled = self.store.take_frame(frame, self.clock.server_ms(now_ms()))
        except BadMessage as error:
            self._on_bad(f"ws/state: {error}")
            return
        for robot in troubled:
            self._ask_reasons(robot)
        self.listeners.emit("state", self._robots_of_layout.get(frame.layout, ()))

    def text(self, data: str) -> None:
        try:
            self._take(read_state_message(data))
        except BadMessage as error:
            self._on_bad(f"ws/state: {error}")

    def _take(self, message: StateMessage) -> None:
        server_ms = self.clock.server_ms(now_ms())
        if isinstance(message, Hello):
            self.clock.guess(message.server_ms, now_ms())
            self.store.restart()
            self._robots_of_layout.clear()
        elif isinstance(message, Pong):
            if not self.clock.add_pong(message.sent_ms, message.server_ms, now_ms()):
                raise BadMessage("a pong to no ping of ours")
        elif isinstance(message, Snapshot):
            self.store.set_things(message.things, message.time_ms, server_ms)
            if not self.ready.is_set():
                self.ready.set()
                self.listeners.emit("connected")
        elif isinstance(message, Properties):
            self.store.change_properties(message.things, message.time_ms, server_ms)
        elif isinstance(message, Layout):
            self.store.set_layout(message.layout, message.columns)
            robots = dict.fromkeys(column.robot for column in message.columns)
            self._robots_of_layout[message.layout] = tuple(robots)
        elif isinstance(message, Status):
            self.store.control = {control.robot: control for control in message.control}
            self.listeners.emit("status", message)
        elif isinstance(message, TwinEvent):
            self.listeners.emit("event", message)
        elif isinstance(message, StopNotice):
            self.listeners.emit("stopped", message)
        elif isinstance(message, Lagging):
            self.dropped += message.dropped
        elif isinstance(message, Refusal):
            log.warning("the twin refused a message on /ws/state: %s: %s", message.code, message.message)
        elif isinstance(message, Unknown):
            pass

    def _ask_reasons(self, robot: str) -> None:
        """Frames have the quality of a value without its reason: asks for it, at most once a second for each robot."""
        if robot not in self._asking:
            self._asking[robot] = asyncio.ensure_future(self._read_reasons(robot))

    async def _read_reasons(self, robot: str) -> None:
        began = time.monotonic()
        try:
            thing = read_thing(await self._http.get(f"api/things/{robot}"), robot)
            self.store.note_reasons(robot, thing.properties)
        except RequestFailed as error:
            log.debug("the reasons of %s: %s", robot, error)
        except BadMessage as error:
            self._on_bad(f"api/things/{robot}: {error}")
        await asyncio.sleep(max(0.0, began + _REASONS_EVERY_S - time.monotonic()))
        del self._asking[robot]
