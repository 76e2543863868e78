from __future__ import annotations

import json
import unittest

from twinbridge.errors import BadMessage
from twinbridge.state_frame import read_state_frame
from twinbridge.state_messages import Layout, Snapshot, read_state_message
from twinbridge.state_store import StateStore
from twinbridge.values import Value

from .fake_server import first_values, layout_columns, register, state_frame


class Clock:
    """Seconds, set by the test."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Store(unittest.TestCase):
    def setUp(self) -> None:
        self.clock = Clock()
        self.heard = True
        self.store = StateStore(lambda: self.heard, self.clock)
        layout = read_state_message(json.dumps({"op": "layout", "layout": 1, "columns": layout_columns()}))
        assert isinstance(layout, Layout)
        self.layout = layout
        self.store.set_layout(1, layout.columns)

    def frame(
        self,
        values: list[float] | None = None,
        ages_ms: list[float] | None = None,
        qualities: list[int] | None = None,
        server_ms: float | None = 0.0,
        layout: int = 1,
    ) -> set[str]:
        data = state_frame(values or first_values(), ages_ms, qualities, layout, time_ms=0.0)
        return self.store.take_frame(read_state_frame(data), server_ms)

    def elbow(self) -> Value[tuple[float, ...]]:
        value = self.store.numbers("robot", "reported", "joint/elbow/position", 1)
        assert value is not None
        return value

    def snapshot(self, properties: dict[str, object], time_ms: float = 1000.0) -> None:
        thing = {"type": "robot", "definition": {}, "relationships": [], "properties": properties}
        twin = {"revision": 1, "time": time_ms, "things": {"robot": thing}}
        message = read_state_message(json.dumps({"op": "snapshot", "twin": twin}))
        assert isinstance(message, Snapshot)
        self.store.set_things(message.things, message.time_ms, 1000.0)

    def test_nothing_is_known_before_the_first_frame(self) -> None:
        self.assertIsNone(self.store.numbers("robot", "reported", "joint/elbow/position", 1))
        self.assertFalse(self.store.has_motion)

    def test_values_have_their_columns(self) -> None:
        self.frame()
        self.assertEqual(self.elbow().value, (0.25,))
        pose = self.store.numbers("robot", "reported", "base/pose", 7)
        assert pose is not None
        self.assertEqual(pose.value, (1, 2, 3, 0, 0, 0, 1))
        desired = self.store.numbers("robot", "desired", "joint/elbow/position", 1)
        assert desired is not None
        self.assertEqual(desired.value, (0.5,))
        self.assertIsNone(self.store.numbers("robot", "predicted", "joint/elbow/position", 1))
        self.assertIsNone(self.store.numbers("other", "reported", "joint/elbow/position", 1))

    def test_a_joints_name_may_hold_slashes(self) -> None:
        self.frame()
        self.assertEqual(self.store.joints("robot"), ["elbow", "a/b"])

    def test_an_age_is_that_at_the_server_plus_the_way_plus_the_time_since(self) -> None:
        self.frame(ages_ms=[30.0] * 17, server_ms=5.0)
        self.clock.now += 0.1
        self.assertAlmostEqual(self.elbow().age_ms, 30 + 5 + 100)

    def test_a_clock_that_is_wrong_makes_no_value_younger_than_it_was_at_the_server(self) -> None:
        self.frame(ages_ms=[30.0] * 17, server_ms=-500.0)
        self.assertAlmostEqual(self.elbow().age_ms, 30)
        self.frame(ages_ms=[30.0] * 17, server_ms=None)
        self.assertAlmostEqual(self.elbow().age_ms, 30)

    def test_a_column_that_never_had_a_value_is_none(self) -> None:
        self.frame(ages_ms=[-1.0] + [0.0] * 16)
        self.assertIsNone(self.store.numbers("robot", "reported", "joint/elbow/position", 1))

    def test_without_the_server_ages_grow_and_values_are_bad(self) -> None:
        self.frame()
        self.heard = False
        self.clock.now += 10
        value = self.elbow()
        self.assertEqual((value.value, value.quality, value.reason), ((0.25,), "bad", "no-communication"))
        self.assertAlmostEqual(value.age_ms, 10_000)

    def test_after_a_reconnection_the_last_values_remain_until_new_ones_come(self) -> None:
        self.frame()
        self.store.restart()
        self.clock.now += 1
        self.assertAlmostEqual(self.elbow().age_ms, 1000)
        with self.assertRaises(BadMessage):
            self.frame()
        self.store.set_layout(1, self.layout.columns)
        self.frame(first_values(0.75))
        self.assertEqual(self.elbow().value, (0.75,))

    def test_a_frame_that_does_not_fit_its_layout_is_refused(self) -> None:
        with self.assertRaises(BadMessage):
            self.frame(layout=2)
        with self.assertRaises(BadMessage):
            self.frame([1.0, 2.0])

    def test_it_tells_whose_values_are_not_good_any_more_once(self) -> None:
        self.assertEqual(self.frame(), set())
        codes = [1] + [0] * 16
        self.assertEqual(self.frame(qualities=codes), {"robot"})
        self.assertEqual(self.frame(qualities=codes), set())
        self.assertEqual(self.frame(), set())
        self.assertEqual(self.frame(qualities=[2] + [0] * 16), {"robot"})

    def test_the_reason_is_the_noted_one_if_it_is_of_this_quality(self) -> None:
        self.frame(qualities=[2] + [0] * 16)
        self.assertEqual((self.elbow().quality, self.elbow().reason), ("bad", None))
        bad = register(0.25, 0, "bad", "not-finite")
        self.snapshot({"joint/elbow/position": {"unit": "rad", "reported": bad}})
        self.assertEqual(self.elbow().reason, "not-finite")
        self.frame(qualities=[1] + [0] * 16)
        self.assertEqual((self.elbow().quality, self.elbow().reason), ("uncertain", "stale"))
        self.frame()
        self.assertEqual((self.elbow().quality, self.elbow().reason), ("good", None))

    def test_a_property_has_its_age_from_when_the_server_received_it(self) -> None:
        self.snapshot({"battery/voltage": {"unit": "V", "reported": register(24.5, 900.0)}})
        self.clock.now += 0.05
        value = self.store.property("robot", "battery/voltage", "reported")
        assert value is not None
        self.assertEqual((value.value, value.quality), (24.5, "good"))
        self.assertAlmostEqual(value.age_ms, 150)
        self.heard = False
        lost = self.store.property("robot", "battery/voltage", "reported")
        assert lost is not None
        self.assertEqual((lost.quality, lost.reason), ("bad", "no-communication"))
        self.assertIsNone(self.store.property("robot", "battery/current", "reported"))

    def test_motion_is_a_property_too_and_newer_than_in_the_snapshot(self) -> None:
        self.snapshot({"joint/elbow/position": {"unit": "rad", "reported": register(9.0, 0.0)}})
        self.frame()
        value = self.store.property("robot", "joint/elbow/position", "reported")
        assert value is not None
        self.assertEqual(value.value, 0.25)
        pose = self.store.property("robot", "base/pose", "reported")
        assert pose is not None
        self.assertEqual(pose.value, {"position": [1, 2, 3], "quaternion": [0, 0, 0, 1]})
        twist = self.store.property("robot", "base/twist", "reported")
        assert twist is not None
        self.assertEqual(twist.value, {"linear": [0.3, 0, 0], "angular": [0, 0, 0.6]})


if __name__ == "__main__":
    unittest.main()
