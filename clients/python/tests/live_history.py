"""The recorded past of a running twin with its simulated robot, by both APIs. Argument: the twin's address.

Run by test/integration/python-client.test.ts. Prints what it read; ends with 1 at the first thing wrong.
"""

from __future__ import annotations

import asyncio
import sys
import time
from datetime import datetime, timezone

from twinbridge import Moment, RequestFailed, blocking, connect

ELBOW = "robot/joint/elbow/position"


def check_moment(moment: Moment, series: list[dict[str, object]], at: float) -> float:
    """The moment shows the last sample of the series up to `at`."""
    times, values = series[0]["time"], series[0]["value"]
    assert isinstance(times, list) and isinstance(values, list)
    newest = max(i for i, one in enumerate(times) if one <= at)
    position = moment.joint("robot", "elbow").position
    assert position is not None, "the elbow has no position"
    assert position.value == values[newest], (position, values[newest])
    assert abs(position.age_ms - (at - times[newest])) < 0.01, (position, times[newest])
    return position.value


async def asynchronous(url: str, goal: float) -> None:
    async with connect(url, holder="history test") as twin:
        began = time.time() * 1000
        async with twin.robot("robot").acquire() as lease:
            await lease.move({"elbow": goal}, speed=1)
            reached = time.time() * 1000
        await asyncio.sleep(0.3)
        series = await twin.history(ELBOW, began, reached + 100)
        values = series[0]["value"]
        assert len(values) > 5 and abs(values[-1] - goal) < 0.01, values[-3:]
        at = reached - 20
        value = check_moment(await twin.at(at), series, at)
        points = (await twin.history([ELBOW], datetime.fromtimestamp(began / 1000, timezone.utc), step=1000))[
            0
        ]
        assert min(points["min"]) <= min(values) and max(points["max"]) >= max(values), points
        done = [one for one in await twin.events(began, kind="command.done") if "history test" in one.message]
        assert len(done) == 1 and began < done[0].time_ms < reached + 1000, done
        newest = await twin.events()
        assert newest and newest[-1].id > 0
        try:
            await twin.history("robot/joint/knee/*")
            raise AssertionError("a series that is not there was found")
        except RequestFailed as error:
            assert error.status == 404, error
        print(f"asyncio: {len(values)} samples; at {at - began:.0f} ms the elbow was at {value:.4f} rad")


def synchronous(url: str, goal: float) -> None:
    with blocking.connect(url, holder="history test 2") as twin:
        began = time.time() * 1000
        with twin.robot("robot").acquire() as lease:
            lease.move({"elbow": goal}, speed=1)
        reached = time.time() * 1000
        time.sleep(0.3)
        series = twin.history(ELBOW, began, reached)
        value = check_moment(twin.at(reached - 20), series, reached - 20)
        by_stamp = twin.at(reached - 20, clock="stamp").joint("robot", "elbow").position
        assert by_stamp is not None
        done = [one for one in twin.events(began, kind="command.*") if "history test 2" in one.message]
        assert [one.kind for one in done][-1] == "command.done", done
        assert len(twin.events(limit=1)) == 1
        print(f"blocking: {len(series[0]['value'])} samples; the elbow was at {value:.4f} rad")


if __name__ == "__main__":
    asyncio.run(asynchronous(sys.argv[1], 0.4))
    synchronous(sys.argv[1], -0.4)
