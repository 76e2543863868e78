from __future__ import annotations

import asyncio
import gc
import time
import unittest
from typing import Any, Mapping

from websockets.asyncio.server import ServerConnection

import twinbridge
from twinbridge.errors import CommandError
from twinbridge.jog import JogRunner, joint_jog

from .fake_server import Message, is_zero
from .support import TwinCase, error_of, eventually


class Line:
    """Where a jog's commands go in a test."""

    def __init__(self) -> None:
        self.sent: list[Mapping[str, Any]] = []
        self.is_clogged = False
        self.takes = True
        self.ended = 0

    def send_jog(self, runner: JogRunner, command: Mapping[str, Any]) -> bool:
        if self.takes:
            self.sent.append(command)
        return self.takes

    def jog_ended(self, runner: JogRunner) -> None:
        self.ended += 1


class Runner(unittest.IsolatedAsyncioTestCase):
    """The repetition alone, with a clock that the test sets; the loop's own timers are stepped by hand."""

    async def asyncSetUp(self) -> None:
        self.now = 10.0
        self.line = Line()
        self.owner: str | None = None
        self.runner = JogRunner(self.line, joint_jog({"elbow": 0.1}), lambda: self.owner, lambda: self.now)
        self.runner.start()
        self.assertEqual(len(self.line.sent), 1)

    async def asyncTearDown(self) -> None:
        self.runner.drop(None)

    def step(self, seconds: float = 0.04) -> None:
        self.now += seconds
        self.runner._tick()

    async def test_it_repeats_until_its_end_then_one_zero_then_silence(self) -> None:
        self.step()
        self.step()
        self.runner.end()
        self.runner.end()
        self.assertEqual(len(self.line.sent), 4)
        self.assertTrue(is_zero(self.line.sent[-1]))
        self.assertEqual((self.line.ended, self.runner.active), (1, False))
        await asyncio.sleep(0.1)
        self.assertEqual(len(self.line.sent), 4)

    async def test_a_change_goes_out_soon_but_not_with_each_call(self) -> None:
        self.now += 0.03
        for i in range(100):
            self.runner.change(joint_jog({"elbow": i}))
        self.assertEqual(len(self.line.sent), 2)
        self.step()
        self.assertEqual(self.line.sent[-1]["velocities"], {"elbow": 99.0})

    async def test_a_late_repetition_is_one_not_many(self) -> None:
        self.step(0.4)
        self.assertEqual(len(self.line.sent), 2)
        self.assertTrue(self.runner.active)

    async def test_after_half_a_second_without_a_repetition_it_ends(self) -> None:
        self.step(0.6)
        self.assertEqual(len(self.line.sent), 1)
        assert self.runner.error is not None
        self.assertEqual(self.runner.error.code, "stalled")

    async def test_a_line_that_takes_nothing_gets_nothing_more(self) -> None:
        self.line.is_clogged = True
        self.step()
        self.step()
        self.assertEqual(len(self.line.sent), 1)
        self.line.is_clogged = False
        self.step()
        self.assertEqual(len(self.line.sent), 2)
        self.line.is_clogged = True
        for _ in range(20):
            self.step()
        assert self.runner.error is not None
        self.assertEqual((self.runner.error.code, len(self.line.sent)), ("stalled", 2))

    async def test_a_command_that_cannot_be_sent_ends_it(self) -> None:
        self.line.takes = False
        self.step()
        assert self.runner.error is not None
        self.assertEqual((self.runner.error.code, self.runner.active), ("connection_lost", False))

    async def test_a_second_without_an_answer_ends_it(self) -> None:
        for _ in range(20):
            self.step()
            self.runner.answered()
        self.assertTrue(self.runner.active)
        for _ in range(30):
            self.step()
        assert self.runner.error is not None
        self.assertEqual(self.runner.error.code, "no_answer")

    async def test_a_refusal_ends_it_but_for_those_of_one_command(self) -> None:
        for code in ("expired", "too_many", "stale_sequence", "replaced"):
            self.runner.refused(code, "m")
            self.assertTrue(self.runner.active)
        self.runner.refused("not_following", "m")
        assert self.runner.error is not None
        self.assertEqual((self.runner.error.code, self.runner.active), ("not_following", False))
        self.runner.refused("stopped", "m")
        self.assertEqual(self.runner.error.code, "not_following")

    async def test_without_an_owner_it_ends_with_a_zero(self) -> None:
        self.owner = "the main thread has ended"
        self.step()
        self.assertTrue(is_zero(self.line.sent[-1]))
        assert self.runner.error is not None
        self.assertEqual(self.runner.error.code, "orphaned")


class Jogs(TwinCase):
    async def asyncSetUp(self) -> None:
        await super().asyncSetUp()
        self.twin = await self.connect()
        self.lease = await self.twin.robot("robot").acquire()

    def sent(self, kind: str = "jointVelocity") -> list[Message]:
        return self.server.kind(kind)

    async def enough(self, kind: str = "jointVelocity", more: int = 4) -> None:
        wanted = len(self.sent(kind)) + more
        await self.server.until(lambda: len(self.sent(kind)) >= wanted)

    async def silence(self) -> list[Message]:
        """All jog commands, once no more come."""
        await asyncio.sleep(0.05)
        before = len(self.server.of("command"))
        await asyncio.sleep(0.15)
        self.assertEqual(len(self.server.of("command")), before)
        return self.server.of("command")

    async def test_it_repeats_with_a_short_life_until_end(self) -> None:
        began = time.monotonic()
        jog = self.lease.jog({"elbow": 0.1})
        await self.enough(more=8)
        took = time.monotonic() - began
        jog.end()
        sent = await self.silence()
        self.assertGreater(took, 7 * 0.04 - 0.01)
        self.assertEqual({message["ttlMs"] for message in sent}, {200})
        self.assertEqual(sent[0]["command"], {"kind": "jointVelocity", "velocities": {"elbow": 0.1}})
        self.assertEqual(
            [is_zero(message["command"]) for message in sent], [False] * (len(sent) - 1) + [True]
        )
        issued = [message["issued"] for message in sent]
        self.assertEqual(issued, sorted(set(issued)))

    async def test_end_may_be_awaited_and_repeated(self) -> None:
        jog = self.lease.twist({"linear": {"x": 0.2}})
        await self.enough("twist")
        await jog.end()
        await jog.end()
        self.assertFalse(jog.active)
        self.assertTrue(is_zero((await self.silence())[-1]["command"]))

    async def test_both_kinds_of_block_end_it(self) -> None:
        with self.lease.jog({"elbow": 0.1}) as jog:
            await self.enough()
            self.assertTrue(jog.active)
        self.assertFalse(jog.active)
        async with self.lease.twist(angular={"z": 0.3}) as twist:
            await self.enough("twist")
        self.assertFalse(twist.active)
        with self.assertRaises(ZeroDivisionError):
            with self.lease.jog({"elbow": 0.1}) as jog:
                _ = 1 / 0
        self.assertFalse(jog.active)
        self.assertTrue(is_zero((await self.silence())[-1]["command"]))

    async def test_joints_and_base_are_jogged_at_the_same_time(self) -> None:
        with self.lease.jog({"elbow": 0.1}), self.lease.twist(linear={"x": 0.1}):
            await self.enough()
            await self.enough("twist")
        await self.silence()

    async def test_velocities_can_be_changed(self) -> None:
        with self.lease.jog({"elbow": 0.1}) as jog:
            await self.enough()
            jog.set({"elbow": -0.2})
            await self.enough(more=2)
            self.assertEqual(self.sent()[-1]["command"]["velocities"], {"elbow": -0.2})
        with self.lease.twist(linear={"x": 0.1}) as twist:
            twist.set(linear={"x": 0.3}, angular={"z": 1})
            await self.enough("twist", more=2)
            self.assertEqual(self.sent("twist")[-1]["command"]["angular"]["z"], 1.0)

    async def test_a_newer_jog_takes_over_without_a_zero(self) -> None:
        first = self.lease.jog({"elbow": 0.1})
        await self.enough()
        second = self.lease.jog({"elbow": 0.2})
        await self.enough()
        self.assertEqual((first.active, first.error, second.active), (False, None, True))
        first.end()
        self.assertFalse(any(is_zero(message["command"]) for message in self.sent()))
        second.end()
        await self.silence()

    async def test_a_move_takes_over_from_a_jog(self) -> None:
        with self.lease.jog({"elbow": 0.1}) as jog, self.lease.twist(linear={"x": 0.1}) as twist:
            await self.enough()
            await self.lease.move({"elbow": 1})
            self.assertEqual((jog.active, twist.active), (False, True))
        kinds = [m["command"]["kind"] for m in await self.silence() if m["command"]["kind"] != "twist"]
        self.assertEqual(kinds[-1], "jointPosition")

    async def test_a_refused_jog_raises_when_it_is_let_go(self) -> None:
        async def refuse(to: ServerConnection, command: Message) -> None:
            await self.server.stage(to, command, "refused", "no_controller")

        self.server.on_command = refuse
        with self.assertRaisesRegex(CommandError, "no_controller"):
            with self.lease.jog({"elbow": 0.1}) as jog:
                await eventually(lambda: not jog.active)
        jog.end()
        self.assertFalse(any(is_zero(m["command"]) for m in await self.silence()))

    async def test_an_error_of_the_program_is_not_hidden_by_that_of_the_jog(self) -> None:
        async def refuse(to: ServerConnection, command: Message) -> None:
            await self.server.stage(to, command, "refused", "no_controller")

        self.server.on_command = refuse
        with self.assertRaises(ZeroDivisionError):
            with self.lease.jog({"elbow": 0.1}) as jog:
                await eventually(lambda: not jog.active)
                _ = 1 / 0

    async def test_a_lost_connection_ends_it_for_good(self) -> None:
        jog = self.lease.jog({"elbow": 0.1})
        await self.enough()
        self.server.drop("commands")
        await eventually(lambda: not jog.active)
        await self.twin.wait_connected(5)
        before = len(self.sent())
        await self.silence()
        self.assertEqual(len(self.sent()), before)
        with self.assertRaisesRegex(CommandError, "connection_lost"):
            jog.end()
        self.assertEqual(self.server.of("acquire")[1:], [])

    async def test_a_stop_ends_it_and_no_jog_follows_the_stop(self) -> None:
        jog = self.lease.jog({"elbow": 0.1})
        await self.enough()
        await self.twin.robot("robot").stop()
        await self.silence()
        after = self.server.received[self.server.received.index(self.server.of("stop")[0]) :]
        self.assertEqual([message["op"] for message in after if message["op"] == "command"], [])
        assert jog.error is not None
        self.assertEqual(jog.error.code, "stopped")
        with self.assertRaises(CommandError):
            self.lease.jog({"elbow": 0.1})

    async def test_a_stop_by_somebody_else_ends_it(self) -> None:
        jog = self.lease.jog({"elbow": 0.1})
        await self.server.say_command({"op": "stopped", "robot": "*", "by": "Ada"})
        await eventually(lambda: not jog.active)
        with self.assertRaisesRegex(CommandError, "stopped by Ada"):
            jog.end()

    async def test_release_ends_it_with_a_zero(self) -> None:
        jog = self.lease.jog({"elbow": 0.1})
        await self.enough()
        await self.lease.release()
        self.assertFalse(jog.active)
        self.assertTrue(is_zero((await self.silence())[-1]["command"]))
        jog.end()

    async def test_without_its_handle_it_ends(self) -> None:
        jog = self.lease.jog({"elbow": 0.1})
        await self.enough()
        del jog
        gc.collect()
        sent = await self.silence()
        self.assertTrue(is_zero(sent[-1]["command"]))

    async def test_a_blocked_loop_sends_no_burst_and_nothing_late(self) -> None:
        jog = self.lease.jog({"elbow": 0.1})
        await self.enough()
        before = len(self.sent())
        time.sleep(0.3)
        blocked_until = self.server.now_ms()
        await asyncio.sleep(0.06)
        late = self.sent()[before:]
        self.assertLessEqual(len(late), 3)
        for message in late:
            # Made after the loop was free again, or so short before it was blocked that it had gone out already.
            self.assertTrue(message["issued"] > blocked_until - 20 or message["issued"] < blocked_until - 280)
        self.assertTrue(jog.active)
        time.sleep(0.7)
        await eventually(lambda: not jog.active)
        with self.assertRaisesRegex(CommandError, "stalled"):
            jog.end()
        self.assertLessEqual(len(self.sent()) - before - len(late), 2)

    async def test_what_a_blocked_loop_did_not_send_in_time_is_dropped(self) -> None:
        jog = self.lease.jog({"elbow": 0.1})
        time.sleep(0.2)
        await asyncio.sleep(0.02)
        self.assertEqual([m for m in self.sent() if m["issued"] < self.server.now_ms() - 150], [])
        jog.end()

    async def test_a_server_that_falls_silent_ends_it(self) -> None:
        self.patch("twinbridge.jog.UNANSWERED_S", 0.2)
        jog = self.lease.jog({"elbow": 0.1})
        await self.enough()
        self.server.mute_commands = True
        await eventually(lambda: not jog.active)
        with self.assertRaisesRegex(CommandError, "no_answer"):
            jog.end()

    async def test_a_released_lease_starts_none(self) -> None:
        await self.lease.release()
        with self.assertRaisesRegex(CommandError, "no_lease"):
            self.lease.jog({"elbow": 0.1})
        with self.assertRaises(CommandError):
            self.lease.twist(linear={"x": float("nan")})

    async def test_a_program_that_ends_ends_it(self) -> None:
        """As `asyncio.run` does: the main task is cancelled, the blocks are left."""

        async def program() -> None:
            async with twinbridge.connect(self.server.url) as twin:
                async with twin.robot("robot").acquire() as lease:
                    with lease.jog({"elbow": 0.3}):
                        await asyncio.Event().wait()

        task = asyncio.ensure_future(program())
        await self.enough()
        task.cancel()
        await asyncio.wait([task])
        self.assertTrue(is_zero((await self.silence())[-1]["command"]))
        self.assertEqual(len(self.server.of("release")), 1)
        self.assertEqual((await error_of(self.lease.move({}))).code, "bad_message")


if __name__ == "__main__":
    unittest.main()
