"""Writes test/truth/cbor.json: what PyPI's cbor2 reads in RFC 8949's appendix A and in items it wrote itself.

Run with cbor2 installed: python3 scripts/truth/make-cbor.py
`value` is JSON; whole numbers beyond 2^53 stand as {"big": text}, floats that JSON has not as {"float": text},
bytes as {"hex": text}.
"""

import json
import math
import pathlib
import random
import struct
from importlib.metadata import version

import cbor2

# RFC 8949, appendix A, without its simple values that mean nothing (16, 24, 255).
APPENDIX_A = """
00 01 0a 17 1818 1819 1864 1903e8 1a000f4240 1b000000e8d4a51000 1bffffffffffffffff c249010000000000000000
3bffffffffffffffff c349010000000000000000 20 29 3863 3903e7 f90000 f98000 f93c00 fb3ff199999999999a f93e00
f97bff fa47c35000 fa7f7fffff fb7e37e43c8800759c f90001 f90400 f9c400 fbc010666666666666 f97c00 f97e00 f9fc00
fa7f800000 fa7fc00000 faff800000 fb7ff0000000000000 fb7ff8000000000000 fbfff0000000000000 f4 f5 f6 f7
c074323031332d30332d32315432303a30343a30305a c11a514b67b0 c1fb41d452d9ec200000 d74401020304
d818456449455446 d82076687474703a2f2f7777772e6578616d706c652e636f6d 40 4401020304 60 6161 6449455446 62225c
62c3bc 63e6b0b4 64f0908591 80 83010203 8301820203820405
98190102030405060708090a0b0c0d0e0f101112131415161718181819 a0 a201020304 a26161016162820203 826161a161626163
a56161614161626142616361436164614461656145 5f42010243030405ff 7f657374726561646d696e67ff 9fff
9f018202039f0405ffff 9f01820203820405ff 83018202039f0405ff 83019f0203ff820405
9f0102030405060708090a0b0c0d0e0f101112131415161718181819ff bf61610161629f0203ffff 826161bf61626163ff
bf6346756ef563416d7421ff
""".split()


def shown(value):
    if isinstance(value, bool) or value is None or value is cbor2.undefined:
        return value if isinstance(value, bool) else None
    if isinstance(value, int):
        return value if abs(value) < 2**53 else {"big": str(value)}
    if isinstance(value, float):
        if math.isfinite(value):
            return value
        return {"float": "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"}
    if isinstance(value, bytes):
        return {"hex": value.hex()}
    if isinstance(value, str):
        return value
    if isinstance(value, cbor2.CBORTag):
        return shown(value.value)
    if isinstance(value, (list, tuple)):
        return [shown(v) for v in value]
    if isinstance(value, dict):
        return {"map": [[str(k), shown(v)] for k, v in value.items()]}
    raise TypeError(repr(value))


def read(data):
    # The tag's head is dropped where its meaning would hide the content.
    if data[0] in (0xC0, 0xC1, 0xD7):
        return cbor2.loads(data[1:])
    if data[0] == 0xD8:
        return cbor2.loads(data[2:])
    return cbor2.loads(data)


cases = [{"hex": h, "value": shown(read(bytes.fromhex(h)))} for h in APPENDIX_A]

rng = random.Random(8949)


def made(depth):
    kind = rng.randrange(9 if depth < 4 else 7)
    if kind == 0:
        return rng.choice([1, -1]) * rng.getrandbits(rng.choice([3, 8, 16, 32, 53, 54, 63, 64, 65, 200]))
    if kind == 1:
        return struct.unpack("<d", rng.randbytes(8))[0]
    if kind == 2:
        return rng.choice([0.5, -0.0, 1.5, 65504.0, 2.0**-24, 1e-5, math.inf, math.nan])
    if kind == 3:
        return rng.choice([True, False, None])
    if kind == 4:
        return "".join(rng.choice("aß世🤖\0\"\\/~") for _ in range(rng.randrange(40)))
    if kind == 5:
        return rng.randbytes(rng.randrange(40))
    if kind == 6:
        return rng.randrange(-30, 300)
    if kind == 7:
        return [made(depth + 1) for _ in range(rng.randrange(6))]
    return {rng.choice([f"k{i}", i, -1 - i]): made(depth + 1) for i in range(rng.randrange(6))}


for i in range(300):
    value = [made(0), made(0)]
    data = cbor2.dumps(value, canonical=bool(i % 2))
    cases.append({"hex": data.hex(), "value": shown(value)})

target = pathlib.Path(__file__).parents[2] / "test" / "truth" / "cbor.json"
made_by = {"made by": "scripts/truth/make-cbor.py", "cbor2": version("cbor2"), "cases": cases}
target.write_text(json.dumps(made_by, ensure_ascii=True) + "\n")
print(f"{len(cases)} cases to {target.name}")
