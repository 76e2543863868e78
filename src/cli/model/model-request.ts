import { type Result, refused } from "../../core/result.ts";
import { neutralConfiguration, setJointConfiguration } from "../../robot/configuration.ts";
import type { ModelJoint, RobotModel } from "../../robot/model.ts";

/** What a request of `twin model eval` may want, in the order of the answer. */
export const wants = ["fk", "jacobian", "rnea", "gravity", "crba", "aba", "com", "energy"] as const;

export type Want = (typeof wants)[number];

/** A request in the model's own order; `frame` is a link's index, or null when none was named. */
export type ModelRequest = {
  q: Float64Array;
  v: Float64Array;
  a: Float64Array;
  tau: Float64Array;
  want: readonly Want[];
  frame: number | null;
};

type Rate = "v" | "a" | "tau";

/** How far the length of a quaternion may be from 1; what is nearer is normalised. */
const quaternionSlack = 1e-3;

/** Reads one line; every number is finite, joints that are not named are 0. Never throws. */
export function readModelRequest(model: RobotModel, line: string): Result<ModelRequest> {
  const parsed = parse(line);
  if (!parsed.ok) return parsed;
  const request = parsed.value;
  for (const part of ["q", "v", "a", "tau"]) {
    if (request[part] !== undefined && !isObject(request[part])) {
      return refused(`${part} should be an object of joint and value`);
    }
  }
  const q = configurationOf(model, request.q);
  if (!q.ok) return q;
  const [v, a, tau] = [
    ratesOf(model, "v", request.v),
    ratesOf(model, "a", request.a),
    ratesOf(model, "tau", request.tau),
  ];
  if (!v.ok) return v;
  if (!a.ok) return a;
  if (!tau.ok) return tau;
  const want = wantOf(request.want);
  if (!want.ok) return want;
  const frame = frameOf(model, request.frame, want.value);
  if (!frame.ok) return frame;
  const value = { q: q.value, v: v.value, a: a.value, tau: tau.value, want: want.value, frame: frame.value };
  return { ok: true, value };
}

function parse(line: string): Result<Record<string, unknown>> {
  try {
    const request: unknown = JSON.parse(line);
    if (isObject(request)) return { ok: true, value: request };
    return refused("a request should be an object");
  } catch (error) {
    return refused(`not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function wantOf(want: unknown = ["fk"]): Result<Want[]> {
  if (!Array.isArray(want) || want.length === 0) return refused(`want should be a list, as ["fk"]`);
  const unknown: unknown = want.find((one) => !wants.includes(one));
  if (unknown !== undefined) {
    return refused(`want ${shown(unknown)} is not known; there are ${wants.join(", ")}`);
  }
  return { ok: true, value: wants.filter((one) => want.includes(one)) };
}

function frameOf(model: RobotModel, frame: unknown, want: readonly Want[]): Result<number | null> {
  if (frame === undefined) {
    return want.includes("jacobian")
      ? refused(`jacobian needs a frame, as "frame":${JSON.stringify(model.links.at(-1) ?? "")}`)
      : { ok: true, value: null };
  }
  const index = typeof frame === "string" ? model.linkIndex.get(frame) : undefined;
  return index === undefined
    ? refused(`frame ${shown(frame)} is not a link of this robot`)
    : { ok: true, value: index };
}

function configurationOf(model: RobotModel, wished: unknown): Result<Float64Array> {
  const q = neutralConfiguration(model);
  for (const [name, value] of entriesOf(wished)) {
    const fault = isBase(model, name) ? setBase(model, q, value) : setJoint(model, q, name, value);
    if (fault !== null) return refused(fault);
  }
  return { ok: true, value: q };
}

function setBase(model: RobotModel, q: Float64Array, value: unknown): string | null {
  if (model.base === "fixed") return "q.base needs --base floating";
  const numbers = numbersOf(value, 7);
  if (numbers === null) return "q.base should be [x, y, z, qx, qy, qz, qw]";
  q.set(numbers, 0);
  return quaternionFault("q.base", numbers);
}

function setJoint(model: RobotModel, q: Float64Array, name: string, value: unknown): string | null {
  const joint = movableJoint(model, name);
  if (!joint.ok) return joint.reason;
  const count = Math.max(joint.value.nq, 1);
  const numbers = numbersOf(count === 1 ? [value] : value, count);
  if (numbers === null) return `q of joint ${JSON.stringify(name)} should be ${countText(count)}`;
  // A follower goes where its master is, whatever is said here.
  if (joint.value.mimic === null) setJointConfiguration(model, q, name, numbers);
  return joint.value.type === "floating"
    ? quaternionFault(`q of joint ${JSON.stringify(name)}`, numbers)
    : null;
}

function ratesOf(model: RobotModel, kind: Rate, wished: unknown): Result<Float64Array> {
  const out = new Float64Array(model.nv);
  for (const [name, value] of entriesOf(wished)) {
    if (isBase(model, name)) {
      if (model.base === "fixed") return refused(`${kind}.base needs --base floating`);
      const numbers = numbersOf(value, 6);
      if (numbers === null) return refused(`${kind}.base should be six numbers: linear, then angular`);
      out.set(numbers, 0);
      continue;
    }
    const joint = movableJoint(model, name);
    if (!joint.ok) return joint;
    const count = Math.max(joint.value.nv, 1);
    const numbers = numbersOf(count === 1 ? [value] : value, count);
    if (numbers === null)
      return refused(`${kind} of joint ${JSON.stringify(name)} should be ${countText(count)}`);
    if (joint.value.mimic === null) out.set(numbers, joint.value.vIndex);
  }
  return { ok: true, value: out };
}

/** A joint that is itself named "base" keeps its name while the base is fixed. */
function isBase(model: RobotModel, name: string): boolean {
  return name === "base" && (model.base === "floating" || !model.jointIndex.has("base"));
}

function movableJoint(model: RobotModel, name: string): Result<ModelJoint> {
  const joint = model.joints[model.jointIndex.get(name) ?? -1];
  if (joint === undefined) return refused(`there is no joint ${JSON.stringify(name)}`);
  if (joint.type === "fixed") return refused(`joint ${JSON.stringify(name)} is fixed and has no position`);
  return { ok: true, value: joint };
}

function entriesOf(value: unknown): [string, unknown][] {
  return isObject(value) ? Object.entries(value) : [];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function numbersOf(value: unknown, count: number): number[] | null {
  if (!Array.isArray(value) || value.length !== count) return null;
  const numbers: number[] = value.filter((one) => Number.isFinite(one));
  return numbers.length === count ? numbers : null;
}

/** JSON.parse takes lists of any depth, JSON.stringify overflows the stack on them. */
function shown(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  return Array.isArray(value) ? "[…]" : "{…}";
}

function countText(count: number): string {
  return count === 1 ? "a finite number" : `${count} finite numbers in a list`;
}

function quaternionFault(what: string, numbers: readonly number[]): string | null {
  const length = Math.hypot(...numbers.slice(3));
  return Math.abs(length - 1) > quaternionSlack
    ? `${what} has a quaternion of length ${length}, not 1`
    : null;
}
