import { describe, expect, it } from "vitest";
import {
  makePiece,
  PieceJoiner,
  packTopicMessage,
  type TopicHeader,
  unpackTopicMessage,
} from "../../../../src/protocol/topics/topic-frame.ts";
import { randomFrom } from "../../robot/random-from.ts";

const header: TopicHeader = {
  ...{ topic: "/scan", type: "sensor_msgs/msg/LaserScan", format: "scan", frame: "läser" },
  stamp: { sec: 1, nanosec: 2 },
  ...{ placement: null, received: 3.5, bytes: 100, reduced: null, meta: { a: [1, 2] } },
};
const arrays = {
  ranges: new Float32Array([1, 2.5, Number.NaN]),
  bytes: new Uint8Array([1, 2, 3]),
  doubles: new Float64Array([Math.PI]),
};

describe("a message of a topic", () => {
  it("comes out as it went in, wherever its bytes begin", () => {
    const packed = packTopicMessage({ header, arrays });
    const shifted = new Uint8Array(packed.byteLength + 3).subarray(3);
    shifted.set(packed);
    // Of Node's Buffer `slice` is no copy.
    const buffer = Buffer.alloc(packed.byteLength + 17).subarray(17);
    buffer.set(packed);
    for (const bytes of [packed, shifted, buffer]) {
      expect(unpackTopicMessage(bytes)).toEqual({ ok: true, value: { header, arrays } });
    }
  });

  it("that is cut short or whose numbers lie is refused", () => {
    const packed = packTopicMessage({ header, arrays });
    const random = randomFrom(4);
    for (let i = 0; i < 2000; i += 1) {
      const bytes = packed.slice(0, Math.floor(random.next() * packed.byteLength));
      if (bytes.length > 5) bytes[Math.floor(random.next() * bytes.length)] = Math.floor(random.next() * 256);
      expect(() => unpackTopicMessage(bytes)).not.toThrow();
    }
    expect(unpackTopicMessage(packed.slice(0, packed.byteLength - 8)).ok).toBe(false);
  });
});

describe("pieces", () => {
  const message = Uint8Array.from({ length: 1000 }, (_, i) => i % 251);
  const pieces = (channel: number, number: number) =>
    Array.from({ length: 10 }, (_, i) => makePiece(channel, number, message, 100 * i, 100));

  it("of several channels are joined, whatever comes between", () => {
    const joiner = new PieceJoiner();
    const [a, b] = [pieces(1, 5), pieces(2, 9)];
    const joined = a.flatMap((piece, i) => [joiner.take(piece), joiner.take(b[i] as Uint8Array)]);
    expect(joined.filter((one) => one !== null)).toEqual([
      { channel: 1, message },
      { channel: 2, message },
    ]);
  });

  it("of a message that was given up are forgotten", () => {
    const joiner = new PieceJoiner();
    for (const piece of pieces(1, 5).slice(0, 6)) expect(joiner.take(piece)).toBeNull();
    const next = pieces(1, 6).map((piece) => joiner.take(piece));
    expect(next.at(-1)).toEqual({ channel: 1, message });
    // What is missing in the middle makes no message.
    const gap = pieces(1, 7).filter((_, i) => i !== 4);
    expect(gap.map((piece) => joiner.take(piece)).every((one) => one === null)).toBe(true);
  });

  it("that are none are ignored", () => {
    const joiner = new PieceJoiner();
    const lying = makePiece(1, 1, message, 0, 100);
    new DataView(lying.buffer).setUint32(12, 0xffff_ffff, true);
    for (const frame of [new Uint8Array(3), Uint8Array.of(1, ...new Uint8Array(30)), lying]) {
      expect(joiner.take(frame)).toBeNull();
    }
  });
});
