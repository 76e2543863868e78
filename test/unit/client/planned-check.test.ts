import { describe, expect, it } from "vitest";
import { readCommandAnswer } from "../../../src/client/command-answers.ts";

const planned = {
  op: "planned",
  id: "r1",
  robot: "robot",
  planId: "p",
  stateHash: "h",
  duration: 2,
  points: [
    { time: 0, positions: { elbow: 0 } },
    { time: 2, positions: { elbow: 1 } },
  ],
  leastDistance: { metres: 0.02, between: ["wrist", "table"], time: 1 },
  effortShare: { elbow: 0.5 },
  path: "direct",
};

const read = (message: object) => readCommandAnswer(JSON.stringify(message));

describe("a plan from the server", () => {
  it("is read when it is whole, with or without a least distance", () => {
    expect(read(planned)).toEqual(planned);
    const { leastDistance: _, ...bare } = planned;
    expect(read(bare)).toEqual(bare);
  });

  it.each([
    { points: [] },
    {
      points: [
        { time: 1, positions: {} },
        { time: 0, positions: {} },
      ],
    },
    { points: [{ time: 0, positions: { elbow: "1" } }] },
    { points: [{ time: 0 }] },
    { planId: 7 },
    { stateHash: undefined },
    { path: "through" },
    { effortShare: { elbow: null } },
    { leastDistance: { metres: 0.1, between: ["wrist"], time: 1 } },
    { id: undefined },
  ])("is refused when broken: %j", (broken) => {
    expect(read({ ...planned, ...broken })).toBeNull();
  });
});

describe("other answers about driving", () => {
  it("are read when whole and refused when broken", () => {
    for (const message of [
      { op: "requested", robot: "robot", by: "Bob", session: "client-2" },
      { op: "override", robot: "robot", percent: 40 },
    ]) {
      expect(read(message)).toEqual(message);
      for (const key of Object.keys(message).filter((key) => key !== "op")) {
        expect(read({ ...message, [key]: [] }), key).toBeNull();
      }
    }
  });
});
