"""The lease without `await`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any

from . import jog as jogs
from .blocking_jogs import JointJog, LinkJog, TwistJog
from .command_link import OnProgress
from .errors import CommandError
from .lease import Lease as AsyncLease
from .listeners import Callback
from .loop_thread import LoopThread, owned_by_this_thread
from .plan import Plan
from .values import Progress, Result

if TYPE_CHECKING:
    from .blocking import Twin


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
        """`lost`: callback(CommandError); `requested`: callback(LeaseRequest). Both in the callback thread.

        Returns a function that removes the callback.
        """
        return listen(self._thread, self._lease.on, event, callback)

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

    def go_to(
        self, pose: str, speed: float | None = None, *, on_progress: OnProgress | None = None
    ) -> Result:
        """Moves the joints to a named pose, as `move`. Raises CommandError `unknown_pose`, and RequestFailed."""
        return self._thread.call(self._lease.go_to(pose, speed, on_progress=self._hand_on(on_progress)))

    def pose(
        self,
        target: Mapping[str, Any],
        *,
        path: str | None = None,
        speed: float | None = None,
        on_progress: OnProgress | None = None,
    ) -> Result:
        """Moves a link to a pose: `{"link", "frame", "position", "quaternion"}`, m and (x, y, z, w); no link: the tool."""
        on_progress = self._hand_on(on_progress)
        return self._thread.call(self._lease.pose(target, path=path, speed=speed, on_progress=on_progress))

    def waypoints(
        self,
        points: Sequence[Mapping[str, Any]],
        *,
        blend: float | None = None,
        speed: float | None = None,
        on_progress: OnProgress | None = None,
    ) -> Result:
        """One motion through points without times, each `{"positions": …}` or `{"pose": …}`."""
        on_progress = self._hand_on(on_progress)
        return self._thread.call(
            self._lease.waypoints(points, blend=blend, speed=speed, on_progress=on_progress)
        )

    def commit(self, plan: Plan, *, on_progress: OnProgress | None = None) -> Result:
        """Sends a plan of `robot.plan`; returns once it is done. Raises CommandError, among it `stale_plan`."""
        return self._thread.call(self._lease.commit(plan, on_progress=self._hand_on(on_progress)))

    def gripper(
        self,
        position: float,
        *,
        controller: str | None = None,
        max_effort: float | None = None,
        on_progress: OnProgress | None = None,
    ) -> Result:
        """Moves a gripper to `position` (rad or m) with at most `max_effort` (N or N·m)."""
        on_progress = self._hand_on(on_progress)
        return self._thread.call(
            self._lease.gripper(
                position, controller=controller, max_effort=max_effort, on_progress=on_progress
            )
        )

    def navigate(
        self, frame: str, position: Sequence[float], yaw: float, *, on_progress: OnProgress | None = None
    ) -> Result:
        """Sends the base to `position` (m) and `yaw` (rad) in `frame`."""
        on_progress = self._hand_on(on_progress)
        return self._thread.call(self._lease.navigate(frame, position, yaw, on_progress=on_progress))

    def sequence(self, name: str, *, on_progress: OnProgress | None = None) -> Result:
        """Runs a saved sequence; returns when its last step is done."""
        return self._thread.call(self._lease.sequence(name, on_progress=self._hand_on(on_progress)))

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

    def jog_link(
        self,
        link: str | None = None,
        *,
        frame: str | None = None,
        linear: Mapping[str, float] | None = None,
        angular: Mapping[str, float] | None = None,
    ) -> LinkJog:
        """Moves a link (None: the tool) until the handle's `end`, along the axes of `frame`. Keep the handle."""
        command = jogs.link_jog(link, frame, linear, angular)
        owned = owned_by_this_thread()
        return LinkJog(self, lambda: self._lease.start_jog(command, owned), link, frame)

    def hand_over(self, session: str) -> None:
        """Gives the lease to a session that asked for it, as `on("requested", …)` named it. This lease then ends."""
        self._thread.call(self._lease.hand_over(session))

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


def listen(
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
