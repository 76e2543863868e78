"""Jogs the base and a wrist at full speed until it is killed. Arguments: the twin's address, asyncio or blocking."""

from __future__ import annotations

import asyncio
import sys
import time

import twinbridge
from twinbridge import blocking


async def jog(url: str) -> None:
    async with twinbridge.connect(url) as twin:
        async with twin.robot("robot").acquire() as lease:
            with lease.twist(linear={"x": 0.5}), lease.jog({"wrist_3": 4}):
                await asyncio.sleep(60)


def jog_blocking(url: str) -> None:
    with blocking.connect(url) as twin, twin.robot("robot").acquire() as lease:
        with lease.twist(linear={"x": 0.5}), lease.jog({"wrist_3": 4}):
            time.sleep(60)


if __name__ == "__main__":
    if sys.argv[2] == "asyncio":
        asyncio.run(jog(sys.argv[1]))
    else:
        jog_blocking(sys.argv[1])
