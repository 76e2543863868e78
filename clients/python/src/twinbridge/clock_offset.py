"""The server's clock, as this process sees it."""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

_KEPT_SAMPLES = 10
_LONGEST_TRIP_MS = 60_000.0


class _Sample(NamedTuple):
    offset_ms: float
    round_trip_ms: float


class ClockOffset:
    """How far the server's clock is from this process's monotonic clock, from ping and pong.

    Of the last ten samples the one with the least round trip counts: its offset is wrong by at most half
    of that trip. All times are ms.
    """

    def __init__(self) -> None:
        self._samples: deque[_Sample] = deque(maxlen=_KEPT_SAMPLES)
        self._guess_ms: float | None = None

    def guess(self, server_ms: float, received_ms: float) -> None:
        """A one-way first guess, late by the unknown way here; used only until the first pong."""
        self._guess_ms = server_ms - received_ms

    def add_pong(self, sent_ms: float, server_ms: float, received_ms: float) -> bool:
        """`sent_ms` and `received_ms` by this process's clock. Returns False when they are impossible."""
        trip = received_ms - sent_ms
        if not 0 <= trip < _LONGEST_TRIP_MS:
            return False
        self._samples.append(_Sample(server_ms - (sent_ms + received_ms) / 2, trip))
        return True

    def clear(self) -> None:
        """Another server, or the same one started anew: what was learnt no longer holds."""
        self._samples.clear()
        self._guess_ms = None

    def server_ms(self, now_ms: float) -> float | None:
        """Server time at `now_ms` of this process's clock; None before anything is known."""
        offset = self._guess_ms
        if self._samples:
            # Of equal trips the newest, since clocks drift.
            offset = min(reversed(self._samples), key=lambda sample: sample.round_trip_ms).offset_ms
        return None if offset is None else now_ms + offset

    @property
    def round_trip_ms(self) -> float | None:
        """The middle one of the kept round trips: what a command can expect now."""
        if not self._samples:
            return None
        trips = sorted(sample.round_trip_ms for sample in self._samples)
        return trips[len(trips) // 2]
