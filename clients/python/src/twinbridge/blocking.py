"""The client without `await`: `twinbridge.blocking.connect`. Names and meaning are those of the asyncio API.

The connection lives in a background thread. All methods may be called from any thread, and each blocks only the
thread that calls it. Callbacks run one after another in a second thread: they may call these methods too. A jog
ends with its handle, with the thread that started it, with the main thread and with an uncaught exception.
"""

from __future__ import annotations

import ssl
import weakref
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import TracebackType
from typing import Any

from . import jog as jogs
from .command_link import OnProgress
from .errors import CommandError
from .lease import Lease as AsyncLease
from .listeners import Callback
from .loop_thread import LoopThread, owned_by_this_thread
from .past import Clock, Moment, Time
from .robot import Robot as AsyncRobot
from .twin import Twin as AsyncTwin
from .twin import connect as connect_async
from .twin import holder_name
from .values import Base, Control, Facet, Joint, Progress, Result, TwinEvent, Value

__all__ = ["Jog", "JointJog", "Lease", "Robot", "Twin", "TwistJog", "connect"]


class Jog:
    """A motion that lasts until `end`, or until the handle is gone. Use it in a `with` block.

    `active` is False once it ended. `error` is the reason, unless its owner ended it.
    """

    def __init__(self, lease: Lease, start: Callable[[], jogs.JogRunner]) -> None:
        thread = lease.twin.thread
        started: list[jogs.JogRunner] = []
        try:
            thread.run(lambda: started.append(start()))
        except BaseException:
            # Ctrl-C may come between: no jog may go on that has no handle.
            jogs.end_soon(thread.loop, started)
            raise
        self._lease = lease
        self._thread = thread
        self._runner = started[0]
        self._raised = False
        self._forgotten = weakref.finalize(self, jogs.forgotten, self._runner, thread.loop)
        self._forgotten.atexit = False

    @property
    def active(self) -> bool:
        return self._runner.active

    @property
    def error(self) -> CommandError | None:
        return self._runner.error

    def end(self) -> None:
        """Lets go. Raises CommandError, once, when the jog had ended by a refusal or a loss."""
        self._let_go()
        error = self._runner.error
        if error is not None and not self._raised:
            self._raised = True
            raise error

    def _let_go(self) -> None:
        self._forgotten.detach()
        if self._runner.active:
            # Two steps: Ctrl-C may interrupt the wait, but not the end of the jog.
            jogs.end_soon(self._thread.loop, [self._runner])
            try:
                self._thread.run(lambda: None)
            except RuntimeError:
                pass  # closed meanwhile, and the jog with it

    def _change(self, command: Mapping[str, Any]) -> None:
        self._thread.run(lambda: self._runner.change(command))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.end()
        else:
            self._let_go()


class JointJog(Jog):
    """A jog of joints, by `lease.jog`."""

    def set(self, velocities: Mapping[str, float]) -> None:
        """Other velocities from now on, rad/s or m/s. Does nothing once the jog has ended."""
        self._change(jogs.joint_jog(velocities))

    def __enter__(self) -> JointJog:
        return self


class TwistJog(Jog):
    """A jog of the base, by `lease.twist`."""

    def set(
        self,
        velocity: Mapping[str, Mapping[str, float]] | None = None,
        *,
        linear: Mapping[str, float] | None = None,
        angular: Mapping[str, float] | None = None,
    ) -> None:
        """Another velocity from now on, as for `lease.twist`. Does nothing once the jog has ended."""
        self._change(jogs.twist_jog(velocity, linear, angular))

    def __enter__(self) -> TwistJog:
        return self


class Lease:
    """The right to move one robot, as `twinbridge.Lease`. Use it in a `with` block, which releases it."""

    def __init__(self, twin: Twin, lease: AsyncLease) -> None:
        # Kept: the connection lives as long as a lease of it is in use.
        self.twin = twin
        self._thread = twin.thread
        self._lease = lease
        self.robot = lease.robot
        self.epoch = lease.epoch

    @property
    def held(self) -> bool:
        return self._lease.held

    @property
    def error(self) -> CommandError | None:
        """Why it was lost; None while it is held, and after `release`."""
        return self._lease.error

    def on(self, event: str, callback: Callback) -> Callable[[], None]:
        """`lost`: callback(CommandError), in the callback thread. Returns a function that removes it."""
        return _listen(self._thread, self._lease.on, event, callback)

    def move(
        self,
        positions: Mapping[str, float],
        speed: float | None = None,
        *,
        on_progress: OnProgress | None = None,
    ) -> Result:
        """Moves joints to `positions` (rad or m); returns once they are there. Raises CommandError.

        Ctrl-C ends the wait; the robot halts when the lease is released, as a `with` block does.
        """
        return self._thread.call(self._lease.move(positions, speed, on_progress=self._hand_on(on_progress)))

    def trajectory(
        self, points: Sequence[Mapping[str, Any]], *, on_progress: OnProgress | None = None
    ) -> Result:
        """Follows `points`, each `{"time": s, "positions": {joint: …}}`, optionally with `"velocities"`."""
        return self._thread.call(self._lease.trajectory(points, on_progress=self._hand_on(on_progress)))

    def device(self, device: str, signal: str, value: float | bool | str) -> Result:
        """Writes a device's writable signal, in the signal's own unit; returns once the device took it."""
        return self._thread.call(self._lease.device(device, signal, value))

    def command(self, command: Mapping[str, Any], *, on_progress: OnProgress | None = None) -> Result:
        """Sends any command of docs/commands.md, as `{"kind": …}`; returns when it is done."""
        return self._thread.call(self._lease.command(command, on_progress=self._hand_on(on_progress)))

    def jog(self, velocities: Mapping[str, float]) -> JointJog:
        """Moves joints at `velocities` (rad/s or m/s) until the handle's `end`. Keep the handle."""
        command = jogs.joint_jog(velocities)
        owned = owned_by_this_thread()
        return JointJog(self, lambda: self._lease.start_jog(command, owned))

    def twist(
        self,
        velocity: Mapping[str, Mapping[str, float]] | None = None,
        *,
        linear: Mapping[str, float] | None = None,
        angular: Mapping[str, float] | None = None,
    ) -> TwistJog:
        """Drives the base until the handle's `end`: `linear` in m/s, `angular` in rad/s. Keep the handle."""
        command = jogs.twist_jog(velocity, linear, angular)
        owned = owned_by_this_thread()
        return TwistJog(self, lambda: self._lease.start_jog(command, owned))

    def release(self) -> None:
        """Ends jogs and gives the lease back. Harmless when it has ended."""
        if self._lease.held:
            self._thread.call(self._lease.release())

    def __enter__(self) -> Lease:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()

    def _hand_on(self, on_progress: OnProgress | None) -> OnProgress | None:
        if on_progress is None:
            return None
        wanted = on_progress
        callbacks = self._thread.callbacks

        def hand_on(progress: Progress) -> None:
            callbacks.put(None, lambda: wanted(progress))

        return hand_on


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
            return _listen(self._twin.thread, self._robot.on, event, callback)
        key = object()
        callbacks = self._twin.thread.callbacks
        remove = self._twin.thread.run(
            lambda: self._robot.on(event, lambda _: callbacks.put(key, lambda: callback(self)))
        )
        return lambda: self._twin.thread.run(remove)

    def acquire(self, *, yields: bool = False) -> Lease:
        """`with robot.acquire() as lease:`. Raises CommandError `lease_held` when somebody else drives."""

        async def acquire() -> AsyncLease:
            return await self._robot.acquire(yields=yields)

        return Lease(self._twin, self._twin.thread.call(acquire()))

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
        return _listen(self.thread, self._twin.on, event, callback)

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


def _listen(
    thread: LoopThread,
    on: Callable[[str, Callback], Callable[[], None]],
    event: str,
    callback: Callback,
) -> Callable[[], None]:
    """Registers in the loop's thread; the callback runs in the callback thread."""

    def hand_on(*args: object) -> None:
        thread.callbacks.put(None, lambda: callback(*args))

    remove = thread.run(lambda: on(event, hand_on))
    return lambda: thread.run(remove)
