"""The right to move one robot."""

from __future__ import annotations

import asyncio
import time
from types import TracebackType
from typing import Any, Callable, Generator, Mapping, Sequence

from .command_link import MOVE_TTL_MS, CommandLink, OnProgress
from .command_messages import Grant, finite, joint_numbers
from .errors import CommandError
from .jog import JogRunner, JointJog, TwistJog, joint_jog, twist_jog
from .listeners import Callback, Listeners
from .values import Result

StillOwned = Callable[[], "str | None"]

_MOVES_JOINTS = ("jointPosition", "jointTrajectory", "pose", "waypoints", "plan", "sequence")
_MOVES_BASE = ("navigate", "plan", "sequence")


class Lease:
    """The right to move one robot, which one session holds at a time. The client renews it by itself.

    It ends by `release`, a stop, a lost connection, or when the twin gives it to somebody else. A lease that
    ended stays so: acquire a new one. When it ends, the robot brakes within its limits.
    """

    def __init__(self, link: CommandLink, grant: Grant, asked_s: float) -> None:
        self.robot = grant.robot
        self.epoch = grant.epoch
        self.granted_ms = grant.server_ms
        self.error: CommandError | None = None
        """Why it was lost; None while it is held, and after `release`."""
        self._link = link
        self._listeners = Listeners("lost")
        self._ttl_s = grant.ttl_ms / 1000
        self._held = True
        self._jogs: dict[str, JogRunner] = {}
        self._renew_timer: asyncio.TimerHandle | None = None
        self._expiry_timer: asyncio.TimerHandle | None = None
        self._keep(asked_s)
        before = link.leases.get(grant.robot)
        if before is not None:
            before.end(CommandError("lease_lost", "this client acquired the lease again"))
        link.leases[grant.robot] = self

    @property
    def held(self) -> bool:
        return self._held

    def on(self, event: str, callback: Callback) -> Callable[[], None]:
        """`lost`: called with the CommandError that ended it. Returns a function that removes the callback."""
        return self._listeners.add(event, callback)

    async def move(
        self,
        positions: Mapping[str, float],
        speed: float | None = None,
        *,
        on_progress: OnProgress | None = None,
    ) -> Result:
        """Moves joints to `positions` (rad or m), at rest in the end; returns once they are there.

        `speed` is the share of the velocity limits to use, above 0 to 1; the twin's default is 0.5. Raises
        CommandError. To cancel the wait does not halt the robot: release the lease, or stop.
        """
        command: dict[str, Any] = {"kind": "jointPosition", "positions": joint_numbers(positions, "position")}
        if speed is not None:
            command["speed"] = finite(speed, "speed")
        return await self.command(command, on_progress=on_progress)

    async def trajectory(
        self, points: Sequence[Mapping[str, Any]], *, on_progress: OnProgress | None = None
    ) -> Result:
        """Follows `points`, each `{"time": s, "positions": {joint: …}}`, optionally with `"velocities"`."""
        read = []
        for point in points:
            unknown = set(point) - {"time", "positions", "velocities"}
            if unknown:
                raise CommandError("bad_message", f"a point has {', '.join(sorted(unknown))}")
            one: dict[str, Any] = {
                "time": finite(point.get("time"), "time"),
                "positions": joint_numbers(point.get("positions") or {}, "position"),
            }
            if point.get("velocities"):
                one["velocities"] = joint_numbers(point["velocities"], "velocity")
            read.append(one)
        return await self.command({"kind": "jointTrajectory", "points": read}, on_progress=on_progress)

    async def pose(
        self,
        target: Mapping[str, Any],
        *,
        path: str | None = None,
        speed: float | None = None,
        on_progress: OnProgress | None = None,
    ) -> Result:
        """Moves a link to a pose: `{"link", "frame", "position", "quaternion"}`, m and (x, y, z, w); no link: the tool.

        `path` is "joint" or "line"; `speed` the share of the limits to use.
        """
        command: dict[str, Any] = {"kind": "pose", **target}
        if path is not None:
            command["path"] = path
        if speed is not None:
            command["speed"] = finite(speed, "speed")
        return await self.command(command, on_progress=on_progress)

    async def waypoints(
        self,
        points: Sequence[Mapping[str, Any]],
        *,
        blend: float | None = None,
        speed: float | None = None,
        on_progress: OnProgress | None = None,
    ) -> Result:
        """One motion through points without times, each `{"positions": …}` or `{"pose": …}`.

        `blend` is how far from a point the motion may leave the straight way, rad or m.
        """
        command: dict[str, Any] = {"kind": "waypoints", "points": [dict(point) for point in points]}
        if blend is not None:
            command["blend"] = finite(blend, "blend")
        if speed is not None:
            command["speed"] = finite(speed, "speed")
        return await self.command(command, on_progress=on_progress)

    async def gripper(
        self,
        position: float,
        *,
        controller: str | None = None,
        max_effort: float | None = None,
        on_progress: OnProgress | None = None,
    ) -> Result:
        """Moves a gripper to `position` (rad or m) with at most `max_effort` (N or N·m)."""
        command: dict[str, Any] = {"kind": "gripper", "position": finite(position, "position")}
        if controller is not None:
            command["controller"] = controller
        if max_effort is not None:
            command["maxEffort"] = finite(max_effort, "max_effort")
        return await self.command(command, on_progress=on_progress)

    async def navigate(
        self, frame: str, position: Sequence[float], yaw: float, *, on_progress: OnProgress | None = None
    ) -> Result:
        """Sends the base to `position` (m) and `yaw` (rad) in `frame`."""
        at = [finite(value, "position") for value in position]
        command = {"kind": "navigate", "frame": frame, "position": at, "yaw": finite(yaw, "yaw")}
        return await self.command(command, on_progress=on_progress)

    async def sequence(self, name: str, *, on_progress: OnProgress | None = None) -> Result:
        """Runs a saved sequence; returns when its last step is done."""
        return await self.command({"kind": "sequence", "name": name}, on_progress=on_progress)

    async def device(self, device: str, signal: str, value: float | bool | str) -> Result:
        """Writes a device's writable signal, in the signal's own unit; returns once the device took it."""
        if not isinstance(value, (bool, str)):
            value = finite(value, f"{device}/{signal}")
        return await self.command({"kind": "device", "device": device, "signal": signal, "value": value})

    async def command(
        self,
        command: Mapping[str, Any],
        *,
        ttl_ms: float = MOVE_TTL_MS,
        on_progress: OnProgress | None = None,
    ) -> Result:
        """Sends any command of docs/commands.md, as `{"kind": …}`; returns when it is done.

        It is sent once and never again. Raises CommandError.
        """
        self._require_held()
        kind = command.get("kind")
        # The new command preempts a jog; a further repetition of the jog would preempt the new command.
        if kind in _MOVES_JOINTS:
            self._drop_jog("jointVelocity")
        if kind in _MOVES_BASE:
            self._drop_jog("twist")
        return await self._link.command(self, command, ttl_ms, on_progress)

    def jog(self, velocities: Mapping[str, float]) -> JointJog:
        """Moves joints at `velocities` (rad/s or m/s) until the handle's `end`. Keep the handle."""
        return JointJog(self.start_jog(joint_jog(velocities)))

    def twist(
        self,
        velocity: Mapping[str, Mapping[str, float]] | None = None,
        *,
        linear: Mapping[str, float] | None = None,
        angular: Mapping[str, float] | None = None,
    ) -> TwistJog:
        """Drives the base until the handle's `end`: `linear` in m/s and `angular` in rad/s, each `{"x", "y", "z"}`.

        `velocity` is both in one, `{"linear": …, "angular": …}`. Keep the handle.
        """
        return TwistJog(self.start_jog(twist_jog(velocity, linear, angular)))

    async def release(self) -> None:
        """Ends jogs and gives the lease back. Harmless when it has ended."""
        if not self._held:
            return
        for runner in tuple(self._jogs.values()):
            runner.end()
        self._stop_timers()
        self._held = False
        self._link.forget_lease(self, CommandError("lease_lost", "the lease was released"))
        try:
            await self._link.request({"op": "release", "robot": self.robot, "epoch": self.epoch})
        except CommandError as error:
            # Without a connection the twin has ended it by itself.
            if error.code not in ("connection_lost", "not_connected", "closed"):
                raise

    async def __aenter__(self) -> Lease:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.release()

    # -- for this package only

    def start_jog(self, command: Mapping[str, Any], still_owned: StillOwned = lambda: None) -> JogRunner:
        self._require_held()
        runner = JogRunner(self, command, still_owned)
        before = self._jogs.get(command["kind"])
        self._jogs[command["kind"]] = runner
        if before is not None:
            before.drop(None)
        runner.start()
        if runner.error is not None:
            raise runner.error
        return runner

    @property
    def is_clogged(self) -> bool:
        return self._link.socket.is_clogged

    def send_jog(self, runner: JogRunner, command: Mapping[str, Any]) -> bool:
        return self._held and self._link.jog(self, runner, command)

    def jog_ended(self, runner: JogRunner) -> None:
        kind = runner.command["kind"]
        if self._jogs.get(kind) is runner:
            del self._jogs[kind]

    def drop_jogs(self, error: CommandError) -> None:
        for runner in tuple(self._jogs.values()):
            runner.drop(error)

    def renewed(self, grant: Grant, asked_s: float) -> None:
        if self._held and grant.epoch == self.epoch:
            self._keep(asked_s)

    def end(self, error: CommandError) -> None:
        """It was lost. Calls the listeners; nothing more is sent under it."""
        if not self._held:
            return
        self._held = False
        self.error = error
        self._stop_timers()
        self.drop_jogs(error)
        self._link.forget_lease(self, error)
        self._listeners.emit("lost", error)

    def _keep(self, asked_s: float) -> None:
        """The lease lives for its time from when it was asked for, at the least."""
        self._stop_timers()
        loop = asyncio.get_running_loop()
        self._renew_timer = loop.call_later(self._ttl_s / 3, self._renew)
        left_s = max(0.0, asked_s + self._ttl_s - time.monotonic())
        self._expiry_timer = loop.call_later(left_s, self._expire)

    def _renew(self) -> None:
        self._link.renew(self)
        self._renew_timer = asyncio.get_running_loop().call_later(self._ttl_s / 3, self._renew)

    def _expire(self) -> None:
        # If this process still holds it in the twin, the robot must brake.
        self._link.release_unasked(self.robot, self.epoch)
        self.end(CommandError("lease_lost", "the lease was not renewed in time: acquire it again"))

    def _stop_timers(self) -> None:
        for timer in (self._renew_timer, self._expiry_timer):
            if timer is not None:
                timer.cancel()
        self._renew_timer = self._expiry_timer = None

    def _drop_jog(self, kind: str) -> None:
        runner = self._jogs.get(kind)
        if runner is not None:
            runner.drop(None)

    def _require_held(self) -> None:
        if self._held:
            return
        if self.error is not None:
            raise CommandError(self.error.code, f"the lease has ended: {self.error.message}")
        raise CommandError("no_lease", "the lease was released: acquire it again")


class Acquiring:
    """A lease on its way: `await` it, or use it in `async with`, which releases the lease in the end."""

    def __init__(self, acquire: Callable[[], Any]) -> None:
        self._acquire = acquire
        self._lease: Lease | None = None

    def __await__(self) -> Generator[Any, None, Lease]:
        lease: Lease = yield from self._acquire().__await__()
        return lease

    async def __aenter__(self) -> Lease:
        self._lease = await self
        return self._lease

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._lease is not None:
            await self._lease.release()
