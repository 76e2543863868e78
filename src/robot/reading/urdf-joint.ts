import type {
  JointCalibration,
  JointDescription,
  JointDynamics,
  JointLimit,
  JointType,
  MimicDescription,
  SafetyController,
  Vector3,
} from "../description.ts";
import { type Labelled, onlyChild, type UrdfFindings } from "./urdf-findings.ts";
import {
  checkMeasure,
  readNumber,
  readOrigin,
  readVector,
  requireNumber,
  requireText,
  shown,
} from "./urdf-values.ts";

const jointTypes: ReadonlyMap<string, JointType> = new Map(
  (["revolute", "continuous", "prismatic", "fixed", "floating", "planar"] as const).map((type) => [
    type,
    type,
  ]),
);

/** Null (and an error) when the joint lacks its name, type, parent or child. */
export function readJoint(findings: UrdfFindings, at: Labelled): JointDescription | null {
  const name = requireText(findings, at, "name");
  const type = readType(findings, at);
  const parent = readEnd(findings, at, "parent");
  const child = readEnd(findings, at, "child");
  const origin = readOrigin(findings, at);
  if (type === null) return null;
  const joint = {
    axis: readAxis(findings, at, type),
    limit: readLimit(findings, at, type),
    dynamics: readDynamics(findings, at),
    mimic: readMimic(findings, at, type),
    safetyController: readSafetyController(findings, at),
    calibration: readCalibration(findings, at),
  };
  return name === null || parent === null || child === null
    ? null
    : { name, type, parent, child, origin, ...joint };
}

function readType(findings: UrdfFindings, at: Labelled): JointType | null {
  const text = at.xml.attributes.get("type");
  const type = jointTypes.get(text ?? "");
  if (type !== undefined) return type;
  const fault = text === undefined ? "type is missing" : `type="${shown(text)}" is no joint type`;
  findings.error(at, `${fault}; URDF has ${[...jointTypes.keys()].join(", ")}`);
  return null;
}

function readEnd(findings: UrdfFindings, joint: Labelled, end: "parent" | "child"): string | null {
  const at = onlyChild(findings, joint, end);
  if (at !== null) return requireText(findings, at, "link");
  findings.error(joint, `<${end}> is missing; give <${end} link="…"/>`);
  return null;
}

function readAxis(findings: UrdfFindings, joint: Labelled, type: JointType): Vector3 {
  const used = type !== "fixed" && type !== "floating";
  const at = onlyChild(findings, joint, "axis");
  if (at === null) {
    if (type === "planar") {
      findings.warning(
        joint,
        "<axis> is missing: by URDF's default the plane is normal to x, though some programs take x-y; say which",
      );
    }
    return [1, 0, 0];
  }
  const [x, y, z] = readVector(findings, at, "xyz", [1, 0, 0]);
  const length = Math.hypot(x, y, z);
  if (!used) return [1, 0, 0];
  if (length < 1e-9) {
    findings.error(at, 'the axis has no direction; give a unit vector as xyz="0 0 1"');
    return [1, 0, 0];
  }
  // Six printed digits, as exporters write them, are good enough to be meant as a unit vector.
  if (Math.abs(length - 1) > 1e-5) {
    findings.warning(at, `the axis has length ${Number(length.toPrecision(6))} and is normalised; make it 1`);
  }
  return [x / length, y / length, z / length];
}

function readLimit(findings: UrdfFindings, joint: Labelled, type: JointType): JointLimit | null {
  const at = onlyChild(findings, joint, "limit");
  const bounded = type === "revolute" || type === "prismatic";
  if (at === null) {
    if (bounded) {
      const remedy = type === "revolute" ? "; without limits it would be continuous" : "";
      findings.error(joint, `a ${type} joint needs <limit lower upper velocity effort/>${remedy}`);
    } else if (type === "continuous") {
      findings.warning(joint, "no <limit>: neither velocity nor effort is bounded; give both");
    }
    return null;
  }
  const limit = {
    lower: readNumber(findings, at, "lower"),
    upper: readNumber(findings, at, "upper"),
    velocity: readNumber(findings, at, "velocity"),
    effort: readNumber(findings, at, "effort"),
    acceleration: readAcceleration(findings, at),
    jerk: readBound(findings, at, "jerk"),
  };
  if (bounded) checkRange(findings, at, limit);
  if (bounded || type === "continuous") {
    checkRate(findings, at, "velocity", limit.velocity);
    checkRate(findings, at, "effort", limit.effort);
  }
  return limit;
}

/** URDF 1.2 bounds speeding up and slowing down apart; here one bound holds for both, so the smaller counts. */
function readAcceleration(findings: UrdfFindings, at: Labelled): number | null {
  const up = readBound(findings, at, "acceleration");
  const down = readBound(findings, at, "deceleration");
  return up === null || down === null ? (up ?? down) : Math.min(up, down);
}

/** A bound that other programs may not read, so leaving it out is no fault. */
function readBound(findings: UrdfFindings, at: Labelled, name: string): number | null {
  const value = readNumber(findings, at, name);
  if (value !== null && value <= 0) {
    findings.error(at, `${name}="${value}" should be above 0: it bounds a magnitude`);
  }
  return value;
}

/** An end that is left out is 0, as the specification has it. */
function checkRange(findings: UrdfFindings, at: Labelled, limit: JointLimit): void {
  const lower = limit.lower ?? 0;
  const upper = limit.upper ?? 0;
  if (lower > upper) {
    findings.error(at, `lower (${lower}) is above upper (${upper}); lower should be the smaller`);
  } else if (lower === upper) {
    findings.warning(
      at,
      `lower and upper are both ${lower}: the joint cannot move; make it fixed or widen them`,
    );
  }
}

function checkRate(findings: UrdfFindings, at: Labelled, name: string, value: number | null): void {
  if (at.xml.attributes.has(name) && value === null) return;
  if (value === null)
    findings.warning(at, `${name} is missing, so it is not bounded; give it, other programs stop here`);
  else if (value < 0) findings.error(at, `${name}="${value}" should not be negative: it bounds a magnitude`);
  else if (value === 0) {
    findings.warning(
      at,
      `${name} is 0, within which nothing can move, so it counts as not given; give the true one`,
    );
  }
}

function readDynamics(findings: UrdfFindings, joint: Labelled): JointDynamics | null {
  const at = onlyChild(findings, joint, "dynamics");
  if (at === null) return null;
  const damping = readNumber(findings, at, "damping") ?? 0;
  const friction = readNumber(findings, at, "friction") ?? 0;
  if (damping < 0 || friction < 0)
    findings.warning(at, "negative damping or friction gives energy to the joint");
  if (!at.xml.attributes.has("damping") && !at.xml.attributes.has("friction")) {
    findings.warning(
      at,
      "neither damping nor friction is given, at which other programs stop; give one or leave it out",
    );
  }
  const armature = readNumber(findings, at, "armature") ?? 0;
  if (armature < 0) findings.error(at, `armature="${armature}" should not be negative: it is an inertia`);
  checkMeasure(findings, at, "dynamics", [damping, friction, armature]);
  return { damping, friction, armature };
}

function readMimic(findings: UrdfFindings, joint: Labelled, type: JointType): MimicDescription | null {
  const at = onlyChild(findings, joint, "mimic");
  if (at === null) return null;
  const master = requireText(findings, at, "joint");
  const multiplier = readNumber(findings, at, "multiplier") ?? 1;
  const offset = readNumber(findings, at, "offset") ?? 0;
  if (type === "fixed") {
    findings.warning(at, "a fixed joint cannot follow another; this is ignored");
    return null;
  }
  if (type === "planar" || type === "floating") {
    findings.error(at, `a ${type} joint cannot follow another; only joints with one position can`);
    return null;
  }
  if (multiplier === 0) findings.warning(at, "multiplier is 0: the joint never moves");
  return master === null ? null : { joint: master, multiplier, offset };
}

function readSafetyController(findings: UrdfFindings, joint: Labelled): SafetyController | null {
  const at = onlyChild(findings, joint, "safety_controller");
  if (at === null) return null;
  const softLowerLimit = readNumber(findings, at, "soft_lower_limit") ?? 0;
  const softUpperLimit = readNumber(findings, at, "soft_upper_limit") ?? 0;
  if (softLowerLimit > softUpperLimit) {
    findings.warning(
      at,
      `soft_lower_limit (${softLowerLimit}) is above soft_upper_limit (${softUpperLimit}); lower should be the smaller`,
    );
  }
  const kPosition = readNumber(findings, at, "k_position") ?? 0;
  const kVelocity = requireNumber(findings, at, "k_velocity");
  return { softLowerLimit, softUpperLimit, kPosition, kVelocity };
}

function readCalibration(findings: UrdfFindings, joint: Labelled): JointCalibration | null {
  const at = onlyChild(findings, joint, "calibration");
  if (at === null) return null;
  return {
    rising: readNumber(findings, at, "rising"),
    falling: readNumber(findings, at, "falling"),
    reference: readNumber(findings, at, "reference_position"),
  };
}
