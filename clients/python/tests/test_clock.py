from __future__ import annotations

import random
import unittest

from twinbridge.backoff import backoff_s
from twinbridge.clock_offset import ClockOffset


class Clock(unittest.TestCase):
    def test_it_knows_nothing_at_first(self) -> None:
        clock = ClockOffset()
        self.assertIsNone(clock.server_ms(5))
        self.assertIsNone(clock.round_trip_ms)

    def test_a_hello_gives_a_first_guess(self) -> None:
        clock = ClockOffset()
        clock.guess(1000, 10)
        self.assertEqual(clock.server_ms(15), 1005)

    def test_a_pong_takes_precedence_over_the_guess(self) -> None:
        clock = ClockOffset()
        clock.guess(1000, 10)
        self.assertTrue(clock.add_pong(20, 1120, 40))
        self.assertEqual(clock.server_ms(30), 1120)

    def test_the_least_round_trip_counts(self) -> None:
        clock = ClockOffset()
        clock.add_pong(0, 1000 + 80, 100)  # 80 ms there, 20 ms back
        clock.add_pong(100, 1000 + 102, 104)
        clock.add_pong(200, 1000 + 250, 300)
        self.assertEqual(clock.server_ms(0), 1000)

    def test_it_is_wrong_by_at_most_half_of_the_least_round_trip(self) -> None:
        rng = random.Random(7)
        for _ in range(200):
            clock = ClockOffset()
            offset = rng.uniform(-1e6, 1e6)
            least = float("inf")
            now = 0.0
            for _ in range(rng.randint(1, 9)):
                there, back = rng.uniform(0, 50), rng.uniform(0, 50)
                clock.add_pong(now, now + there + offset, now + there + back)
                least = min(least, there + back)
                now += 500
            server = clock.server_ms(now)
            assert server is not None
            self.assertLessEqual(abs(server - now - offset), least / 2 + 1e-6)

    def test_old_samples_are_forgotten(self) -> None:
        clock = ClockOffset()
        clock.add_pong(0, 1000, 0)
        for i in range(1, 11):
            clock.add_pong(i * 100, 2000 + i * 100 + 5, i * 100 + 10)
        self.assertEqual(clock.server_ms(0), 2000)

    def test_of_equal_round_trips_the_newest_counts(self) -> None:
        clock = ClockOffset()
        clock.add_pong(0, 105, 10)
        clock.add_pong(100, 206, 110)
        self.assertEqual(clock.server_ms(0), 101)

    def test_impossible_pongs_are_refused(self) -> None:
        clock = ClockOffset()
        self.assertFalse(clock.add_pong(10, 1000, 5))
        self.assertFalse(clock.add_pong(0, 1000, 60_000))
        self.assertFalse(clock.add_pong(float("nan"), 1000, 5))
        self.assertIsNone(clock.server_ms(0))

    def test_another_server_starts_anew(self) -> None:
        clock = ClockOffset()
        clock.guess(1, 0)
        clock.add_pong(0, 1000, 10)
        clock.clear()
        self.assertIsNone(clock.server_ms(0))

    def test_the_middle_round_trip(self) -> None:
        clock = ClockOffset()
        for trip in (30, 10, 20):
            clock.add_pong(0, 0, trip)
        self.assertEqual(clock.round_trip_ms, 20)


class Backoff(unittest.TestCase):
    def test_it_doubles_from_half_a_second_to_five(self) -> None:
        self.assertEqual([backoff_s(i, 0) for i in range(6)], [0.5, 1, 2, 4, 5, 5])

    def test_chance_takes_up_to_a_third_off(self) -> None:
        for attempt in range(2000):
            full = backoff_s(attempt, 0)
            self.assertTrue(full * 2 / 3 <= backoff_s(attempt, 0.999) <= full <= 5)


if __name__ == "__main__":
    unittest.main()
