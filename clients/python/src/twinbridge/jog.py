"""The dead-man's side of jogging."""

from __future__ import annotations

import asyncio
import logging
import time
import weakref
from types import TracebackType
from typing import Any, Callable, Generator, Mapping, Protocol

from .command_messages import joint_numbers, vector, zero_of
from .errors import CommandError

log = logging.getLogger("twinbridge")

REPEAT_S = 0.04
"""Under half of the server's 125 ms: one lost command does not make the robot stutter."""
STALLED_S = 0.5
"""A program that was blocked for longer must not set a robot that rests in motion again."""
UNANSWERED_S = 1.0
_CHANGE_S = 0.02

_TRANSIENT = ("expired", "stale_sequence", "too_many", "replaced")
"""One command came late or too often; the next may pass."""


class JogSender(Protocol):
    """Where the commands of a jog go."""

    def send_jog(self, runner: JogRunner, command: Mapping[str, Any]) -> bool:
        """False when it could not be sent."""

    @property
    def is_clogged(self) -> bool:
        """What was sent before still waits."""

    def jog_ended(self, runner: JogRunner) -> None: ...


class JogRunner:
    """Repeats a jog's newest command. Lives in the event loop; a handle outside owns it.

    A command that cannot be sent is dropped, never kept for later; a jog that is not carried out ends.
    """

    def __init__(
        self,
        sender: JogSender,
        command: Mapping[str, Any],
        still_owned: Callable[[], str | None] = lambda: None,
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self.command = command
        self.error: CommandError | None = None
        self.active = False
        self._sender = sender
        self._still_owned = still_owned
        self._now_s = now_s
        self._timer: asyncio.TimerHandle | None = None
        self._sent_s = now_s()
        self._unanswered_s: float | None = None

    def start(self) -> None:
        self.active = True
        self._tick()

    def change(self, command: Mapping[str, Any]) -> None:
        """Goes out at once, but not more often than every 20 ms: the server limits the messages a second."""
        self.command = command
        if self.active and self._now_s() - self._sent_s >= _CHANGE_S:
            self._tick()

    def end(self) -> None:
        """One explicit zero, then silence. Harmless when it has ended."""
        if not self.active:
            return
        self._close()
        self._sender.send_jog(self, zero_of(self.command))

    def drop(self, error: CommandError | None) -> None:
        """Ends without a zero, where none can or must be sent: connection or lease lost, stop, a newer command."""
        if not self.active:
            return
        self._close()
        self.error = error
        if error is not None:
            log.warning("a jog ended: %s", error)

    def answered(self) -> None:
        self._unanswered_s = None

    def refused(self, code: str, message: str) -> None:
        """A command of it was refused or aborted."""
        if code in _TRANSIENT:
            self.answered()
        else:
            self.drop(CommandError(code, message))

    def _close(self) -> None:
        self.active = False
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._sender.jog_ended(self)

    def _tick(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        now_s = self._now_s()
        orphaned = self._still_owned()
        if orphaned is not None:
            self.end()
            self.error = CommandError("orphaned", orphaned)
            log.warning("a jog ended: %s", orphaned)
            return
        if now_s - self._sent_s > STALLED_S:
            blocked_ms = round((now_s - self._sent_s) * 1000)
            self.drop(
                CommandError("stalled", f"the jog was not repeated for {blocked_ms} ms: start it again")
            )
            return
        if self._unanswered_s is not None and now_s - self._unanswered_s > UNANSWERED_S:
            self.drop(CommandError("no_answer", "the twin did not answer the jog: the line may be dead"))
            return
        if not self._sender.is_clogged:
            if not self._sender.send_jog(self, self.command):
                self.drop(CommandError("connection_lost", "the connection was lost: the jog ended"))
                return
            self._sent_s = now_s
            if self._unanswered_s is None:
                self._unanswered_s = now_s
        # From now, not from when it was due: late repetitions are left out, never made up.
        self._timer = asyncio.get_running_loop().call_later(REPEAT_S, self._tick)


class Ended:
    """What `end` gives back: it has happened already, and may be awaited all the same."""

    def __await__(self) -> Generator[Any, None, None]:
        return asyncio.sleep(0).__await__()


class JogHandle:
    """What the handle of a jog tells, with `await` and without."""

    def __init__(self, runner: JogRunner, loop: asyncio.AbstractEventLoop) -> None:
        self._runner = runner
        self._raised = False
        self._forgotten = weakref.finalize(self, forgotten, runner, loop)
        self._forgotten.atexit = False

    @property
    def active(self) -> bool:
        return self._runner.active

    @property
    def error(self) -> CommandError | None:
        return self._runner.error

    def _raise_once(self) -> None:
        error = self._runner.error
        if error is not None and not self._raised:
            self._raised = True
            raise error


class Jog(JogHandle):
    """A motion that lasts until `end`, or until the handle is gone. Use it in a `with` or `async with` block.

    `active` is False once it ended. `error` is the reason, unless its owner ended it.
    """

    def __init__(self, runner: JogRunner) -> None:
        super().__init__(runner, asyncio.get_running_loop())

    def end(self) -> Ended:
        """Lets go. Raises CommandError, once, when the jog had ended by a refusal or a loss."""
        self._let_go()
        self._raise_once()
        return Ended()

    def _let_go(self) -> None:
        self._forgotten.detach()
        self._runner.end()

    def _exit(self, kind: type[BaseException] | None) -> None:
        if kind is None:
            self.end()
        else:
            self._let_go()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._exit(kind)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._exit(kind)


def forgotten(runner: JogRunner, loop: asyncio.AbstractEventLoop) -> None:
    """The handle of a jog is gone. May be called in any thread, by the garbage collector."""
    if runner.active:
        log.warning("the handle of a jog is gone: the jog ends. Keep the handle, or use a with block.")
        end_soon(loop, [runner])


def end_soon(loop: asyncio.AbstractEventLoop, runners: list[JogRunner]) -> None:
    """Ends what is in `runners` by the time that the loop comes to it."""

    def end() -> None:
        for runner in runners:
            runner.end()

    try:
        loop.call_soon_threadsafe(end)
    except RuntimeError:
        pass  # the loop has ended, and the jogs with it


class JointJog(Jog):
    """A jog of joints, by `lease.jog`."""

    def set(self, velocities: Mapping[str, float]) -> None:
        """Other velocities from now on, rad/s or m/s. Does nothing once the jog has ended."""
        self._runner.change(joint_jog(velocities))

    def __enter__(self) -> JointJog:
        return self

    async def __aenter__(self) -> JointJog:
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
        self._runner.change(twist_jog(velocity, linear, angular))

    def __enter__(self) -> TwistJog:
        return self

    async def __aenter__(self) -> TwistJog:
        return self


class LinkJog(Jog):
    """A jog of a link, by `lease.jog_link`."""

    def __init__(self, runner: JogRunner, link: str | None, frame: str | None) -> None:
        super().__init__(runner)
        self._link = link
        self._frame = frame

    def set(
        self,
        *,
        linear: Mapping[str, float] | None = None,
        angular: Mapping[str, float] | None = None,
    ) -> None:
        """Another velocity from now on, along the same axes. Does nothing once the jog has ended."""
        self._runner.change(link_jog(self._link, self._frame, linear, angular))

    def __enter__(self) -> LinkJog:
        return self

    async def __aenter__(self) -> LinkJog:
        return self


def link_jog(
    link: str | None,
    frame: str | None,
    linear: Mapping[str, float] | None,
    angular: Mapping[str, float] | None,
) -> dict[str, Any]:
    named = {key: value for key, value in (("link", link), ("frame", frame)) if value is not None}
    velocity = {"linear": vector(linear, "linear"), "angular": vector(angular, "angular")}
    return {"kind": "cartesianVelocity", **named, **velocity}


def joint_jog(velocities: Mapping[str, float]) -> dict[str, Any]:
    return {"kind": "jointVelocity", "velocities": joint_numbers(velocities, "velocity")}


def twist_jog(
    velocity: Mapping[str, Mapping[str, float]] | None,
    linear: Mapping[str, float] | None,
    angular: Mapping[str, float] | None,
) -> dict[str, Any]:
    given = dict(velocity or {})
    linear = given.pop("linear", linear)
    angular = given.pop("angular", angular)
    if given:
        raise CommandError("bad_message", f"a twist has linear and angular, not {', '.join(given)}")
    return {"kind": "twist", "linear": vector(linear, "linear"), "angular": vector(angular, "angular")}
