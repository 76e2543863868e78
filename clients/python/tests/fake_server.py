"""A twin in this process: it speaks the protocol and does what a test tells it to."""

from __future__ import annotations

import asyncio
import json
import struct
import time
from typing import Any, Awaitable, Callable, Mapping

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.typing import Subprotocol

Message = dict[str, Any]

COLUMNS: list[tuple[str, str]] = [
    ("reported", "joint/elbow/position"),
    ("reported", "joint/elbow/velocity"),
    ("desired", "joint/elbow/position"),
    ("reported", "joint/a/b/position"),
]
BASE = [("base/pose", 7), ("base/twist", 6)]


def layout_columns() -> list[Message]:
    columns = [{"robot": "robot", "facet": facet, "path": path, "component": 0} for facet, path in COLUMNS]
    for path, width in BASE:
        columns += [
            {"robot": "robot", "facet": "reported", "path": path, "component": component}
            for component in range(width)
        ]
    return columns


def state_frame(
    values: list[float],
    ages_ms: list[float] | None = None,
    qualities: list[int] | None = None,
    layout: int = 1,
    time_ms: float = 0.0,
    revision: float = 1.0,
) -> bytes:
    """The bytes of one frame, written as docs/stream.md says."""
    n = len(values)
    ages_ms = [0.0] * n if ages_ms is None else ages_ms
    qualities = [0] * n if qualities is None else qualities
    head = struct.pack("<BBHIdd", 1, 1, layout, n, revision, time_ms)
    return head + struct.pack(f"<{n}d{n}f{n}B", *values, *ages_ms, *qualities)


def register(value: object, received: float, quality: str = "good", reason: str | None = None) -> Message:
    made: Message = {"value": value, "received": received, "quality": quality, "source": "test"}
    if reason is not None:
        made["reason"] = reason
    return made


class FakeServer:
    """Grants leases, answers commands by `on_command`, and keeps what it was told.

    Flags: `mute_commands` answers nothing on /ws/command, `refuse` is an HTTP status for new connections,
    `clock_ahead_ms` moves its clock.
    """

    def __init__(self) -> None:
        self.clock_ahead_ms = 5_000_000.0
        self.mute_commands = False
        self.refuse: int | None = None
        self.lease_holder: str | None = None
        self.lease_ttl_ms = 3000.0
        self.renewals = True
        self.received: list[Message] = []
        self.states: list[ServerConnection] = []
        self.commands: list[ServerConnection] = []
        self.requests: list[Request] = []
        self.connections = 0
        self.things: dict[str, Message] = {}
        self.http: dict[str, object] = {}
        self.on_command: Callable[[ServerConnection, Message], Awaitable[None]] = self.done
        self.on_plan: Callable[[ServerConnection, Message], Awaitable[None]] = self.planned
        self.port = 0
        self._epoch = 0
        self._stopped_by: str | None = None
        self._server: Server | None = None
        self._arrived = asyncio.Event()
        self.set_things()

    # -- life

    async def start(self, port: int = 0) -> None:
        self._server = await serve(
            self._serve,
            "127.0.0.1",
            port,
            subprotocols=[Subprotocol("twin.v1")],
            process_request=self._process,
            compression=None,
            ping_interval=None,
        )
        self.port = next(iter(self._server.sockets)).getsockname()[1]

    async def stop(self) -> None:
        self.drop()
        server, self._server = self._server, None
        if server is not None:
            server.close()
            await server.wait_closed()

    @property
    def url(self) -> str:
        return f"127.0.0.1:{self.port}"

    def drop(self, which: str = "both") -> None:
        """Cuts the connections without a farewell, as a cable does."""
        for one in (self.states if which != "commands" else []) + (
            self.commands if which != "states" else []
        ):
            one.transport.abort()

    def now_ms(self) -> float:
        return time.monotonic() * 1000 + self.clock_ahead_ms

    def set_things(self, **more: Message) -> None:
        robot: Message = {
            "type": "robot",
            "definition": {},
            "relationships": [],
            "properties": {"battery/voltage": {"unit": "V", "reported": register(24.5, self.now_ms())}},
        }
        joint: Message = {"type": "joint", "definition": {"type": "revolute"}, "relationships": []}
        fixed: Message = {"type": "joint", "definition": {"type": "fixed"}, "relationships": []}
        self.things = {
            "robot": robot,
            "robot/joint/elbow": {**joint, "properties": {}},
            "robot/joint/mount": {**fixed, "properties": {}},
            **more,
        }

    # -- what it says

    async def say(self, connection: ServerConnection, message: object) -> None:
        try:
            await connection.send(message if isinstance(message, (str, bytes)) else json.dumps(message))
        except ConnectionClosed:
            pass

    async def say_state(self, message: object) -> None:
        for connection in self.states:
            await self.say(connection, message)

    async def say_command(self, message: object) -> None:
        for connection in self.commands:
            await self.say(connection, message)

    async def frame(
        self, values: list[float], ages_ms: list[float] | None = None, qualities: list[int] | None = None
    ) -> None:
        await self.say_state(state_frame(values, ages_ms, qualities, time_ms=self.now_ms()))

    async def status(self, epoch: int | None, holder: str | None = "somebody") -> None:
        await self.say_state(self._status(None if epoch is None else {"holder": holder, "epoch": epoch}))

    def _status(self, lease: Message | None) -> Message:
        stopped = None if self._stopped_by is None else {"by": self._stopped_by, "at": 1, "reason": ""}
        can = {"jointPosition": True, "jointVelocity": True, "twist": True}
        control = [{"robot": "robot", "lease": lease, "stopped": stopped, "can": can}]
        return {
            "op": "status",
            "time": self.now_ms(),
            "revision": 1,
            "clients": 1,
            "sources": [],
            "control": control,
        }

    async def stage(
        self, connection: ServerConnection, command: Message, stage: str, code: str = "ok"
    ) -> None:
        answer = {"op": "result", "id": command["id"], "stage": stage, "code": code, "message": f"{stage}!"}
        if stage == "executing":
            answer = {**answer, "progress": 0.5, "error": 0.01}
        await self.say(connection, answer)

    async def done(self, connection: ServerConnection, command: Message) -> None:
        await self.stage(connection, command, "accepted")
        if command["command"]["kind"] in ("jointVelocity", "twist", "cartesianVelocity"):
            return
        await self.stage(connection, command, "sent")
        await self.stage(connection, command, "executing")
        await self.stage(connection, command, "done")

    async def accept_only(self, connection: ServerConnection, command: Message) -> None:
        await self.stage(connection, command, "accepted")

    async def planned(self, connection: ServerConnection, message: Message) -> None:
        await self.say(connection, planned(message["id"]))

    # -- what it heard

    def of(self, op: str) -> list[Message]:
        return [message for message in self.received if message["op"] == op]

    def kind(self, kind: str) -> list[Message]:
        return [message for message in self.of("command") if message["command"]["kind"] == kind]

    async def until(self, what: Callable[[], object], seconds: float = 5.0) -> None:
        """Waits until `what` is true; looks each time that something arrives, and now and then."""
        deadline = time.monotonic() + seconds
        while not what():
            if time.monotonic() > deadline:
                raise AssertionError(f"it did not come to that; received: {self.received[-5:]}")
            self._arrived.clear()
            try:
                await asyncio.wait_for(self._arrived.wait(), 0.01)
            except asyncio.TimeoutError:
                pass

    # -- the protocol

    def _process(self, connection: ServerConnection, request: Request) -> Response | None:
        self.requests.append(request)
        path = request.path.split("?")[0]
        if path in self.http:
            body = json.dumps(self.http[path]).encode()
            return Response(200, "OK", Headers({"Content-Type": "application/json"}), body)
        if self.refuse is not None:
            return connection.respond(self.refuse, "the token is missing")
        if not path.endswith(("/ws/state", "/ws/command")):
            return connection.respond(404, '{"error": "there is nothing at this address"}')
        return None

    async def _serve(self, connection: ServerConnection) -> None:
        assert connection.request is not None
        self.connections += 1
        is_state = "/ws/state" in connection.request.path
        listed = self.states if is_state else self.commands
        listed.append(connection)
        if not (self.mute_commands and not is_state):
            hello = {"op": "hello", "session": "s", "serverTime": self.now_ms(), "version": "test"}
            await self.say(connection, hello)
        try:
            async for text in connection:
                message: Message = json.loads(text)
                self.received.append(message)
                if is_state:
                    await self._state(connection, message)
                elif not self.mute_commands:
                    await self._command(connection, message)
                self._arrived.set()
        except ConnectionClosed:
            pass
        finally:
            listed.remove(connection)

    async def _state(self, connection: ServerConnection, message: Message) -> None:
        if message["op"] == "ping":
            await self.say(connection, {"op": "pong", "t": message["t"], "serverTime": self.now_ms()})
        if message["op"] == "subscribe":
            await self.say(connection, self._status(None))
            twin = {"revision": 1, "time": self.now_ms(), "things": self.things}
            await self.say(connection, {"op": "snapshot", "revision": 1, "twin": twin})
            await self.say(connection, {"op": "layout", "layout": 1, "columns": layout_columns()})
            await self.say(connection, state_frame(first_values(), time_ms=self.now_ms()))

    async def _command(self, connection: ServerConnection, message: Message) -> None:
        op, name, robot = message["op"], message.get("id"), message.get("robot")
        if op == "ping":
            await self.say(connection, {"op": "pong", "t": message["t"], "serverTime": self.now_ms()})
        elif op == "plan":
            await self.on_plan(connection, message)
        elif op == "override":
            await self.say_command(
                {"op": "override", "id": name, "robot": robot, "percent": message["percent"]}
            )
        elif op == "request":
            pass  # its grant comes when the holder hands over: `grant`
        elif op == "handOver":
            await self.say(connection, {"op": "released", "id": name, "robot": robot})
        elif op == "acquire" and self.lease_holder is not None and not message.get("force"):
            await self.say(
                connection,
                {
                    "op": "error",
                    "id": name,
                    "code": "lease_held",
                    "message": f"{self.lease_holder} drives robot now",
                    "holder": self.lease_holder,
                },
            )
        elif op == "acquire":
            self._epoch += 1
            await self.grant(connection, name, robot, self._epoch)
        elif op == "renew" and self.renewals:
            await self.grant(connection, name, robot, message["epoch"])
        elif op == "release":
            await self.say(connection, {"op": "released", "id": name, "robot": robot})
        elif op == "reset":
            self._stopped_by = None
            await self.say_command({"op": "reset", "id": name, "robot": robot})
        elif op == "stop" and robot not in ("*", "robot"):
            error = {
                "op": "error",
                "id": name,
                "code": "unknown_robot",
                "message": f'there is no robot "{robot}"',
            }
            await self.say(connection, error)
        elif op == "stop":
            self._stopped_by = message["holder"]
            stopped = {"op": "stopped", "robot": robot, "by": message["holder"]}
            await self.say_command(stopped)
            await self.say_state(stopped)
        elif op == "command":
            await self.on_command(connection, message)

    async def grant(self, connection: ServerConnection, name: object, robot: object, epoch: int) -> None:
        lease = {"op": "lease", "id": name, "robot": robot, "epoch": epoch, "ttlMs": self.lease_ttl_ms}
        await self.say(connection, {**lease, "serverTime": self.now_ms()})


def planned(name: object) -> Message:
    """The answer to `plan`, as docs/plans.md has it."""
    return {
        "op": "planned",
        "id": name,
        "robot": "robot",
        "planId": "plan-1",
        "stateHash": "5f1d",
        "duration": 1.5,
        "points": [{"time": 0, "positions": {"elbow": 0.1}}, {"time": 1.5, "positions": {"elbow": 0.5}}],
        "leastDistance": {"metres": 0.08, "between": ["forearm", "table"], "time": 0.6},
        "effortShare": {"elbow": 0.4},
        "path": "around",
    }


def first_values(elbow: float = 0.25) -> list[float]:
    """Of all columns: the elbow, its velocity, where it is to go, another joint, the base."""
    return [elbow, 0.1, 0.5, 1.5, 1.0, 2.0, 3.0, 0.0, 0.0, 0.0, 1.0, 0.3, 0.0, 0.0, 0.0, 0.0, 0.6]


def is_zero(command: Mapping[str, Any]) -> bool:
    """Whether a jog's command is the one that ends it."""
    if command["kind"] == "jointVelocity":
        return not any(command["velocities"].values())
    return not any([*command["linear"].values(), *command["angular"].values()])
