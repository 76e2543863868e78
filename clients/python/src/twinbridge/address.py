"""Where a twin is, from what people write."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Mapping
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

DEFAULT_PORT = 8080
_SCHEMES = {"http": "http", "https": "https", "ws": "http", "wss": "https"}


@dataclass(frozen=True)
class ServerAddress:
    """The folder that the twin serves, `http(s)://host:port/prefix/`, and the token that opens it."""

    base: str
    token: str | None = field(default=None, repr=False)

    def http(self, path: str, query: Mapping[str, str] | None = None) -> str:
        """The address of `path`, which has no leading slash, so that a proxy's prefix remains."""
        return self.base + path + (f"?{urlencode(query)}" if query else "")

    def socket(self, path: str) -> str:
        """The WebSocket address of `path`."""
        return "ws" + self.http(path)[len("http") :]

    def headers(self) -> dict[str, str]:
        """The token as a header, where it ends up in no log of a proxy."""
        return {} if self.token is None else {"Authorization": f"Bearer {self.token}"}


def read_address(url: str, token: str | None = None) -> ServerAddress:
    """Reads `http(s)://…`, `ws(s)://…`, `host:port` or `host` (port 8080), each with an optional path.

    A token in the address (`#token=…` as `twin up` prints it, or `?token=…`) counts unless `token` is given.
    Raises ValueError when `url` is no address.
    """
    text = url.strip()
    if "://" not in text:
        text = f"http://{text}"
        if urlsplit(text).port is None:
            text = re.sub(r"^(http://[^/?#]+)", rf"\1:{DEFAULT_PORT}", text)
    parts = urlsplit(text)
    scheme = _SCHEMES.get(parts.scheme.lower())
    if scheme is None or not parts.hostname:
        raise ValueError(f'"{url}" is no address of a twin: write http://HOST:PORT/ or HOST:PORT')
    _ = parts.port  # raises ValueError when it is no number
    if "@" in parts.netloc:
        raise ValueError("a user name in the address is not supported: use token=")
    path = re.sub(r"/ws/(state|command)/?$", "/", parts.path)
    path = path if path.endswith("/") else f"{path}/"
    for place in (parts.fragment, parts.query):
        found = parse_qs(place).get("token")
        if token is None and found:
            token = found[0]
    return ServerAddress(urlunsplit((scheme, parts.netloc, path, "", "")), token)
