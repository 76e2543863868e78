"""The named poses of robots, over HTTP."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, Mapping
from urllib.parse import quote

from .checks import as_choice, as_object
from .command_messages import joint_numbers
from .errors import BadMessage, RequestFailed
from .http_client import HttpClient
from .plan import numbers_by_name

Source = Literal["srdf", "saved"]
_SOURCES: tuple[Source, ...] = ("srdf", "saved")
_WITHIN_S = 10.0


@dataclass(frozen=True)
class NamedPose:
    """Joint positions (rad or m) under a name: a group state of the robot's SRDF, or saved by a person."""

    joints: Mapping[str, float]
    source: Source


class PoseBook:
    """What the twin keeps. Each method raises RequestFailed when the twin refuses it or does not answer."""

    def __init__(self, http: HttpClient) -> None:
        self._http = http

    async def all(self, robot: str) -> dict[str, NamedPose]:
        path = f"api/poses/{_part(robot)}"
        answer = await self._http.get(path, timeout_s=_WITHIN_S)
        try:
            poses = as_object(answer, "the answer")
            return {name: _read_pose(pose, name) for name, pose in poses.items()}
        except BadMessage as error:
            raise RequestFailed(200, f"{path}: {error}") from None

    async def save(self, robot: str, name: str, positions: Mapping[str, float] | None) -> NamedPose:
        body: dict[str, Any] = (
            {"here": True} if positions is None else {"joints": joint_numbers(positions, "position")}
        )
        path = _path(robot, name)
        answer = await self._http.put(path, body, _WITHIN_S)
        try:
            return _read_pose(answer, "the answer")
        except BadMessage as error:
            raise RequestFailed(200, f"{path}: {error}") from None

    async def delete(self, robot: str, name: str) -> None:
        await self._http.delete(_path(robot, name), _WITHIN_S)


def _read_pose(value: object, name: str) -> NamedPose:
    pose = as_object(value, name)
    return NamedPose(
        numbers_by_name(pose.get("joints"), f"{name}.joints"),
        as_choice(pose.get("source"), _SOURCES, f"{name}.source"),
    )


def _path(robot: str, name: str) -> str:
    return f"api/poses/{_part(robot)}/{_part(name)}"


def _part(text: str) -> str:
    return quote(text, safe="")
