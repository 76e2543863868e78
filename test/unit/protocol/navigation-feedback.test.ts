import { describe, expect, it } from "vitest";
import { decodeNavigationFeedback } from "../../../src/protocol/navigation-feedback.ts";

const uuid = Uint8Array.from({ length: 16 }, (_, i) => i);
const id = "000102030405060708090a0b0c0d0e0f";

/** A feedback message in CDR, byte by byte; `more` are bytes behind what is read. */
function feedback(frame: string, distance: number, poses: number | null, more: number[] = []): Uint8Array {
  const bytes: number[] = [];
  const align = (to: number) => {
    while (bytes.length % to !== 0) bytes.push(0);
  };
  const put = (size: number, write: (view: DataView) => void) => {
    align(Math.min(size, 8));
    const view = new DataView(new ArrayBuffer(size));
    write(view);
    bytes.push(...new Uint8Array(view.buffer));
  };
  const int32 = (value: number) => put(4, (view) => view.setInt32(0, value, true));
  bytes.push(...uuid);
  int32(5);
  int32(6);
  int32(frame.length + 1);
  bytes.push(...new TextEncoder().encode(frame), 0);
  for (let i = 0; i < 7; i++) put(8, (view) => view.setFloat64(0, i, true));
  int32(12);
  int32(0);
  int32(3);
  int32(500_000_000);
  put(2, (view) => view.setInt16(0, 4, true));
  put(4, (view) => view.setFloat32(0, distance, true));
  if (poses !== null) put(2, (view) => view.setInt16(0, poses, true));
  bytes.push(...more);
  return Uint8Array.from([0, 1, 0, 0, ...bytes]);
}

describe("the feedback of a navigator", () => {
  it.each(["map", "", "a_longer_frame"])("is read with the frame %j, whatever comes behind it", (frame) => {
    for (const more of [[], [1, 2, 3, 4, 5, 6, 7, 8]]) {
      expect(decodeNavigationFeedback(feedback(frame, 2.5, null, more), false)).toEqual({
        ok: true,
        value: { goalId: id, navigation: { distanceRemaining: 2.5, timeRemaining: 3.5, recoveries: 4 } },
      });
    }
    expect(decodeNavigationFeedback(feedback(frame, 2.5, 3), true)).toMatchObject({
      value: { navigation: { distanceRemaining: 2.5, posesRemaining: 3 } },
    });
  });

  it("is refused where it ends too early, is no feedback, or has no finite distance", () => {
    const whole = feedback("map", 2.5, 3);
    for (let length = 0; length < whole.length; length++) {
      expect(decodeNavigationFeedback(whole.subarray(0, length), true).ok, `${length} bytes`).toBe(false);
    }
    expect(decodeNavigationFeedback(feedback("map", Number.NaN, null), false).ok).toBe(false);
    expect(decodeNavigationFeedback(Uint8Array.from([0, 0, ...whole.subarray(2)]), true).ok).toBe(false);
  });
});
