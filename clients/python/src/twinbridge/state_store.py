"""The newest values of a twin, with what is needed to compute their age at any later time.

The event loop writes; other threads may read: each newest frame is one object that is replaced, never changed.
"""

from __future__ import annotations

import time
from typing import Callable, Iterable, Mapping, NamedTuple, Tuple

from .errors import BadMessage
from .state_frame import StateFrame
from .state_messages import Column, Property, Register, Thing
from .values import QUALITIES, Control, Facet, Quality, Value

NO_COMMUNICATION = "no-communication"

Key = Tuple[str, Facet, str]
"""Robot, facet and path."""


class _Layout(NamedTuple):
    columns: tuple[Column, ...]
    first: Mapping[Key, int]
    """The first column of each path."""


class _Motion(NamedTuple):
    frame: StateFrame
    layout: _Layout
    arrived_s: float
    transit_ms: float
    """How long the frame was under way."""


class _Stored(NamedTuple):
    register: Register
    age_ms: float
    """At `arrived_s`, the way here included."""
    arrived_s: float


class StateStore:
    """`heard`: whether the last message of the server is recent enough to count as the present."""

    def __init__(self, heard: Callable[[], bool], now_s: Callable[[], float] = time.monotonic) -> None:
        self._heard = heard
        self._now_s = now_s
        self._layouts: dict[int, _Layout] = {}
        self._motion: _Motion | None = None
        self._things: dict[str, Thing] = {}
        self._stored: dict[Key, _Stored] = {}
        self._reasons: dict[Key, tuple[Quality, str | None]] = {}
        self.control: dict[str, Control] = {}

    def restart(self) -> None:
        """Another connection: its layouts are numbered anew. The last values remain, and grow old."""
        self._layouts = {}

    def set_layout(self, number: int, columns: Iterable[Column]) -> None:
        listed = tuple(columns)
        first = {(c.robot, c.facet, c.path): i for i, c in enumerate(listed) if c.component == 0}
        self._layouts[number] = _Layout(listed, first)

    def take_frame(self, frame: StateFrame, server_ms: float | None) -> set[str]:
        """The robots whose values changed their quality to something other than good.

        `server_ms` is server time now. Raises BadMessage for a layout that was not announced.
        """
        layout = self._layouts.get(frame.layout)
        if layout is None:
            raise BadMessage(f"a frame of layout {frame.layout}, which was not announced")
        if len(layout.columns) != len(frame.values):
            raise BadMessage(f"a frame of {len(frame.values)} columns; its layout has {len(layout.columns)}")
        before, self._motion = (
            self._motion,
            _Motion(frame, layout, self._now_s(), _way(server_ms, frame.time_ms)),
        )
        codes = frame.quality_codes
        if before is None or before.layout is not layout:
            known = bytes(len(codes))
        else:
            known = before.frame.quality_codes
        if codes == known:
            return set()
        changed = {
            column.robot for column, new, old in zip(layout.columns, codes, known) if new and new != old
        }
        return changed

    def set_things(self, things: Mapping[str, Thing], time_ms: float, server_ms: float | None) -> None:
        """A snapshot: everything, as of `time_ms`."""
        self._things = dict(things)
        self._reasons = {}
        fresh: dict[Key, _Stored] = {}
        for name, thing in things.items():
            self._store(fresh, name, thing.properties, time_ms, server_ms)
        self._stored = fresh

    def change_properties(
        self, changes: Mapping[str, Mapping[str, Property]], time_ms: float, server_ms: float | None
    ) -> None:
        for name, properties in changes.items():
            self._store(self._stored, name, properties, time_ms, server_ms)

    def note_reasons(self, robot: str, properties: Mapping[str, Property]) -> None:
        """Why values of `robot` are not good: the binary frames have no reasons."""
        for path, property_ in properties.items():
            for facet, register in property_.items():
                self._reasons[(robot, facet, path)] = (register.quality, register.reason)

    def _store(
        self,
        into: dict[Key, _Stored],
        name: str,
        properties: Mapping[str, Property],
        time_ms: float,
        server_ms: float | None,
    ) -> None:
        arrived_s = self._now_s()
        way_ms = _way(server_ms, time_ms)
        for path, property_ in properties.items():
            for facet, register in property_.items():
                age_ms = max(0.0, time_ms - register.received_ms) + way_ms
                into[(name, facet, path)] = _Stored(register, age_ms, arrived_s)
        self.note_reasons(name, properties)

    @property
    def has_motion(self) -> bool:
        return self._motion is not None

    def things(self) -> dict[str, Thing]:
        return dict(self._things)

    def robots(self) -> list[str]:
        """Their ids, in the server's order."""
        names = [name for name, thing in self._things.items() if thing.type == "robot"]
        return names + [name for name in list(self.control) if name not in names]

    def joints(self, robot: str) -> list[str]:
        """The joints that can move, in the order of the description; those measured without one after them."""
        prefix = f"{robot}/joint/"
        names = [
            name[len(prefix) :]
            for name, thing in self._things.items()
            if thing.type == "joint" and name.startswith(prefix) and thing.definition.get("type") != "fixed"
        ]
        known = set(names)
        motion = self._motion
        for of_robot, _, path in motion.layout.first if motion else ():
            joint = path[len("joint/") : path.rfind("/")]
            if of_robot == robot and path.startswith("joint/") and joint not in known:
                known.add(joint)
                names.append(joint)
        return names

    def numbers(self, robot: str, facet: Facet, path: str, width: int) -> Value[tuple[float, ...]] | None:
        """`width` numbers of motion; None when they never had a value."""
        motion = self._motion
        at = motion.layout.first.get((robot, facet, path)) if motion else None
        if motion is None or at is None or at + width > len(motion.frame.values):
            return None
        frame = motion.frame
        if frame.ages_ms[at] < 0:
            return None
        age_ms = frame.ages_ms[at] + motion.transit_ms + self._since_ms(motion.arrived_s)
        quality = QUALITIES[frame.quality_codes[at]]
        quality, reason = self._judge((robot, facet, path), quality)
        return Value(tuple(frame.values[at : at + width]), age_ms, quality, reason)

    def property(self, thing: str, path: str, facet: Facet) -> Value[object] | None:
        """Any property as JSON has it; None when it never had a value."""
        stored = self._stored.get((thing, facet, path))
        motion = self._motion
        if motion is not None and (thing, facet, path) in motion.layout.first:
            # Joints move in the frames alone; a snapshot's value of them would only grow old.
            width = sum(
                1 for c in motion.layout.columns if (c.robot, c.facet, c.path) == (thing, facet, path)
            )
            found = self.numbers(thing, facet, path, width)
            if found is None:
                return None
            return Value(_as_json(found.value), found.age_ms, found.quality, found.reason)
        if stored is None:
            return None
        register = stored.register
        age_ms = stored.age_ms + self._since_ms(stored.arrived_s)
        if not self._heard():
            return Value(register.value, age_ms, "bad", NO_COMMUNICATION)
        return Value(register.value, age_ms, register.quality, register.reason)

    def _judge(self, key: Key, quality: Quality) -> tuple[Quality, str | None]:
        if not self._heard():
            return "bad", NO_COMMUNICATION
        if quality == "good":
            return quality, None
        noted = self._reasons.get(key)
        if noted is not None and noted[0] == quality:
            return quality, noted[1]
        # The server is being asked; an uncertain value that was good before can only be stale.
        return quality, "stale" if quality == "uncertain" else None

    def _since_ms(self, arrived_s: float) -> float:
        return max(0.0, (self._now_s() - arrived_s) * 1000)


def _way(server_ms: float | None, sent_ms: float) -> float:
    return 0.0 if server_ms is None else max(0.0, server_ms - sent_ms)


def _as_json(numbers: tuple[float, ...]) -> object:
    """As the HTTP interface has it: a number, a pose or a twist."""
    if len(numbers) == 7:
        return {"position": list(numbers[:3]), "quaternion": list(numbers[3:])}
    if len(numbers) == 6:
        return {"linear": list(numbers[:3]), "angular": list(numbers[3:])}
    return numbers[0]
