import { describe, expect, it } from "vitest";
import { Outbox, type Output } from "../../../../src/engine/ports/outputs.ts";
import { EngineAtHand } from "../engine-at-hand.ts";

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
    const left: { kind: string; revision: number }[] = [];
    const at: EngineAtHand = new EngineAtHand({
      emit: ({ kind }) => left.push({ kind, revision: at.engine.graph.revision }),
    });
    at.describe();
    at.joints([0, 0]);
    const epoch = at.acquire();
    left.length = 0;
    at.command(epoch, 1, { kind: "jointPosition", positions: { a: 0.5 } });
    at.client("t", { op: "stop", robot: "*" });
    // What comes after the stop in the same READ.
    at.client("u", { op: "ping", t: 1 });
    at.cycle();
    const order = left.map(({ kind }) => kind);
    const [goal, cancel, stopped, memory, broadcast] = [
      "trajectory",
      "cancel",
      "stopped",
      "stopMemory",
      "broadcast",
    ].map((kind) => order.indexOf(kind)) as [number, number, number, number, number];
    expect(goal).toBeGreaterThanOrEqual(0);
    expect(cancel).toBeGreaterThan(goal);
    expect(stopped).toBeGreaterThan(cancel);
    // Kept before anybody is told that it holds.
    expect(memory).toBeGreaterThan(stopped);
    expect(broadcast).toBeGreaterThan(memory);
    // The ping behind it was not taken yet.
    expect(left[broadcast]?.revision).toBeLessThan(left.at(-1)?.revision ?? 0);
    expect(order.lastIndexOf("reply")).toBeGreaterThan(broadcast);
  });
});
