import { beforeEach, describe, expect, it, vi } from "vitest";
import { TopicHub } from "../../../../src/io/topics/topic-hub.ts";
import type { TopicOrder } from "../../../../src/io/topics/topic-orders.ts";
import { PieceJoiner } from "../../../../src/protocol/topics/topic-frame.ts";

describe("a viewer of a video", () => {
  let now = 0;
  let orders: TopicOrder[];
  let hub: TopicHub;

  /** Reads so many bytes a second; `seen`: the frames that it has, by their numbers. */
  class Viewer {
    readonly seen: { sequence: number; level: number; at: number }[] = [];
    private readonly joiner = new PieceJoiner();
    private readonly unread: { frame: Uint8Array; at: number }[] = [];
    private told: (delayMs: number) => void = () => undefined;
    private credit = 0;
    readonly session;

    constructor(public bytesPerSecond = 1e9) {
      this.session = hub.join({
        sendText: () => undefined,
        sendFrame: (frame) => this.unread.push({ frame, at: now }),
        unreadBytes: () => this.unread.reduce((sum, { frame }) => sum + frame.byteLength, 0),
        askRead: () => undefined,
        onRead: (told) => {
          this.told = told;
        },
      });
    }

    watch(bytesPerSecond = 1e7): this {
      this.session.take({ op: "watch", topic: "/video", budget: { bytesPerSecond, maxAgeMs: 1000 } });
      return this;
    }

    pass(ms: number): void {
      this.credit = Math.min(
        this.credit + (this.bytesPerSecond * ms) / 1000,
        Math.max(64_000, this.bytesPerSecond / 10),
      );
      for (
        let [first] = this.unread;
        first !== undefined && first.frame.byteLength <= this.credit;
        [first] = this.unread
      ) {
        this.unread.shift();
        this.credit -= first.frame.byteLength;
        const joined = this.joiner.take(first.frame);
        if (joined !== null) {
          const view = new DataView(joined.message.buffer);
          this.seen.push({ sequence: view.getUint32(0, true), level: joined.message[4] as number, at: now });
        }
        this.told(now - first.at);
      }
    }
  }

  /** Frames from `from` to before `to`, 33 ms apart, of so many bytes, as the process sends them. */
  function publish(from: number, to: number, size: number, viewers: readonly Viewer[]): void {
    for (let sequence = from; sequence < to; sequence += 1) {
      const order = orders.findLast((one) => one.op === "open");
      const levels = order?.op === "open" ? order.levels : [];
      const key = sequence % 30 === 0;
      const messageOf = (level: number): Uint8Array => {
        const bytes = new Uint8Array(key ? 4 * size : size);
        new DataView(bytes.buffer).setUint32(0, sequence, true);
        bytes[4] = level;
        return bytes;
      };
      const { feed } = order as Extract<TopicOrder, { op: "open" }>;
      hub.message({ feed, level: 0, received: now, bytes: messageOf(0), video: { key, sequence } });
      for (const level of levels) {
        if (key && level > 1) hub.message({ feed, level, received: now, bytes: messageOf(level) });
      }
      for (let i = 0; i < 11; i += 1) {
        now += 3;
        vi.advanceTimersByTime(3);
        for (const viewer of viewers) viewer.pass(3);
      }
    }
  }

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    now = 1000;
    orders = [];
    hub = new TopicHub({
      now: () => now,
      later: (run) => run(),
      rules: { allow: ["*"], deny: [] },
      order: (order) => orders.push(order),
      rejected: () => undefined,
    });
    return () => vi.useRealTimers();
  });

  const numbersOf = ({ seen }: Viewer): number[] => seen.map(({ sequence }) => sequence);
  const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

  /** Each frame but key frames follows the one before it. */
  function expectWhole(viewer: Viewer): void {
    const numbers = numbersOf(viewer);
    for (const [i, number] of numbers.entries()) {
      if (number % 30 !== 0) expect(number).toBe((numbers[i - 1] ?? Number.NaN) + 1);
    }
  }

  it("on a quick line gets every frame in order", () => {
    const viewer = new Viewer().watch();
    publish(0, 90, 5000, [viewer]);
    expect(numbersOf(viewer)).toEqual(range(0, 90));
  });

  it("that comes later gets the frames since the last key frame at once, and goes on with the next", () => {
    const first = new Viewer().watch();
    publish(0, 50, 5000, [first]);
    const later = new Viewer().watch();
    for (let i = 0; i < 10; i += 1) {
      now += 3;
      later.pass(3);
    }
    expect(numbersOf(later)).toEqual(range(30, 50));
    publish(50, 100, 5000, [first, later]);
    expect(numbersOf(later)).toEqual(range(30, 100));
    expect(numbersOf(first)).toEqual(range(0, 100));
  });

  it("that comes in the midst of a group that is too large begins with the next key frame", () => {
    const first = new Viewer().watch(1e9);
    publish(0, 15, 400_000, [first]);
    const later = new Viewer().watch(1e9);
    publish(15, 40, 5000, [first, later]);
    expect(numbersOf(later)).toEqual(range(30, 40));
    expectWhole(first);
  });

  it("whose line stood for a moment goes on with the next key frame", () => {
    const viewer = new Viewer().watch();
    publish(0, 40, 20_000, [viewer]);
    viewer.bytesPerSecond = 0;
    publish(40, 95, 20_000, [viewer]);
    viewer.bytesPerSecond = 1e9;
    publish(95, 150, 20_000, [viewer]);
    expectWhole(viewer);
    const numbers = numbersOf(viewer);
    expect(numbers).toContain(149);
    // What was on its way comes, then what follows a key frame.
    expect(numbers.filter((number) => number >= 30).length).toBeLessThan(100);
    expect(viewer.seen.every(({ level }) => level === 0)).toBe(true);
  });

  it("on a line that is too slow gets key frames alone, young ones, and every frame again once it is quick", () => {
    const viewer = new Viewer(150_000).watch();
    publish(0, 4000, 10_000, [viewer]);
    expectWhole(viewer);
    const settled = viewer.seen.filter(({ sequence }) => sequence >= 1000);
    const alone = settled.filter(({ level }) => level >= 2);
    expect(alone.every(({ sequence }) => sequence % 30 === 0)).toBe(true);
    // In 100 s every frame is tried once or twice, for two seconds.
    expect(alone.length).toBeGreaterThan(70);
    expect(settled.length - alone.length).toBeLessThan(150);
    const ages = settled.map(({ sequence, at }) => at - (1000 + 33 * sequence)).sort((a, b) => a - b);
    expect(ages[Math.floor(ages.length / 2)]).toBeLessThan(1000);
    expect(ages.at(-1)).toBeLessThan(2000);
    viewer.bytesPerSecond = 1e9;
    publish(4000, 6000, 10_000, [viewer]);
    expectWhole(viewer);
    expect(numbersOf(viewer).slice(-60)).toEqual(range(5940, 6000));
  });

  it("with a budget that is too small gets key frames alone from the beginning", () => {
    const [fine, coarse] = [new Viewer().watch(), new Viewer().watch(300_000)];
    publish(0, 90, 5000, [fine, coarse]);
    expect(numbersOf(fine)).toEqual(range(0, 90));
    expect(coarse.seen.map(({ sequence, level }) => [sequence, level])).toEqual([
      [0, 2],
      [30, 2],
      [60, 2],
    ]);
  });
});
