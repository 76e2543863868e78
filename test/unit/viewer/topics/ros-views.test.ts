import { describe, expect, it } from "vitest";
import type { ControllerReport } from "../../../../src/protocol/topics/controllers-answer.ts";
import type { DiagnosticState } from "../../../../src/protocol/topics/digests/diagnostics-digest.ts";
import type { LogLine } from "../../../../src/protocol/topics/digests/log-digest.ts";
import type { TransformState } from "../../../../src/protocol/topics/digests/transforms-digest.ts";
import { qosProblems } from "../../../../src/protocol/topics/qos-problems.ts";
import type {
  GraphEnd,
  NodeParameter,
  RosGraphAnswer,
} from "../../../../src/protocol/topics/ros-questions.ts";
import {
  controllerTone,
  foundControllers,
  goalWords,
  interfaceWords,
} from "../../../../src/viewer/topics/controller-words.ts";
import { countLevels, diagnosticsTree, seenNodes } from "../../../../src/viewer/topics/diagnostics-tree.ts";
import { shownLines } from "../../../../src/viewer/topics/log-lines.ts";
import { parameterText, typedParameter } from "../../../../src/viewer/topics/parameter-text.ts";
import { endsOf, foundTopics, qosWords } from "../../../../src/viewer/topics/ros-graph.ts";
import { transformTree } from "../../../../src/viewer/topics/transform-tree.ts";

const state = (name: string, level: number, at = 1000): DiagnosticState => ({
  ...{ name, level, message: "", hardware: "", values: [], at, changes: [] },
});

describe("diagnostics as a tree", () => {
  const states = [
    state("/arm/motor 1", 0),
    state("/arm/motor 2", 2),
    state("laser: rate", 1),
    state("quiet", 0, -9000),
    state("/", 0),
  ];
  const root = diagnosticsTree(states, 2000);
  const lines = (onlyFaults: boolean, closed: readonly string[] = []) =>
    seenNodes(root, (name) => !closed.includes(name), onlyFaults).map(
      ({ label, depth, level }) => `${depth} ${label} ${level}`,
    );

  it("has the worst level of what is below, and what was not told again as stale", () => {
    expect(lines(false)).toEqual([
      ...["0 (no name) 0", "0 arm 2", "1 motor 1 0", "1 motor 2 2", "0 laser 1", "1 rate 1", "0 quiet 3"],
    ]);
    expect(countLevels(states, 2000)).toEqual([2, 1, 1, 1]);
  });

  it("shows what is not ok alone, and nothing below what is closed", () => {
    expect(lines(true)).toEqual(["0 arm 2", "1 motor 2 2", "0 laser 1", "1 rate 1", "0 quiet 3"]);
    expect(lines(true, ["arm"])).toEqual(["0 arm 2", "0 laser 1", "1 rate 1", "0 quiet 3"]);
  });
});

it("finds lines of the log by level and words, the newest first", () => {
  const line = (number: number, level: number, name: string, text: string): LogLine => ({
    ...{ number, at: 0, level, name, text, from: "" },
  });
  const lines = [
    line(1, 20, "nav", "goal reached"),
    line(2, 40, "nav", "no plan"),
    line(3, 20, "arm", "goal"),
  ];
  expect(shownLines(lines, 0, "").map(({ number }) => number)).toEqual([3, 2, 1]);
  expect(shownLines(lines, 0, "GOAL nav").map(({ number }) => number)).toEqual([1]);
  expect(shownLines(lines, 30, "").map(({ number }) => number)).toEqual([2]);
});

describe("the tree of tf", () => {
  const frame = (child: string, parent: string, at = 1000, hz = 20): TransformState => ({
    ...{ child, parent, hz, stamp: at, at, translation: [0, 0, 0], rotation: [0, 0, 0, 1], problems: [] },
  });
  it("joins both topics, from the roots down", () => {
    const { nodes, problems } = transformTree([frame("base", "odom")], [frame("laser", "base", 0, 0)], 1100);
    expect(nodes.map(({ frame: name, depth, isStatic }) => [name, depth, isStatic])).toEqual([
      ["odom", 0, false],
      ["base", 1, false],
      ["laser", 2, true],
    ]);
    expect(problems).toEqual([]);
    expect(nodes.every((node) => node.problems.length === 0)).toBe(true);
  });
  it("tells of trees that nothing joins, of loops, of both topics at once and of what no longer comes", () => {
    const moving = [frame("a", "b"), frame("b", "a"), frame("base", "odom"), frame("tool", "arm", -9000)];
    const { nodes, problems } = transformTree(moving, [frame("base", "odom")], 1100);
    expect(problems).toEqual(["2 trees that nothing joins: arm, odom", "these frames form a loop: a, b"]);
    const of = (name: string) => nodes.find((node) => node.frame === name)?.problems.join();
    expect(of("base")).toContain("/tf_static");
    expect(of("tool")).toContain("nothing came for 10.1 s");
    expect(nodes).toHaveLength(6);
  });
});

const end = (
  node: string,
  reliability: "reliable" | "best_effort",
  durability = "volatile",
  type = "T",
): GraphEnd => ({ node, type, qos: { reliability, durability } }) as GraphEnd;

describe("the ROS graph", () => {
  it("says why ends do not meet, with what helps", () => {
    expect(qosProblems([end("/p", "best_effort")], [end("/s", "reliable")])).toEqual([
      expect.stringMatching(/\/p publishes best effort, \/s takes reliable only.*Subscribe best effort/),
    ]);
    expect(qosProblems([end("/p", "reliable")], [end("/s", "reliable", "transient_local")])).toEqual([
      expect.stringContaining("Publish transient local"),
    ]);
    expect(qosProblems([end("/p", "reliable")], [end("/s", "reliable", "volatile", "U")])).toEqual([
      expect.stringContaining("/p publishes T, /s takes U"),
    ]);
    const meets = [end("/p", "reliable", "transient_local")];
    expect(qosProblems(meets, [end("/s", "best_effort"), end("/t", "reliable", "transient_local")])).toEqual(
      [],
    );
    expect(qosProblems([], [end("/s", "reliable")])).toEqual([]);
    const many = Array.from({ length: 9 }, (_, i) => end(`/s${i}`, "reliable"));
    expect(qosProblems([end("/p", "best_effort")], many)).toHaveLength(4);
  });

  it("is searched by names, types and nodes, with what has a problem first", () => {
    const topic = (name: string, problems: string[] = []) => ({
      ...{
        name,
        types: ["T"],
        publishers: [end("/p", "reliable")],
        subscribers: [end("/s", "best_effort")],
        problems,
      },
    });
    const graph: RosGraphAnswer = {
      nodes: ["/p", "/s"],
      topics: [topic("/a"), topic("/b", ["x"])],
      services: [],
    };
    expect(foundTopics(graph, "").map(({ name }) => name)).toEqual(["/b", "/a"]);
    expect(foundTopics(graph, "/a T").map(({ name }) => name)).toEqual(["/a"]);
    expect(endsOf(graph, "/s")).toEqual({ publishes: [], takes: ["/a", "/b"] });
    expect(qosWords([end("/p", "reliable"), end("/q", "reliable")])).toBe("reliable, volatile");
  });
});

describe("a parameter that is typed", () => {
  const of = (
    type: string,
    value: NodeParameter["value"] = null,
    more: Partial<NodeParameter> = {},
  ): NodeParameter => ({
    ...{ name: "p", type, value, description: "", isReadOnly: false },
    ...more,
  });
  it("has the type that it had", () => {
    expect(typedParameter(of("bool"), " true ")).toEqual({ value: true });
    expect(typedParameter(of("integer"), "7")).toEqual({ value: 7 });
    expect(typedParameter(of("double"), "1e-3")).toEqual({ value: 0.001 });
    expect(typedParameter(of("string"), " as it is ")).toEqual({ value: " as it is " });
    expect(typedParameter(of("double[]"), "[1, 2]")).toEqual({ value: [1, 2] });
    expect(parameterText(of("integer[]", [1, 2]))).toBe("[1,2]");
    expect(parameterText(of("not set"))).toBe("");
  });
  it("is refused where it is none, or out of its range", () => {
    const range = { from: 0, to: 10, step: 0 };
    expect(typedParameter(of("integer"), "1.5")).toEqual({ fault: "a whole number" });
    expect(typedParameter(of("double"), "")).toEqual({ fault: "a number" });
    expect(typedParameter(of("double", 1, { range }), "11")).toEqual({ fault: "from 0 to 10" });
    expect(typedParameter(of("bool"), "yes")).toHaveProperty("fault");
    expect(typedParameter(of("string[]"), "a, b")).toHaveProperty("fault");
  });
});

describe("controllers in words", () => {
  const arm: ControllerReport = {
    ...{ name: "/arm", manager: "/controller_manager", type: "x/JointTrajectoryController", state: "active" },
    ...{ sinceMs: 0, sawChange: true, joints: ["elbow"], ways: [], lastGoal: null, problems: [] },
    claimed: ["elbow/position"],
    required: ["elbow/position", "elbow/velocity"],
  };

  it("tells which interfaces are claimed, and which are only needed", () => {
    expect(interfaceWords(arm)).toBe("position (1 claimed); velocity (1 needed, not claimed)");
    expect(interfaceWords({ ...arm, claimed: [], required: [] })).toBe("");
  });

  it("tells what became of the last goal", () => {
    const goal = { sentMs: 0, atMs: 0, message: "path tolerance" };
    expect(goalWords({ ...goal, state: "aborted" })).toMatch(/^aborted at .*: path tolerance$/);
    expect(goalWords({ ...goal, state: "active", message: "" })).toMatch(/^active since \d/);
  });

  it("is good where it is active and nothing is wrong, and finds by joint and state", () => {
    expect(controllerTone(arm)).toBe("good");
    expect(controllerTone({ ...arm, problems: ["x"] })).toBe("doubt");
    expect(controllerTone({ ...arm, state: "unknown" })).toBe("off");
    const robot = {
      robot: "r",
      managers: [],
      problems: [],
      controllers: [arm, { ...arm, name: "/b", joints: [] }],
    };
    expect(foundControllers([robot], "elbow active")[0]?.controllers).toEqual([arm]);
    expect(foundControllers([robot], "inactive")).toEqual([]);
  });
});
