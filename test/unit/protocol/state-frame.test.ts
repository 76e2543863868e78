import { describe, expect, it } from "vitest";
import { openStateFrame, readStateFrame, stateFrameBytes } from "../../../src/protocol/state-frame.ts";

function frameOf(columns: number): ArrayBuffer {
  const buffer = new ArrayBuffer(stateFrameBytes(columns));
  const frame = openStateFrame(buffer, 9, columns, 2 ** 40, 1_700_000_000_000.25);
  for (let i = 0; i < columns; i++) {
    frame.values[i] = i * Math.PI;
    frame.agesMs[i] = i % 2 === 0 ? i : -1;
    frame.qualityCodes[i] = i % 3;
  }
  return buffer;
}

describe("a binary state frame", () => {
  it("comes back as it was written, at any number of columns", () => {
    for (const columns of [0, 1, 2, 3, 7, 64]) {
      const frame = readStateFrame(frameOf(columns));
      expect(frame?.layout).toBe(9);
      expect(frame?.revision).toBe(2 ** 40);
      expect(frame?.time).toBe(1_700_000_000_000.25);
      expect(Array.from(frame?.values ?? [])).toEqual(Array.from({ length: columns }, (_, i) => i * Math.PI));
      expect(Array.from(frame?.qualityCodes ?? [])).toEqual(Array.from({ length: columns }, (_, i) => i % 3));
    }
  });

  it("is little endian where its comment says so", () => {
    const bytes = new DataView(frameOf(2));
    expect([
      bytes.getUint8(0),
      bytes.getUint8(1),
      bytes.getUint16(2, true),
      bytes.getUint32(4, true),
    ]).toEqual([1, 1, 9, 2]);
    expect(bytes.getFloat64(8, true)).toBe(2 ** 40);
    expect(bytes.getFloat64(32, true)).toBe(Math.PI);
    expect(bytes.getFloat32(24 + 16 + 4, true)).toBe(-1);
    expect(bytes.getUint8(24 + 24 + 1)).toBe(1);
  });

  it("is refused when it is cut, too long, of another kind or of a quality nobody knows", () => {
    const whole = frameOf(3);
    for (let length = 0; length < whole.byteLength; length++)
      expect(readStateFrame(whole.slice(0, length))).toBeNull();
    const longer = new Uint8Array(whole.byteLength + 1);
    longer.set(new Uint8Array(whole));
    expect(readStateFrame(longer.buffer)).toBeNull();
    for (const [at, value] of [
      [0, 2],
      [1, 2],
      [whole.byteLength - 1, 3],
      [7, 0xff],
    ] as const) {
      const changed = new Uint8Array(whole.slice(0));
      changed[at] = value;
      expect(readStateFrame(changed.buffer), `byte ${at}`).toBeNull();
    }
  });
});
