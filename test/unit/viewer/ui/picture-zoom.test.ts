import { describe, expect, it } from "vitest";
import { panned, wholePicture, zoomed } from "../../../../src/viewer/ui/picture-zoom.ts";

describe("a picture that is zoomed", () => {
  it("keeps what is below the pointer where it is", () => {
    const before = { scale: 2, x: 0.6, y: 0.4 };
    const at = [0.75, 0.1] as const;
    const pointOf = ({ scale, x, y }: typeof before) => [
      x + (at[0] - 0.5) / scale,
      y + (at[1] - 0.5) / scale,
    ];
    const after = zoomed(before, 1.7, at);
    expect(after.scale).toBeCloseTo(3.4);
    for (const k of [0, 1]) expect(pointOf(after)[k]).toBeCloseTo(pointOf(before)[k] as number, 12);
  });

  it("is whole at least, and shows nothing beside the picture", () => {
    expect(zoomed({ scale: 1.2, x: 0.5, y: 0.58 }, 0.1)).toEqual(wholePicture);
    expect(panned({ scale: 2, x: 0.5, y: 0.5 }, -9, 9)).toEqual({ scale: 2, x: 0.75, y: 0.25 });
    expect(panned(wholePicture, 0.3, 0.3)).toEqual(wholePicture);
    expect(zoomed(wholePicture, 1000).scale).toBe(32);
  });

  it("is moved by shares of what is seen", () => {
    const moved = panned({ scale: 4, x: 0.5, y: 0.5 }, 0.4, -0.4);
    expect([moved.x, moved.y]).toEqual([expect.closeTo(0.4, 12), expect.closeTo(0.6, 12)]);
  });
});
