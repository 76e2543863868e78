from __future__ import annotations

import json
import random
import struct
import unittest
from typing import Any

from twinbridge.command_messages import (
    Grant,
    Refused,
    Reset,
    Stage,
    finite,
    joint_numbers,
    read_command_message,
    vector,
    zero_of,
)
from twinbridge.errors import BadMessage, CommandError
from twinbridge.jog import joint_jog, twist_jog
from twinbridge.state_frame import read_state_frame
from twinbridge.state_messages import (
    Hello,
    Layout,
    Properties,
    Snapshot,
    Status,
    Unknown,
    read_state_message,
)
from twinbridge.values import StopNotice, TwinEvent

from .fake_server import is_zero, layout_columns, register, state_frame

REGISTER = register(1.5, 10)
PROPERTY = {"unit": "rad", "reported": REGISTER}
THING = {"type": "robot", "definition": {}, "relationships": [], "properties": {"a/b": PROPERTY}}
CONTROL = {
    "robot": "r",
    "lease": {"holder": "Ada", "epoch": 3},
    "stopped": {"by": "Bob", "at": 1, "reason": ""},
    "can": {"twist": True},
}
EVENT = {"id": 1, "time": 2.5, "revision": 3, "severity": "info", "kind": "a.b", "message": "m", "robot": "r"}

STATE: list[dict[str, Any]] = [
    {"op": "hello", "session": "s", "serverTime": 1.5, "version": "1"},
    {"op": "pong", "t": 1, "serverTime": 2},
    {"op": "snapshot", "revision": 1, "twin": {"revision": 1, "time": 5, "things": {"r": THING}}},
    {"op": "properties", "revision": 1, "time": 5, "things": {"r": {"a/b": PROPERTY}}},
    {"op": "layout", "layout": 1, "columns": layout_columns()},
    {"op": "status", "time": 1, "revision": 1, "clients": 1, "sources": [], "control": [CONTROL]},
    {"op": "event", "event": EVENT},
    {"op": "stopped", "robot": "*", "by": "Ada"},
    {"op": "lagging", "dropped": 3},
    {"op": "error", "code": "bad_message", "message": "m"},
]
COMMAND: list[dict[str, Any]] = [
    {"op": "hello", "session": "s", "serverTime": 1.5, "version": "1"},
    {"op": "pong", "t": 1, "serverTime": 2},
    {"op": "lease", "id": "r1", "robot": "r", "epoch": 2, "ttlMs": 3000, "serverTime": 5.5},
    {"op": "released", "id": "r1", "robot": "r"},
    {
        "op": "result",
        "id": 3,
        "stage": "executing",
        "code": "ok",
        "message": "",
        "progress": 0.5,
        "error": 0.1,
    },
    {"op": "error", "id": "r1", "code": "lease_held", "message": "m", "holder": "Ada"},
    {"op": "reset", "id": "r1", "robot": "r"},
    {"op": "stopped", "robot": "r", "by": "Ada"},
]


class StateMessages(unittest.TestCase):
    def test_each_kind_is_read(self) -> None:
        read = [read_state_message(json.dumps(message)) for message in STATE]
        self.assertEqual(read[0], Hello(1.5, "1"))
        snapshot, properties, layout, status, event = read[2:7]
        assert isinstance(snapshot, Snapshot) and isinstance(properties, Properties)
        self.assertEqual(snapshot.things["r"].properties["a/b"]["reported"].value, 1.5)
        self.assertEqual(properties.things["r"]["a/b"]["reported"].quality, "good")
        assert isinstance(layout, Layout) and isinstance(status, Status) and isinstance(event, TwinEvent)
        self.assertEqual(len(layout.columns), len(layout_columns()))
        control = status.control[0]
        self.assertEqual((control.holder, control.epoch, control.stopped_by), ("Ada", 3, "Bob"))
        self.assertEqual((event.id, event.robot, event.data), (1, "r", None))
        self.assertEqual(read[7], StopNotice("*", "Ada"))

    def test_a_kind_of_a_newer_server_is_left_alone(self) -> None:
        self.assertEqual(read_state_message('{"op":"new"}'), Unknown("new"))
        self.assertEqual(read_command_message('{"op":"new"}'), Unknown("new"))

    def test_more_keys_than_known_do_no_harm(self) -> None:
        self.assertEqual(
            read_state_message('{"op":"stopped","robot":"r","by":"b","x":[]}'), StopNotice("r", "b")
        )

    def test_what_is_no_message_is_refused(self) -> None:
        for text in ("", "nothing", "[]", "3", "null", "{}", '{"op":3}', '{"op":"hello","serverTime":NaN}'):
            with self.subTest(text):
                with self.assertRaises(BadMessage):
                    read_state_message(text)
                with self.assertRaises(BadMessage):
                    read_command_message(text)
        for text in (
            "[" * 100_000,
            '{"op":"hello","serverTime":1' + "0" * 400 + "}",
            '{"op":"pong","t":Infinity}',
        ):
            with self.assertRaises(BadMessage):
                read_state_message(text)

    def test_a_missing_or_wrong_field_is_refused_wherever_it_is(self) -> None:
        """Each value of each message is replaced in turn; the reader either takes it or says BadMessage."""
        for messages, read in ((STATE, read_state_message), (COMMAND, read_command_message)):
            refused = 0
            for message in messages:
                for broken in breakages(message):
                    try:
                        read(json.dumps(broken))
                    except BadMessage:
                        refused += 1
            self.assertGreater(refused, 100)

    def test_text_at_random_is_refused_or_read(self) -> None:
        rng = random.Random(3)
        for _ in range(3000):
            text = list(json.dumps(rng.choice(STATE + COMMAND)))
            for _ in range(rng.randint(1, 4)):
                text[rng.randrange(len(text))] = rng.choice('{}[]",:0123456789.eE-nulltrue')
            for read in (read_state_message, read_command_message):
                try:
                    read("".join(text))
                except BadMessage:
                    pass


def breakages(value: Any) -> list[Any]:
    """Copies of `value` with one thing in it wrong."""
    wrong: list[Any] = [None, True, "x", -1.5, [], {}, [None]]
    if isinstance(value, dict):
        found: list[Any] = []
        for key, inner in value.items():
            found.append({k: v for k, v in value.items() if k != key})
            found += [{**value, key: other} for other in wrong + breakages(inner)]
        return found
    if isinstance(value, list) and value:
        return [[other, *value[1:]] for other in wrong + breakages(value[0])]
    return []


class CommandMessages(unittest.TestCase):
    def test_each_kind_is_read(self) -> None:
        read = [read_command_message(json.dumps(message)) for message in COMMAND]
        self.assertEqual(read[2], Grant("r1", "r", 2, 3000, 5.5))
        self.assertEqual(read[4], Stage(3, "executing", "ok", "", 0.5, 0.1))
        self.assertEqual(read[5], Refused("r1", "lease_held", "m"))
        self.assertEqual(read[6], Reset("r1", "r"))

    def test_an_error_without_an_id_is_read(self) -> None:
        self.assertEqual(
            read_command_message('{"op":"error","code":"c","message":"m"}'), Refused(None, "c", "m")
        )

    def test_joints_and_numbers_are_checked_before_they_are_sent(self) -> None:
        self.assertEqual(joint_numbers({"a": 1, "b": 0.5}, "position"), {"a": 1.0, "b": 0.5})
        for wrong, code in (
            ({}, "bad_message"),
            ({"a": float("nan")}, "not_finite"),
            ({"a": "x"}, "bad_message"),
        ):
            with self.assertRaises(CommandError) as caught:
                joint_numbers(wrong, "position")  # type: ignore[arg-type]
            self.assertEqual(caught.exception.code, code)

    def test_numbers_of_other_libraries_are_taken(self) -> None:
        class Float32:
            def __float__(self) -> float:
                return 0.25

        self.assertEqual(finite(Float32(), "x"), 0.25)
        for wrong in (None, object(), float("inf"), 10**400):
            with self.assertRaises(CommandError):
                finite(wrong, "x")

    def test_a_vector_has_x_y_and_z_only(self) -> None:
        self.assertEqual(vector({"y": 1}, "linear"), {"x": 0.0, "y": 1.0, "z": 0.0})
        self.assertEqual(vector(None, "linear"), {"x": 0.0, "y": 0.0, "z": 0.0})
        with self.assertRaises(CommandError):
            vector({"X": 1}, "linear")

    def test_a_twist_can_be_written_both_ways(self) -> None:
        one = twist_jog({"linear": {"x": 0.2}}, None, None)
        self.assertEqual(one, twist_jog(None, {"x": 0.2}, None))
        self.assertEqual(one["angular"], {"x": 0.0, "y": 0.0, "z": 0.0})
        with self.assertRaises(CommandError):
            twist_jog({"lineal": {"x": 1}}, None, None)

    def test_the_zero_of_a_jog_names_the_same_joints(self) -> None:
        zero = zero_of(joint_jog({"a": 1, "b": -1}))
        self.assertEqual(zero, {"kind": "jointVelocity", "velocities": {"a": 0.0, "b": 0.0}})
        self.assertTrue(is_zero(zero_of(twist_jog(None, {"x": 1}, {"z": 1}))))

    def test_an_error_shows_its_code(self) -> None:
        self.assertEqual(str(CommandError("stopped", "by Ada")), "stopped: by Ada")


class Frames(unittest.TestCase):
    def test_a_frame_is_read(self) -> None:
        frame = read_state_frame(
            state_frame([1.5, -2.0], [3.5, -1.0], [0, 2], layout=7, time_ms=99.5, revision=12)
        )
        self.assertEqual((frame.layout, frame.revision, frame.time_ms), (7, 12.0, 99.5))
        self.assertEqual((list(frame.values), list(frame.ages_ms)), ([1.5, -2.0], [3.5, -1.0]))
        self.assertEqual(frame.quality_codes, b"\x00\x02")

    def test_the_bytes_of_the_documentation(self) -> None:
        data = bytes.fromhex("01010200010000000000000000000840000000000000f03f000000000000e0bf0000803f01")
        frame = read_state_frame(data)
        self.assertEqual((frame.layout, frame.revision, frame.time_ms), (2, 3.0, 1.0))
        self.assertEqual((frame.values[0], frame.ages_ms[0], frame.quality_codes[0]), (-0.5, 1.0, 1))

    def test_a_frame_without_columns_is_read(self) -> None:
        self.assertEqual(len(read_state_frame(state_frame([])).values), 0)

    def test_what_is_no_whole_frame_is_refused(self) -> None:
        good = state_frame([1.0, 2.0])
        other_kind = b"\x02" + good[1:]
        other_version = good[:1] + b"\x02" + good[2:]
        too_many = good[:4] + struct.pack("<I", 2**32 - 1) + good[8:]
        for data in (b"", good[:23], good[:-1], good + b"\x00", other_kind, other_version, too_many):
            with self.assertRaises(BadMessage):
                read_state_frame(data)
        with self.assertRaises(BadMessage):
            read_state_frame(state_frame([1.0], qualities=[3]))

    def test_bytes_at_random_are_refused_or_read(self) -> None:
        rng = random.Random(5)
        for _ in range(3000):
            data = bytearray(state_frame([1.0, 2.0, 3.0]))
            for _ in range(rng.randint(1, 3)):
                data[rng.randrange(len(data))] = rng.randrange(256)
            try:
                read_state_frame(bytes(data[: rng.choice([len(data), rng.randrange(len(data))])]))
            except BadMessage:
                pass


if __name__ == "__main__":
    unittest.main()
