import { fnv1aHex } from "../../core/fnv.ts";
import type { RobotDescription } from "../../robot/description.ts";
import { createModel, type RobotModel } from "../../robot/model.ts";
import { parseUrdf } from "../../robot/reading/urdf.ts";
import type { TwinGraph } from "../../twin/graph.ts";

/** A description that was understood, with what was odd about it. */
export type LoadedDescription = {
  text: string;
  hash: string;
  description: RobotDescription;
  model: RobotModel;
  warnings: string[];
};

/** More than any robot has: the model is computed in every cycle. */
const maxJoints = 2048;

/** Descriptions that were read last: many robots of one kind have the same text. They are never changed. */
const recent = new Map<string, LoadedDescription>();
const mostRecent = 4;

/** The model of a URDF text, or one line that says where it is broken. */
export function loadDescription(text: string): LoadedDescription | { fault: string } {
  const known = recent.get(text);
  if (known !== undefined) return known;
  const loaded = readDescription(text);
  if ("fault" in loaded) return loaded;
  recent.set(text, loaded);
  for (const oldest of recent.keys()) {
    if (recent.size <= mostRecent) break;
    recent.delete(oldest);
  }
  return loaded;
}

function readDescription(text: string): LoadedDescription | { fault: string } {
  // Reading takes a fifth of a millisecond for each: what is too large must not be read first.
  const links = text.match(/<link[\s>/]/g)?.length ?? 0;
  if (links > maxJoints + 1) return { fault: `${links} links are more than ${maxJoints + 1}` };
  const reading = parseUrdf(text);
  const said = reading.findings.map((f) => ({ ...f, line: `line ${f.line}: ${f.element}: ${f.message}` }));
  if (reading.description === null) {
    return { fault: said.find((f) => f.severity === "error")?.line ?? "no robot in it" };
  }
  const joints = reading.description.joints.length;
  if (joints > maxJoints) return { fault: `${joints} joints are more than ${maxJoints}` };
  return {
    text,
    hash: `${fnv1aHex(text)}-${text.length}`,
    description: reading.description,
    model: createModel(reading.description),
    warnings: said.filter((f) => f.severity === "warning").map((f) => f.line),
  };
}

/** Defines the robot's links and joints as things, and removes those that an older description had. */
export function defineRobot(graph: TwinGraph, robot: string, loaded: LoadedDescription): void {
  const { model } = loaded;
  const kept = new Set<string>();
  const thing = graph.define(robot, "robot", {
    name: model.name,
    rootLink: model.rootLink,
    description: loaded.hash,
    movableJoints: model.joints.filter((j) => j.type !== "fixed").length,
  });
  thing.relationships = [];
  for (const link of model.links) {
    const id = `${robot}/link/${link}`;
    kept.add(id);
    graph.define(id, "link", { name: link }).relationships = [];
    thing.relationships.push({ name: "hasLink", target: id });
  }
  for (const joint of model.joints) {
    const id = `${robot}/joint/${joint.name}`;
    kept.add(id);
    const definition: Record<string, unknown> = { name: joint.name, type: joint.type };
    if (Number.isFinite(joint.lower)) definition.lower = joint.lower;
    if (Number.isFinite(joint.upper)) definition.upper = joint.upper;
    if (Number.isFinite(joint.velocity)) definition.velocity = joint.velocity;
    if (Number.isFinite(joint.effort)) definition.effort = joint.effort;
    if (joint.mimic !== null) definition.mimic = { ...joint.mimic };
    const child = `${robot}/link/${joint.childLink}`;
    graph.define(id, "joint", definition).relationships = [
      { name: "parentLink", target: `${robot}/link/${joint.parentLink}` },
      { name: "childLink", target: child },
    ];
    thing.relationships.push({ name: "hasJoint", target: id });
    graph.things.get(child)?.relationships.push({ name: "parentJoint", target: id });
  }
  for (const id of [...graph.things.keys()]) {
    const mine = id.startsWith(`${robot}/link/`) || id.startsWith(`${robot}/joint/`);
    if (mine && !kept.has(id)) graph.remove(id);
  }
  for (const path of [...thing.properties.keys()]) {
    // A name may hold slashes itself, so the path is read from both ends.
    const [, kind, name = ""] = /^(joint|link)\/(.+)\/[^/]+$/.exec(path) ?? [];
    if (kind === "joint" && !model.jointIndex.has(name)) graph.drop(thing, path);
    if (kind === "link" && !model.linkIndex.has(name)) graph.drop(thing, path);
  }
}
