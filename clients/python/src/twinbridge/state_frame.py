"""The binary state frame, little endian (docs/stream.md):

 0  u8   1 (kind of frame)
 1  u8   1 (version)
 2  u16  layout
 4  u32  n, number of columns
 8  f64  revision
16  f64  server time, ms
24  f64 × n  values, SI
 …  f32 × n  age in ms when the frame was made, by the server's clock; −1: never had a value
 …  u8  × n  quality: 0 good, 1 uncertain, 2 bad
"""

from __future__ import annotations

import struct
import sys
from array import array
from typing import NamedTuple

from .errors import BadMessage

_HEAD = struct.Struct("<BBHIdd")
_BYTES_PER_COLUMN = 13
_WORST_QUALITY = 2


class StateFrame(NamedTuple):
    """One frame. The arrays are copies and belong to the frame; nobody changes them."""

    layout: int
    revision: float
    time_ms: float
    values: array[float]
    ages_ms: array[float]
    quality_codes: bytes


def read_state_frame(data: bytes) -> StateFrame:
    """Raises BadMessage when the bytes are no whole frame of a kind this version knows."""
    if len(data) < _HEAD.size:
        raise BadMessage(f"a frame of {len(data)} bytes")
    kind, version, layout, columns, revision, time_ms = _HEAD.unpack_from(data)
    if kind != 1 or version != 1:
        raise BadMessage(f"a frame of kind {kind}, version {version}")
    if len(data) != _HEAD.size + columns * _BYTES_PER_COLUMN:
        raise BadMessage(f"a frame of {len(data)} bytes for {columns} columns")
    view = memoryview(data)
    ages_at = _HEAD.size + 8 * columns
    codes_at = ages_at + 4 * columns
    codes = bytes(view[codes_at:])
    if codes and max(codes) > _WORST_QUALITY:
        raise BadMessage(f"a frame with quality {max(codes)}")
    values = _numbers("d", view[_HEAD.size : ages_at])
    ages_ms = _numbers("f", view[ages_at:codes_at])
    return StateFrame(layout, revision, time_ms, values, ages_ms, codes)


def _numbers(typecode: str, view: memoryview) -> array[float]:
    numbers: array[float] = array(typecode)
    numbers.frombytes(view)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers
