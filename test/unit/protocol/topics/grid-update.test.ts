import { describe, expect, it } from "vitest";
import { updatedGrid } from "../../../../src/protocol/topics/grid-update.ts";
import { gridMessage } from "./messages.ts";

const stamp = { sec: 12, nanosec: 0 };

function gridOf(width: number, height: number, frame = "map") {
  const message = gridMessage(width, height, new Int8Array(width * height));
  return { stamp, frame, message: message as Record<string, unknown> };
}

function updateOf(place: [number, number, number, number], data: readonly number[], frame: string | null) {
  const [x, y, width, height] = place;
  const message = { x, y, width, height, data: Int8Array.from(data) };
  return { stamp: { sec: 13, nanosec: 5 }, frame, message };
}

const cells = ({ message }: { message: Record<string, unknown> }) => [...(message.data as Int8Array)];

describe("an update of a grid", () => {
  it("changes its own cells only, and has the grid's stamp become its own", () => {
    const updated = updatedGrid(gridOf(4, 3), updateOf([1, 1, 2, 2], [1, 2, 3, -1], "map"));
    if (!updated.ok) throw new Error(updated.reason);
    expect(cells(updated.value)).toEqual([0, 0, 0, 0, 0, 1, 2, 0, 0, 3, -1, 0]);
    expect(updated.value.stamp).toEqual({ sec: 13, nanosec: 5 });
  });

  it("may be the whole grid, nothing, and without a frame", () => {
    const whole = updatedGrid(gridOf(2, 1), updateOf([0, 0, 2, 1], [7, 8], null));
    expect(whole.ok && cells(whole.value)).toEqual([7, 8]);
    const none = updatedGrid(gridOf(2, 1), updateOf([2, 1, 0, 0], [], "map"));
    expect(none.ok && cells(none.value)).toEqual([0, 0]);
  });

  it.each([
    ["beyond the last column", updateOf([3, 0, 2, 1], [1, 1], "map"), "x, y, width, height"],
    ["beyond the last row", updateOf([0, 2, 1, 2], [1, 1], "map"), "x, y, width, height"],
    ["before the first column", updateOf([-1, 0, 2, 1], [1, 1], "map"), "x, y, width, height"],
    ["of fewer cells than it says", updateOf([0, 0, 2, 2], [1], "map"), "data"],
    ["in another frame", updateOf([0, 0, 1, 1], [1], "odom"), "header.frame_id"],
  ])("is refused %s, and changes nothing", (_, update, path) => {
    const grid = gridOf(4, 3);
    expect(updatedGrid(grid, update)).toMatchObject({ ok: false, path });
    expect(cells(grid)).toEqual(new Array(12).fill(0));
  });

  it("is refused for a grid with fewer cells than it says", () => {
    const grid = gridOf(4, 3);
    grid.message.data = new Int8Array(5);
    expect(updatedGrid(grid, updateOf([0, 0, 1, 1], [1], "map"))).toMatchObject({ ok: false });
  });
});
