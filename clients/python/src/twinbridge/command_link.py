"""The way out: the leases and the commands of this process over /ws/command."""

from __future__ import annotations

import asyncio
import logging
import ssl
import time
from collections import OrderedDict
from typing import TYPE_CHECKING, Any, Callable, Iterable, Mapping, Union

from .address import ServerAddress
from .clock_offset import ClockOffset
from .command_messages import (
    CommandMessage,
    Grant,
    Overridden,
    Planned,
    Refused,
    Released,
    Reset,
    Stage,
    read_command_message,
)
from .errors import BadMessage, CommandError
from .listeners import Listeners
from .pinger import Pinger, now_ms
from .plan import Plan
from .reconnecting_socket import ReconnectingSocket
from .state_messages import Hello, Pong, Status
from .values import LeaseRequest, Progress, Result, StopNotice

if TYPE_CHECKING:
    from .jog import JogRunner
    from .lease import Lease

log = logging.getLogger("twinbridge")

_SILENCE_S = 7.0
_ANSWER_WITHIN_S = 5.0
_PLAN_WITHIN_S = 20.0
"""The twin gives a plan up after 15 s."""
MOVE_TTL_MS = 2000.0
JOG_TTL_MS = 200.0
_JOG_WITHIN_S = 0.1
_KEPT_JOGS = 256
_LAST_RESULT_S = 1.0

Answer = Union[Released, Reset, Planned, Overridden]
_ANSWERS: Mapping[str, type] = {
    "release": Released,
    "handOver": Released,
    "reset": Reset,
    "plan": Planned,
    "override": Overridden,
}
OnProgress = Callable[[Progress], Any]


class _Pending:
    """A command whose outcome is open."""

    def __init__(self, lease: Lease, on_progress: OnProgress | None) -> None:
        self.lease = lease
        self.on_progress = on_progress
        self.outcome: asyncio.Future[Result] = asyncio.get_running_loop().create_future()

    def fail(self, error: CommandError) -> None:
        if not self.outcome.done():
            self.outcome.set_exception(error)


class CommandLink:
    """Nothing is kept while the socket is down, and a lease must be acquired again after a loss.

    Events: `connected`, `disconnected` (reason).
    """

    def __init__(
        self,
        address: ServerAddress,
        new_lease: Callable[[CommandLink, Grant, float], Lease],
        on_bad: Callable[[str], None],
        tls: ssl.SSLContext | None,
    ) -> None:
        self.listeners = Listeners("connected", "disconnected")
        self.clock = ClockOffset()
        self.socket = ReconnectingSocket(address, "ws/command", self, _SILENCE_S, tls)
        self.ready = asyncio.Event()
        """Set once the server of this connection has sent its hello."""
        self.leases: dict[str, Lease] = {}
        self._new_lease = new_lease
        self._on_bad = on_bad
        self._pinger = Pinger(self.socket)
        self._requests: dict[str, tuple[str, asyncio.Future[Answer]]] = {}
        self._acquires: dict[str, tuple[float, asyncio.Future[Lease]]] = {}
        self._renewals: OrderedDict[str, tuple[float, Lease]] = OrderedDict()
        self._pending: dict[int, _Pending] = {}
        self._jogs: OrderedDict[int, tuple[Lease, JogRunner]] = OrderedDict()
        self._stops: list[tuple[str, str, asyncio.Future[bool]]] = []
        self._last_request = 0
        self._last_sequence = 0

    # -- what goes out

    async def acquire(
        self,
        robot: str,
        holder: str,
        *,
        op: str = "acquire",
        flags: Iterable[str] = (),
        within_s: float | None = None,
        late: CommandError | None = None,
    ) -> Lease:
        """Asks for the lease of `robot`. Raises CommandError, among it `lease_held`; `late` after `within_s`."""
        self._require_open()
        name = self._next_id()
        message: dict[str, Any] = {"op": op, "id": name, "robot": robot, "holder": holder[:64]}
        message.update((flag, True) for flag in flags)
        future: asyncio.Future[Lease] = asyncio.get_running_loop().create_future()
        self._acquires[name] = (time.monotonic(), future)
        try:
            self.socket.send(message)
            await asyncio.wait([future], timeout=_ANSWER_WITHIN_S if within_s is None else within_s)
        except asyncio.CancelledError:
            if future.done() and future.exception() is None:
                lease = future.result()
                self.release_unasked(lease.robot, lease.epoch)
                lease.end(CommandError("lease_lost", "whoever acquired it gave up"))
            raise
        finally:
            del self._acquires[name]
        if not future.done():
            raise late or CommandError("no_answer", f"the twin did not answer `{op}`")
        return future.result()

    async def plan(
        self, robot: str, command: Mapping[str, Any], avoid: bool, planner: str | None, group: str | None
    ) -> Plan:
        """What `command` would be. Raises CommandError with the code that the command itself would get."""
        message: dict[str, Any] = {"op": "plan", "robot": robot, "command": command, "avoid": avoid}
        if planner is not None:
            message["planner"] = planner
        if group is not None:
            message["group"] = group
        answer = await self.request(message, _PLAN_WITHIN_S)
        assert isinstance(answer, Planned)
        return answer.plan

    async def request(self, message: Mapping[str, Any], within_s: float | None = None) -> Answer:
        """Sends a request under a new id; its answer. Raises CommandError."""
        self._require_open()
        name = self._next_id()
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._requests[name] = (message["op"], future)
        try:
            self.socket.send({**message, "id": name})
            return await asyncio.wait_for(future, _ANSWER_WITHIN_S if within_s is None else within_s)
        except asyncio.TimeoutError:
            raise CommandError("no_answer", f"the twin did not answer `{message['op']}`") from None
        finally:
            del self._requests[name]

    async def command(
        self, lease: Lease, command: Mapping[str, Any], ttl_ms: float, on_progress: OnProgress | None
    ) -> Result:
        """Sends one command, once; its outcome. Raises CommandError."""
        self._require_open()
        pending = _Pending(lease, on_progress)
        number = self._send_command(lease, command, ttl_ms, None)
        if number is None:
            raise CommandError("not_connected", "the connection is down: nothing was sent")
        self._pending[number] = pending
        try:
            return await pending.outcome
        finally:
            self._pending.pop(number, None)

    def jog(self, lease: Lease, runner: JogRunner, command: Mapping[str, Any]) -> bool:
        """Sends one command of a jog; False when it could not be sent."""
        number = self._send_command(lease, command, JOG_TTL_MS, _JOG_WITHIN_S)
        if number is None:
            return False
        self._jogs[number] = (lease, runner)
        if len(self._jogs) > _KEPT_JOGS:
            self._jogs.popitem(last=False)
        return True

    def renew(self, lease: Lease) -> bool:
        name = self._next_id()
        self._renewals[name] = (time.monotonic(), lease)
        if len(self._renewals) > _KEPT_JOGS:
            self._renewals.popitem(last=False)
        return self.socket.send({"op": "renew", "id": name, "robot": lease.robot, "epoch": lease.epoch})

    def release_unasked(self, robot: str, epoch: int) -> None:
        """Gives a lease back that nobody here uses, without waiting for the answer."""
        self.socket.send({"op": "release", "id": self._next_id(), "robot": robot, "epoch": epoch})

    async def stop(self, robot: str, holder: str, reason: str, within_s: float) -> bool:
        """Presses the stop. True: the server confirmed it. False: it did not, or the connection was lost.

        Raises CommandError when the server refused it.
        """
        future: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        name = self._next_id()
        waiting = (robot, name, future)
        message = {"op": "stop", "id": name, "robot": robot, "holder": holder}
        if reason:
            message["reason"] = reason[:256]
        self._stops.append(waiting)
        try:
            if not self.socket.send(message):
                return False
            return await asyncio.wait_for(future, within_s)
        except asyncio.TimeoutError:
            return False
        finally:
            self._stops.remove(waiting)

    def _send_command(
        self, lease: Lease, command: Mapping[str, Any], ttl_ms: float, within_s: float | None
    ) -> int | None:
        issued = self.clock.server_ms(now_ms())
        if issued is None:
            return None
        number = self._last_sequence = self._last_sequence + 1
        message = {
            "op": "command",
            "id": number,
            "robot": lease.robot,
            "epoch": lease.epoch,
            "seq": number,
            "issued": issued,
            "ttlMs": ttl_ms,
            "command": command,
        }
        return number if self.socket.send(message, within_s) else None

    def _require_open(self) -> None:
        if not (self.socket.is_open and self.ready.is_set()):
            raise CommandError("not_connected", "the connection is down: nothing was sent")

    def _next_id(self) -> str:
        self._last_request += 1
        return f"r{self._last_request}"

    # -- what comes in

    def opened(self) -> None:
        self.clock.clear()
        self._pinger.start()

    def lost(self, reason: str) -> None:
        self._pinger.stop()
        self.ready.clear()
        self._fail_all(CommandError("connection_lost", f"the connection was lost ({reason})"))
        self.listeners.emit("disconnected", reason)

    async def close(self) -> None:
        self._pinger.stop()
        self._fail_all(CommandError("closed", "this client was closed"))
        await self.socket.flush()
        await self.socket.close()

    def _fail_all(self, error: CommandError) -> None:
        for lease in tuple(self.leases.values()):
            lease.end(error)
        for pending in self._pending.values():
            pending.fail(error)
        for _, request in self._requests.values():
            if not request.done():
                request.set_exception(error)
        for _, future in self._acquires.values():
            if not future.done():
                future.set_exception(error)
        for _, _, confirmed in self._stops:
            if not confirmed.done():
                confirmed.set_result(False)
        self._renewals.clear()
        self._jogs.clear()

    def binary(self, data: bytes) -> None:
        self._on_bad(f"ws/command: {len(data)} binary bytes")

    def text(self, data: str) -> None:
        try:
            self._take(read_command_message(data))
        except BadMessage as error:
            self._on_bad(f"ws/command: {error}")

    def _take(self, message: CommandMessage) -> None:
        if isinstance(message, Hello):
            self.clock.guess(message.server_ms, now_ms())
            self.ready.set()
            self.listeners.emit("connected")
        elif isinstance(message, Pong):
            if not self.clock.add_pong(message.sent_ms, message.server_ms, now_ms()):
                raise BadMessage("a pong to no ping of ours")
        elif isinstance(message, Grant):
            self._granted(message)
        elif isinstance(message, (Released, Reset, Planned, Overridden)):
            self._answer(message.id, message)
        elif isinstance(message, LeaseRequest):
            lease = self.leases.get(message.robot)
            if lease is not None:
                lease.requested(message)
        elif isinstance(message, Stage):
            self._advance(message)
        elif isinstance(message, Refused):
            self._refused(message)
        elif isinstance(message, StopNotice):
            self._stopped(message)

    def _answer(self, name: object, answer: Answer) -> None:
        """Resets and overrides go to every client: the id may be that of another request here."""
        op, request = self._requests.get(name, ("", None)) if isinstance(name, str) else ("", None)
        if request is not None and not request.done() and isinstance(answer, _ANSWERS[op]):
            request.set_result(answer)

    def _fail_request(self, name: object, error: CommandError) -> None:
        _, request = self._requests.get(name, ("", None)) if isinstance(name, str) else ("", None)
        if request is not None and not request.done():
            request.set_exception(error)

    def _granted(self, grant: Grant) -> None:
        name = str(grant.id)
        renewed = self._renewals.pop(name, None)
        asked = self._acquires.get(name)
        if renewed is not None:
            renewed[1].renewed(grant, renewed[0])
        elif asked is not None and not asked[1].done():
            # Made here and not where it is awaited: what comes next may end it already.
            asked[1].set_result(self._new_lease(self, grant, asked[0]))
        else:
            # Whoever asked has given up: a grant that arrives late must not keep the robot from others.
            self.release_unasked(grant.robot, grant.epoch)

    def _advance(self, stage: Stage) -> None:
        number = stage.id if isinstance(stage.id, int) else -1
        jog = self._jogs.get(number)
        pending = self._pending.get(number)
        failed = stage.stage in ("refused", "aborted")
        if failed:
            # Of a plan: its id is that of a request.
            self._fail_request(stage.id, CommandError(stage.code, stage.message))
        if failed and stage.code == "no_lease":
            lease = jog[0] if jog is not None else pending.lease if pending is not None else None
            if lease is not None:
                lease.end(CommandError(stage.code, stage.message))
        if jog is not None:
            if failed:
                jog[1].refused(stage.code, stage.message)
            else:
                jog[1].answered()
        if pending is None or pending.outcome.done():
            return
        if stage.stage == "done" and stage.code in ("ok", "limited"):
            pending.outcome.set_result(Result(stage.code, stage.message))
        elif failed or stage.stage == "done":
            pending.fail(CommandError(stage.code, stage.message))
        elif pending.on_progress is not None:
            try:
                pending.on_progress(Progress(stage.stage, stage.progress, stage.error))
            except Exception:
                log.exception("on_progress raised")

    def _refused(self, refused: Refused) -> None:
        error = CommandError(refused.code, refused.message)
        if isinstance(refused.id, int):
            jog = self._jogs.get(refused.id)
            if jog is not None:
                jog[1].refused(refused.code, refused.message)
            pending = self._pending.get(refused.id)
            if pending is not None:
                pending.fail(error)
            return
        if refused.id is None:
            taken = None if refused.robot is None else self.leases.get(refused.robot)
            if taken is not None and refused.code == "lease_lost":
                taken.end(error)
                return
            log.warning("the twin refused a message on /ws/command: %s", error)
            return
        renewed = self._renewals.pop(refused.id, None)
        if renewed is not None:
            # Too many messages a second: the next renewal comes before the lease ends.
            if refused.code != "too_many":
                renewed[1].end(error)
            return
        self._fail_request(refused.id, error)
        asked = self._acquires.get(refused.id)
        if asked is not None and not asked[1].done():
            asked[1].set_exception(error)
        for _, name, future in self._stops:
            if name == refused.id and not future.done():
                future.set_exception(error)

    def _stopped(self, notice: StopNotice) -> None:
        for robot, _, future in self._stops:
            if notice.robot in (robot, "*") and not future.done():
                future.set_result(True)
        for robot, lease in tuple(self.leases.items()):
            if notice.robot in (robot, "*"):
                lease.end(
                    CommandError("stopped", f"stopped by {notice.by}: reset it, then acquire the lease again")
                )

    def judge_leases(self, status: Status) -> None:
        """The leases as everybody sees them: when another epoch holds the robot, this process no longer does."""
        for control in status.control:
            lease = self.leases.get(control.robot)
            # A status from before the grant does not count: it came over the other socket.
            if lease is None or control.epoch == lease.epoch or status.time_ms <= lease.granted_ms:
                continue
            if control.stopped_by is not None:
                lease.end(CommandError("stopped", f"stopped by {control.stopped_by}"))
            elif control.holder is not None:
                lease.end(CommandError("lease_lost", f"{control.holder} drives {control.robot} now"))
            else:
                lease.end(CommandError("lease_lost", f"the lease of {control.robot} ended"))

    def forget_lease(self, lease: Lease, error: CommandError) -> None:
        """Its commands end with the server's result, or with `error` if none comes within a second."""
        if self.leases.get(lease.robot) is lease:
            del self.leases[lease.robot]
        left = [pending for pending in self._pending.values() if pending.lease is lease]

        def give_up() -> None:
            if lease.robot in self.leases:
                return  # acquired anew by this client: the motion goes on
            for pending in left:
                pending.fail(error)

        if left:
            asyncio.get_running_loop().call_later(_LAST_RESULT_S, give_up)
