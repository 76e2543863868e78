"""Checks of single fields of the server's JSON. Each raises BadMessage with the field's name."""

from __future__ import annotations

import json
import math
from typing import Any, Callable, Mapping, TypeVar

from .errors import BadMessage

T = TypeVar("T")


def read_json(text: str) -> Mapping[str, Any]:
    """The object that `text` holds. NaN, infinities and anything but an object are refused."""
    try:
        message = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise BadMessage(f"no JSON: {error}") from None
    return as_object(message, "the message")


def _refuse_constant(name: str) -> float:
    raise BadMessage(f"{name} is no number in JSON")


def as_object(value: object, name: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise BadMessage(f"{name} is no object")
    return value


def as_list(value: object, name: str) -> list[Any]:
    if not isinstance(value, list):
        raise BadMessage(f"{name} is no list")
    return value


def as_text(value: object, name: str) -> str:
    if not isinstance(value, str):
        raise BadMessage(f"{name} is no text")
    return value


def as_number(value: object, name: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise BadMessage(f"{name} is no number")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise BadMessage(f"{name} is not finite")
    return number


def as_count(value: object, name: str) -> int:
    number = as_number(value, name)
    if number < 0 or number != int(number):
        raise BadMessage(f"{name} is no count")
    return int(number)


def as_choice(value: object, choices: tuple[T, ...], name: str) -> T:
    for choice in choices:
        if choice == value:
            return choice
    raise BadMessage(f"{name} is none of {choices}")


def optional(value: object, check: Callable[[object, str], T], name: str) -> T | None:
    return None if value is None else check(value, name)
