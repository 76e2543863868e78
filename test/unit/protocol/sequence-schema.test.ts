import { describe, expect, it } from "vitest";
import { flatSteps } from "../../../src/command/sequence-runner.ts";
import { readSequence } from "../../../src/protocol/sequence-schema.ts";

const faults: [string, unknown, string][] = [
  ["no steps", { steps: [] }, "steps: "],
  ["an unknown step", { steps: [{ pose: "home" }, { fly: 1 }] }, "step 2: it must have one of pose, move"],
  ["two in one", { steps: [{ pose: "home", wait: 1 }] }, "and has pose and wait"],
  ["a jog", { steps: [{ move: { kind: "twist" } }] }, "step 1: move: a step moves to somewhere"],
  ["a negative wait", { steps: [{ wait: -1 }] }, "step 1: wait: "],
  ["a fault in a loop", { steps: [{ wait: 1 }, { repeat: 2, steps: [{ wait: "x" }] }] }, "step 2.1: wait: "],
  ["an endless loop", { steps: [{ repeat: 1001, steps: [{ wait: 1 }] }] }, "step 1: repeat: "],
  ["a misspelt field", { steps: [{ pose: "home", sped: 1 }] }, "step 1: "],
];

describe("a sequence that is given", () => {
  it.each(faults)("names %s by the number of its step", (_, value, reason) => {
    const read = readSequence(value);
    expect(read.ok ? "taken" : read.reason).toContain(reason);
  });

  it("is bounded when its loops are written out", () => {
    const wait = { wait: 0 };
    expect(flatSteps([{ repeat: 1000, steps: [{ repeat: 10, steps: [wait] }] }])).toHaveLength(10_000);
    expect(flatSteps([{ repeat: 1000, steps: [{ repeat: 11, steps: [wait] }] }])).toBeNull();
    expect(
      flatSteps([{ repeat: 1000, steps: [{ repeat: 1000, steps: [{ repeat: 1000, steps: [wait] }] }] }]),
    ).toBeNull();
  });
});
