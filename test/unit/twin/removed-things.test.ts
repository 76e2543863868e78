import { describe, expect, it } from "vitest";
import { RemovedThings } from "../../../src/twin/removed-things.ts";

describe("things that were removed", () => {
  it("are told from where one is, each once", () => {
    const removed = new RemovedThings();
    removed.note("a", 5);
    removed.note("b", 7);
    removed.note("a", 9);
    expect(removed.since(4)).toEqual(["b", "a"]);
    expect(removed.since(7)).toEqual(["a"]);
    expect(removed.since(9)).toEqual([]);
  });

  it("are remembered in a bounded number: who is further behind is told so", () => {
    const removed = new RemovedThings();
    for (let i = 1; i <= 10_000; i++) removed.note(`t${i}`, i);
    expect(removed.since(1000)).toBeNull();
    expect(removed.since(9000)).toHaveLength(1000);
  });
});
