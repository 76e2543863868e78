"""The handles of jogs without `await`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any

from . import jog as jogs

if TYPE_CHECKING:
    from .blocking_lease import Lease


class Jog(jogs.JogHandle):
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
        super().__init__(started[0], thread.loop)

    def end(self) -> None:
        """Lets go. Raises CommandError, once, when the jog had ended by a refusal or a loss."""
        self._let_go()
        self._raise_once()

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


class LinkJog(Jog):
    """A jog of a link, by `lease.jog_link`."""

    def __init__(
        self, lease: Lease, start: Callable[[], jogs.JogRunner], link: str | None, frame: str | None
    ) -> None:
        super().__init__(lease, start)
        self._link = link
        self._frame = frame

    def set(
        self,
        *,
        linear: Mapping[str, float] | None = None,
        angular: Mapping[str, float] | None = None,
    ) -> None:
        """Another velocity from now on, along the same axes. Does nothing once the jog has ended."""
        self._change(jogs.link_jog(self._link, self._frame, linear, angular))

    def __enter__(self) -> LinkJog:
        return self
