from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
import subprocess
import sys
import threading
import time
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Callable, Coroutine, TypeVar

import twinbridge
from twinbridge import blocking
from twinbridge.errors import CommandError, ConnectionFailed
from twinbridge.loop_thread import CallbackThread, LoopThread, owned_by_this_thread

from .fake_server import FakeServer, Message, first_values, is_zero

T = TypeVar("T")


class ServerThread:
    """The fake server with a loop of its own, as another process would have it."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self._thread.start()
        self.server = self.do(self._start())

    async def _start(self) -> FakeServer:
        server = FakeServer()
        await server.start()
        return server

    def do(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(10)

    def commands(self) -> list[Message]:
        return list(self.server.of("command"))

    def close(self) -> None:
        self.do(self.server.stop())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()
        self.loop.close()


def until(what: Callable[[], object], seconds: float = 5.0) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        if time.monotonic() > deadline:
            raise AssertionError("it did not come to that")
        time.sleep(0.005)


class Case(unittest.TestCase):
    def setUp(self) -> None:
        logging.getLogger("twinbridge").setLevel(logging.CRITICAL)
        self.thread = ServerThread()
        self.server = self.thread.server

    def tearDown(self) -> None:
        self.thread.close()
        logging.getLogger("twinbridge").setLevel(logging.NOTSET)

    def silence(self) -> list[Message]:
        """All commands, once no more come."""
        time.sleep(0.1)
        before = len(self.thread.commands())
        time.sleep(0.15)
        self.assertEqual(len(self.thread.commands()), before)
        return self.thread.commands()

    def enough(self, more: int = 3) -> None:
        wanted = len(self.thread.commands()) + more
        until(lambda: len(self.thread.commands()) >= wanted)


class Blocking(Case):
    def test_the_same_without_await(self) -> None:
        with blocking.connect(self.server.url, holder="Ada") as twin:
            self.assertEqual((twin.robots(), twin.connected, twin.holder), (["robot"], True, "Ada"))
            robot = twin.robot("robot")
            position = robot.joint("elbow").position
            assert position is not None and robot.control is not None
            self.assertEqual((position.value, position.quality), (0.25, "good"))
            self.assertEqual(robot.joints(), ["elbow", "a/b"])
            assert robot.base().twist is not None and robot.property("battery/voltage") is not None
            self.assertIn("robot", twin.things())
            with robot.acquire() as lease:
                self.assertEqual(lease.move({"elbow": 0.5}, speed=0.4).code, "ok")
                lease.trajectory([{"time": 1, "positions": {"elbow": 1}}])
                lease.device("gripper", "led", True)
                lease.command({"kind": "plan", "planId": "p", "stateHash": "s"})
                self.assertTrue(lease.held)
            self.assertFalse(lease.held)
            robot.stop("a test")
            robot.reset()
            twin.stop()
        ops = [m["op"] for m in self.server.received if m["op"] not in ("ping", "subscribe", "renew")]
        self.assertEqual(
            ops, ["acquire", "command", "command", "command", "command", "release", "stop", "reset", "stop"]
        )
        self.assertEqual(self.server.of("acquire")[0]["holder"], "Ada")

    def test_errors_are_raised_where_they_belong(self) -> None:
        with blocking.connect(self.server.url) as twin:
            with self.assertRaisesRegex(CommandError, "known robots: robot"):
                twin.robot("arm")
            with self.assertRaisesRegex(CommandError, "unknown_joint"):
                twin.robot("robot").joint("x")
            self.server.lease_holder = "Ada"
            with self.assertRaisesRegex(CommandError, "Ada drives robot now"):
                twin.robot("robot").acquire()
            with self.assertRaises(twinbridge.RequestFailed):
                twin.history("a")
            with self.assertRaises(twinbridge.RequestFailed):
                twin.at(1)
            with self.assertRaises(twinbridge.RequestFailed):
                twin.events(1)
            with self.assertRaises(ValueError):
                twin.on("nothing", print)

    def test_where_no_twin_is_no_thread_is_left(self) -> None:
        before = threading.active_count()
        with self.assertRaises(ConnectionFailed):
            blocking.connect("127.0.0.1:9")
        until(lambda: threading.active_count() == before)

    def test_after_close_nothing_blocks(self) -> None:
        twin = blocking.connect(self.server.url)
        robot = twin.robot("robot")
        lease = robot.acquire()
        jog = lease.jog({"elbow": 0.1})
        twin.close()
        twin.close()
        self.assertEqual((jog.active, lease.held), (False, False))
        jog.end()
        lease.release()
        with self.assertRaisesRegex(RuntimeError, "closed"):
            robot.acquire()
        position = robot.joint("elbow").position
        assert position is not None
        self.assertEqual((position.quality, position.reason), ("bad", "no-communication"))

    def test_several_threads_may_use_it_at_once(self) -> None:
        with blocking.connect(self.server.url) as twin:
            robot = twin.robot("robot")
            with robot.acquire() as lease, ThreadPoolExecutor(8) as pool:
                results = list(pool.map(lambda i: lease.move({"elbow": i / 100}).code, range(80)))
                self.assertEqual(results, ["ok"] * 80)
                values = list(pool.map(lambda _: robot.joint("elbow").position, range(500)))
                self.assertNotIn(None, values)
        sent = [m["seq"] for m in self.thread.commands()]
        self.assertEqual(sent, sorted(set(sent)))

    def test_a_stop_from_another_thread_ends_a_move_that_blocks(self) -> None:
        self.server.on_command = self.server.accept_only
        with blocking.connect(self.server.url) as twin:
            robot = twin.robot("robot")
            lease = robot.acquire()
            threading.Timer(0.1, robot.stop).start()
            with self.assertRaisesRegex(CommandError, "stopped"):
                lease.move({"elbow": 1})

    def test_callbacks_may_use_the_blocking_calls(self) -> None:
        with blocking.connect(self.server.url) as twin:
            robot = twin.robot("robot")
            lease = robot.acquire()
            told: list[str] = []

            def on_event(event: twinbridge.TwinEvent) -> None:
                told.append(lease.move({"elbow": 1}).code)
                told.append(threading.current_thread().name)

            robot.on("event", on_event)
            progress: list[str] = []
            lease.move({"elbow": 1}, on_progress=lambda one: progress.append(one.stage))
            until(lambda: progress == ["accepted", "sent", "executing"])
            event = {"id": 1, "time": 2, "severity": "info", "kind": "a", "message": "m", "robot": "robot"}
            self.thread.do(self.server.say_state({"op": "event", "event": event}))
            until(lambda: len(told) == 2)
            self.assertEqual(told, ["ok", "twinbridge callbacks"])

    def test_a_slow_callback_gets_the_newest_state_not_all_of_them(self) -> None:
        with blocking.connect(self.server.url) as twin:
            robot = twin.robot("robot")
            seen: list[float] = []
            free = threading.Event()

            def slow(one: blocking.Robot) -> None:
                position = one.joint("elbow").position
                assert position is not None
                seen.append(position.value)
                free.wait(5)

            remove = robot.on("state", slow)
            for i in range(50):
                self.thread.do(self.server.frame(first_values(i)))
            until(lambda: (p := robot.joint("elbow").position) and p.value == 49)
            free.set()
            until(lambda: seen[-1] == 49)
            self.assertLessEqual(len(seen), 3)
            remove()

    def test_a_lost_lease_is_told(self) -> None:
        with blocking.connect(self.server.url) as twin:
            lease = twin.robot("robot").acquire()
            lost: list[CommandError] = []
            lease.on("lost", lost.append)
            self.thread.do(self.server.say_command({"op": "stopped", "robot": "*", "by": "Ada"}))
            until(lambda: lost)
            assert lease.error is not None
            self.assertEqual((lost[0].code, lease.error.code), ("stopped", "stopped"))

    def test_a_twin_that_nobody_uses_any_more_is_closed(self) -> None:
        twin = blocking.connect(self.server.url)
        lease = twin.robot("robot").acquire()
        del twin
        gc.collect()
        self.assertTrue(lease.held)
        lease.move({"elbow": 1})
        del lease
        gc.collect()
        until(lambda: self.server.of("release") and not self.server.commands)


class Planned(Case):
    def test_plans_poses_and_the_tool_without_await(self) -> None:
        self.server.http["/api/poses/robot"] = {"home": {"joints": {"elbow": 0.5}, "source": "srdf"}}
        with blocking.connect(self.server.url) as twin:
            robot = twin.robot("robot")
            plan = robot.plan({"kind": "jointPosition", "positions": {"elbow": 0.5}}, avoid=False)
            self.assertEqual((plan.plan_id, plan.path), ("plan-1", "around"))
            robot.override(50)
            self.assertEqual(robot.poses()["home"].source, "srdf")
            lease = robot.acquire(force=True)
            lease.commit(plan)
            lease.go_to("home", speed=0.3)
            lease.pose({"frame": "base_link", "position": [0, 0, 1], "quaternion": [0, 0, 0, 1]}, path="line")
            lease.waypoints([{"positions": {"elbow": 1}}], blend=0.1)
            lease.gripper(0.01, max_effort=5)
            lease.navigate("map", [1, 2], 0.5)
            lease.sequence("show")
            with lease.jog_link("tool0", linear={"z": 0.05}) as jog:
                jog.set(linear={"z": 0.1})
                until(lambda: len(self.server.kind("cartesianVelocity")) > 2)
            lease.hand_over("s9")
            self.assertFalse(lease.held)
            with self.assertRaises(CommandError) as caught:
                robot.request(within=0.05)
            self.assertEqual(caught.exception.code, "not_handed_over")
        kinds = [m["command"]["kind"] for m in self.thread.commands()]
        moves = ["plan", "jointPosition", "pose", "waypoints", "gripper", "navigate", "sequence"]
        self.assertEqual(kinds[:7], moves)
        until(lambda: self.server.of("handOver"))
        self.assertEqual(self.server.of("handOver")[0]["session"], "s9")

    def test_a_handle_that_is_dropped_ends_the_jog_of_a_link(self) -> None:
        with blocking.connect(self.server.url) as twin, twin.robot("robot").acquire() as lease:
            lease.jog_link(linear={"z": 0.05})
            gc.collect()
            until(lambda: any(is_zero(m["command"]) for m in self.server.kind("cartesianVelocity")))


class Jogs(Case):
    def setUp(self) -> None:
        super().setUp()
        self.twin = blocking.connect(self.server.url)
        self.lease = self.twin.robot("robot").acquire()

    def tearDown(self) -> None:
        self.twin.close()
        super().tearDown()

    def test_a_jog_goes_on_while_the_program_sleeps_and_ends_with_its_block(self) -> None:
        with self.lease.jog({"elbow": 0.1}) as jog:
            time.sleep(0.3)
            jog.set({"elbow": 0.2})
            self.enough()
        sent = self.silence()
        self.assertGreater(len(sent), 6)
        self.assertEqual(sent[-2]["command"]["velocities"], {"elbow": 0.2})
        self.assertTrue(is_zero(sent[-1]["command"]))

    def test_an_exception_leaves_the_block_and_ends_it(self) -> None:
        with self.assertRaises(ZeroDivisionError):
            with self.lease.twist({"linear": {"x": 0.2}}) as twist:
                twist.set(linear={"x": 0.1})
                _ = 1 / 0
        self.assertTrue(is_zero(self.silence()[-1]["command"]))

    def test_without_its_handle_it_ends(self) -> None:
        jog = self.lease.jog({"elbow": 0.1})
        self.enough()
        del jog
        gc.collect()
        self.assertTrue(is_zero(self.silence()[-1]["command"]))

    def test_it_ends_with_the_thread_that_started_it(self) -> None:
        kept: list[blocking.JointJog] = []
        worker = threading.Thread(target=lambda: kept.append(self.lease.jog({"elbow": 0.1})), name="worker")
        worker.start()
        worker.join()
        until(lambda: not kept[0].active)
        self.assertTrue(is_zero(self.silence()[-1]["command"]))
        with self.assertRaisesRegex(CommandError, "worker.* has ended"):
            kept[0].end()
        kept[0].end()

    def test_it_ends_with_an_uncaught_exception_of_an_interactive_session(self) -> None:
        jog = self.lease.jog({"elbow": 0.1})
        self.enough()
        before = getattr(sys, "last_value", None)
        sys.last_value = RuntimeError("as the prompt shows it")
        try:
            until(lambda: not jog.active)
            assert jog.error is not None
            self.assertEqual(jog.error.code, "orphaned")
        finally:
            if before is None:
                del sys.last_value
            else:
                sys.last_value = before

    def test_a_refusal_is_raised_at_its_end(self) -> None:
        async def refuse(to: Any, command: Message) -> None:
            await self.server.stage(to, command, "refused", "no_controller")

        self.server.on_command = refuse
        with self.assertRaisesRegex(CommandError, "no_controller"):
            with self.lease.jog({"elbow": 0.1}) as jog:
                until(lambda: not jog.active)
        with self.assertRaises(CommandError):
            self.lease.jog({})


PROGRAM = """
import os, signal, sys, threading, time
from twinbridge.blocking import connect
lease = connect(sys.argv[1]).robot("robot").acquire()
jog = lease.jog({"elbow": 0.3})
time.sleep(0.2)
"""


class Programs(Case):
    """Whole programs that leave a jog behind."""

    def run_program(self, end: str, code: int = 0) -> float:
        """Seconds that the program ran."""
        source = Path(__file__).parent.parent / "src"
        env = {**os.environ, "PYTHONPATH": str(source)}
        began = time.monotonic()
        child = subprocess.Popen(
            [sys.executable, "-c", PROGRAM + end, self.server.url], env=env, stderr=subprocess.PIPE
        )
        try:
            _, errors = child.communicate(timeout=20)
        finally:
            child.kill()
        self.assertEqual(child.returncode, code, errors.decode())
        return time.monotonic() - began

    def test_one_that_just_ends(self) -> None:
        self.assertLess(self.run_program(""), 3)
        self.assertTrue(is_zero(self.silence()[-1]["command"]))
        self.assertEqual(len(self.server.of("release")), 1)

    def test_one_that_raises(self) -> None:
        self.run_program("raise RuntimeError('a fault')", 1)
        self.assertTrue(is_zero(self.silence()[-1]["command"]))

    def test_one_whose_main_thread_raises_while_another_thread_goes_on(self) -> None:
        self.run_program("threading.Thread(target=time.sleep, args=(1.5,)).start()\nraise RuntimeError", 1)
        sent = self.thread.commands()
        self.assertTrue(is_zero(sent[-1]["command"]))
        # It ended with the main thread and not with the process.
        self.assertLess(sent[-1]["issued"], self.server.now_ms() - 1000)

    def test_one_that_is_interrupted(self) -> None:
        self.run_program("os.kill(os.getpid(), signal.SIGINT)\ntime.sleep(10)", -signal.SIGINT)
        self.assertTrue(is_zero(self.silence()[-1]["command"]))

    def test_one_that_is_killed_sends_nothing_more(self) -> None:
        self.run_program("os.kill(os.getpid(), signal.SIGKILL)", -signal.SIGKILL)
        self.assertFalse(is_zero(self.silence()[-1]["command"]))
        until(lambda: not self.server.commands)


class Threads(unittest.TestCase):
    def test_a_call_in_its_own_thread_is_refused_and_does_not_hang(self) -> None:
        thread = LoopThread()

        async def inner() -> None:
            thread.run(lambda: None)

        with self.assertRaisesRegex(RuntimeError, "wait for itself"):
            thread.call(inner())
        thread.shut_down(nothing)
        with self.assertRaisesRegex(RuntimeError, "closed"):
            thread.run(lambda: None)

    def test_closing_from_its_own_thread_does_not_wait_for_itself(self) -> None:
        thread = LoopThread()
        thread.run(lambda: thread.shut_down(nothing))
        until(thread.loop.is_closed)

    def test_whoever_waits_while_it_closes_is_released(self) -> None:
        for _ in range(5):
            thread = LoopThread()
            ended: list[str] = []

            def wait(thread: LoopThread = thread, ended: list[str] = ended) -> None:
                try:
                    while True:
                        thread.call(asyncio.sleep(60 if len(ended) % 2 else 0))
                except RuntimeError as error:
                    ended.append(str(error))

            workers = [threading.Thread(target=wait) for _ in range(4)]
            for worker in workers:
                worker.start()
            thread.shut_down(nothing)
            for worker in workers:
                worker.join(5)
            self.assertEqual(ended, ["this client was closed"] * 4)

    def test_callbacks_wait_in_order_and_not_without_end(self) -> None:
        callbacks = CallbackThread()
        free = threading.Event()
        seen: list[int] = []
        callbacks.put(None, lambda: free.wait(5))
        for i in range(1500):
            callbacks.put(None, lambda i=i: seen.append(i))  # type: ignore[misc]
        callbacks.put("key", lambda: seen.append(-1))
        callbacks.put("key", lambda: seen.append(-2))
        free.set()
        until(lambda: seen and seen[-1] == -1)
        self.assertEqual(seen, [*range(len(seen) - 1), -1])
        self.assertGreaterEqual(callbacks.dropped, 499)
        callbacks.end()

    def test_a_callback_that_raises_harms_no_other(self) -> None:
        logging.getLogger("twinbridge").setLevel(logging.CRITICAL)
        callbacks = CallbackThread()
        seen: list[int] = []
        callbacks.put(None, lambda: 1 / 0)
        callbacks.put(None, lambda: seen.append(1))
        until(lambda: seen)
        callbacks.end()
        logging.getLogger("twinbridge").setLevel(logging.NOTSET)

    def test_the_owner_is_the_thread_that_asks(self) -> None:
        self.assertIsNone(owned_by_this_thread()())


async def nothing() -> None:
    pass


if __name__ == "__main__":
    unittest.main()
