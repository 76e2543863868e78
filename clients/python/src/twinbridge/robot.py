"""One robot of a twin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable

from .errors import CommandError
from .lease import Acquiring, Lease
from .listeners import Callback, Listeners
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

    def acquire(self, *, yields: bool = False) -> Acquiring:
        """`lease = await robot.acquire()`, or `async with robot.acquire() as lease`.

        Raises CommandError `lease_held` when somebody else drives. With `yields` the lease gives way to
        anyone who asks. It is granted while the robot is stopped, too: commands are then refused as `stopped`.
        """

        async def acquire() -> Lease:
            return await self._twin.commands.acquire(self.id, self._twin.holder, yields)

        return Acquiring(acquire)

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
