"""What the tests share."""

from __future__ import annotations

import asyncio
import logging
import unittest
from typing import Any, Callable
from unittest import mock

import twinbridge
from twinbridge.errors import CommandError

from .fake_server import FakeServer


class TwinCase(unittest.IsolatedAsyncioTestCase):
    """A fake server, and clients of it that reconnect at once. The client's log is silent."""

    server: FakeServer

    async def asyncSetUp(self) -> None:
        logging.getLogger("twinbridge").setLevel(logging.CRITICAL)
        patched = mock.patch("twinbridge.reconnecting_socket.backoff_s", lambda attempt, random: 0.02)
        patched.start()
        self.addCleanup(patched.stop)
        self.server = FakeServer()
        await self.server.start()
        self._twins: list[twinbridge.Twin] = []

    async def asyncTearDown(self) -> None:
        for twin in self._twins:
            await twin.close()
        await self.server.stop()
        logging.getLogger("twinbridge").setLevel(logging.NOTSET)

    async def connect(self, **options: Any) -> twinbridge.Twin:
        twin = await twinbridge.connect(options.pop("url", self.server.url), holder="a test", **options)
        self._twins.append(twin)
        return twin

    async def robot(self) -> twinbridge.Robot:
        return (await self.connect()).robot("robot")

    def patch(self, target: str, value: object) -> None:
        patched = mock.patch(target, value)
        patched.start()
        self.addCleanup(patched.stop)


async def eventually(what: Callable[[], object], seconds: float = 5.0) -> None:
    """Waits until `what` is true."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    while not what():
        if loop.time() > deadline:
            raise AssertionError("it did not come to that")
        await asyncio.sleep(0.005)


async def error_of(awaitable: Any) -> CommandError:
    """The CommandError that `awaitable` raises."""
    try:
        await awaitable
    except CommandError as error:
        return error
    raise AssertionError("no CommandError was raised")
