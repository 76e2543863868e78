"""The right to move one robot."""

from __future__ import annotations

import asyncio
import time
from types import TracebackType
from typing import Any, Callable, Generator, Mapping, Sequence

from . import motions
from .command_link import MOVE_TTL_MS, CommandLink, OnProgress
from .command_messages import Grant
from .errors import CommandError
from .jog import JogRunner, JointJog, LinkJog, TwistJog, joint_jog, link_jog, twist_jog
from .listeners import Callback, Listeners
from .plan import Plan
from .poses import PoseBook
from .values import LeaseRequest, Result

StillOwned = Callable[[], "str | None"]

_MOVES_JOINTS = ("jointPosition", "jointTrajectory", "pose", "waypoints", "plan", "sequence")
_HANDED_OVER = CommandError("lease_lost", "the lease was handed over")
_MOVES_BASE = ("navigate", "plan", "sequence")


class Lease:
    """The right to move one robot, which one session holds at a time. The client renews it by itself.

    It ends by `release`, a stop, a lost connection, or when the twin gives it to somebody else. A lease that
    ended stays so: acquire a new one. When it ends, the robot brakes within its limits.
    """

    def __init__(self, link: CommandLink, poses: PoseBook, grant: Grant, asked_s: float) -> None:
        self.robot = grant.robot
        self.epoch = grant.epoch
        self.granted_ms = grant.server_ms
        self.error: CommandError | None = None
        """Why it was lost; None while it is held, and after `release`."""
        self._link = link
        self._poses = poses
        self._listeners = Listeners("lost", "requested")
        self._ttl_s = grant.ttl_ms / 1000
        self._held = True
        self._handing_over = False
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
        """`lost`: called with the CommandError that ended it; `requested`: with the LeaseRequest of who asks for it.

        Returns a function that removes the callback.
        """
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
        return await self.command(motions.move(positions, speed), on_progress=on_progress)

    async def go_to(
        self, pose: str, speed: float | None = None, *, on_progress: OnProgress | None = None
    ) -> Result:
        """Moves the joints to a named pose, as `move`. Raises CommandError `unknown_pose`, and RequestFailed."""
        self._require_held()
        poses = await self._poses.all(self.robot)
        found = poses.get(pose)
        if found is None:
            there = f"there are: {', '.join(sorted(poses))}" if poses else "there is none yet"
            raise CommandError("unknown_pose", f'{self.robot} has no pose "{pose}"; {there}')
        return await self.move(found.joints, speed, on_progress=on_progress)

    async def trajectory(
        self, points: Sequence[Mapping[str, Any]], *, on_progress: OnProgress | None = None
    ) -> Result:
        """Follows `points`, each `{"time": s, "positions": {joint: …}}`, optionally with `"velocities"`."""
        return await self.command(motions.trajectory(points), on_progress=on_progress)

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
        return await self.command(motions.pose(target, path, speed), on_progress=on_progress)

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
        return await self.command(motions.waypoints(points, blend, speed), on_progress=on_progress)

    async def commit(self, plan: Plan, *, on_progress: OnProgress | None = None) -> Result:
        """Sends a plan of `robot.plan`; returns once it is done.

        Raises CommandError `stale_plan` where it is older than 60 s or the robot is not where it was.
        """
        command = {"kind": "plan", "planId": plan.plan_id, "stateHash": plan.state_hash}
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
        return await self.command(motions.gripper(position, controller, max_effort), on_progress=on_progress)

    async def navigate(
        self, frame: str, position: Sequence[float], yaw: float, *, on_progress: OnProgress | None = None
    ) -> Result:
        """Sends the base to `position` (m) and `yaw` (rad) in `frame`."""
        return await self.command(motions.navigate(frame, position, yaw), on_progress=on_progress)

    async def sequence(self, name: str, *, on_progress: OnProgress | None = None) -> Result:
        """Runs a saved sequence; returns when its last step is done."""
        return await self.command({"kind": "sequence", "name": name}, on_progress=on_progress)

    async def device(self, device: str, signal: str, value: float | bool | str) -> Result:
        """Writes a device's writable signal, in the signal's own unit; returns once the device took it."""
        return await self.command(motions.device(device, signal, value))

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
            self._drop_jog("joints")
        if kind in _MOVES_BASE:
            self._drop_jog("base")
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

    def jog_link(
        self,
        link: str | None = None,
        *,
        frame: str | None = None,
        linear: Mapping[str, float] | None = None,
        angular: Mapping[str, float] | None = None,
    ) -> LinkJog:
        """Moves a link (None: the tool) until the handle's `end`: `linear` in m/s, `angular` in rad/s, each `{"x", "y", "z"}`.

        They are along the axes of the link `frame` (None: the root link). It takes the place of a jog of joints.
        Keep the handle.
        """
        return LinkJog(self.start_jog(link_jog(link, frame, linear, angular)), link, frame)

    async def hand_over(self, session: str) -> None:
        """Gives the lease to a session that asked for it, as `on("requested", …)` named it. This lease then ends.

        Raises CommandError, among it `no_request`.
        """
        self._require_held()
        self._handing_over = True
        try:
            await self._link.request({"op": "handOver", "robot": self.robot, "session": session})
        finally:
            self._handing_over = False
        if self._held:
            self._give_up(_HANDED_OVER)

    async def release(self) -> None:
        """Ends jogs and gives the lease back. Harmless when it has ended."""
        if not self._held:
            return
        for runner in tuple(self._jogs.values()):
            runner.end()
        self._give_up(CommandError("lease_lost", "the lease was released"))
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
        slot = _slot_of(command)
        before = self._jogs.get(slot)
        self._jogs[slot] = runner
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
        slot = _slot_of(runner.command)
        if self._jogs.get(slot) is runner:
            del self._jogs[slot]

    def drop_jogs(self, error: CommandError) -> None:
        for runner in tuple(self._jogs.values()):
            runner.drop(error)

    def requested(self, request: LeaseRequest) -> None:
        if self._held:
            self._listeners.emit("requested", request)

    def renewed(self, grant: Grant, asked_s: float) -> None:
        if self._held and grant.epoch == self.epoch:
            self._keep(asked_s)

    def end(self, error: CommandError) -> None:
        """It was lost. Calls the listeners; nothing more is sent under it."""
        if not self._held:
            return
        if self._handing_over and error.code == "lease_lost":
            # The status comes over the other socket, and may tell of the new holder before the answer is here.
            self._give_up(_HANDED_OVER)
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

    def _give_up(self, why: CommandError) -> None:
        """It ends because its owner wants it to: `lost` is not told, and `error` stays None."""
        self._stop_timers()
        self._held = False
        self.drop_jogs(why)
        self._link.forget_lease(self, why)

    def _drop_jog(self, slot: str) -> None:
        runner = self._jogs.get(slot)
        if runner is not None:
            runner.drop(None)

    def _require_held(self) -> None:
        if self._held:
            return
        if self.error is not None:
            raise CommandError(self.error.code, f"the lease has ended: {self.error.message}")
        raise CommandError("no_lease", "the lease was released: acquire it again")


def _slot_of(command: Mapping[str, Any]) -> str:
    """What a jog moves: one jog at a time moves the joints, beside one of the base."""
    return "base" if command["kind"] == "twist" else "joints"


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
