"""What a program reads from the twin. Units are SI: rad or m, rad/s or m/s, N·m or N."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, Literal, Mapping, Optional, Tuple, TypeVar

T = TypeVar("T")

Quality = Literal["good", "uncertain", "bad"]
"""OPC UA's three classes of trust in a value, worst last."""
QUALITIES: tuple[Quality, ...] = ("good", "uncertain", "bad")

Facet = Literal["reported", "desired", "estimated", "predicted"]
"""The four facets of a property: measured, requested, filtered, predicted."""
FACETS: tuple[Facet, ...] = ("reported", "desired", "estimated", "predicted")

Vector = Tuple[float, float, float]


@dataclass(frozen=True)
class Value(Generic[T]):
    """One value with its age now. When `quality` is not "good", `value` is the last known one.

    `age_ms` goes on growing while the connection is lost; `quality` is then "bad" and `reason`
    "no-communication".
    """

    value: T
    age_ms: float
    quality: Quality
    reason: Optional[str] = None


@dataclass(frozen=True)
class Joint:
    """The state of one joint: rad or m, rad/s or m/s, N·m or N. None: never had a value."""

    position: Optional[Value[float]] = None
    velocity: Optional[Value[float]] = None
    effort: Optional[Value[float]] = None


@dataclass(frozen=True)
class Pose:
    """Position in m and orientation as a quaternion x y z w, in the robot's odometry frame."""

    position: Vector
    quaternion: Tuple[float, float, float, float]


@dataclass(frozen=True)
class Twist:
    """Velocity in m/s and rad/s along the axes of the base (REP-103: x forward, y left, z up)."""

    linear: Vector
    angular: Vector


@dataclass(frozen=True)
class Base:
    """Where the robot's base is and how it moves. None: never had a value."""

    pose: Optional[Value[Pose]] = None
    twist: Optional[Value[Twist]] = None


@dataclass(frozen=True)
class TwinEvent:
    """One line of the audit trail. `time_ms` is server time; `kind` is dotted, as `command.accepted`.

    `id` counts the events of one run; it is 0 for one that was read from the history.
    """

    id: int
    time_ms: float
    severity: str
    kind: str
    message: str
    robot: Optional[str] = None
    data: Optional[Mapping[str, Any]] = None


@dataclass(frozen=True)
class StopNotice:
    """Somebody pressed Stop. `robot` is an id, or "*" for all robots."""

    robot: str
    by: str


@dataclass(frozen=True)
class Control:
    """Who may move a robot now. `stopped_by` is None while the stop is not latched.

    `override` is how fast everything goes, 0 to 100 %; None where the twin does not report it.
    """

    robot: str
    holder: Optional[str]
    epoch: Optional[int]
    stopped_by: Optional[str]
    can: Mapping[str, Any]
    override: Optional[float] = None


@dataclass(frozen=True)
class LeaseRequest:
    """Somebody asks for the lease of `robot`: `lease.hand_over(session)` gives it to them."""

    robot: str
    by: str
    session: str


@dataclass(frozen=True)
class Result:
    """How a command ended: `code` is "ok" or "limited"."""

    code: str
    message: str


@dataclass(frozen=True)
class Progress:
    """How far a command is. `stage`: accepted, sent, executing. `progress` is 0 … 1, `error` rad or m."""

    stage: str
    progress: Optional[float] = None
    error: Optional[float] = None
