import { Group } from "three";
import { expect, it } from "vitest";
import { FrameTrail, trailMs } from "../../../../src/viewer/scene/frame-trail.ts";

/** Moves the frame along x at 0.1 m/s, a picture each 20 ms. */
function moved(trail: FrameTrail, frame: Group, fromMs: number, toMs: number): void {
  for (let at = fromMs; at < toMs; at += 20) {
    frame.position.x = at / 10_000;
    frame.updateMatrixWorld();
    trail.take(at);
  }
}

it("a trail is the way of the last minute, in order, in the world", () => {
  const world = new Group();
  const frame = new Group();
  world.position.set(0, 0, 1);
  world.add(frame);
  world.updateMatrixWorld();
  const trail = new FrameTrail(frame);
  moved(trail, frame, 0, 10_000);
  const way = [...trail.way];
  expect(way.length / 3).toBeGreaterThan(150);
  expect(way[0]).toBeCloseTo(0, 6);
  expect(way.at(-3)).toBeGreaterThan(0.99);
  expect(way.filter((_, i) => i % 3 === 2).every((z) => z === 1)).toBe(true);
  const xs = way.filter((_, i) => i % 3 === 0);
  expect(xs).toEqual([...xs].sort((a, b) => a - b));
  moved(trail, frame, 10_000, trailMs + 30_000);
  const [first] = trail.way;
  expect(first).toBeGreaterThan(2.9);
  expect(first).toBeLessThan(3.2);
  expect(trail.way.length / 3).toBeLessThanOrEqual(trailMs / 50);
});

it("a frame that stands adds nothing, and one whose time goes back begins anew", () => {
  const frame = new Group();
  const trail = new FrameTrail(frame);
  expect(trail.take(0)).toBe(true);
  for (let at = 20; at < 2000; at += 20) expect(trail.take(at)).toBe(false);
  expect(trail.way.length).toBe(3);
  moved(trail, frame, 2000, 4000);
  expect(trail.take(100)).toBe(true);
  expect(trail.way.length).toBe(3);
});
