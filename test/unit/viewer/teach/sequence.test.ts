import { describe, expect, it } from "vitest";
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
  it("are read in both ways of writing, and those of a newer server are kept", () => {
    expect(
      readSteps([{ gripper: 0.02 }, { repeat: { times: 2, steps: [{ wait: 1 }] } }, { weld: { amps: 4 } }]),
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
  const positions = { elbow: 1 };

  it("is read as a list by robot or by name", () => {
    const home = { name: "home", isSaved: false, positions };
    expect(readPoses({ poses: { arm: [{ name: "home", source: "srdf", positions }] } }, "arm")).toEqual([
      home,
    ]);
    expect(readPoses({ poses: { arm: { home: { source: "srdf", joints: positions } } } }, "arm")).toEqual([
      home,
    ]);
    expect(readPoses({ poses: { arm: [] } }, "cart")).toEqual([]);
    expect(readPoses(7, "arm")).toBeNull();
  });

  it("gives each robot its own sequences, and those of no robot", () => {
    const value = {
      sequences: [
        { name: "a", robot: "arm", steps: [] },
        { name: "b", robot: "cart", steps: [] },
        { name: "c", steps: [] },
      ],
    };
    expect(readSequences(value, "arm")?.map(({ name }) => name)).toEqual(["a", "c"]);
    expect(readSequences({ sequences: { d: { steps: [{ wait: 1 }] } } }, "arm")).toEqual([
      { name: "d", steps: [{ kind: "wait", seconds: 1 }] },
    ]);
  });
});
