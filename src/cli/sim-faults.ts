import { type Result, refused } from "../core/result.ts";
import { faultKinds, type JointFault } from "../sim/joint-fault.ts";
import type { SimulatedRobot } from "../sim/simulated-robot.ts";

/** A fault of `twin sim --fault`, which begins `after` seconds from the start. */
export type PlannedFault = { joint: string; fault: JointFault; after: number };

/** What a kind's number means; null where it takes none. */
const meaning: Record<JointFault["kind"], string | null> = {
  friction: "N·m or N of additional dry friction, as friction=2",
  torque: "the share of the torque that remains, as torque=0.3",
  encoderBias: "rad or m of encoder error, as encoderBias=0.05",
  stuck: null,
  deadSensor: null,
};

export const faultForm = "JOINT:KIND[=NUMBER][@SECONDS]";

/** Reads `elbow:torque=0.3@10`. The last colon parts joint and kind: names may hold colons. */
export function readFault(text: string): Result<PlannedFault> {
  const [, joint, kind, value, seconds] = /^(.+):([A-Za-z]+)(?:=([^@=]*))?(?:@([^@=]*))?$/.exec(text) ?? [];
  if (joint === undefined) return refused(`"${text}" is not a fault; write ${faultForm}, as elbow:stuck@10`);
  const known = faultKinds.find((one) => one === kind);
  if (known === undefined) return refused(`there is no fault "${kind}"; there are ${faultKinds.join(", ")}`);
  const after = seconds === undefined ? 0 : number(seconds);
  if (!(after >= 0)) return refused(`"@${seconds}" should be seconds from the start, 0 or more`);
  const needs = meaning[known];
  if (needs === null && value !== undefined) return refused(`${known} takes no number`);
  const size = value === undefined ? Number.NaN : number(value);
  if (needs !== null && !Number.isFinite(size)) return refused(`${known} needs a number: ${needs}`);
  const fault = faultOf(known, size);
  return fault.ok ? { ok: true, value: { joint: joint as string, fault: fault.value, after } } : fault;
}

/** A fault of a kind whose number, where it takes one, is finite. */
function faultOf(kind: JointFault["kind"], size: number): Result<JointFault> {
  switch (kind) {
    case "friction":
      return size < 0 ? refused("friction should be 0 or more") : { ok: true, value: { kind, added: size } };
    case "torque":
      return size < 0 || size > 1
        ? refused("torque should be a share from 0 to 1")
        : { ok: true, value: { kind, left: size } };
    case "encoderBias":
      return { ok: true, value: { kind, bias: size } };
    case "stuck":
    case "deadSensor":
      return { ok: true, value: { kind } };
  }
}

function number(text: string): number {
  return text.trim() === "" ? Number.NaN : Number(text);
}

/** Why a robot cannot have these faults, in one sentence; null when it can. */
export function faultsFault(robot: SimulatedRobot, faults: readonly PlannedFault[]): string | null {
  if (faults.length === 0) return null;
  if (robot.dynamics === null)
    return "faults need the dynamic plant, and this robot is simulated kinematically (no dynamics)";
  const driven = robot.trajectory.jointNames;
  const unknown = faults.find((one) => !driven.includes(one.joint));
  return unknown === undefined
    ? null
    : `no actuator drives "${unknown.joint}"; there are ${driven.join(", ")}`;
}
