"""Commands as they go over the wire. Numbers are checked here, before anything is sent; the twin judges the rest."""

from __future__ import annotations

from typing import Any, Mapping, Sequence

from .command_messages import finite, joint_numbers
from .errors import CommandError

Command = dict[str, Any]


def move(positions: Mapping[str, float], speed: float | None) -> Command:
    return _with({"kind": "jointPosition", "positions": joint_numbers(positions, "position")}, speed=speed)


def trajectory(points: Sequence[Mapping[str, Any]]) -> Command:
    return {"kind": "jointTrajectory", "points": [_trajectory_point(point) for point in points]}


def pose(target: Mapping[str, Any], path: str | None, speed: float | None) -> Command:
    return _with(
        {"kind": "pose", **_link_pose(target), **({} if path is None else {"path": path})}, speed=speed
    )


def waypoints(points: Sequence[Mapping[str, Any]], blend: float | None, speed: float | None) -> Command:
    read = [_waypoint(point) for point in points]
    return _with({"kind": "waypoints", "points": read}, blend=blend, speed=speed)


def gripper(position: float, controller: str | None, max_effort: float | None) -> Command:
    command: Command = {"kind": "gripper", "position": finite(position, "position")}
    if controller is not None:
        command["controller"] = controller
    return _with(command, maxEffort=max_effort)


def navigate(frame: str, position: Sequence[float], yaw: float) -> Command:
    at = [finite(value, "position") for value in position]
    return {"kind": "navigate", "frame": frame, "position": at, "yaw": finite(yaw, "yaw")}


def device(name: str, signal: str, value: float | bool | str) -> Command:
    if not isinstance(value, (bool, str)):
        value = finite(value, f"{name}/{signal}")
    return {"kind": "device", "device": name, "signal": signal, "value": value}


def _trajectory_point(point: Mapping[str, Any]) -> Command:
    _only(point, "a point", "time", "positions", "velocities")
    read: Command = {
        "time": finite(point.get("time"), "time"),
        "positions": joint_numbers(point.get("positions") or {}, "position"),
    }
    if point.get("velocities"):
        read["velocities"] = joint_numbers(point["velocities"], "velocity")
    return read


def _waypoint(point: Mapping[str, Any]) -> Command:
    _only(point, "a point", "positions", "pose")
    if "pose" in point:
        return {**point, "pose": _link_pose(point["pose"])}
    return {"positions": joint_numbers(point.get("positions") or {}, "position")}


def _link_pose(target: Mapping[str, Any]) -> Command:
    """Lists of plain floats, also where the caller has tuples or arrays of numpy."""
    read: Command = dict(target)
    for key in ("position", "quaternion"):
        if key in read:
            read[key] = [finite(value, key) for value in read[key]]
    return read


def _only(given: Mapping[str, Any], what: str, *known: str) -> None:
    unknown = set(given) - set(known)
    if unknown:
        raise CommandError("bad_message", f"{what} has {', '.join(sorted(unknown))}")


def _with(command: Command, **numbers: float | None) -> Command:
    """The command with the numbers that are given."""
    for key, value in numbers.items():
        if value is not None:
            command[key] = finite(value, key)
    return command
