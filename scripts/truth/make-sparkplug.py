"""Writes test/truth/sparkplug.json: Sparkplug payloads as Google's protobuf and pysparkplug encode them.

Run with pysparkplug installed (PyPI): python3 scripts/truth/make-sparkplug.py
Signed numbers stand twice: as pysparkplug has them (two's complement of their own width) and as Java's and
C's clients do (of 32 or 64 bits).
"""

import json
import pathlib
import struct
import uuid
from importlib.metadata import version

from google.protobuf import __version__ as protobuf_version
from pysparkplug import DataType
from pysparkplug._protobuf import Metric as Pb
from pysparkplug._protobuf import Payload

INT = {"INT8": 8, "INT16": 16, "INT32": 32, "INT64": 64}


def single(value):
    return struct.unpack("<f", struct.pack("<f", value))[0]


def whole(kind, value):
    return str(value) if kind.endswith("64") else value


cases = []


def case(name, metric, expected):
    payload = Payload()
    payload.timestamp = 1_700_000_000_123
    payload.seq = 7
    payload.metrics.append(metric)
    cases.append({"name": name, "hex": payload.SerializeToString().hex(), "expected": expected})


def plain(kind, value, expected):
    datatype = DataType[kind]
    metric = Pb(name="m", datatype=datatype)
    setattr(metric, datatype.field, datatype.encode(value))
    case(f"{kind} {value!r}"[:60], metric, expected)


for kind, bits in INT.items():
    for value in (0, 1, -1, -(2 ** (bits - 1)), 2 ** (bits - 1) - 1):
        plain(kind, value, whole(kind, value))
        if bits < 64:
            wide = Pb(name="m", datatype=DataType[kind], int_value=value % 2**32)
            case(f"{kind} {value} in 32 bits", wide, value)
    unsigned = "U" + kind
    for value in (0, 1, 2**bits - 1, 2 ** (bits - 1)):
        plain(unsigned, value, whole(kind, value))
case("UINT32 in the long field", Pb(name="m", datatype=7, long_value=2**32 - 1), 2**32 - 1)
for value in (0.0, 0.1, -1.5, 3.4028234663852886e38, 1e-45):
    plain("FLOAT", value, single(value))
for value in (0.0, 0.1, -1.7976931348623157e308, 5e-324):
    plain("DOUBLE", value, value)
plain("BOOLEAN", True, True)
plain("BOOLEAN", False, False)
for kind in ("STRING", "TEXT"):
    plain(kind, "", "")
    plain(kind, "Grüße, 世界 🤖", "Grüße, 世界 🤖")
plain("UUID", str(uuid.UUID(int=0x1234)), str(uuid.UUID(int=0x1234)))
plain("BYTES", b"\x00\xff\x7f", "00ff7f")
plain("FILE", b"", "")
case("DATETIME", Pb(name="m", datatype=13, long_value=1_700_000_000_123), 1_700_000_000_123)

for kind, bits in INT.items():
    values = [0, 1, -1, -(2 ** (bits - 1)), 2 ** (bits - 1) - 1]
    plain(f"{kind}_ARRAY", values, json.dumps([whole(kind, v) for v in values], separators=(",", ":")))
    values = [0, 1, 2**bits - 1]
    plain(f"U{kind}_ARRAY", values, json.dumps([whole(kind, v) for v in values], separators=(",", ":")))
plain("FLOAT_ARRAY", [0.5, -2.25], "[0.5,-2.25]")
plain("DOUBLE_ARRAY", [0.1, 1.5], "[0.1,1.5]")
plain("BOOLEAN_ARRAY", (), "[]")
bools = (True, False, True, True, False, False, True, False, True)
plain("BOOLEAN_ARRAY", bools, json.dumps(bools, separators=(",", ":")))
plain("STRING_ARRAY", ["a", "", "ß"], '["a","","ß"]')
dates = DataType.DATETIME_ARRAY
case(
    "DATETIME_ARRAY",
    Pb(name="m", datatype=dates, bytes_value=struct.pack("<2Q", 0, 1_700_000_000_123)),
    "[0,1700000000123]",
)

target = pathlib.Path(__file__).parents[2] / "test" / "truth" / "sparkplug.json"
made = {
    "made by": "scripts/truth/make-sparkplug.py",
    "pysparkplug": version("pysparkplug"),
    "protobuf": protobuf_version,
    "cases": cases,
}
target.write_text(json.dumps(made, ensure_ascii=False, indent=1) + "\n")
print(f"{len(cases)} cases to {target.name}")
