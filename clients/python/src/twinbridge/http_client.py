"""HTTP requests by the standard library, each in a thread of its own."""

from __future__ import annotations

import asyncio
import json
import ssl
import threading
import urllib.error
import urllib.request
from typing import Any, Callable, Mapping, TypeVar

from .address import ServerAddress
from .errors import RequestFailed

T = TypeVar("T")


class HttpClient:
    """Requests to one twin. No proxy of the environment is used: a robot is reached directly."""

    def __init__(self, address: ServerAddress, tls: ssl.SSLContext | None) -> None:
        self._address = address
        handlers: list[urllib.request.BaseHandler] = [urllib.request.ProxyHandler({})]
        if tls is not None:
            handlers.append(urllib.request.HTTPSHandler(context=tls))
        self._opener = urllib.request.build_opener(*handlers)

    async def get(self, path: str, query: Mapping[str, str] | None = None, timeout_s: float = 10.0) -> Any:
        """The JSON at `path`. Raises RequestFailed."""
        return await in_thread(lambda: self._ask("GET", self._address.http(path, query), None, timeout_s))

    async def post(self, path: str, body: Mapping[str, Any], timeout_s: float) -> Any:
        """The JSON that answers `body`. Raises RequestFailed."""
        return await self._send("POST", path, body, timeout_s)

    async def put(self, path: str, body: Mapping[str, Any], timeout_s: float) -> Any:
        """The JSON that answers `body`. Raises RequestFailed."""
        return await self._send("PUT", path, body, timeout_s)

    async def delete(self, path: str, timeout_s: float) -> Any:
        """The JSON that answers the deletion. Raises RequestFailed."""
        return await self._send("DELETE", path, None, timeout_s)

    async def _send(self, method: str, path: str, body: Mapping[str, Any] | None, timeout_s: float) -> Any:
        data = None if body is None else json.dumps(body).encode()
        return await in_thread(lambda: self._ask(method, self._address.http(path), data, timeout_s))

    def _ask(self, method: str, url: str, data: bytes | None, timeout_s: float) -> Any:
        headers = {**self._address.headers(), "Accept": "application/json"}
        if data is not None:
            headers["Content-Type"] = "application/json"
        request = urllib.request.Request(url, data=data, headers=headers, method=method)
        try:
            with self._opener.open(request, timeout=timeout_s) as answer:
                return json.loads(answer.read())
        except urllib.error.HTTPError as error:
            with error:
                raise RequestFailed(error.code, _reason(error.read(), error.code)) from None
        except (OSError, ValueError) as error:
            raise RequestFailed(0, f"{self._address.base}: {error}") from None


def _reason(body: bytes, status: int) -> str:
    text = body[:500].decode(errors="replace")
    try:
        answer = json.loads(text)
        return f"{status}: {answer['error']}"
    except (ValueError, KeyError, TypeError):
        return f"{status}: {text}"


async def in_thread(work: Callable[[], T]) -> T:
    """Runs `work` in a daemon thread of its own: a stop must not wait for a free place in a pool."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def settle(result: T | None, error: BaseException | None) -> None:
        if future.done():
            return
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(result)  # type: ignore[arg-type]

    def run() -> None:
        result: T | None = None
        fault: BaseException | None = None
        try:
            result = work()
        except BaseException as error:
            fault = error
        try:
            loop.call_soon_threadsafe(settle, result, fault)
        except RuntimeError:
            pass  # the loop has ended: nobody waits any more

    threading.Thread(target=run, name="twinbridge http", daemon=True).start()
    return await future
