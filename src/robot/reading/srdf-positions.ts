import type { JointDescription } from "../description.ts";
import type { VirtualJoint } from "./srdf-description.ts";
import type { Labelled, UrdfFindings } from "./urdf-findings.ts";
import { requireText, shown, toFinite } from "./urdf-values.ts";

const positionCounts = {
  revolute: 1,
  continuous: 1,
  prismatic: 1,
  fixed: 0,
  planar: 3,
  floating: 7,
} as const;

/** The `value` of a joint in a group state; null when it does not fit the joint. Outside of the limits is told only. */
export function readPositions(
  findings: UrdfFindings,
  at: Labelled,
  joint: JointDescription | VirtualJoint | undefined,
): number[] | null {
  const text = requireText(findings, at, "value");
  if (text === null || joint === undefined) return null;
  const values = text.trim().split(/\s+/).map(toFinite);
  const numbers = values.filter((value) => value !== null);
  if (numbers.length < values.length) {
    findings.error(at, `value="${shown(text)}" should be finite numbers, as value="0.5"`);
    return null;
  }
  const count = positionCounts[joint.type];
  if (numbers.length !== count) {
    findings.warning(
      at,
      `a ${joint.type} joint has ${count} positions, not ${numbers.length}, so this is left out`,
    );
    return null;
  }
  const [value = 0] = numbers;
  const isBounded = joint.type === "revolute" || joint.type === "prismatic";
  const limit = isBounded && "limit" in joint ? joint.limit : null;
  if (limit !== null && (value < (limit.lower ?? 0) || value > (limit.upper ?? 0))) {
    const range = `${limit.lower ?? 0} to ${limit.upper ?? 0}`;
    findings.warning(at, `value ${value} is outside of the limits of joint "${shown(joint.name)}", ${range}`);
  }
  return numbers;
}
