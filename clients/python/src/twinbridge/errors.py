"""What the client raises."""

from __future__ import annotations


class TwinError(Exception):
    """Base of everything that this package raises on purpose."""


class ConnectionFailed(TwinError, ConnectionError):
    """`connect` reached no twin, or the twin refused the connection. The message names the remedy."""


class RequestFailed(TwinError):
    """The twin refused an HTTP request, or did not answer it. `status` is 0 without an answer."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


class CommandError(TwinError):
    """A command that was refused, aborted or lost. `code` is one of the README's table, `message` a sentence."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message

    def __reduce__(self) -> tuple[type[CommandError], tuple[str, str]]:
        return CommandError, (self.code, self.message)


class BadMessage(Exception):
    """A message of the server lacks something it must have. Never leaves this package: it is counted."""
