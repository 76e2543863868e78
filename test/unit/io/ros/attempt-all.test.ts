import { describe, expect, it } from "vitest";
import { attemptAll } from "../../../../src/io/ros/attempt-all.ts";

describe("several things that are attempted", () => {
  it("are all done in order, and the first error is thrown after the last one", () => {
    const done: string[] = [];
    const failing = (name: string) => () => {
      done.push(name);
      throw new Error(name);
    };
    expect(() =>
      attemptAll([() => done.push("a"), failing("b"), failing("c"), () => done.push("d")]),
    ).toThrow("b");
    expect(done).toEqual(["a", "b", "c", "d"]);
  });

  it("throw also what is thrown as undefined", () => {
    const odd = () => {
      throw undefined;
    };
    let caught = false;
    try {
      attemptAll([odd]);
    } catch {
      caught = true;
    }
    expect(caught).toBe(true);
  });

  it("throw nothing where nothing fails", () => {
    expect(() => attemptAll([() => false, () => undefined])).not.toThrow();
  });
});
