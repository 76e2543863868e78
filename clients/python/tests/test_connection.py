from __future__ import annotations

import asyncio
import json
import time
import unittest
from typing import Any

import twinbridge
from twinbridge.errors import CommandError, ConnectionFailed, RequestFailed

from .fake_server import FakeServer, first_values, register
from .support import TwinCase, error_of, eventually


class Connecting(TwinCase):
    async def test_the_first_line_can_read_a_joint(self) -> None:
        async with twinbridge.connect(self.server.url) as twin:
            elbow = twin.robot("robot").joint("elbow")
            assert elbow.position is not None and elbow.velocity is not None
            self.assertEqual((elbow.position.value, elbow.velocity.value), (0.25, 0.1))
            self.assertIsNone(elbow.effort)
            self.assertEqual((elbow.position.quality, elbow.position.reason), ("good", None))
            self.assertLess(elbow.position.age_ms, 1000)
            self.assertTrue(twin.connected)
        await self.server.until(lambda: not self.server.states and not self.server.commands)

    async def test_it_can_be_awaited_as_well(self) -> None:
        twin = await twinbridge.connect(self.server.url)
        self.assertEqual(twin.robots(), ["robot"])
        await twin.close()
        await twin.close()

    async def test_it_subscribes_to_binary_frames_at_the_rate_asked_for(self) -> None:
        await self.connect(rate=10)
        subscribe = self.server.of("subscribe")
        self.assertEqual(subscribe, [{"op": "subscribe", "encoding": "binary", "rate": 10}])

    async def test_a_token_goes_as_a_header_and_in_no_address(self) -> None:
        await self.connect(url=f"http://{self.server.url}/#token=geheim")
        for request in self.server.requests:
            self.assertEqual(request.headers["Authorization"], "Bearer geheim")
            self.assertNotIn("geheim", request.path)

    async def test_a_path_of_a_reverse_proxy_remains(self) -> None:
        await self.connect(url=f"ws://{self.server.url}/robots/one")
        paths = {request.path for request in self.server.requests}
        self.assertEqual(paths, {"/robots/one/ws/state", "/robots/one/ws/command"})

    async def test_where_no_twin_is_it_says_so_at_once(self) -> None:
        await self.server.stop()
        with self.assertRaisesRegex(ConnectionFailed, "no twin answers .* Start it with `twin up`"):
            await self.connect()

    async def test_a_refusal_is_shown(self) -> None:
        self.server.refuse = 401
        with self.assertRaisesRegex(ConnectionFailed, "401 .*the token is missing"):
            await self.connect()

    async def test_a_server_that_says_nothing_is_given_up(self) -> None:
        self.server.mute_commands = True
        with self.assertRaisesRegex(ConnectionFailed, "within 0.2 s"):
            await self.connect(timeout=0.2)
        await self.server.until(lambda: not self.server.states and not self.server.commands)

    async def test_what_cannot_be_right_is_refused_at_once(self) -> None:
        for rate in (0, 2000):
            with self.assertRaises(ValueError):
                twinbridge.connect(self.server.url, rate=rate)
        with self.assertRaises(ConnectionFailed):
            await self.connect(url=f"http://{'a' * 70}.example:1/")

    async def test_the_holder_is_the_scripts_name_unless_given(self) -> None:
        async with twinbridge.connect(self.server.url, holder="x" * 100) as twin:
            self.assertEqual(twin.holder, "x" * 64)
        async with twinbridge.connect(self.server.url) as twin:
            self.assertTrue(0 < len(twin.holder) <= 64)


class State(TwinCase):
    async def test_a_robot_that_is_not_there_is_named(self) -> None:
        twin = await self.connect()
        with self.assertRaisesRegex(CommandError, 'no robot "arm"; known robots: robot'):
            twin.robot("arm")

    async def test_a_joint_that_is_not_there_is_named(self) -> None:
        robot = await self.robot()
        with self.assertRaisesRegex(CommandError, "unknown_joint: .*elbow"):
            robot.joint("elbwo")

    async def test_joints_base_properties_and_control(self) -> None:
        robot = await self.robot()
        self.assertEqual(robot.joints(), ["elbow", "a/b"])
        base = robot.base()
        assert base.pose is not None and base.twist is not None
        self.assertEqual(base.pose.value, twinbridge.Pose((1, 2, 3), (0, 0, 0, 1)))
        self.assertEqual(base.twist.value, twinbridge.Twist((0.3, 0, 0), (0, 0, 0.6)))
        self.assertEqual(robot.base("desired"), twinbridge.Base())
        desired = robot.joint("elbow", "desired").position
        assert desired is not None
        self.assertEqual(desired.value, 0.5)
        voltage = robot.property("battery/voltage")
        assert voltage is not None
        self.assertEqual(voltage.value, 24.5)
        assert robot.control is not None
        self.assertIsNone(robot.control.stopped_by)

    async def test_properties_of_devices_follow(self) -> None:
        device = {"type": "device", "definition": {}, "relationships": [], "properties": {}}
        self.server.set_things(**{"device/g": device})
        twin = await self.connect()
        self.assertEqual(twin.things()["device/g"], "device")
        self.assertIsNone(twin.property("device/g", "device/g/force"))
        now = self.server.now_ms()
        changed = {"device/g": {"device/g/force": {"unit": "N", "reported": register(2.5, now)}}}
        await self.server.say_state({"op": "properties", "revision": 2, "time": now, "things": changed})
        await eventually(lambda: twin.property("device/g", "device/g/force"))
        force = twin.property("device/g", "device/g/force")
        assert force is not None
        self.assertEqual((force.value, force.quality), (2.5, "good"))

    async def test_the_age_takes_the_servers_clock_into_account(self) -> None:
        robot = await self.robot()
        await self.server.frame(first_values(0.5), ages_ms=[400.0] * 17)
        await eventually(lambda: (position := robot.joint("elbow").position) and position.value == 0.5)
        position = robot.joint("elbow").position
        assert position is not None
        self.assertTrue(400 <= position.age_ms < 700)

    async def test_callbacks_are_told_of_states_events_and_stops(self) -> None:
        robot = await self.robot()
        states: list[float] = []
        told: list[object] = []

        def note(one: twinbridge.Robot) -> None:
            position = one.joint("elbow").position
            assert position is not None
            states.append(position.value)

        async def note_later(event: twinbridge.TwinEvent) -> None:
            await asyncio.sleep(0)
            told.append(event.message)

        remove = robot.on("state", note)
        robot.on("event", note_later)
        robot.on("stopped", lambda notice: told.append(notice.by))
        event = {"id": 1, "time": 2, "revision": 3, "severity": "info", "kind": "a.b", "message": "m"}
        await self.server.frame(first_values(0.5))
        await self.server.say_state({"op": "event", "event": {**event, "robot": "other"}})
        await self.server.say_state({"op": "event", "event": {**event, "robot": "robot"}})
        await self.server.say_state({"op": "stopped", "robot": "*", "by": "Ada"})
        await eventually(lambda: len(told) == 2)
        self.assertEqual(states, [0.5])
        self.assertEqual(sorted(map(str, told)), ["Ada", "m"])
        remove()
        await self.server.frame(first_values(0.75))
        await eventually(lambda: (p := robot.joint("elbow").position) and p.value == 0.75)
        self.assertEqual(states, [0.5])

    async def test_a_callback_that_raises_harms_nobody(self) -> None:
        robot = await self.robot()
        seen: list[int] = []

        async def fail_later(_: object) -> None:
            raise RuntimeError("later")

        robot.on("state", lambda _: 1 / 0)
        robot.on("state", fail_later)
        robot.on("state", lambda _: seen.append(1))
        await self.server.frame(first_values())
        await self.server.frame(first_values())
        await eventually(lambda: len(seen) == 2)

    async def test_an_unknown_event_is_refused(self) -> None:
        robot = await self.robot()
        with self.assertRaisesRegex(ValueError, "state, event, stopped"):
            robot.on("sate", lambda _: None)

    async def test_why_a_value_is_not_good_is_asked_once(self) -> None:
        bad = register(0.25, 0, "bad", "not-finite")
        properties = {"joint/elbow/position": {"unit": "rad", "reported": bad}}
        thing = {"type": "robot", "definition": {}, "relationships": [], "properties": properties}
        self.server.http["/api/things/robot"] = thing
        robot = await self.robot()
        for _ in range(3):
            await self.server.frame(first_values(), qualities=[2] + [0] * 16)
        await eventually(lambda: (p := robot.joint("elbow").position) and p.reason == "not-finite")
        asked = [request for request in self.server.requests if request.path == "/api/things/robot"]
        self.assertEqual(len(asked), 1)

    async def test_bad_messages_are_counted_and_told_and_the_stream_goes_on(self) -> None:
        twin = await self.connect()
        robot = twin.robot("robot")
        reasons: list[str] = []
        twin.on("bad_message", reasons.append)
        bad: list[Any] = [
            "no json",
            b"",
            b"\x01\x01" + bytes(22),
            {"op": "snapshot"},
            {"op": "event", "event": {}},
        ]
        bad += [{"op": "pong", "t": 1e300, "serverTime": 1}, [], {"op": "status", "control": [{}], "time": 1}]
        for message in bad:
            await self.server.say_state(message)
        for message in ("no json", b"binary", {"op": "result", "id": 1}, {"op": "lease", "id": True}):
            await self.server.say_command(message)
        await self.server.frame(first_values(0.6))
        await eventually(lambda: (p := robot.joint("elbow").position) and p.value == 0.6)
        await eventually(lambda: twin.bad_messages == len(bad) + 4)
        self.assertEqual(len(reasons), twin.bad_messages)
        self.assertTrue(twin.connected)

    async def test_frames_left_out_are_counted(self) -> None:
        twin = await self.connect()
        await self.server.say_state({"op": "lagging", "dropped": 7})
        await eventually(lambda: twin.dropped == 7)


class Losing(TwinCase):
    async def test_values_are_bad_and_grow_old_while_the_connection_is_lost(self) -> None:
        robot = await self.robot()
        port = self.server.port
        await self.server.stop()
        await eventually(lambda: (p := robot.joint("elbow").position) and p.quality == "bad")
        first = robot.joint("elbow").position
        voltage = robot.property("battery/voltage")
        assert first is not None and voltage is not None
        self.assertEqual(
            (first.value, first.reason, voltage.reason), (0.25, "no-communication", "no-communication")
        )
        before = time.monotonic()
        await eventually(lambda: (p := robot.joint("elbow").position) and p.age_ms > first.age_ms + 50)
        self.assertGreaterEqual((time.monotonic() - before) * 1000, 45)
        await self.server.start(port)
        await eventually(lambda: (p := robot.joint("elbow").position) and p.quality == "good")

    async def test_it_reconnects_subscribes_and_learns_the_clock_anew(self) -> None:
        twin = await self.connect()
        told: list[str] = []
        twin.on("connected", lambda: told.append("connected"))
        twin.on("disconnected", lambda reason: told.append("disconnected"))
        for round_ in range(3):
            self.server.clock_ahead_ms = 1e6 * round_
            self.server.drop()
            await eventually(lambda: not twin.connected)
            await twin.wait_connected(5)
            issued = twin.commands.clock.server_ms(time.monotonic() * 1000)
            assert issued is not None
            self.assertLess(abs(issued - self.server.now_ms()), 200)
        self.assertEqual(told, ["disconnected", "connected"] * 3)
        self.assertEqual(len(self.server.of("subscribe")), 4)

    async def test_a_line_that_is_silent_is_dropped(self) -> None:
        self.patch("twinbridge.reconnecting_socket._WATCH_EVERY_S", 0.05)
        self.patch("twinbridge.state_link._SILENCE_S", 0.3)
        twin = await self.connect()
        lost = asyncio.Event()
        twin.on("disconnected", lambda reason: lost.set())
        await asyncio.wait_for(lost.wait(), 5)
        await twin.wait_connected(5)

    async def test_waiting_for_a_connection_has_an_end(self) -> None:
        twin = await self.connect()
        await self.server.stop()
        await eventually(lambda: not twin.connected)
        with self.assertRaises(ConnectionFailed):
            await twin.wait_connected(0.05)

    async def test_after_close_it_does_not_come_back(self) -> None:
        twin = await self.connect()
        await twin.close()
        await self.server.until(lambda: not self.server.states)
        before = self.server.connections
        await asyncio.sleep(0.1)
        self.assertEqual(self.server.connections, before)
        self.assertEqual((await error_of(twin.robot("robot").reset())).code, "not_connected")


class Requests(TwinCase):
    async def test_history_is_asked_over_http(self) -> None:
        series = [{"name": "robot/joint/elbow/position", "time": [1], "mean": [0.5]}]
        self.server.http["/api/history"] = {"series": series}
        twin = await self.connect()
        found = await twin.history(
            ["robot/joint/*", "robot/base/*"], from_=1000, to="2026-01-01T00:00:00Z", points=5
        )
        self.assertEqual(found, series)
        path = self.server.requests[-1].path
        expected = (
            "series=robot%2Fjoint%2F%2A%2Crobot%2Fbase%2F%2A&from=1000&to=2026-01-01T00%3A00%3A00Z&points=5"
        )
        self.assertEqual(path, f"/api/history?{expected}")

    async def test_a_datetime_goes_as_utc(self) -> None:
        from datetime import datetime, timedelta, timezone

        self.server.http["/api/history"] = {"series": []}
        twin = await self.connect()
        await twin.history("a", datetime(2026, 1, 1, 2, tzinfo=timezone(timedelta(hours=1))))
        self.assertIn("from=2026-01-01T01%3A00%3A00Z", self.server.requests[-1].path)

    async def test_the_twin_of_a_moment_is_read_with_its_ages(self) -> None:
        register = {"value": 0.5, "received": 900, "quality": "uncertain", "reason": "stale", "source": "ros"}
        robot = {
            "type": "robot",
            "definition": {},
            "relationships": [],
            "properties": {"joint/elbow/position": {"unit": "rad", "reported": register}},
        }
        self.server.http["/api/twin"] = {"revision": 3, "time": 1000, "things": {"robot": robot}}
        twin = await self.connect()
        moment = await twin.at(1000, clock="stamp")
        self.assertEqual(self.server.requests[-1].path, "/api/twin?at=1000&clock=stamp")
        position = moment.joint("robot", "elbow").position
        assert position is not None
        self.assertEqual(
            (position.value, position.age_ms, position.quality, position.reason),
            (0.5, 100, "uncertain", "stale"),
        )
        self.assertIsNone(moment.joint("robot", "elbow").effort)
        self.assertIsNone(moment.joint("robot", "elbow", "desired").position)
        self.assertIsNone(moment.property("nobody", "x"))
        wrongs: tuple[object, ...] = (
            {},
            {"time": 1, "things": {"a": 1}},
            {"time": "x", "things": {}},
            [],
            None,
        )
        for wrong in wrongs:
            self.server.http["/api/twin"] = wrong
            with self.assertRaises(RequestFailed):
                await twin.at(1)

    async def test_events_are_asked_by_time_and_kind(self) -> None:
        stored = {
            "time": 5.5,
            "severity": "warning",
            "kind": "stop.latched",
            "robot": "robot",
            "message": "m",
        }
        self.server.http["/api/events"] = {"events": [{**stored, "id": 7, "revision": 2}, stored]}
        twin = await self.connect()
        found = await twin.events()
        self.assertEqual(self.server.requests[-1].path, "/api/events")
        self.assertEqual([event.id for event in found], [7, 0])
        self.assertEqual((found[1].time_ms, found[1].kind, found[1].robot), (5.5, "stop.latched", "robot"))
        await twin.events(1, 2, "stop.*", limit=10)
        self.assertEqual(self.server.requests[-1].path, "/api/events?from=1&to=2&kind=stop.%2A&limit=10")
        await twin.events(limit=3)
        self.assertEqual(self.server.requests[-1].path, "/api/events?limit=3&kind=%2A")
        wrongs: tuple[object, ...] = ({}, {"events": [1]}, {"events": [{"time": 1}]}, [])
        for wrong in wrongs:
            self.server.http["/api/events"] = wrong
            with self.assertRaises(RequestFailed):
                await twin.events()

    async def test_a_refused_request_says_why(self) -> None:
        twin = await self.connect()
        with self.assertRaises(RequestFailed) as caught:
            await twin.history("a")
        self.assertEqual(
            (caught.exception.status, caught.exception.message),
            (404, "404: there is nothing at this address"),
        )
        self.server.http["/api/history"] = {"wrong": 1}
        with self.assertRaises(RequestFailed):
            await twin.history("a")
        await self.server.stop()
        with self.assertRaises(RequestFailed) as caught:
            await twin.history("a")
        self.assertEqual(caught.exception.status, 0)


class TwoTwins(TwinCase):
    async def test_two_twins_in_one_program_know_nothing_of_each_other(self) -> None:
        other = FakeServer()
        await other.start()
        self.addAsyncCleanup(other.stop)
        async with twinbridge.connect(other.url) as two:
            one = await self.connect()
            await other.frame(first_values(0.9))
            await eventually(lambda: (p := two.robot("robot").joint("elbow").position) and p.value == 0.9)
            position = one.robot("robot").joint("elbow").position
            assert position is not None
            self.assertEqual(position.value, 0.25)
            self.assertEqual(json.dumps(one.robots()), '["robot"]')


if __name__ == "__main__":
    unittest.main()
