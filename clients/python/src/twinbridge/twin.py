"""A connection to one twin."""

from __future__ import annotations

import asyncio
import logging
import os
import ssl
import sys
from types import TracebackType
from typing import Any, Callable, Generator, Iterable

from .address import ServerAddress, read_address
from .command_link import CommandLink
from .command_messages import Grant
from .errors import CommandError, ConnectionFailed, RequestFailed
from .http_client import HttpClient
from .lease import Lease
from .listeners import Callback, Listeners
from .past import Clock, Moment, Time, query_of, read_events, read_moment, read_series, time_text
from .poses import PoseBook
from .robot import Robot
from .state_link import StateLink
from .state_messages import Status
from .state_store import StateStore
from .values import Facet, StopNotice, TwinEvent, Value

log = logging.getLogger("twinbridge")

_STOP_ANSWER_S = 0.5
_STOP_HTTP_S = 3.0
_FIRST_FRAME_S = 1.0
_HISTORY_S = 60.0


class Twin:
    """A connection to one twin, by `connect`. It reconnects by itself and never sends a command again."""

    def __init__(self, address: ServerAddress, holder: str, rate: float, tls: ssl.SSLContext | None) -> None:
        self.holder = holder
        """How people see who drives."""
        self.bad_messages = 0
        """Messages of the server that lacked something they must have: left out and counted."""
        self._http = HttpClient(address, tls)
        self._listeners = Listeners("connected", "disconnected", "event", "stopped", "bad_message")
        self._robots: dict[str, Robot] = {}
        self._state = StateLink(address, rate, self._http, self._count_bad, tls)
        self.poses = PoseBook(self._http)
        self.commands = CommandLink(address, self._new_lease, self._count_bad, tls)
        self._was_connected = False
        self._closed = False
        for link in (self._state, self.commands):
            link.listeners.add("connected", self._link_connected)
            link.listeners.add("disconnected", self._link_lost)
        self._state.listeners.add("state", self._tell_state)
        self._state.listeners.add("event", self._tell_event)
        self._state.listeners.add("stopped", self._tell_stopped)
        self._state.listeners.add("status", self._take_status)

    # -- state

    @property
    def store(self) -> StateStore:
        return self._state.store

    @property
    def connected(self) -> bool:
        """True while both ways, state and commands, are up and the state is known."""
        return self._state.ready.is_set() and self.commands.ready.is_set()

    @property
    def dropped(self) -> int:
        """Frames that the server left out because this program reads too slowly."""
        return self._state.dropped

    @property
    def round_trip_ms(self) -> float | None:
        """What a command can expect now: the middle one of the last pings; None before the first."""
        return self.commands.clock.round_trip_ms

    def robots(self) -> list[str]:
        """The ids of the robots."""
        return self.store.robots()

    def robot(self, name: str) -> Robot:
        """The robot with that id. Raises CommandError `unknown_robot`, which names those that there are."""
        if name not in self._robots:
            known = self.robots()
            if name not in known:
                there = f"known robots: {', '.join(known)}" if known else "no robot is known yet"
                raise CommandError("unknown_robot", f'there is no robot "{name}"; {there}')
            self._robots[name] = Robot(self, name)
        return self._robots[name]

    def things(self) -> dict[str, str]:
        """All things of the graph and their types: robot, link, joint, device."""
        return {name: thing.type for name, thing in self.store.things().items()}

    def property(self, thing: str, path: str, facet: Facet = "reported") -> Value[object] | None:
        """Any property, as `twin.property("device/gripper", "device/gripper/force")`; None without a value."""
        return self.store.property(thing, path, facet)

    def on(self, event: str, callback: Callback) -> Callable[[], None]:
        """`connected`: callback(); `disconnected`: callback(reason); `event`: callback(TwinEvent);
        `stopped`: callback(StopNotice); `bad_message`: callback(reason).

        A callback is a function or a coroutine function. Returns a function that removes it.
        """
        return self._listeners.add(event, callback)

    async def wait_connected(self, timeout: float | None = None) -> None:
        """Waits until both ways are up. Raises ConnectionFailed after `timeout` seconds."""

        async def both() -> None:
            while not self.connected:
                await self._state.ready.wait()
                await self.commands.ready.wait()

        try:
            await asyncio.wait_for(both(), timeout)
        except asyncio.TimeoutError:
            raise ConnectionFailed(f"not connected within {timeout} s") from None

    # -- commands

    async def stop(self, reason: str = "", *, robot: str = "*") -> None:
        """Ends all motion and latches until a reset; `robot` "*" means every robot. Needs no lease.

        It goes over the command socket, and by HTTP when that is down or does not confirm it in half a
        second. Returns once the twin confirmed it; raises CommandError `not_stopped` when neither way worked.
        Software: it does not replace the robot's emergency stop.
        """
        for lease in tuple(self.commands.leases.values()):
            if robot in ("*", lease.robot):
                lease.drop_jogs(CommandError("stopped", "this client pressed Stop"))
        if await self.commands.stop(robot, self.holder, reason, _STOP_ANSWER_S):
            return
        body = {} if robot == "*" else {"robot": robot}
        try:
            await self._http.post("api/stop", body, _STOP_HTTP_S)
        except RequestFailed as error:
            raise CommandError("not_stopped", f"the twin did not confirm the stop: {error}") from error

    # -- requests

    async def history(
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
        """Recorded series, as `robot/joint/elbow/position` with `*` for any characters; without `from_` the last hour.

        With `points` or `step` (ms) each has the lists time, min, max, mean, last, count; else the raw samples:
        time, stamp, value, quality, source. Raises RequestFailed, also for a twin without a history.
        """
        query = query_of(
            {
                "series": series if isinstance(series, str) else ",".join(series),
                "from": time_text(from_),
                "to": time_text(to),
                "points": points,
                "step": step,
                "aggregate": aggregate,
                "facet": facet,
                "clock": clock,
            }
        )
        return read_series(await self._http.get("api/history", query, timeout_s=_HISTORY_S))

    async def at(self, time: Time, *, clock: Clock | None = None) -> Moment:
        """The whole twin as it was at `time`. Raises RequestFailed, also for a twin without a history."""
        query = query_of({"at": time_text(time), "clock": clock})
        return read_moment(await self._http.get("api/twin", query, timeout_s=_HISTORY_S))

    async def events(
        self,
        from_: Time | None = None,
        to: Time | None = None,
        kind: str | None = None,
        *,
        limit: int | None = None,
    ) -> list[TwinEvent]:
        """Events, alarms and the audit trail, oldest first: the newest `limit`.

        `kind` is a pattern, as `stop.*`. Without any argument: the newest ones that the twin has in memory, which
        works without a history too. Those of the history have the id 0. Raises RequestFailed.
        """
        query = query_of({"from": time_text(from_), "to": time_text(to), "kind": kind, "limit": limit})
        # A limit alone is one of the recorded past, too.
        if query and not {"from", "to", "kind"} & query.keys():
            query["kind"] = "*"
        return read_events(await self._http.get("api/events", query, timeout_s=_HISTORY_S))

    async def close(self) -> None:
        """Ends jogs, gives the leases back and disconnects. Harmless when it is closed."""
        if self._closed:
            return
        self._closed = True
        for lease in tuple(self.commands.leases.values()):
            try:
                await asyncio.wait_for(lease.release(), 1.0)
            except (CommandError, asyncio.TimeoutError) as error:
                log.warning("the lease of %s was not given back: %s", lease.robot, error)
        await asyncio.gather(self._state.close(), self.commands.close())

    async def __aenter__(self) -> Twin:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    # -- for this package only

    async def open(self, timeout_s: float) -> None:
        self._state.socket.start()
        self.commands.socket.start()

        async def both() -> None:
            await asyncio.gather(self._state.socket.first, self.commands.socket.first)
            await self.wait_connected()

        try:
            await asyncio.wait_for(both(), timeout_s)
            await self._first_frame()
        except asyncio.TimeoutError:
            await self.close()
            raise ConnectionFailed(f"the twin sent no state within {timeout_s} s") from None
        except BaseException:
            await self.close()
            raise

    async def _first_frame(self) -> None:
        """So that a program can read a joint in its first line. A twin without a robot sends none."""
        came = asyncio.Event()
        remove = self._state.listeners.add("state", lambda _: came.set())
        try:
            if not self.store.has_motion:
                await asyncio.wait_for(came.wait(), _FIRST_FRAME_S)
        except asyncio.TimeoutError:
            pass
        finally:
            remove()

    def _new_lease(self, link: CommandLink, grant: Grant, asked_s: float) -> Lease:
        return Lease(link, self.poses, grant, asked_s)

    def _count_bad(self, reason: str) -> None:
        self.bad_messages += 1
        log.log(
            logging.WARNING if self.bad_messages == 1 else logging.DEBUG, "a message was left out: %s", reason
        )
        self._listeners.emit("bad_message", reason)

    def _link_connected(self) -> None:
        if self.connected:
            self._was_connected = True
            self._listeners.emit("connected")

    def _link_lost(self, reason: str) -> None:
        if self._was_connected:
            self._was_connected = False
            self._listeners.emit("disconnected", reason)

    def _tell_state(self, robots: tuple[str, ...]) -> None:
        for name in robots:
            robot = self._robots.get(name)
            if robot is not None:
                robot.listeners.emit("state", robot)

    def _tell_event(self, event: TwinEvent) -> None:
        self._listeners.emit("event", event)
        robot = self._robots.get(event.robot) if event.robot is not None else None
        if robot is not None:
            robot.listeners.emit("event", event)

    def _tell_stopped(self, notice: StopNotice) -> None:
        self._listeners.emit("stopped", notice)
        for name, robot in tuple(self._robots.items()):
            if notice.robot in ("*", name):
                robot.listeners.emit("stopped", notice)

    def _take_status(self, status: Status) -> None:
        self.commands.judge_leases(status)


class Connecting:
    """A twin on its way: `twin = await connect(url)`, or `async with connect(url) as twin`."""

    def __init__(
        self,
        address: ServerAddress,
        holder: str,
        rate: float,
        timeout_s: float,
        tls: ssl.SSLContext | None,
    ) -> None:
        self._address = address
        self._holder = holder
        self._rate = rate
        self._timeout_s = timeout_s
        self._tls = tls
        self._twin: Twin | None = None

    def __await__(self) -> Generator[Any, None, Twin]:
        return self._open().__await__()

    async def _open(self) -> Twin:
        twin = Twin(self._address, self._holder, self._rate, self._tls)
        await twin.open(self._timeout_s)
        return twin

    async def __aenter__(self) -> Twin:
        self._twin = await self._open()
        return self._twin

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._twin is not None:
            await self._twin.close()


def connect(
    url: str,
    *,
    token: str | None = None,
    holder: str | None = None,
    rate: float = 60.0,
    timeout: float = 10.0,
    tls: ssl.SSLContext | None = None,
) -> Connecting:
    """Connects to a twin: `async with connect("127.0.0.1:8080") as twin`, or `twin = await connect(…)`.

    `url`: http(s)://, ws(s)://, or HOST:PORT, with the path behind a reverse proxy if there is one. `holder` is
    how people see who drives (at most 64 characters; the script's name). `rate`: states a second. `tls`: an SSL
    context, for a certificate of your own. Raises ConnectionFailed when no twin answers within `timeout`
    seconds; after that, the client reconnects by itself.
    """
    if not 0.1 <= rate <= 1000:
        raise ValueError(f"rate is {rate}: states a second, from 0.1 to 1000")
    return Connecting(read_address(url, token), holder_name(holder), rate, timeout, tls)


def holder_name(holder: str | None) -> str:
    if holder:
        return holder[:64]
    script = os.path.basename(sys.argv[0]) if sys.argv else ""
    return script[:64] if script not in ("", "-c", "-m") else "a Python script"
