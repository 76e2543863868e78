import { describe, expect, it } from "vitest";
import { Outbox, type Output } from "../../../src/engine/outputs.ts";
import { EngineAtHand } from "./engine-at-hand.ts";

const cancel = (goalId: string): Output => ({ kind: "cancel", robot: "r", goalId });

describe("an outbox", () => {
  it("emits in the order of pushing, once", () => {
    const left: Output[] = [];
    const box = new Outbox((output) => left.push(output));
    box.push(cancel("a"));
    box.push(cancel("b"));
    expect(left).toEqual([]);
    box.flush();
    box.flush();
    expect(left).toEqual([cancel("a"), cancel("b")]);
  });

  it("emits the others where one fails, then throws its error", () => {
    const left: Output[] = [];
    const box = new Outbox((output) => {
      if (output.kind === "event") throw new Error("the log is full");
      left.push(output);
    });
    const event = { id: 1, time: 1, revision: 1, severity: "info", kind: "k", message: "m" } as const;
    box.push({ kind: "event", event });
    box.push(cancel("a"));
    expect(() => box.flush()).toThrow("the log is full");
    expect(left).toEqual([cancel("a")]);
    box.push(cancel("b"));
    box.flush();
    expect(left).toHaveLength(2);
  });
});

describe("what leaves an engine", () => {
  it("leaves at the end of a cycle, but at a stop at once, with everything before it", () => {
    const order: string[] = [];
    const at = new EngineAtHand({ emit: (output) => order.push(output.kind) });
    at.describe();
    at.joints([0, 0]);
    const epoch = at.acquire();
    order.length = 0;
    at.command(epoch, 1, { kind: "jointPosition", positions: { a: 0.5 } });
    at.client("t", { op: "stop", robot: "*" });
    // What comes after the stop in the same READ.
    at.client("u", { op: "ping", t: 1 });
    at.cycle();
    const stopped = order.indexOf("stopped");
    expect(order.indexOf("trajectory")).toBeLessThan(stopped);
    expect(order.indexOf("cancel")).toBeLessThan(stopped);
    // Kept before anybody is told that it holds.
    expect(order.indexOf("stopMemory")).toBeLessThan(order.indexOf("broadcast"));
    expect(order.lastIndexOf("reply")).toBeGreaterThan(order.indexOf("broadcast"));
  });
});
