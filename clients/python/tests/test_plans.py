from __future__ import annotations

import asyncio
import json
import unittest
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

from websockets.asyncio.server import ServerConnection

import twinbridge
from twinbridge import CommandError, LeaseRequest, LeastDistance, NamedPose, RequestFailed
from twinbridge.address import read_address
from twinbridge.http_client import HttpClient
from twinbridge.poses import PoseBook

from .fake_server import Message, is_zero, planned
from .support import TwinCase, error_of, eventually

MOVE = {"kind": "jointPosition", "positions": {"elbow": 0.5}}


class Plans(TwinCase):
    async def test_a_plan_has_what_is_known_of_the_motion(self) -> None:
        robot = await self.robot()
        plan = await robot.plan(MOVE)
        self.assertEqual((plan.robot, plan.plan_id, plan.state_hash), ("robot", "plan-1", "5f1d"))
        self.assertEqual((plan.duration, plan.path, plan.effort_share), (1.5, "around", {"elbow": 0.4}))
        self.assertEqual(plan.least_distance, LeastDistance(0.08, ("forearm", "table"), 0.6))
        self.assertEqual([(p.time, p.positions["elbow"]) for p in plan.points], [(0, 0.1), (1.5, 0.5)])
        asked = self.server.of("plan")[0]
        self.assertEqual((asked["robot"], asked["command"], asked["avoid"]), ("robot", MOVE, True))
        await robot.plan(MOVE, avoid=False)
        self.assertFalse(self.server.of("plan")[1]["avoid"])
        self.assertNotIn("planner", self.server.of("plan")[1])
        await robot.plan(MOVE, planner="moveit", group="arm")
        asked = self.server.of("plan")[2]
        self.assertEqual((asked["planner"], asked["group"]), ("moveit", "arm"))
        self.assertEqual(self.server.of("acquire"), [])

    async def test_a_plan_where_nothing_is_checked_has_no_least_distance(self) -> None:
        async def unchecked(connection: ServerConnection, message: Message) -> None:
            answer = planned(message["id"])
            del answer["leastDistance"]
            await self.server.say(connection, answer)

        self.server.on_plan = unchecked
        self.assertIsNone((await (await self.robot()).plan(MOVE)).least_distance)

    async def test_a_refused_plan_raises_the_code_of_the_command(self) -> None:
        async def refuse(connection: ServerConnection, message: Message) -> None:
            await self.server.stage(connection, message, "refused", "no_path")

        self.server.on_plan = refuse
        error = await error_of((await self.robot()).plan(MOVE))
        self.assertEqual((error.code, error.message), ("no_path", "refused!"))

    async def test_a_plan_may_take_longer_than_other_answers(self) -> None:
        self.patch("twinbridge.command_link._ANSWER_WITHIN_S", 0.02)

        async def slow(connection: ServerConnection, message: Message) -> None:
            await asyncio.sleep(0.1)
            await self.server.planned(connection, message)

        self.server.on_plan = slow
        robot = await self.robot()
        self.assertEqual((await robot.plan(MOVE)).duration, 1.5)
        self.patch("twinbridge.command_link._PLAN_WITHIN_S", 0.02)
        self.assertEqual((await error_of(robot.plan(MOVE))).code, "no_answer")

    async def test_a_plan_without_what_it_must_have_is_left_out_and_counted(self) -> None:
        self.patch("twinbridge.command_link._PLAN_WITHIN_S", 0.05)
        wrong: list[dict[str, Any]] = [
            {"points": []},
            {"points": [{"time": 1, "positions": {}}, {"time": 0.5, "positions": {}}]},
            {"duration": "1"},
            {"leastDistance": {"metres": 1, "between": ["a"], "time": 0}},
            {"effortShare": {"elbow": None}},
            {"path": "under"},
            {"uncheckedLinks": ["elbow", 7]},
        ]

        async def answer(connection: ServerConnection, message: Message) -> None:
            await self.server.say(connection, {**planned(message["id"]), **wrong[counted]})

        self.server.on_plan = answer
        twin = await self.connect()
        for counted in range(len(wrong)):
            self.assertEqual((await error_of(twin.robot("robot").plan(MOVE))).code, "no_answer")
            self.assertEqual(twin.bad_messages, counted + 1)

    async def test_a_plan_is_committed_under_the_lease_and_ends_a_jog(self) -> None:
        robot = await self.robot()
        plan = await robot.plan(MOVE)
        lease = await robot.acquire()
        jog = lease.jog({"elbow": 0.1})
        result = await lease.commit(plan)
        self.assertEqual((result.code, jog.active), ("ok", False))
        self.assertEqual(
            self.server.kind("plan")[0]["command"],
            {"kind": "plan", "planId": "plan-1", "stateHash": "5f1d"},
        )


class Override(TwinCase):
    async def test_it_is_set_and_read_back_from_the_status(self) -> None:
        robot = await self.robot()
        await robot.override(40)
        asked = self.server.of("override")[0]
        self.assertEqual((asked["robot"], asked["percent"]), ("robot", 40))
        self.assertEqual((await error_of(robot.override(float("nan")))).code, "not_finite")
        control: Message = {"robot": "robot", "lease": None, "stopped": None, "can": {}, "override": 40}
        status = {"op": "status", "time": self.server.now_ms(), "control": [control]}
        await self.server.say_state(status)
        await eventually(lambda: robot.control is not None and robot.control.override == 40)

    async def test_a_broadcast_of_another_client_answers_no_request_of_ours(self) -> None:
        robot = await self.robot()
        self.server.mute_commands = True
        waiting = asyncio.ensure_future(robot.reset())
        await self.server.until(lambda: self.server.of("reset"))
        name = self.server.of("reset")[0]["id"]
        await self.server.say_command({"op": "override", "id": name, "robot": "robot", "percent": 10})
        await self.server.say_command({"op": "released", "id": name, "robot": "robot"})
        await asyncio.sleep(0.05)
        self.assertFalse(waiting.done())
        await self.server.say_command({"op": "reset", "id": name, "robot": "robot"})
        await waiting


class HandedOver(TwinCase):
    async def test_a_lease_is_asked_for_and_comes_when_it_is_handed_over(self) -> None:
        robot = await self.robot()
        asking = asyncio.ensure_future(robot.request().__aenter__())
        await self.server.until(lambda: self.server.of("request"))
        asked = self.server.of("request")[0]
        self.assertEqual((asked["robot"], asked["holder"]), ("robot", "a test"))
        await asyncio.sleep(0.02)
        self.assertFalse(asking.done())
        await self.server.grant(self.server.commands[0], asked["id"], "robot", 7)
        lease = await asking
        self.assertEqual((lease.held, lease.epoch), (True, 7))

    async def test_one_that_is_not_handed_over_in_time_is_given_back_when_it_comes_late(self) -> None:
        robot = await self.robot()
        error = await error_of(robot.request(within=0.05))
        self.assertEqual(error.code, "not_handed_over")
        await self.server.grant(self.server.commands[0], self.server.of("request")[0]["id"], "robot", 7)
        await self.server.until(lambda: self.server.of("release"))
        self.assertEqual(self.server.of("release")[0]["epoch"], 7)

    async def test_the_holder_is_told_and_hands_over_and_has_lost_nothing(self) -> None:
        robot = await self.robot()
        lease = await robot.acquire()
        asked: list[LeaseRequest] = []
        lost: list[CommandError] = []
        lease.on("requested", asked.append)
        lease.on("lost", lost.append)
        jog = lease.jog({"elbow": 0.1})
        await self.server.say_command(
            {"op": "requested", "robot": "other", "by": "Eva", "session": "x"},
        )
        await self.server.say_command(
            {"op": "requested", "robot": "robot", "by": "Ada", "session": "s9"},
        )
        await eventually(lambda: asked)
        self.assertEqual(asked, [LeaseRequest("robot", "Ada", "s9")])
        await lease.hand_over(asked[0].session)
        self.assertEqual(self.server.of("handOver")[0]["session"], "s9")
        self.assertEqual((lease.held, lease.error, lost, jog.active), (False, None, [], False))
        self.assertEqual((await error_of(lease.hand_over("s9"))).code, "no_lease")
        self.assertEqual(self.server.of("release"), [])

    async def test_a_status_that_tells_of_the_new_holder_first_is_no_loss(self) -> None:
        robot = await self.robot()
        lease = await robot.acquire()
        lost: list[CommandError] = []
        lease.on("lost", lost.append)
        self.server.mute_commands = True
        giving = asyncio.ensure_future(lease.hand_over("s9"))
        await self.server.until(lambda: self.server.of("handOver"))
        await self.server.status(lease.epoch + 1, "Ada")
        await eventually(lambda: not lease.held)
        name = self.server.of("handOver")[0]["id"]
        await self.server.say_command({"op": "released", "id": name, "robot": "robot"})
        await giving
        self.assertEqual((lost, lease.error), ([], None))

    async def test_a_lease_that_could_not_be_handed_over_goes_on(self) -> None:
        robot = await self.robot()
        lease = await robot.acquire()
        self.server.mute_commands = True
        giving = asyncio.ensure_future(lease.hand_over("s9"))
        await self.server.until(lambda: self.server.of("handOver"))
        name = self.server.of("handOver")[0]["id"]
        await self.server.say_command({"op": "error", "id": name, "code": "no_request", "message": "none"})
        self.assertEqual((await error_of(giving)).code, "no_request")
        self.assertTrue(lease.held)
        await self.server.status(lease.epoch + 1, "Ada")
        await eventually(lambda: not lease.held)
        assert lease.error is not None
        self.assertEqual(lease.error.code, "lease_lost")

    async def test_force_is_asked_for_and_the_holder_learns_at_once_that_it_was_taken(self) -> None:
        robot = await self.robot()
        self.server.lease_holder = "Ada"
        lease = await robot.acquire(force=True)
        self.assertTrue(self.server.of("acquire")[0]["force"])
        lost: list[CommandError] = []
        lease.on("lost", lost.append)
        taken = {"op": "error", "code": "lease_lost", "message": "Eva took it", "holder": "Eva"}
        await self.server.say_command({**taken, "robot": "robot"})
        await eventually(lambda: lost)
        self.assertEqual((lost[0].code, lost[0].message, lease.held), ("lease_lost", "Eva took it", False))


class LinkJogs(TwinCase):
    async def test_a_link_is_jogged_until_its_end_which_sends_one_zero(self) -> None:
        lease = await (await self.robot()).acquire()
        with lease.jog_link("tool0", frame="tool0", linear={"z": 0.05}) as jog:
            await self.server.until(lambda: len(self.server.kind("cartesianVelocity")) > 3)
            jog.set(angular={"z": 0.1})
            await self.server.until(
                lambda: self.server.kind("cartesianVelocity")[-1]["command"]["angular"]["z"] == 0.1
            )
        await self.server.until(lambda: is_zero(self.server.kind("cartesianVelocity")[-1]["command"]))
        commands = [message["command"] for message in self.server.kind("cartesianVelocity")]
        self.assertEqual({(c["link"], c["frame"]) for c in commands}, {("tool0", "tool0")})
        self.assertEqual(commands[0]["linear"], {"x": 0.0, "y": 0.0, "z": 0.05})
        self.assertEqual(sum(map(is_zero, commands)), 1)
        self.assertIsNone(jog.error)

    async def test_it_takes_the_place_of_a_jog_of_joints_and_not_of_the_base(self) -> None:
        lease = await (await self.robot()).acquire()
        joints, base = lease.jog({"elbow": 0.1}), lease.twist(linear={"x": 0.1})
        link = lease.jog_link(linear={"x": 0.05})
        self.assertEqual((joints.active, base.active, link.active), (False, True, True))
        self.assertNotIn("link", link._runner.command)
        again = lease.jog({"elbow": 0.1})
        self.assertEqual((link.active, again.active), (False, True))
        again.end()
        base.end()


class Poses(TwinCase):
    async def test_a_lease_goes_to_a_named_pose(self) -> None:
        self.server.http["/api/poses/robot"] = {
            "home": {"joints": {"elbow": 0.5}, "source": "srdf"},
            "up here": {"joints": {"elbow": 1.5}, "source": "saved"},
        }
        robot = await self.robot()
        poses = await robot.poses()
        self.assertEqual(poses["up here"], NamedPose({"elbow": 1.5}, "saved"))
        lease = await robot.acquire()
        await lease.go_to("home", speed=0.2)
        self.assertEqual(
            self.server.kind("jointPosition")[0]["command"],
            {"kind": "jointPosition", "positions": {"elbow": 0.5}, "speed": 0.2},
        )
        error = await error_of(lease.go_to("nowhere"))
        self.assertEqual(error.code, "unknown_pose")
        self.assertIn("home, up here", error.message)
        await lease.release()
        self.assertEqual((await error_of(lease.go_to("home"))).code, "no_lease")

    async def test_an_answer_that_is_none_is_a_failed_request(self) -> None:
        robot = await self.robot()
        wrongs: tuple[object, ...] = ([], {"home": 1}, {"home": {"joints": {"a": "x"}, "source": "srdf"}})
        for wrong in wrongs:
            self.server.http["/api/poses/robot"] = wrong
            with self.assertRaises(RequestFailed):
                await robot.poses()

    async def test_poses_are_saved_and_deleted_by_their_names(self) -> None:
        told: list[tuple[str, str, Any]] = []

        class Keeper(BaseHTTPRequestHandler):
            def answer(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                body = json.loads(self.rfile.read(length)) if length else None
                told.append((self.command, self.path, body))
                status = 409 if self.path.endswith("blind") else 200
                saved = {"joints": {"elbow": 0.5}, "source": "saved"}
                text = json.dumps({"error": "not measured"} if status == 409 else saved).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            do_PUT = do_DELETE = answer

            def log_message(self, *args: object) -> None:
                pass

        server = HTTPServer(("127.0.0.1", 0), Keeper)
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            book = PoseBook(HttpClient(read_address(f"127.0.0.1:{server.server_port}"), None))
            self.assertEqual(await book.save("a/b", "up here", None), NamedPose({"elbow": 0.5}, "saved"))
            await book.save("robot", "x", {"elbow": 1})
            await book.delete("robot", "x")
            with self.assertRaises(RequestFailed) as caught:
                await book.save("robot", "blind", None)
            self.assertEqual((caught.exception.status, caught.exception.message), (409, "409: not measured"))
            with self.assertRaises(CommandError):
                await book.save("robot", "x", {})
        finally:
            server.shutdown()
            server.server_close()
            thread.join()
        self.assertEqual(
            told[:3],
            [
                ("PUT", "/api/poses/a%2Fb/up%20here", {"here": True}),
                ("PUT", "/api/poses/robot/x", {"joints": {"elbow": 1.0}}),
                ("DELETE", "/api/poses/robot/x", None),
            ],
        )


class ToolSpace(TwinCase):
    async def test_numbers_are_checked_before_anything_is_sent(self) -> None:
        lease = await (await self.robot()).acquire()
        pose = {"frame": "base_link", "position": (0.3, 0, 0.2), "quaternion": (0, 0, 0, 1)}
        await lease.pose(pose, path="line", speed=0.1)
        await lease.waypoints([{"positions": {"elbow": 1}}, {"pose": pose}], blend=0.01)
        self.assertEqual(
            self.server.kind("pose")[0]["command"],
            {
                "kind": "pose",
                "frame": "base_link",
                "position": [0.3, 0.0, 0.2],
                "quaternion": [0.0, 0.0, 0.0, 1.0],
                "path": "line",
                "speed": 0.1,
            },
        )
        points = self.server.kind("waypoints")[0]["command"]["points"]
        self.assertEqual(points[1]["pose"]["position"], [0.3, 0.0, 0.2])
        wrong = {**pose, "position": [0, float("inf"), 0]}
        self.assertEqual((await error_of(lease.pose(wrong))).code, "not_finite")
        self.assertEqual((await error_of(lease.waypoints([{"positions": {}}]))).code, "bad_message")
        self.assertEqual((await error_of(lease.waypoints([{"joints": {}}]))).code, "bad_message")
        self.assertEqual(len(self.server.of("command")), 2)


class Types(unittest.TestCase):
    def test_what_users_need_is_at_the_top(self) -> None:
        for name in ("Plan", "PlanPoint", "LeastDistance", "NamedPose", "LeaseRequest", "LinkJog"):
            self.assertIn(name, twinbridge.__all__)


if __name__ == "__main__":
    unittest.main()
