import { describe, expect, it } from "vitest";
import type { PropertyJson, SourceStatus, ThingJson } from "../../../../src/protocol/state-messages.ts";
import { drawnEdges } from "../../../../src/viewer/diagram/diagram-edges.ts";
import { DiagramFolds, shownFor } from "../../../../src/viewer/diagram/diagram-folds.ts";
import {
  boxHeight,
  boxWidth,
  type Layout,
  layoutDiagram,
} from "../../../../src/viewer/diagram/diagram-layout.ts";
import { DiagramMemory } from "../../../../src/viewer/diagram/diagram-memory.ts";
import { firstView, viewWith, wholeView, zoomedView } from "../../../../src/viewer/diagram/diagram-view.ts";
import { stepFrom } from "../../../../src/viewer/diagram/diagram-walk.ts";
import { type Diagram, twinDiagram } from "../../../../src/viewer/diagram/twin-diagram.ts";

const from = (source: string): PropertyJson => ({
  unit: "",
  reported: { value: 1, received: 0, quality: "good", source },
});

function thing(
  type: ThingJson["type"],
  relationships: Record<string, string> = {},
  properties: Record<string, string> = {},
  definition: ThingJson["definition"] = {},
): ThingJson {
  return {
    type,
    definition,
    relationships: Object.entries(relationships).map(([name, target]) => ({ name, target })),
    properties: Object.fromEntries(Object.entries(properties).map(([path, source]) => [path, from(source)])),
  };
}

/** A robot with a chain of joints, a0 below the root, and a fixed joint behind them. */
function robot(id: string, joints: number): Record<string, ThingJson> {
  const things: Record<string, ThingJson> = {};
  const parts = [`${id}/link/l0`];
  things[`${id}/link/l0`] = thing("link");
  const add = (name: string, type: string, parent: string, child: string): void => {
    const joint = `${id}/joint/${name}`;
    parts.push(joint, `${id}/link/${child}`);
    const ends = { parentLink: `${id}/link/${parent}`, childLink: `${id}/link/${child}` };
    things[joint] = thing("joint", ends, {}, { type });
    things[`${id}/link/${child}`] = thing("link", { parentJoint: joint });
  };
  for (let i = 0; i < joints; i++) add(`a${i}`, "revolute", `l${i}`, `l${i + 1}`);
  add("tool", "fixed", `l${joints}`, "tool0");
  const measured = { "joint/a0/position": `ros:/${id}/joint_states`, "base/pose": `ros:/${id}/odom` };
  const whole = thing("robot", {}, measured);
  whole.relationships = parts.map((target) => ({
    name: target.includes("/link/") ? "hasLink" : "hasJoint",
    target,
  }));
  return { [id]: whole, ...things };
}

const ros: SourceStatus = { name: "ros", state: "ok", detail: "" };
const broker: SourceStatus = { name: "broker", state: "ok", detail: "" };
const led = thing(
  "device",
  { mountedOn: "r/link/tool0" },
  { "device/led/on": "mqtt:led", "device/led/status": "device:led" },
);
const servo = thing(
  "device",
  { mountedOn: "r/link/tool0", controls: "r/joint/a1" },
  { "device/servo/x": "mqtt:servo" },
);
const things = { ...robot("r", 3), "device/led": led, "device/servo": servo };

const lines = ({ edges }: Pick<Diagram, "edges">) =>
  edges.map(({ from, kind, to }) => `${from} ${kind} ${to}`);
const parentOf = ({ nodes }: Diagram, id: string) => nodes.get(id)?.parent;

function seenOf(diagram: Diagram, robotId: string | null = null) {
  const folds = new DiagramFolds();
  folds.decide(diagram, robotId);
  const shown = folds.shown(diagram);
  return { folds, shown, layout: layoutDiagram(shown) };
}

function overlaps({ boxes }: Layout): string[] {
  const found: string[] = [];
  const all = [...boxes];
  for (const [i, [a, at]] of all.entries()) {
    for (const [b, there] of all.slice(i + 1)) {
      if (Math.abs(at.x - there.x) < boxWidth && Math.abs(at.y - there.y) < boxHeight)
        found.push(`${a} on ${b}`);
    }
  }
  return found;
}

describe("the twin as boxes and edges", () => {
  const diagram = twinDiagram(things, [ros, broker], false);

  it("joins joints as they carry each other, past links and fixed joints", () => {
    expect(parentOf(diagram, "r/joint/a0")).toBe("r");
    expect(parentOf(diagram, "r/joint/a2")).toBe("r/joint/a1");
    expect(diagram.nodes.has("r/joint/tool")).toBe(false);
    expect(lines(diagram)).toContain("r/joint/a1 part r/joint/a2");
  });

  it("has links and fixed joints where they are wanted", () => {
    const whole = twinDiagram(things, [], true);
    expect(parentOf(whole, "r/joint/tool")).toBe("r/link/l3");
    expect(parentOf(whole, "r/link/l3")).toBe("r/joint/a2");
    expect(parentOf(whole, "r/link/l0")).toBe("r");
  });

  it("puts a device beside the joint that it drives, else beside what it sits on", () => {
    expect(parentOf(diagram, "device/servo")).toBe("r/joint/a1");
    expect(parentOf(diagram, "device/led")).toBe("r/joint/a2");
    expect(lines(diagram)).toEqual(
      expect.arrayContaining([
        "device/servo drives r/joint/a1",
        "device/led carries r/joint/a2",
        "connection broker feeds device/servo",
      ]),
    );
    expect(lines(diagram)).not.toContain("device/servo carries r/joint/a2");
  });

  it("joins each topic with what it feeds and the connection that it comes by", () => {
    expect(lines(diagram)).toEqual(
      expect.arrayContaining([
        "connection ros feeds stream ros:/r/joint_states",
        "stream ros:/r/joint_states feeds r",
        "stream ros:/r/odom feeds r",
      ]),
    );
    expect(diagram.nodes.has("stream device:led")).toBe(false);
  });

  it("takes a chain that bites its own tail", () => {
    const odd = {
      x: thing("joint", { parentLink: "y", childLink: "y" }),
      y: thing("link", { parentJoint: "x" }),
      r: { ...thing("robot"), relationships: [{ name: "hasJoint", target: "x" }] },
    };
    expect(seenOf(twinDiagram(odd, [], false)).shown.nodes.has("r")).toBe(true);
    expect(seenOf(twinDiagram(odd, [], true)).shown.nodes.has("r")).toBe(true);
  });
});

describe("what is folded", () => {
  const fleet = Object.assign({}, ...Array.from({ length: 64 }, (_, i) => robot(`r${i}`, 6)));

  it("opens the chosen one of many robots alone, and says how many boxes are inside of the others", () => {
    const { shown } = seenOf(twinDiagram(fleet, [ros], false), "r7");
    expect(shown.nodes.get("r7")?.isOpen).toBe(true);
    expect(shown.nodes.get("r8")?.hidden).toHaveLength(7);
    expect(shown.nodes.size).toBeLessThan(90);
  });

  it("opens no more of a robot than can be read", () => {
    const { shown } = seenOf(twinDiagram(robot("r", 60), [ros], false), "r");
    expect(shown.nodes.size).toBeLessThan(40);
    expect([...shown.nodes.values()].some(({ hidden }) => hidden.length > 20)).toBe(true);
  });

  it("ends edges at the box that stands for what is hidden, each once", () => {
    const diagram = twinDiagram(things, [ros, broker], false);
    const { folds } = seenOf(diagram);
    folds.set("r", false);
    const shown = folds.shown(diagram);
    expect(lines(shown)).toContain("connection broker feeds r");
    expect(lines(shown).filter((line) => line === "connection broker feeds r")).toHaveLength(1);
    expect(shownFor(shown, diagram, "r/joint/a2")).toBe("r");
  });

  it("keeps what was decided when more comes", () => {
    const folds = new DiagramFolds();
    folds.decide(twinDiagram(things, [], false), null);
    folds.set("r/joint/a0", false);
    folds.decide(twinDiagram({ ...things, ...robot("s", 4) }, [], false), "s");
    expect(folds.isOpen("r/joint/a0")).toBe(false);
  });
});

describe("the layout", () => {
  it.each([
    ["a robot with devices", things],
    ["64 robots", Object.assign({}, ...Array.from({ length: 64 }, (_, i) => robot(`r${i}`, 6)))],
  ])("puts no box of %s on another, and each below what it belongs to", (_, all) => {
    const diagram = twinDiagram(all, [ros, broker], false);
    const { shown, layout } = seenOf(diagram, "r0");
    expect(overlaps(layout)).toEqual([]);
    for (const { id, parent } of shown.nodes.values()) {
      const above = parent === null ? undefined : layout.boxes.get(parent);
      if (above !== undefined) expect(layout.boxes.get(id)?.y, id).toBeGreaterThan(above.y);
    }
    for (const { x, y } of layout.boxes.values()) {
      expect(x).toBeGreaterThanOrEqual(0);
      expect(x + boxWidth).toBeLessThanOrEqual(layout.width + 1e-9);
      expect(y + boxHeight).toBeLessThanOrEqual(layout.height + 1e-9);
    }
  });

  it("puts many boxes with nothing below them into a block, which has one edge", () => {
    const fleet = Object.assign({}, ...Array.from({ length: 64 }, (_, i) => robot(`r${i}`, 2)));
    const { shown, layout } = seenOf(twinDiagram(fleet, [ros], false), "none");
    expect(layout.blocks.size).toBeGreaterThan(0);
    const into = drawnEdges(shown, layout).filter(({ to }) => to === "block twin");
    expect(into.map(({ kind }) => kind)).toEqual(["feeds"]);
    expect(layout.width).toBeLessThan(8 * boxWidth);
  });

  it("keeps the place of what has gone for 30 s, so that nothing else moves", () => {
    const memory = new DiagramMemory();
    const at = (all: Record<string, ThingJson>, now: number) => {
      const { diagram, gone } = memory.take(twinDiagram(all, [ros], false), now, true);
      return { gone, ...seenOf(diagram) };
    };
    const two = { ...robot("a", 2), ...robot("b", 2) };
    const before = at(two, 0);
    const without = at(robot("b", 2), 1000);
    expect([...without.gone]).toContain("a/joint/a1");
    expect(without.layout.boxes.get("b")).toEqual(before.layout.boxes.get("b"));
    // What comes back, or is new, is behind what is known.
    const back = at({ ...robot("c", 2), ...two }, 2000);
    expect(back.layout.boxes.get("b")?.x).toBe(before.layout.boxes.get("b")?.x);
    const later = at(robot("b", 2), 40_000);
    expect(later.gone.size).toBeGreaterThan(0);
    expect(at(robot("b", 2), 80_000).gone.size).toBe(0);
  });
});

it("walks along edges, and beside each other in a row", () => {
  const { shown, layout } = seenOf(twinDiagram(things, [ros, broker], false));
  const step = (id: string, ...steps: ("up" | "down" | "left" | "right")[]) =>
    steps.reduce<string | null>((at, one) => (at === null ? null : stepFrom(shown, layout, at, one)), id);
  expect(step("twin", "down")).toMatch(/^connection/);
  expect(step("r", "up")).toBe("stream ros:/r/odom");
  expect(step("r/joint/a0", "down")).toBe("r/joint/a1");
  expect(step("r/joint/a1", "up")).toBe("r/joint/a0");
  expect(step("connection ros", "right")).toBe("connection broker");
  expect(step("connection ros", "left")).toBe(null);
});

describe("the view", () => {
  const frame = { width: 400, height: 300 };

  it("shows the whole, no larger than it is, or as much as can be read around the robot", () => {
    expect(wholeView({ width: 200, height: 100 }, frame)).toEqual({ scale: 1, x: 100, y: 100 });
    expect(firstView({ width: 2000, height: 900 }, frame, 1000)).toMatchObject({ scale: 0.62, x: 200 - 620 });
  });

  it("zooms around a point, and moves no farther than a box needs", () => {
    const view = { x: 10, y: 20, scale: 1 };
    const next = zoomedView(view, 2, [100, 100]);
    expect((100 - next.x) / next.scale).toBeCloseTo(90);
    expect(viewWith(view, { x: 50, y: 50, width: 100, height: 40 }, frame)).toEqual(view);
    expect(viewWith(view, { x: 500, y: 50, width: 100, height: 40 }, frame).x).toBe(400 - 12 - 600);
  });
});
