"""The client without `await`: `twinbridge.blocking.connect`. Names and meaning are those of the asyncio API.

The connection lives in a background thread. All methods may be called from any thread, and each blocks only the
thread that calls it. Callbacks run one after another in a second thread: they may call these methods too. A jog
ends with its handle, with the thread that started it, with the main thread and with an uncaught exception.
"""

from __future__ import annotations

import ssl
import weakref
from collections.abc import Callable, Iterable, Mapping
from types import TracebackType
from typing import Any

from .blocking_jogs import Jog, JointJog, LinkJog, TwistJog
from .blocking_lease import Lease, listen
from .lease import Lease as AsyncLease
from .listeners import Callback
from .loop_thread import LoopThread
from .past import Clock, Moment, Time
from .plan import Plan
from .poses import NamedPose
from .robot import Robot as AsyncRobot
from .twin import Twin as AsyncTwin
from .twin import connect as connect_async
from .twin import holder_name
from .values import Base, Control, Facet, Joint, TwinEvent, Value

__all__ = ["Jog", "JointJog", "Lease", "LinkJog", "Robot", "Twin", "TwistJog", "connect"]


class Robot:
    """One robot: its newest state, and the way to its lease, as `twinbridge.Robot`."""

    def __init__(self, twin: Twin, robot: AsyncRobot) -> None:
        self.id = robot.id
        self._twin = twin
        self._robot = robot

    def joints(self) -> list[str]:
        """The joints that can move."""
        return self._robot.joints()

    def joint(self, name: str, facet: Facet = "reported") -> Joint:
        """The newest position (rad or m), velocity and effort of a joint. Raises CommandError `unknown_joint`."""
        return self._robot.joint(name, facet)

    def base(self, facet: Facet = "reported") -> Base:
        """Where the base is (odometry frame) and how fast it moves (its own axes)."""
        return self._robot.base(facet)

    @property
    def control(self) -> Control | None:
        """Who drives it and whether it is stopped, as of the last status; None before the first."""
        return self._robot.control

    def property(self, path: str, facet: Facet = "reported") -> Value[object] | None:
        """Any property by its path, as `battery/voltage`; None when it never had a value."""
        return self._robot.property(path, facet)

    def on(self, event: str, callback: Callback) -> Callable[[], None]:
        """`state`: callback(robot); `event`: callback(TwinEvent); `stopped`: callback(StopNotice).

        Called in the callback thread; a `state` that comes while the last one still waits is left out.
        """
        if event != "state":
            return listen(self._twin.thread, self._robot.on, event, callback)
        key = object()
        callbacks = self._twin.thread.callbacks
        remove = self._twin.thread.run(
            lambda: self._robot.on(event, lambda _: callbacks.put(key, lambda: callback(self)))
        )
        return lambda: self._twin.thread.run(remove)

    def acquire(self, *, yields: bool = False, force: bool = False) -> Lease:
        """`with robot.acquire() as lease:`. Raises CommandError `lease_held` when somebody else drives."""

        async def acquire() -> AsyncLease:
            return await self._robot.acquire(yields=yields, force=force)

        return Lease(self._twin, self._twin.thread.call(acquire()))

    def request(self, *, within: float = 60.0) -> Lease:
        """Asks the holder for the lease. Raises CommandError `not_handed_over` after `within` seconds."""

        async def request() -> AsyncLease:
            return await self._robot.request(within=within)

        return Lease(self._twin, self._twin.thread.call(request()))

    def plan(
        self,
        command: Mapping[str, Any],
        *,
        avoid: bool = True,
        planner: str | None = None,
        group: str | None = None,
    ) -> Plan:
        """What a command would be from where the robot is now, as `twinbridge.Robot.plan`. Needs no lease."""
        return self._twin.thread.call(self._robot.plan(command, avoid=avoid, planner=planner, group=group))

    def override(self, percent: float) -> None:
        """How fast everything goes, 0 to 100 %, motions under way included. To raise it needs the lease."""
        self._twin.thread.call(self._robot.override(percent))

    def poses(self) -> dict[str, NamedPose]:
        """The named poses: those of the SRDF and saved ones. Raises RequestFailed."""
        return self._twin.thread.call(self._robot.poses())

    def save_pose(self, name: str, positions: Mapping[str, float] | None = None) -> NamedPose:
        """Saves `positions` (rad or m) under `name`; without them where the robot is measured now."""
        return self._twin.thread.call(self._robot.save_pose(name, positions))

    def delete_pose(self, name: str) -> None:
        """Deletes a saved pose. Raises RequestFailed."""
        self._twin.thread.call(self._robot.delete_pose(name))

    def stop(self, reason: str = "") -> None:
        """Ends all its motion and latches. Needs no lease. Raises CommandError `not_stopped`."""
        self._twin.stop(reason, robot=self.id)

    def reset(self) -> None:
        """Releases the stop's latch. Moves nothing, and gives back no lease."""
        self._twin.thread.call(self._robot.reset())


class Twin:
    """A connection to one twin, as `twinbridge.Twin`. Use it in a `with` block, or `close` it."""

    def __init__(self, thread: LoopThread, twin: AsyncTwin) -> None:
        self.thread = thread
        self._twin = twin
        # Also at the interpreter's exit: jogs end, leases are given back.
        self._finalize = weakref.finalize(self, thread.shut_down, twin.close)

    @property
    def connected(self) -> bool:
        """True while both ways, state and commands, are up and the state is known."""
        return self._twin.connected

    @property
    def holder(self) -> str:
        return self._twin.holder

    @property
    def bad_messages(self) -> int:
        """Messages of the server that lacked something they must have: left out and counted."""
        return self._twin.bad_messages

    @property
    def dropped(self) -> int:
        """Frames that the server left out because this program reads too slowly."""
        return self._twin.dropped

    @property
    def round_trip_ms(self) -> float | None:
        """What a command can expect now: the middle one of the last pings; None before the first."""
        return self._twin.round_trip_ms

    def robots(self) -> list[str]:
        """The ids of the robots."""
        return self._twin.robots()

    def robot(self, name: str) -> Robot:
        """The robot with that id. Raises CommandError `unknown_robot`, which names those that there are."""
        return Robot(self, self.thread.run(lambda: self._twin.robot(name)))

    def things(self) -> dict[str, str]:
        """All things of the graph and their types: robot, link, joint, device."""
        return self._twin.things()

    def property(self, thing: str, path: str, facet: Facet = "reported") -> Value[object] | None:
        """Any property, as `twin.property("device/gripper", "device/gripper/force")`; None without a value."""
        return self._twin.property(thing, path, facet)

    def on(self, event: str, callback: Callback) -> Callable[[], None]:
        """`connected`, `disconnected`, `event`, `stopped`, `bad_message`, as `twinbridge.Twin.on`.

        Called in the callback thread. Returns a function that removes the callback.
        """
        return listen(self.thread, self._twin.on, event, callback)

    def wait_connected(self, timeout: float | None = None) -> None:
        """Waits until both ways are up. Raises ConnectionFailed after `timeout` seconds."""
        self.thread.call(self._twin.wait_connected(timeout))

    def stop(self, reason: str = "", *, robot: str = "*") -> None:
        """Ends all motion and latches; `robot` "*" means every robot. Raises CommandError `not_stopped`."""
        self.thread.call(self._twin.stop(reason, robot=robot))

    def history(
        self,
        series: str | Iterable[str],
        from_: Time | None = None,
        to: Time | None = None,
        points: int | None = None,
        *,
        step: float | None = None,
        aggregate: str | None = None,
        facet: Facet | None = None,
        clock: Clock | None = None,
    ) -> list[dict[str, Any]]:
        """Recorded series, as `twinbridge.Twin.history`."""
        return self.thread.call(
            self._twin.history(
                series, from_, to, points, step=step, aggregate=aggregate, facet=facet, clock=clock
            )
        )

    def at(self, time: Time, *, clock: Clock | None = None) -> Moment:
        """The whole twin as it was at `time`, as `twinbridge.Twin.at`."""
        return self.thread.call(self._twin.at(time, clock=clock))

    def events(
        self,
        from_: Time | None = None,
        to: Time | None = None,
        kind: str | None = None,
        *,
        limit: int | None = None,
    ) -> list[TwinEvent]:
        """Events, alarms and the audit trail, as `twinbridge.Twin.events`."""
        return self.thread.call(self._twin.events(from_, to, kind, limit=limit))

    def close(self) -> None:
        """Ends jogs, gives the leases back and disconnects. Harmless when it is closed."""
        self._finalize()

    def __enter__(self) -> Twin:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def connect(
    url: str,
    *,
    token: str | None = None,
    holder: str | None = None,
    rate: float = 60.0,
    timeout: float = 10.0,
    tls: ssl.SSLContext | None = None,
) -> Twin:
    """Connects to a twin, as `twinbridge.connect`: `with connect("127.0.0.1:8080") as twin:`."""
    connecting = connect_async(
        url, token=token, holder=holder_name(holder), rate=rate, timeout=timeout, tls=tls
    )

    async def open_twin() -> AsyncTwin:
        return await connecting

    async def nothing() -> None:
        pass

    thread = LoopThread()
    try:
        return Twin(thread, thread.call(open_twin()))
    except BaseException:
        thread.shut_down(nothing)
        raise
