"""A motion that was computed and judged, and that nobody has sent yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Mapping, Optional, Tuple

from .checks import as_choice, as_list, as_number, as_object, as_text, optional
from .errors import BadMessage

Way = Literal["direct", "around"]
_WAYS: tuple[Way, ...] = ("direct", "around")


@dataclass(frozen=True)
class PlanPoint:
    """Where the joints are (rad or m) `time` s after the start. For display: the motion itself is finer."""

    time: float
    positions: Mapping[str, float]


@dataclass(frozen=True)
class LeastDistance:
    """The nearest that the motion comes to something: `metres` between two links or objects, at `time` s."""

    metres: float
    between: Tuple[str, str]
    time: float


@dataclass(frozen=True)
class Plan:
    """What a command would be, by `robot.plan`; `lease.commit` sends it while it is young and the robot where it was.

    `effort_share` is the greatest effort of each joint as a share of its limit. `path` is "around" where the
    direct way would collide. `least_distance` is None where nothing is checked.
    """

    robot: str
    plan_id: str
    state_hash: str
    duration: float
    """s"""
    points: Tuple[PlanPoint, ...]
    effort_share: Mapping[str, float]
    path: Way
    least_distance: Optional[LeastDistance] = None
    unchecked_links: Tuple[str, ...] = ()
    """Links that were not checked for collisions, since their meshes cannot be read."""


def read_plan(message: Mapping[str, object]) -> Plan:
    """The plan of a `planned` message. Raises BadMessage."""
    points = tuple(map(_read_point, as_list(message.get("points"), "points")))
    if not points:
        raise BadMessage("points is empty")
    if any(after.time < before.time for before, after in zip(points, points[1:])):
        raise BadMessage("the times of points fall")
    return Plan(
        robot=as_text(message.get("robot"), "robot"),
        plan_id=as_text(message.get("planId"), "planId"),
        state_hash=as_text(message.get("stateHash"), "stateHash"),
        duration=as_number(message.get("duration"), "duration"),
        points=points,
        effort_share=numbers_by_name(message.get("effortShare"), "effortShare"),
        path=as_choice(message.get("path"), _WAYS, "path"),
        least_distance=optional(message.get("leastDistance"), _read_distance, "leastDistance"),
        unchecked_links=tuple(
            as_text(link, "uncheckedLinks") for link in as_list(message.get("uncheckedLinks", []), "uncheckedLinks")
        ),
    )


def numbers_by_name(value: object, name: str) -> dict[str, float]:
    """Raises BadMessage."""
    return {key: as_number(one, f"{name}.{key}") for key, one in as_object(value, name).items()}


def _read_point(value: object) -> PlanPoint:
    point = as_object(value, "point")
    return PlanPoint(
        as_number(point.get("time"), "point.time"),
        numbers_by_name(point.get("positions"), "point.positions"),
    )


def _read_distance(value: object, name: str) -> LeastDistance:
    distance = as_object(value, name)
    between = as_list(distance.get("between"), f"{name}.between")
    if len(between) != 2:
        raise BadMessage(f"{name}.between is no pair")
    return LeastDistance(
        as_number(distance.get("metres"), f"{name}.metres"),
        (as_text(between[0], f"{name}.between"), as_text(between[1], f"{name}.between")),
        as_number(distance.get("time"), f"{name}.time"),
    )
