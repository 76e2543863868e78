import { describe, expect, it } from "vitest";
import { VideoQueue } from "../../../../src/io/topics/video-queue.ts";
import { randomFrom } from "../../robot/random-from.ts";

const group = 10;

/** A queue, and what came out of it. */
function queueOf(mostMs = 1000) {
  const queue = new VideoQueue(mostMs);
  const out: number[] = [];
  return {
    queue,
    out,
    offer(sequence: number, now: number, size = 100) {
      queue.offer(new Uint8Array(size), { key: sequence % group === 0, sequence }, now);
    },
    drain(now: number, most = Number.POSITIVE_INFINITY) {
      const gaveUp = queue.gaveUp(now);
      for (let i = 0; i < most; i += 1) {
        const frame = queue.next();
        if (frame === null) break;
        out.push(frame.video.sequence);
      }
      return gaveUp;
    },
  };
}

describe("frames that wait for a viewer", () => {
  it("go out in their order, from the first key frame on, over the end of their group", () => {
    const { offer, drain, out } = queueOf();
    for (let i = 7; i < 24; i += 1) offer(i, 0);
    expect(drain(10)).toBe(false);
    expect(out).toEqual([10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23]);
  });

  it("are given up to the newest key frame once the first waits for too long", () => {
    const { offer, drain, out } = queueOf();
    for (let i = 0; i < 15; i += 1) offer(i, 100 * i);
    expect(drain(1450, 2)).toBe(true);
    expect(out).toEqual([10, 11]);
    for (let i = 15; i < 18; i += 1) offer(i, 100 * i);
    expect(drain(1800)).toBe(false);
    expect(out).toEqual([10, 11, 12, 13, 14, 15, 16, 17]);
  });

  it("are all given up where no key frame is young enough, and the next one is waited for", () => {
    const { offer, drain, out } = queueOf();
    for (let i = 0; i < 5; i += 1) offer(i, 0);
    expect(drain(1001)).toBe(true);
    for (let i = 5; i < 12; i += 1) offer(i, 1100);
    expect(drain(1200)).toBe(false);
    expect(out).toEqual([10, 11]);
  });

  it("never follow a gap", () => {
    const { offer, drain, out } = queueOf();
    for (const sequence of [0, 1, 2, 4, 5, 9, 10, 11]) offer(sequence, 0);
    drain(1);
    expect(out).toEqual([0, 1, 2, 10, 11]);
  });

  it("are no more than a second of them for a viewer that asks for none", () => {
    const { queue, offer, drain, out } = queueOf();
    for (let i = 0; i < 600; i += 1) offer(i, 33 * i);
    expect(queue.gaveUp(33 * 600)).toBe(true);
    drain(33 * 600);
    expect(out.length).toBeLessThan(40);
    expect((out[0] ?? 1) % group).toBe(0);
  });

  it("are no more than 8 MiB, however young", () => {
    const { queue, offer, drain, out } = queueOf();
    for (let i = 0; i < 15; i += 1) offer(i, 0, 1024 * 1024);
    expect(queue.gaveUp(0)).toBe(true);
    drain(0);
    expect(out).toEqual([10, 11, 12, 13, 14]);
  });

  it("of 2,000 random histories never follow a frame that did not go out", () => {
    const random = randomFrom(3);
    for (let history = 0; history < 2000; history += 1) {
      const { offer, drain, out } = queueOf(200);
      let now = 0;
      let sequence = 0;
      for (let step = 0; step < 60; step += 1) {
        now += random.below(90);
        if (random.next() < 0.95) offer(sequence, now);
        sequence += 1;
        if (random.next() < 0.5) drain(now, random.below(4));
      }
      drain(now);
      for (const [i, one] of out.entries()) {
        if (one % group !== 0 && one !== (out[i - 1] ?? Number.NaN) + 1)
          throw new Error(`${history}: ${out}`);
      }
    }
  });
});
