from __future__ import annotations

import asyncio
import unittest
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

from websockets.asyncio.server import ServerConnection

import twinbridge
from twinbridge.errors import CommandError

from .fake_server import Message
from .support import TwinCase, error_of, eventually


class Leases(TwinCase):
    async def test_a_lease_is_acquired_under_the_holders_name_and_released(self) -> None:
        robot = await self.robot()
        lease = await robot.acquire()
        self.assertTrue(lease.held)
        acquire = self.server.of("acquire")[0]
        self.assertEqual((acquire["robot"], acquire["holder"]), ("robot", "a test"))
        self.assertNotIn("yields", acquire)
        await lease.release()
        await lease.release()
        self.assertFalse(lease.held)
        self.assertEqual([m["epoch"] for m in self.server.of("release")], [1])
        error = await error_of(lease.move({"elbow": 1}))
        self.assertEqual((error.code, lease.error), ("no_lease", None))

    async def test_a_block_releases_it_also_after_an_error(self) -> None:
        robot = await self.robot()
        with self.assertRaises(ZeroDivisionError):
            async with robot.acquire(yields=True) as lease:
                self.assertTrue(lease.held)
                _ = 1 / 0
        self.assertFalse(lease.held)
        self.assertEqual(len(self.server.of("release")), 1)
        self.assertTrue(self.server.of("acquire")[0]["yields"])
        async with await robot.acquire():
            pass
        self.assertEqual(len(self.server.of("release")), 2)

    async def test_a_lease_that_is_held_is_refused_with_the_holders_name(self) -> None:
        robot = await self.robot()
        self.server.lease_holder = "Ada"
        error = await error_of(robot.acquire())
        self.assertEqual((error.code, error.message), ("lease_held", "Ada drives robot now"))

    async def test_it_is_renewed_before_it_ends(self) -> None:
        self.server.lease_ttl_ms = 150
        robot = await self.robot()
        lease = await robot.acquire()
        await self.server.until(lambda: len(self.server.of("renew")) >= 6)
        self.assertTrue(lease.held)
        self.assertEqual({m["epoch"] for m in self.server.of("renew")}, {lease.epoch})

    async def test_without_an_answer_to_its_renewals_it_is_lost(self) -> None:
        self.server.lease_ttl_ms = 150
        robot = await self.robot()
        lost: list[CommandError] = []
        lease = await robot.acquire()
        lease.on("lost", lost.append)
        self.server.renewals = False
        await eventually(lambda: not lease.held)
        self.assertEqual([error.code for error in lost], ["lease_lost"])
        await self.server.until(lambda: self.server.of("release"))

    async def test_a_refused_renewal_ends_it(self) -> None:
        self.server.lease_ttl_ms = 150
        robot = await self.robot()
        lease = await robot.acquire()
        self.server.renewals = False
        await self.server.until(lambda: self.server.of("renew"))
        name = self.server.of("renew")[0]["id"]
        await self.server.say_command({"op": "error", "id": name, "code": "no_lease", "message": "not yours"})
        await eventually(lambda: not lease.held)
        assert lease.error is not None
        self.assertEqual(lease.error.code, "no_lease")

    async def test_a_stop_by_anybody_ends_it(self) -> None:
        robot = await self.robot()
        lost: list[CommandError] = []
        lease = await robot.acquire()
        lease.on("lost", lost.append)
        await self.server.say_command({"op": "stopped", "robot": "other", "by": "Ada"})
        await self.server.say_command({"op": "stopped", "robot": "robot", "by": "Ada"})
        await eventually(lambda: lost)
        self.assertEqual((lost[0].code, lease.held), ("stopped", False))
        self.assertIn("Ada", lost[0].message)
        self.assertEqual((await error_of(lease.move({"elbow": 1}))).code, "stopped")

    async def test_a_status_that_names_another_driver_ends_it(self) -> None:
        robot = await self.robot()
        lease = await robot.acquire()
        await self.server.status(lease.epoch)
        await self.server.status(lease.epoch + 1, "Ada")
        await eventually(lambda: not lease.held)
        self.assertIn("Ada drives robot now", str(lease.error))

    async def test_a_status_from_before_the_grant_does_not_count(self) -> None:
        robot = await self.robot()
        lease = await robot.acquire()
        self.server.clock_ahead_ms -= 10_000
        await self.server.status(lease.epoch + 5, "Ada")
        self.server.clock_ahead_ms += 10_000
        await self.server.frame([9.0] * 17)
        await eventually(lambda: (p := robot.joint("elbow").position) and p.value == 9)
        self.assertTrue(lease.held)

    async def test_a_grant_that_nobody_waits_for_is_given_back(self) -> None:
        await self.connect()
        lease = {"op": "lease", "id": "r77", "robot": "robot", "epoch": 9, "ttlMs": 3000, "serverTime": 1}
        await self.server.say_command(lease)
        await self.server.until(lambda: self.server.of("release"))
        self.assertEqual(self.server.of("release")[0]["epoch"], 9)

    async def test_to_give_up_waiting_for_a_grant_keeps_nobody_out(self) -> None:
        robot = await self.robot()
        self.server.mute_commands = True
        asking = asyncio.ensure_future(_acquire(robot))
        await self.server.until(lambda: self.server.of("acquire"))
        asking.cancel()
        await asyncio.wait([asking])
        name = self.server.of("acquire")[0]["id"]
        self.server.mute_commands = False
        await self.server.grant(self.server.commands[0], name, "robot", 4)
        await self.server.until(lambda: self.server.of("release"))

    async def test_a_server_that_does_not_answer_is_told_of(self) -> None:
        self.patch("twinbridge.command_link._ANSWER_WITHIN_S", 0.05)
        robot = await self.robot()
        self.server.mute_commands = True
        self.assertEqual((await error_of(robot.acquire())).code, "no_answer")
        self.assertEqual((await error_of(robot.reset())).code, "no_answer")

    async def test_to_acquire_again_ends_the_lease_before(self) -> None:
        robot = await self.robot()
        first = await robot.acquire()
        second = await robot.acquire()
        self.assertEqual((first.held, second.held), (False, True))
        await second.move({"elbow": 1})

    async def test_close_gives_leases_back(self) -> None:
        twin = await self.connect()
        await twin.robot("robot").acquire()
        await twin.close()
        self.assertEqual(len(self.server.of("release")), 1)


async def _acquire(robot: twinbridge.Robot) -> twinbridge.Lease:
    return await robot.acquire()


class Moves(TwinCase):
    async def asyncSetUp(self) -> None:
        await super().asyncSetUp()
        self.twin = await self.connect()
        self.lease = await self.twin.robot("robot").acquire()

    async def test_a_move_returns_once_it_is_done(self) -> None:
        stages: list[twinbridge.Progress] = []
        result = await self.lease.move({"elbow": 0.5}, 0.3, on_progress=stages.append)
        self.assertEqual(result, twinbridge.Result("ok", "done!"))
        self.assertEqual([one.stage for one in stages], ["accepted", "sent", "executing"])
        self.assertEqual((stages[2].progress, stages[2].error), (0.5, 0.01))
        sent = self.server.of("command")[0]
        self.assertEqual(
            sent["command"], {"kind": "jointPosition", "positions": {"elbow": 0.5}, "speed": 0.3}
        )
        self.assertEqual((sent["robot"], sent["epoch"]), ("robot", self.lease.epoch))

    async def test_without_a_speed_the_twin_chooses(self) -> None:
        await self.lease.move({"elbow": 1})
        self.assertNotIn("speed", self.server.of("command")[0]["command"])

    async def test_issued_is_server_time_and_seq_rises_over_leases(self) -> None:
        for _ in range(2):
            await self.lease.move({"elbow": 1})
        await self.lease.release()
        self.lease = await self.twin.robot("robot").acquire()
        await self.lease.move({"elbow": 1})
        sent = self.server.of("command")
        self.assertEqual(sorted({m["seq"] for m in sent}), [m["seq"] for m in sent])
        self.assertEqual(len({m["id"] for m in sent}), 3)
        for message in sent:
            self.assertLess(abs(message["issued"] - self.server.now_ms()), 1000)
            self.assertEqual(message["ttlMs"], 2000)

    async def test_a_refusal_an_abort_and_a_miss_raise(self) -> None:
        for stage, code in (("refused", "outside_limits"), ("aborted", "stopped"), ("done", "not_reached")):

            async def answer(
                to: ServerConnection, command: Message, stage: str = stage, code: str = code
            ) -> None:
                await self.server.stage(to, command, "accepted")
                await self.server.stage(to, command, stage, code)

            self.server.on_command = answer
            error = await error_of(self.lease.move({"elbow": 9}))
            self.assertEqual((error.code, error.message), (code, f"{stage}!"))
            self.assertTrue(self.lease.held)

    async def test_a_message_that_the_server_cannot_judge_raises(self) -> None:
        async def answer(to: ServerConnection, command: Message) -> None:
            await self.server.say(
                to, {"op": "error", "id": command["id"], "code": "bad_message", "message": "m"}
            )

        self.server.on_command = answer
        self.assertEqual((await error_of(self.lease.move({"elbow": 1}))).code, "bad_message")

    async def test_a_command_without_the_lease_ends_the_lease_here_too(self) -> None:
        async def answer(to: ServerConnection, command: Message) -> None:
            await self.server.stage(to, command, "refused", "no_lease")

        self.server.on_command = answer
        self.assertEqual((await error_of(self.lease.move({"elbow": 1}))).code, "no_lease")
        self.assertFalse(self.lease.held)

    async def test_trajectories_devices_and_any_other_command(self) -> None:
        points = [
            {"time": 1, "positions": {"elbow": 1}},
            {"time": 2, "positions": {"elbow": 2}, "velocities": {"elbow": 0}},
        ]
        await self.lease.trajectory(points)
        await self.lease.device("gripper", "led", True)
        await self.lease.device("gripper", "position", 2)
        await self.lease.device("gripper", "mode", "fast")
        await self.lease.command({"kind": "gripper", "controller": "c", "position": 0.1})
        sent = [message["command"] for message in self.server.of("command")]
        self.assertEqual(sent[0], {"kind": "jointTrajectory", "points": points})
        self.assertEqual([one["value"] for one in sent[1:4]], [True, 2.0, "fast"])
        self.assertEqual(sent[4]["kind"], "gripper")

    async def test_what_cannot_be_right_is_not_sent(self) -> None:
        for wrong in (
            self.lease.move({}),
            self.lease.move({"elbow": float("nan")}),
            self.lease.move({"elbow": 1}, speed=float("inf")),
            self.lease.trajectory([{"time": 1}]),
            self.lease.trajectory([{"time": 1, "positions": {"a": 1}, "speed": 3}]),
            self.lease.device("a", "b", float("nan")),
        ):
            self.assertIn((await error_of(wrong)).code, ("bad_message", "not_finite"))
        self.assertEqual(self.server.of("command"), [])

    async def test_several_moves_have_their_own_answers(self) -> None:
        held: list[tuple[ServerConnection, Message]] = []

        async def keep(to: ServerConnection, command: Message) -> None:
            held.append((to, command))

        self.server.on_command = keep
        moves = [asyncio.ensure_future(self.lease.move({"elbow": i})) for i in range(3)]
        await self.server.until(lambda: len(held) == 3)
        for i in (2, 0, 1):
            code = "replaced" if i == 1 else "ok"
            await self.server.stage(*held[i], "aborted" if i == 1 else "done", code)
        self.assertEqual((await moves[0]).code, "ok")
        self.assertEqual((await error_of(moves[1])).code, "replaced")
        self.assertEqual((await moves[2]).code, "ok")

    async def test_a_lost_connection_fails_a_pending_move_and_it_is_never_sent_again(self) -> None:
        self.server.on_command = self.server.accept_only
        lost: list[CommandError] = []
        self.lease.on("lost", lost.append)
        move = asyncio.ensure_future(self.lease.move({"elbow": 1}))
        await self.server.until(lambda: self.server.of("command"))
        self.server.drop("commands")
        self.assertEqual((await error_of(move)).code, "connection_lost")
        self.assertEqual([error.code for error in lost], ["connection_lost"])
        await self.twin.wait_connected(5)
        await self.server.until(lambda: self.server.connections >= 3)
        self.assertEqual((await error_of(self.lease.move({"elbow": 1}))).code, "connection_lost")
        self.assertEqual(len(self.server.of("command")), 1)
        self.assertEqual(len(self.server.of("acquire")), 1)
        self.server.on_command = self.server.done
        async with self.twin.robot("robot").acquire() as lease:
            await lease.move({"elbow": 1})

    async def test_what_is_commanded_while_the_connection_is_down_is_not_sent_later(self) -> None:
        port = self.server.port
        await self.server.stop()
        await eventually(lambda: not self.lease.held)
        robot = self.twin.robot("robot")
        for attempt in (robot.acquire(), robot.reset()):
            self.assertEqual((await error_of(attempt)).code, "not_connected")
        await self.server.start(port)
        await self.twin.wait_connected(5)
        self.assertEqual(len(self.server.of("acquire")), 1)
        self.assertEqual(self.server.of("reset") + self.server.of("command"), [])

    async def test_a_loss_of_the_state_alone_leaves_the_lease(self) -> None:
        self.server.drop("states")
        await eventually(lambda: not self.twin.connected)
        await self.lease.move({"elbow": 1})
        self.assertTrue(self.lease.held)

    async def test_a_move_whose_lease_ended_ends_within_a_second(self) -> None:
        self.patch("twinbridge.command_link._LAST_RESULT_S", 0.05)
        self.server.on_command = self.server.accept_only
        move = asyncio.ensure_future(self.lease.move({"elbow": 1}))
        await self.server.until(lambda: self.server.of("command"))
        await self.server.say_command({"op": "stopped", "robot": "*", "by": "Ada"})
        self.assertEqual((await error_of(move)).code, "stopped")

    async def test_to_cancel_the_wait_sends_nothing(self) -> None:
        self.server.on_command = self.server.accept_only
        with self.assertRaises(asyncio.TimeoutError):
            await asyncio.wait_for(self.lease.move({"elbow": 1}), 0.05)
        self.assertEqual(len(self.server.of("command")), 1)
        self.assertTrue(self.lease.held)

    async def test_close_fails_what_is_pending(self) -> None:
        self.server.on_command = self.server.accept_only
        move = asyncio.ensure_future(self.lease.move({"elbow": 1}))
        await self.server.until(lambda: self.server.of("command"))
        closing = asyncio.ensure_future(self.twin.close())
        self.assertIn((await error_of(move)).code, ("closed", "lease_lost"))
        await closing

    async def test_a_callback_for_progress_that_raises_harms_nothing(self) -> None:
        result = await self.lease.move({"elbow": 1}, on_progress=lambda _: 1 / 0)
        self.assertEqual(result.code, "ok")


class Stops(TwinCase):
    async def test_a_stop_needs_no_lease_and_waits_for_the_confirmation(self) -> None:
        robot = await self.robot()
        await robot.stop("a test")
        stop = self.server.of("stop")[0]
        self.assertEqual((stop["robot"], stop["holder"], stop["reason"]), ("robot", "a test", "a test"))
        await robot.reset()
        self.assertEqual(len(self.server.of("reset")), 1)

    async def test_the_twins_stop_is_for_all_robots(self) -> None:
        twin = await self.connect()
        await twin.stop()
        self.assertEqual(self.server.of("stop")[0]["robot"], "*")

    async def test_a_stop_for_a_robot_that_is_not_there_raises(self) -> None:
        twin = await self.connect()
        self.assertEqual((await error_of(twin.stop(robot="arm"))).code, "unknown_robot")

    async def test_without_the_socket_it_goes_over_http(self) -> None:
        twin = await self.connect(token="geheim")
        await self.server.stop()
        pressed = StopServer(self.server.port, 200)
        self.addCleanup(pressed.close)
        await eventually(lambda: not twin.connected)
        await twin.stop(robot="robot")
        await twin.stop()
        self.assertEqual(pressed.bodies, [b'{"robot": "robot"}', b"{}"])
        self.assertEqual(pressed.tokens, ["Bearer geheim"] * 2)

    async def test_a_socket_that_does_not_confirm_is_backed_by_http(self) -> None:
        self.patch("twinbridge.twin._STOP_ANSWER_S", 0.05)
        robot = await self.robot()
        self.server.mute_commands = True
        # The fake server knows no POST: neither way works.
        error = await error_of(robot.stop())
        self.assertEqual(error.code, "not_stopped")
        self.assertEqual(len(self.server.of("stop")), 1)

    async def test_a_connection_lost_meanwhile_leaves_http(self) -> None:
        self.patch("twinbridge.twin._STOP_ANSWER_S", 60)
        robot = await self.robot()
        self.server.mute_commands = True
        stopping = asyncio.ensure_future(robot.stop())
        await self.server.until(lambda: self.server.of("stop"))
        self.server.drop()
        self.assertEqual((await error_of(stopping)).code, "not_stopped")

    async def test_where_neither_way_works_it_raises(self) -> None:
        robot = await self.robot()
        await self.server.stop()
        error = await error_of(robot.stop())
        self.assertEqual(error.code, "not_stopped")

    async def test_an_http_refusal_is_no_confirmation(self) -> None:
        robot = await self.robot()
        await self.server.stop()
        refusing = StopServer(self.server.port, 401)
        self.addCleanup(refusing.close)
        error = await error_of(robot.stop())
        self.assertEqual(error.code, "not_stopped")
        self.assertIn("401", error.message)


class StopServer:
    """Only `POST /api/stop`, as after the sockets are gone."""

    def __init__(self, port: int, status: int) -> None:
        bodies: list[bytes] = []
        tokens: list[str | None] = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
                tokens.append(self.headers["Authorization"])
                self.send_response(status if self.path == "/api/stop" else 404)
                self.end_headers()
                self.wfile.write(b'{"stopped": "*"}')

            def log_message(self, *_: object) -> None:
                pass

        self.bodies = bodies
        self.tokens = tokens
        self._server = HTTPServer(("127.0.0.1", port), Handler)
        Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


if __name__ == "__main__":
    unittest.main()
