"""The asyncio client at a running twin with its simulated robot. Arguments: the twin's address; `ros` where it has no devices.

Run by test/integration/python-client.test.ts. Prints what it measured; ends with 1 at the first thing wrong.
"""

from __future__ import annotations

import asyncio
import sys
import time

import twinbridge
from twinbridge import CommandError, Robot

ELBOW = 0.4


def elbow(robot: Robot) -> twinbridge.Value[float]:
    position = robot.joint("elbow").position
    assert position is not None, "the elbow has no position"
    return position


def elbow_speed(robot: Robot) -> float:
    velocity = robot.joint("elbow").velocity
    assert velocity is not None, "the elbow has no velocity"
    return abs(velocity.value)


def base_speed(robot: Robot) -> float:
    twist = robot.base().twist
    assert twist is not None, "the base has no twist"
    return abs(twist.value.linear[0])


async def until(what: str, check: object, seconds: float = 5.0) -> float:
    """ms until `check()` is true."""
    began = time.monotonic()
    while not check():  # type: ignore[operator]
        assert time.monotonic() - began < seconds, f"not within {seconds} s: {what}"
        await asyncio.sleep(0.002)
    return (time.monotonic() - began) * 1000


async def main(url: str, on_ros: bool) -> None:
    async with twinbridge.connect(url, holder="live test") as twin:
        robot = twin.robot("robot")
        events: list[str] = []
        frames = 0

        def count(_: Robot) -> None:
            nonlocal frames
            frames += 1

        robot.on("state", count)
        robot.on("event", lambda event: events.append(event.kind))
        before = time.monotonic()
        await asyncio.sleep(1)
        print(
            f"watch: {frames / (time.monotonic() - before):.0f} states/s, elbow {elbow(robot).age_ms:.0f} ms old"
        )
        assert frames > 20 and elbow(robot).age_ms < 500 and elbow(robot).quality == "good"

        async with robot.acquire() as lease:
            before = time.monotonic()
            await lease.move({"elbow": ELBOW}, speed=1)
            print(f"move: done after {time.monotonic() - before:.2f} s, at {elbow(robot).value:.4f} rad")
            assert abs(elbow(robot).value - ELBOW) < 0.01
            try:
                await lease.move({"elbow": 99})
                raise AssertionError("a move outside the limits was taken")
            except CommandError as error:
                assert error.code == "outside_limits", error
            await lease.trajectory([{"time": 2, "positions": {"elbow": 0.0}}])
            assert abs(elbow(robot).value) < 0.01
            if not on_ros:
                await lease.device("tool-sensor", "led", True)

            with lease.twist(linear={"x": 0.4}):
                await until("the base is at speed", lambda: base_speed(robot) > 0.39)
                ended = time.monotonic()
            await until("the base rests", lambda: base_speed(robot) < 1e-3)
            print(f"jog: the base rests {(time.monotonic() - ended) * 1000:.0f} ms after end() at 0.4 m/s")

            # A program that blocks its own loop: the robot rests by the server's watchdog, and stays so.
            jog = lease.twist(linear={"x": 0.4})
            await until("the base is at speed", lambda: base_speed(robot) > 0.39)
            time.sleep(1.2)
            await until("fresh values", lambda: elbow(robot).age_ms < 100)
            assert base_speed(robot) < 1e-3, "the base moves although the program was blocked"
            await asyncio.sleep(0.3)
            assert base_speed(robot) < 1e-3, "a blocked jog went on"
            assert jog.error is not None and jog.error.code == "stalled", jog.error
            print("blocked loop: the base rests, and the jog does not go on")

        async with robot.acquire() as lease:
            moving = asyncio.ensure_future(lease.move({"elbow": -1.5}, speed=1))
            await until("the elbow is at speed", lambda: elbow_speed(robot) > 1)
            before = time.monotonic()
            await robot.stop("a test")
            confirmed = time.monotonic() - before
            rest = await until("the elbow rests", lambda: elbow_speed(robot) < 1e-3)
            print(f"stop: confirmed after {confirmed * 1000:.0f} ms, the elbow rests {rest:.0f} ms later")
            try:
                await moving
                raise AssertionError("a stopped move is done")
            except CommandError as error:
                assert error.code == "stopped", error
            assert not lease.held
        await until(
            "the status tells", lambda: robot.control is not None and robot.control.stopped_by == "live test"
        )
        lease = await robot.acquire()
        try:
            await lease.move({"elbow": 0})
            raise AssertionError("a stopped robot moves")
        except CommandError as error:
            assert error.code == "stopped", error
        await robot.reset()
        await lease.move({"elbow": 0}, speed=1)
        await lease.release()
        assert "stop.latched" in events and "stop.reset" in events, events
        assert twin.bad_messages == 0, twin.bad_messages
        print(f"reset: it moves again; round trip {twin.round_trip_ms:.1f} ms; no bad message")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2:] == ["ros"]))
