"""Drives the base a little forward and back, without asyncio. Usage: python drive.py [URL [ROBOT]]"""

from __future__ import annotations

import sys
import time

from twinbridge import CommandError, ConnectionFailed
from twinbridge.blocking import connect


def main(url: str = "127.0.0.1:8080", name: str = "robot") -> int:
    with connect(url, holder="drive.py") as twin:
        robot = twin.robot(name)
        with robot.acquire() as lease:
            # The base drives while this thread sleeps, and rests when the block is left, however it is left.
            with lease.twist(linear={"x": 0.2}) as drive:
                time.sleep(1)
                drive.set(linear={"x": -0.2})
                time.sleep(1)
        pose = robot.base().pose
        if pose is not None:
            print(f"the base is at x {pose.value.position[0]:+.3f} m, y {pose.value.position[1]:+.3f} m")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(*sys.argv[1:]))
    except (CommandError, ConnectionFailed) as error:
        print(error, file=sys.stderr)
        sys.exit(1)
