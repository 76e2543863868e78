import { jointDimension, siUnit } from "../core/units.ts";
import type { TwinGraph } from "./graph.ts";
import type { Property } from "./property.ts";
import type { Thing } from "./thing.ts";

/** A value of one joint, as the last part of its property's path. */
export type JointLeaf =
  | "position"
  | "velocity"
  | "effort"
  | "gravity_effort"
  | "required_effort"
  | "effort_margin";

/** Whether a joint is prismatic by the robot's description; null while nothing describes it. */
export type IsPrismatic = (joint: string) => boolean | null;

/** The path of a joint's value under its robot's thing. */
export function jointPath(joint: string, leaf: JointLeaf): string {
  return `joint/${joint}/${leaf}`;
}

/** The SI unit of a joint's value: rad or m, per second, N·m or N. A joint that nothing describes counts as revolute. */
export function jointUnit(leaf: JointLeaf, isPrismatic: boolean | null): string {
  if (leaf === "effort_margin") return "1";
  const property = leaf === "gravity_effort" || leaf === "required_effort" ? "effort" : leaf;
  return siUnit(jointDimension(property, isPrismatic === true));
}

/** Units that a joint's value has by the kind of the joint; any other is what somebody configured for it. */
const ownUnits: ReadonlySet<string> = new Set(["", "rad", "m", "rad/s", "m/s", "N·m", "N"]);

/** The unit of a value at `path` that was announced with `unit`: of a joint's value, the joint's own. */
export function unitOfPath(path: string, unit: string, isPrismatic: IsPrismatic): string {
  const named = ownUnits.has(unit) ? jointOfPath(path) : null;
  return named === null ? unit : jointUnit(named.leaf, isPrismatic(named.joint));
}

/** The property of a joint's value, created when it is new. */
export function jointProperty(
  graph: TwinGraph,
  thing: Thing,
  joint: string,
  leaf: JointLeaf,
  isPrismatic: boolean | null,
): Property {
  return graph.property(thing, jointPath(joint, leaf), "number", jointUnit(leaf, isPrismatic));
}

/** The joint and the value that a path names; null when it names none. A joint's name may contain slashes. */
export function jointOfPath(path: string): { joint: string; leaf: JointLeaf } | null {
  const found = /^joint\/(.+)\/(position|velocity|effort|gravity_effort|required_effort|effort_margin)$/.exec(
    path,
  );
  return found === null ? null : { joint: found[1] as string, leaf: found[2] as JointLeaf };
}

/** The description decides the units of a robot's joints, whoever published a value of them before it came. */
export function setJointUnits(graph: TwinGraph, thing: Thing, isPrismatic: IsPrismatic): void {
  for (const [path, property] of thing.properties) {
    if (property.thing !== thing.id || property.kind !== "number") continue;
    graph.setUnit(property, unitOfPath(path, property.unit, isPrismatic));
  }
}
