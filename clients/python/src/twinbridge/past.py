"""The recorded past: what is asked of it over HTTP, and what comes back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any, Literal, Mapping, Union

from .checks import as_list, as_number, as_object, as_text, optional
from .errors import BadMessage, RequestFailed
from .state_messages import Property, Thing, read_thing
from .values import Facet, Joint, TwinEvent, Value

Time = Union[datetime, float, int, str]
"""A datetime (without a zone: local time), ms since 1970, or ISO 8601."""

Clock = Literal["arrival", "stamp"]
"""By which of its two times a value belongs to a moment: when the twin got it, or what its sender wrote."""


def time_text(time: Time | None) -> str | None:
    """As the HTTP interface expects it."""
    if isinstance(time, datetime):
        return time.astimezone(timezone.utc).isoformat().replace("+00:00", "Z")
    return None if time is None else str(time)


def query_of(given: Mapping[str, object]) -> dict[str, str]:
    """The parameters that are given, as texts."""
    return {key: str(value) for key, value in given.items() if value is not None}


@dataclass(frozen=True)
class Moment:
    """The whole twin as it was at `time_ms`, by `twin.at`. Ages are those of that moment."""

    time_ms: float
    things: Mapping[str, Thing]

    def property(self, thing: str, path: str, facet: Facet = "reported") -> Value[object] | None:
        """As `twin.property`; None where it had no value then."""
        found = self.things.get(thing)
        register = None if found is None else found.properties.get(path, _NOTHING).get(facet)
        if register is None:
            return None
        age_ms = max(0.0, self.time_ms - register.received_ms)
        return Value(register.value, age_ms, register.quality, register.reason)

    def joint(self, robot: str, name: str, facet: Facet = "reported") -> Joint:
        """As `robot.joint`; a joint that was not there has no values."""
        return Joint(
            self._number(robot, f"joint/{name}/position", facet),
            self._number(robot, f"joint/{name}/velocity", facet),
            self._number(robot, f"joint/{name}/effort", facet),
        )

    def _number(self, thing: str, path: str, facet: Facet) -> Value[float] | None:
        found = self.property(thing, path, facet)
        if found is None or isinstance(found.value, bool) or not isinstance(found.value, (int, float)):
            return None
        return Value(float(found.value), found.age_ms, found.quality, found.reason)


_NOTHING: Property = {}


def read_series(answer: object) -> list[dict[str, Any]]:
    """The series of `/api/history`. Raises RequestFailed."""
    found = answer.get("series") if isinstance(answer, dict) else None
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise RequestFailed(200, "api/history: the answer has no series")
    return found


def read_moment(answer: object) -> Moment:
    """The graph of `/api/twin?at=`. Raises RequestFailed."""
    try:
        twin = as_object(answer, "the answer")
        things = as_object(twin.get("things"), "things")
        return Moment(
            as_number(twin.get("time"), "time"),
            {name: read_thing(value, name) for name, value in things.items()},
        )
    except BadMessage as error:
        raise RequestFailed(200, f"api/twin: {error}") from None


def read_events(answer: object) -> list[TwinEvent]:
    """The events of `/api/events`. Raises RequestFailed."""
    try:
        return [_read_event(one) for one in as_list(as_object(answer, "the answer").get("events"), "events")]
    except BadMessage as error:
        raise RequestFailed(200, f"api/events: {error}") from None


def _read_event(value: object) -> TwinEvent:
    event = as_object(value, "event")
    return TwinEvent(
        # Those of the past have no number.
        id=int(optional(event.get("id"), as_number, "event.id") or 0),
        time_ms=as_number(event.get("time"), "event.time"),
        severity=as_text(event.get("severity"), "event.severity"),
        kind=as_text(event.get("kind"), "event.kind"),
        message=as_text(event.get("message"), "event.message"),
        robot=optional(event.get("robot"), as_text, "event.robot"),
        data=optional(event.get("data"), as_object, "event.data"),
    )
