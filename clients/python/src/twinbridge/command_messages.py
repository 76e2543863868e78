"""What the server sends on /ws/command, checked field by field, and the commands that go out."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Mapping, Union

from .checks import as_choice, as_count, as_number, as_text, optional, read_json
from .errors import BadMessage, CommandError
from .plan import Plan, read_plan
from .state_messages import Hello, Pong, Unknown, read_hello, read_pong
from .values import LeaseRequest, StopNotice

STAGES = ("accepted", "refused", "sent", "executing", "done", "aborted")

Id = Union[str, int]


@dataclass(frozen=True)
class Grant:
    """A lease, granted or renewed at `server_ms`."""

    id: Id
    robot: str
    epoch: int
    ttl_ms: float
    server_ms: float


@dataclass(frozen=True)
class Released:
    id: Id
    robot: str


@dataclass(frozen=True)
class Stage:
    id: Id
    stage: str
    code: str
    message: str
    progress: float | None
    error: float | None


@dataclass(frozen=True)
class Refused:
    """A message that the server could not judge. `id` is None when it could not read that either.

    With `robot` it answers nothing: that robot's lease was taken from this session.
    """

    id: Id | None
    code: str
    message: str
    robot: str | None = None


@dataclass(frozen=True)
class Reset:
    id: Id | None
    robot: str


@dataclass(frozen=True)
class Planned:
    id: Id
    plan: Plan


@dataclass(frozen=True)
class Overridden:
    """How fast `robot` goes from now on, %. Every client gets it, under the id of the one who asked."""

    id: Id | None
    robot: str
    percent: float


CommandMessage = Union[
    Hello,
    Pong,
    Grant,
    Released,
    Stage,
    Refused,
    Reset,
    Planned,
    Overridden,
    LeaseRequest,
    StopNotice,
    Unknown,
]


def read_command_message(text: str) -> CommandMessage:
    """Raises BadMessage when the message lacks something it must have."""
    message = read_json(text)
    op = as_text(message.get("op"), "op")
    if op == "hello":
        return read_hello(message)
    if op == "pong":
        return read_pong(message)
    if op == "lease":
        return Grant(
            _id(message.get("id"), "id"),
            as_text(message.get("robot"), "robot"),
            as_count(message.get("epoch"), "epoch"),
            as_number(message.get("ttlMs"), "ttlMs"),
            as_number(message.get("serverTime"), "serverTime"),
        )
    if op == "released":
        return Released(_id(message.get("id"), "id"), as_text(message.get("robot"), "robot"))
    if op == "result":
        return Stage(
            _id(message.get("id"), "id"),
            as_choice(message.get("stage"), STAGES, "stage"),
            as_text(message.get("code"), "code"),
            as_text(message.get("message"), "message"),
            optional(message.get("progress"), as_number, "progress"),
            optional(message.get("error"), as_number, "error"),
        )
    if op == "error":
        return Refused(
            optional(message.get("id"), _id, "id"),
            as_text(message.get("code"), "code"),
            as_text(message.get("message"), "message"),
            optional(message.get("robot"), as_text, "robot"),
        )
    if op == "planned":
        return Planned(_id(message.get("id"), "id"), read_plan(message))
    if op == "override":
        return Overridden(
            optional(message.get("id"), _id, "id"),
            as_text(message.get("robot"), "robot"),
            as_number(message.get("percent"), "percent"),
        )
    if op == "requested":
        return LeaseRequest(*(as_text(message.get(key), key) for key in ("robot", "by", "session")))
    if op == "reset":
        return Reset(optional(message.get("id"), _id, "id"), as_text(message.get("robot"), "robot"))
    if op == "stopped":
        return StopNotice(as_text(message.get("robot"), "robot"), as_text(message.get("by"), "by"))
    return Unknown(op)


def _id(value: object, name: str) -> Id:
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadMessage(f"{name} is no id")
    return value


def joint_numbers(values: Mapping[str, float], what: str) -> dict[str, float]:
    """Joints and finite numbers for a command. Raises CommandError before anything is sent."""
    if not values:
        raise CommandError("bad_message", f"{what} names no joint")
    return {str(joint): finite(value, f"{what} of {joint}") for joint, value in values.items()}


def vector(values: Mapping[str, float] | None, what: str) -> dict[str, float]:
    """`x`, `y` and `z` for a command; absent ones are 0."""
    given = dict(values or {})
    read = {axis: finite(given.pop(axis, 0.0), f"{what} {axis}") for axis in "xyz"}
    if given:
        raise CommandError(
            "bad_message", f"{what} has {', '.join(map(str, given))}: only x, y and z are known"
        )
    return read


def finite(value: object, what: str) -> float:
    """`value` as a float, numpy's numbers among them. Raises CommandError when it is none or not finite."""
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        raise CommandError("bad_message", f"{what} is no number: {value!r}") from None
    if not math.isfinite(number):
        raise CommandError("not_finite", f"{what} is {number}")
    return number


def zero_of(command: Mapping[str, Any]) -> dict[str, Any]:
    """The command that ends a jog at once."""
    if command["kind"] != "jointVelocity":
        none = {"x": 0.0, "y": 0.0, "z": 0.0}
        return {**command, "linear": none, "angular": none}
    return {"kind": "jointVelocity", "velocities": {joint: 0.0 for joint in command["velocities"]}}
