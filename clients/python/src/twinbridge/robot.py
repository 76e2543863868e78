"""One robot of a twin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, Mapping

from .command_messages import finite
from .errors import CommandError
from .lease import Acquiring, Lease
from .listeners import Callback, Listeners
from .plan import Plan
from .poses import NamedPose
from .values import Base, Control, Facet, Joint, Pose, Twist, Value

if TYPE_CHECKING:
    from .twin import Twin


class Robot:
    """One robot: its newest state, and the way to its lease. `twin.robot(id)` gives it."""

    def __init__(self, twin: Twin, name: str) -> None:
        self.id = name
        self._twin = twin
        self.listeners = Listeners("state", "event", "stopped")

    # -- state

    def joints(self) -> list[str]:
        """The joints that can move."""
        return self._twin.store.joints(self.id)

    def joint(self, name: str, facet: Facet = "reported") -> Joint:
        """The newest position (rad or m), velocity and effort of a joint, with their ages now.

        Raises CommandError `unknown_joint` when the robot's joints are known and this is none of them.
        """
        store = self._twin.store
        one = [
            _scalar(store.numbers(self.id, facet, f"joint/{name}/{what}", 1))
            for what in ("position", "velocity", "effort")
        ]
        if one == [None, None, None]:
            known = store.joints(self.id)
            if known and name not in known:
                raise CommandError("unknown_joint", f'{self.id} has no joint "{name}": {", ".join(known)}')
        return Joint(*one)

    def base(self, facet: Facet = "reported") -> Base:
        """Where the base is (odometry frame) and how fast it moves (its own axes)."""
        store = self._twin.store
        pose = store.numbers(self.id, facet, "base/pose", 7)
        twist = store.numbers(self.id, facet, "base/twist", 6)
        return Base(
            None if pose is None else Value(_pose(pose.value), pose.age_ms, pose.quality, pose.reason),
            None if twist is None else Value(_twist(twist.value), twist.age_ms, twist.quality, twist.reason),
        )

    @property
    def control(self) -> Control | None:
        """Who drives it and whether it is stopped, as of the last status; None before the first."""
        return self._twin.store.control.get(self.id)

    def property(self, path: str, facet: Facet = "reported") -> Value[object] | None:
        """Any property by its path, as `battery/voltage`; None when it never had a value."""
        return self._twin.property(self.id, path, facet)

    def on(self, event: str, callback: Callback) -> Callable[[], None]:
        """`state`: callback(robot); `event`: callback(TwinEvent); `stopped`: callback(StopNotice).

        Returns a function that removes the callback.
        """
        return self.listeners.add(event, callback)

    # -- commands

    def acquire(self, *, yields: bool = False, force: bool = False) -> Acquiring:
        """`lease = await robot.acquire()`, or `async with robot.acquire() as lease`.

        Raises CommandError `lease_held` when somebody else drives. With `yields` the lease gives way to
        anyone who asks; `force` takes it from its holder, by the token of an admin. It is granted while the
        robot is stopped, too: commands are then refused as `stopped`.
        """
        flags = [name for name, given in (("yields", yields), ("force", force)) if given]

        async def acquire() -> Lease:
            return await self._twin.commands.acquire(self.id, self._twin.holder, flags=flags)

        return Acquiring(acquire)

    def request(self, *, within: float = 60.0) -> Acquiring:
        """Asks the holder for the lease; use it as `acquire`. Granted at once where nobody holds it.

        Raises CommandError `not_handed_over` after `within` seconds.
        """

        async def request() -> Lease:
            late = CommandError(
                "not_handed_over", f"the holder did not hand the lease over within {within} s"
            )
            commands, holder = self._twin.commands, self._twin.holder
            return await commands.acquire(self.id, holder, op="request", within_s=within, late=late)

        return Acquiring(request)

    async def plan(
        self,
        command: Mapping[str, Any],
        *,
        avoid: bool = True,
        planner: str | None = None,
        group: str | None = None,
    ) -> Plan:
        """What a command would be from where the robot is now: `{"kind": "jointPosition", "positions": {…}}`.

        `jointPosition`, `jointTrajectory`, `pose` and `waypoints` can be planned. Needs no lease; `lease.commit`
        sends it. With `avoid` a way around is looked for where the direct one collides. `planner="moveit"` has MoveIt
        look for it, for a `group` of joints. Raises CommandError with
        the code that the command itself would get, `effort_limit` or `no_path`.
        """
        return await self._twin.commands.plan(self.id, command, avoid, planner, group)

    async def override(self, percent: float) -> None:
        """How fast everything goes, 0 to 100 %, motions under way included; 0 pauses.

        Anyone may lower it; to raise it needs the lease (CommandError `no_lease`). `control.override` has it.
        """
        message = {"op": "override", "robot": self.id, "percent": finite(percent, "percent")}
        await self._twin.commands.request(message)

    # -- poses

    async def poses(self) -> dict[str, NamedPose]:
        """The named poses: those of the SRDF and saved ones. Raises RequestFailed."""
        return await self._twin.poses.all(self.id)

    async def save_pose(self, name: str, positions: Mapping[str, float] | None = None) -> NamedPose:
        """Saves `positions` (rad or m) under `name`; without them where the robot is measured now.

        Raises RequestFailed, with status 409 where a joint is not measured.
        """
        return await self._twin.poses.save(self.id, name, positions)

    async def delete_pose(self, name: str) -> None:
        """Deletes a saved pose. Raises RequestFailed, with status 404 where there is none."""
        await self._twin.poses.delete(self.id, name)

    # -- stop

    async def stop(self, reason: str = "") -> None:
        """Ends all its motion and latches. Needs no lease. See `Twin.stop`."""
        await self._twin.stop(reason, robot=self.id)

    async def reset(self) -> None:
        """Releases the stop's latch. Moves nothing, and gives back no lease."""
        await self._twin.commands.request({"op": "reset", "robot": self.id, "holder": self._twin.holder})


def _scalar(value: Value[tuple[float, ...]] | None) -> Value[float] | None:
    return None if value is None else Value(value.value[0], value.age_ms, value.quality, value.reason)


def _pose(numbers: tuple[float, ...]) -> Pose:
    x, y, z, qx, qy, qz, qw = numbers
    return Pose((x, y, z), (qx, qy, qz, qw))


def _twist(numbers: tuple[float, ...]) -> Twist:
    vx, vy, vz, wx, wy, wz = numbers
    return Twist((vx, vy, vz), (wx, wy, wz))
