import { describe, expect, it } from "vitest";
import type { PosesJson, SequencesJson } from "../../../../src/protocol/library-json.ts";
import { readPoses } from "../../../../src/viewer/teach/named-pose.ts";
import {
  readSequences,
  readSteps,
  type Step,
  withStep,
  withStepMoved,
  writeSteps,
} from "../../../../src/viewer/teach/sequence.ts";
import { sequenceFromYaml, sequenceToYaml } from "../../../../src/viewer/teach/sequence-yaml.ts";

const steps: Step[] = [
  { kind: "pose", pose: "above the table" },
  { kind: "gripper", position: 0.02, controller: "hand" },
  {
    kind: "repeat",
    times: 3,
    steps: [
      { kind: "wait", seconds: 1.5 },
      { kind: "pose", pose: "home" },
    ],
  },
];

describe("a sequence as a file", () => {
  it("comes back from YAML as it was, and can be read by people", () => {
    const text = sequenceToYaml({ name: "pick: 1", steps });
    expect(text).toContain("- pose: above the table");
    expect(sequenceFromYaml(text)).toEqual({ name: "pick: 1", steps });
  });

  it.each([
    ["- 1", /no `name` and `steps`/],
    ["name: a", /`steps` is not a list/],
    ["steps: []", /no `name`/],
    ["name: a\nsteps: []", /no steps/],
    ["name: a\nsteps:\n  - fly: high", /This is no step: {"fly":"high"}/],
    ["name: a\nsteps:\n  - repeat: 2\n    steps: [{jump: 1}]", /This is no step: {"jump":1}/],
    ["name: [", /./],
    ["name: a\nsteps: &x [*x]", /./],
  ])("is refused with a reason: %j", (text, reason) => {
    const read = sequenceFromYaml(text);
    expect("fault" in read ? read.fault : "read").toMatch(reason);
  });
});

describe("steps", () => {
  it("are read as the server has them, and those of a newer server are kept", () => {
    expect(
      readSteps([
        { gripper: { position: 0.02 } },
        { repeat: 2, steps: [{ wait: 1 }] },
        { weld: { amps: 4 } },
      ]),
    ).toEqual([
      { kind: "gripper", position: 0.02, controller: null },
      { kind: "repeat", times: 2, steps: [{ kind: "wait", seconds: 1 }] },
      { kind: "other", source: { weld: { amps: 4 } } },
    ]);
    const server = [
      { pose: "home", speed: 0.4 },
      { gripper: { position: 0.02, controller: "hand", maxEffort: 5 } },
      { repeat: 2, steps: [{ wait: 1 }] },
      { service: { service: "/tare" } },
    ];
    expect(writeSteps(readSteps(server) ?? [])).toEqual(server);
    expect(writeSteps([{ kind: "other", source: { weld: 1 } }])).toEqual([{ weld: 1 }]);
    expect(readSteps(["home"])).toBeNull();
  });

  it("change places, and no step is lost at the ends", () => {
    const kinds = (list: readonly Step[]) => list.map(({ kind }) => kind);
    expect(kinds(withStepMoved(steps, 0, 1))).toEqual(["gripper", "pose", "repeat"]);
    expect(kinds(withStepMoved(steps, 0, -1))).toEqual(["pose", "gripper", "repeat"]);
    expect(kinds(withStepMoved(steps, 2, 1))).toEqual(["pose", "gripper", "repeat"]);
    expect(kinds(withStep(steps, 1, null))).toEqual(["pose", "repeat"]);
  });
});

describe("what the server keeps", () => {
  it("is read by robot and name", () => {
    const joints = { elbow: 1 };
    const answer: PosesJson = {
      arm: { home: { joints, source: "srdf" }, up: { joints, source: "saved" } },
      cart: {},
    };
    expect(readPoses(answer, "arm")).toEqual([
      { name: "home", isSaved: false, positions: joints },
      { name: "up", isSaved: true, positions: joints },
    ]);
    expect(readPoses(answer, "cart")).toEqual([]);
    expect(readPoses(answer, "a robot that came since")).toEqual([]);
    expect(readPoses(answer, "constructor")).toEqual([]);
  });

  it.each([7, null, { arm: [] }, { arm: { home: { joints: { elbow: "1" }, source: "srdf" } } }])(
    "is not read from an answer that is none: %j",
    (value) => expect(readPoses(value, "arm")).toBeNull(),
  );

  it("has sequences by name", () => {
    const answer: SequencesJson = { show: { steps: [{ wait: 1 }, { pose: "home" }] } };
    expect(readSequences(answer)).toEqual([
      {
        name: "show",
        steps: [
          { kind: "wait", seconds: 1 },
          { kind: "pose", pose: "home" },
        ],
      },
    ]);
    for (const wrong of [[], null, { show: [] }, { show: { steps: ["home"] } }]) {
      expect(readSequences(wrong)).toBeNull();
    }
  });
});
