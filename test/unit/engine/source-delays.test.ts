import { expect, it } from "vitest";
import { SourceDelays } from "../../../src/engine/source-delays.ts";

/** A message each 10 ms from `from` to `to`, stamped `late` ms before it arrives. */
function send(delays: SourceDelays, from: number, to: number, late: (i: number) => number): void {
  for (let at = from, i = 0; at < to; at += 10, i++) {
    const stamp = at - late(i);
    const sec = Math.floor(stamp / 1000);
    delays.note("ros:/joint_states", at, sec, Math.round((stamp - sec * 1000) * 1e6));
  }
}

it("measures from the first question on, and the last ten seconds alone", () => {
  const delays = new SourceDelays();
  send(delays, 0, 1000, () => 5);
  expect(delays.read(1000)).toEqual([]);
  send(delays, 1000, 6000, () => 200);
  expect(delays.read(6000)).toEqual([
    {
      source: "ros:/joint_states",
      delay: { count: 500, least: 200, p50: 200, p99: 200, most: 200 },
      clock: null,
    },
  ]);
  send(delays, 6000, 16_000, (i) => (i % 50 === 0 ? 40 : 3));
  const [found] = delays.read(16_000);
  expect(found?.delay).toMatchObject({ least: 3, p50: 3, p99: 40, most: 40 });
});

it("tells that clocks differ instead of a negative delay, or one of years", () => {
  const delays = new SourceDelays();
  delays.read(100_000);
  send(delays, 100_000, 101_000, () => -1200);
  expect(delays.read(101_000)[0]?.clock).toEqual({ ms: 1200 });
  // A second of NTP's error is no difference.
  const near = new SourceDelays();
  near.read(100_000);
  send(near, 100_000, 101_000, (i) => (i === 0 ? -1 : 0.5));
  expect(near.read(101_000)[0]?.clock).toBeNull();
  const boot = new SourceDelays();
  boot.read(1e12);
  send(boot, 1e12, 1e12 + 1000, () => 1e12 - 5000);
  expect(boot.read(1e12 + 1000)[0]?.clock?.ms).toBeCloseTo(-(1e12 - 5000));
});

it("forgets all once nobody asks, and takes any number of messages", () => {
  const delays = new SourceDelays();
  delays.read(0);
  send(delays, 10, 100_000, () => 1);
  expect(delays.read(100_000)).toEqual([]);
  delays.read(200_000);
  for (let i = 0; i < 20_000; i++) delays.note("fast", 200_000 + i / 10, 200, 0);
  expect(delays.read(202_000)[0]?.delay.count).toBe(1024);
});
