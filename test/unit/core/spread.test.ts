import { expect, it } from "vitest";
import { spreadOf } from "../../../src/core/spread.ts";

it("spreads values by nearest rank, whatever their order, and leaves them as they were", () => {
  const values = Array.from({ length: 200 }, (_, i) => 200 - i);
  expect(spreadOf(values)).toEqual({ count: 200, least: 1, p50: 100, p99: 198, most: 200 });
  expect(values[0]).toBe(200);
  expect(spreadOf([7])).toEqual({ count: 1, least: 7, p50: 7, p99: 7, most: 7 });
  expect(spreadOf([])).toBeNull();
});
