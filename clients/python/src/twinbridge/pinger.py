"""Pings for the clock: a few soon after connecting, then one every two seconds."""

from __future__ import annotations

import asyncio
import time

from .reconnecting_socket import ReconnectingSocket

_FIRST_PINGS = 5
_FIRST_EVERY_S = 0.15
_EVERY_S = 2.0


def now_ms() -> float:
    """This process's monotonic clock."""
    return time.monotonic() * 1000


class Pinger:
    def __init__(self, socket: ReconnectingSocket) -> None:
        self._socket = socket
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        self.stop()
        self._ping(_FIRST_PINGS)

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _ping(self, left: int) -> None:
        # A ping that waits in this process would be answered late: the clock would be wrong by that.
        if not self._socket.is_clogged:
            self._socket.send({"op": "ping", "t": now_ms()}, within_s=0.05)
        delay_s = _FIRST_EVERY_S if left > 0 else _EVERY_S
        self._timer = asyncio.get_running_loop().call_later(delay_s, self._ping, max(0, left - 1))
