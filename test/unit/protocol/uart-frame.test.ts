import { describe, expect, it } from "vitest";
import { crc16, encodeUartFrame, UartFrameReader } from "../../../src/protocol/uart-frame.ts";
import { randomFrom } from "../robot/random-from.ts";

function read(bytes: Uint8Array, chunk: number, maxBytes = 2048) {
  const frames: number[][] = [];
  const bad: string[] = [];
  const reader = new UartFrameReader(maxBytes, {
    frame: (packet) => frames.push([...packet]),
    bad: (reason) => bad.push(reason),
  });
  for (let at = 0; at < bytes.length; at += chunk) reader.push(bytes.subarray(at, at + chunk));
  return { frames, bad };
}

const joined = (...parts: Uint8Array[]): Uint8Array => Uint8Array.from(parts.flatMap((part) => [...part]));

describe("a frame on a serial line", () => {
  it("carries the CRC that the catalogue of CRCs has as CCITT-FALSE", () => {
    expect(crc16(new TextEncoder().encode("123456789"))).toBe(0x29b1);
    expect(crc16(new Uint8Array(0))).toBe(0xffff);
  });

  it("is COBS of packet and CRC, with a zero at its end", () => {
    // CRC of nothing is 0xFFFF.
    expect([...encodeUartFrame(new Uint8Array(0))]).toEqual([3, 0xff, 0xff, 0]);
    const frame = encodeUartFrame(Uint8Array.of(0, 0));
    expect(frame[0]).toBe(1);
    expect(frame[1]).toBe(1);
    expect(frame.indexOf(0)).toBe(frame.length - 1);
  });

  it("comes back for packets of every length round the block of 254, with and without zeros", () => {
    const random = randomFrom(5);
    for (let length = 0; length < 600; length++) {
      const packet = Uint8Array.from({ length }, () =>
        length % 3 === 0 ? 1 + random.below(255) : random.below(length % 3 === 1 ? 2 : 256),
      );
      const frame = encodeUartFrame(packet);
      expect(frame.indexOf(0)).toBe(frame.length - 1);
      expect(read(frame, 1 + random.below(64))).toEqual({ frames: [[...packet]], bad: [] });
    }
  });

  it("that is damaged is dropped, and the next is read", () => {
    const random = randomFrom(6);
    const good = Uint8Array.of(1, 2, 0, 3);
    for (let i = 0; i < 2000; i++) {
      const hurt = encodeUartFrame(
        Uint8Array.from({ length: 1 + random.below(40) }, () => random.below(256)),
      );
      const at = random.below(hurt.length);
      hurt[at] = (hurt[at] as number) ^ (1 + random.below(255));
      // The zero between them was hit: both are one broken frame.
      const mark = at === hurt.length - 1 ? Uint8Array.of(0) : new Uint8Array(0);
      const { frames } = read(joined(hurt, mark, encodeUartFrame(good)), 7);
      expect(frames.at(-1)).toEqual([...good]);
      expect(frames.length).toBe(1);
    }
  });

  it("that is too long is dropped without being kept", () => {
    const long = encodeUartFrame(new Uint8Array(3000).fill(7));
    const { frames, bad } = read(joined(long, encodeUartFrame(Uint8Array.of(9))), 100, 512);
    expect(bad).toEqual(["too long"]);
    expect(frames).toEqual([[9]]);
  });

  it("is nothing between zeros", () => {
    expect(read(Uint8Array.of(0, 0, 0), 1)).toEqual({ frames: [], bad: [] });
  });
});
