"""The blocking client at a running twin with its simulated robot. Argument: the twin's address.

Run by test/integration/python-client.test.ts. Prints what it measured; ends with 1 at the first thing wrong.
"""

from __future__ import annotations

import sys
import threading
import time

from twinbridge import CommandError, blocking


def speed(robot: blocking.Robot) -> float:
    twist = robot.base().twist
    assert twist is not None, "the base has no twist"
    return abs(twist.value.linear[0])


def until(what: str, check: object, seconds: float = 5.0) -> float:
    """ms until `check()` is true."""
    began = time.monotonic()
    while not check():  # type: ignore[operator]
        assert time.monotonic() - began < seconds, f"not within {seconds} s: {what}"
        time.sleep(0.002)
    return (time.monotonic() - began) * 1000


def main(url: str) -> None:
    with blocking.connect(url, holder="live test") as twin:
        robot = twin.robot("robot")
        seen = threading.Event()
        robot.on("state", lambda _: seen.set())
        assert seen.wait(2), "no state came"
        with robot.acquire() as lease:
            result = lease.move({"elbow": 0.3}, speed=1)
            position = robot.joint("elbow").position
            assert position is not None and abs(position.value - 0.3) < 0.01, position
            print(f"move: {result.code}, at {position.value:.4f} rad")
            try:
                with blocking.connect(url, holder="another") as other:
                    other.robot("robot").acquire()
                raise AssertionError("two sessions hold the lease")
            except CommandError as error:
                assert error.code == "lease_held" and "live test" in error.message, error
            with lease.twist(linear={"x": 0.4}):
                until("the base is at speed", lambda: speed(robot) > 0.39)
            rest = until("the base rests", lambda: speed(robot) < 1e-6)
            print(f"jog: the base rests {rest:.0f} ms after its block")
            threading.Timer(0.3, robot.stop).start()
            try:
                lease.move({"elbow": -1.5}, speed=0.5)
                raise AssertionError("a stopped move is done")
            except CommandError as error:
                assert error.code == "stopped", error
        robot.reset()
        with robot.acquire() as lease:
            lease.move({"elbow": 0}, speed=1)
        print("stop and reset: it moves again")


if __name__ == "__main__":
    main(sys.argv[1])
