"""Moves a joint and watches it. Usage: python move.py [URL [ROBOT [JOINT POSITION]]]

Start a twin first: `twin up` runs a simulated robot. Positions are rad or m.
"""

from __future__ import annotations

import asyncio
import sys

from twinbridge import CommandError, ConnectionFailed, Robot, connect


async def main(
    url: str = "127.0.0.1:8080", name: str = "robot", joint: str = "elbow", position: str = "0.5"
) -> int:
    async with connect(url, holder="move.py") as twin:
        robot = twin.robot(name)

        def show(robot: Robot) -> None:
            now = robot.joint(joint).position
            if now is not None:
                print(f"\r{joint}: {now.value:+.3f}, {now.age_ms:.0f} ms old, {now.quality}   ", end="")

        robot.on("state", show)
        async with robot.acquire() as lease:
            await lease.move({joint: float(position)}, speed=0.5)
        print(f"\n{joint} is at {position}")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(asyncio.run(main(*sys.argv[1:])))
    except (CommandError, ConnectionFailed) as error:
        print(f"\n{error}", file=sys.stderr)
        sys.exit(1)
