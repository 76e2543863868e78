"""How long to wait before the next attempt to connect."""

from __future__ import annotations

_FIRST_S = 0.5
_LONGEST_S = 5.0


def backoff_s(attempt: int, random: float) -> float:
    """Seconds before attempt number `attempt` (0 is the first after a loss): 0.5 s doubling to 5 s.

    `random` in [0, 1) shortens it by up to a third, so that many clients do not reconnect at the same moment.
    """
    full = min(_LONGEST_S, _FIRST_S * 2 ** min(attempt, 10))
    return float(full * (1 - random / 3))
