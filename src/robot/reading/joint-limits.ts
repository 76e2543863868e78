import type { JointDescription, JointLimit, RobotDescription } from "../description.ts";
import type { UrdfFinding } from "./urdf-findings.ts";
import { shown } from "./urdf-values.ts";

/**
 * Limits beside the URDF, in the form of MoveIt's and ros2_control's joint_limits.yaml. `scaling`: what plans start
 * with by default, 0 … 1; it is not part of the limits.
 */
export type JointLimitsReading = {
  /** The robot with the tighter of both limits; null exactly when a finding is an error. */
  description: RobotDescription | null;
  scaling: { velocity: number; acceleration: number };
  findings: UrdfFinding[];
};

/** The line of a field of the file, counted from 1. */
export type LineOf = (path: readonly string[]) => number;

/** has_X_limits, and what it says to be there. */
const kinds = [
  { has: "has_position_limits", values: ["min_position", "max_position"] },
  { has: "has_velocity_limits", values: ["max_velocity"] },
  { has: "has_acceleration_limits", values: ["max_acceleration"] },
  { has: "has_deceleration_limits", values: ["max_deceleration"] },
  { has: "has_jerk_limits", values: ["max_jerk"] },
  { has: "has_effort_limits", values: ["max_effort"] },
] as const;

type Field = (typeof kinds)[number]["values"][number];

const jointKeys: ReadonlySet<string> = new Set([
  ...kinds.flatMap(({ has, values }) => [has, ...values]),
  // ros2_control's, of no use here.
  ...[
    "angle_wraparound",
    "has_soft_limits",
    "soft_lower_limit",
    "soft_upper_limit",
    "k_position",
    "k_velocity",
  ],
]);
const scalings = {
  velocity: "default_velocity_scaling_factor",
  acceleration: "default_acceleration_scaling_factor",
};
const fileKeys: ReadonlySet<string> = new Set(["joint_limits", ...Object.values(scalings)]);

/**
 * Takes the value of a joint_limits.yaml, as a YAML parser gives it, and tightens the limits of a robot. A limit of the
 * file that is wider than the URDF's does not count, with a warning. `has_X_limits: false` leaves the URDF's.
 * Whatever the value is, this does not throw.
 */
export function applyJointLimits(
  value: unknown,
  description: RobotDescription,
  lineOf: LineOf = () => 1,
): JointLimitsReading {
  const reader = new LimitsReader(lineOf);
  const scaling = { velocity: 1, acceleration: 1 };
  const joints = new Map<string, JointDescription>();
  if (!isMap(value)) {
    reader.say("error", [], "the file should be a map with joint_limits in it");
  } else {
    reader.warnOfUnknown(value, [], fileKeys);
    scaling.velocity = reader.factor(value, scalings.velocity);
    scaling.acceleration = reader.factor(value, scalings.acceleration);
    const named = new Map(description.joints.map((joint) => [joint.name, joint]));
    for (const [name, limits] of entriesOf(reader, value.joint_limits)) {
      const path = ["joint_limits", name];
      const joint = named.get(name);
      if (joint === undefined) {
        reader.say(
          "warning",
          path,
          `the robot has no joint "${shown(name)}", so this is left out; mend the name`,
        );
      } else if (isMap(limits)) {
        reader.warnOfUnknown(limits, path, jointKeys);
        joints.set(name, reader.tightened(joint, limits, path));
      } else {
        reader.say("error", path, "should be a map, as {has_velocity_limits: true, max_velocity: 1.5}");
      }
    }
  }
  const result = {
    ...description,
    joints: description.joints.map((joint) => joints.get(joint.name) ?? joint),
  };
  return { description: reader.hasError ? null : result, scaling, findings: reader.findings };
}

function entriesOf(reader: LimitsReader, value: unknown): [string, unknown][] {
  if (isMap(value)) return Object.entries(value);
  if (value === undefined || value === null) reader.say("warning", [], "there is no joint_limits in it");
  else reader.say("error", ["joint_limits"], "should be a map of joints");
  return [];
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** More findings than these are not kept. */
const mostFindings = 200;

class LimitsReader {
  readonly findings: UrdfFinding[] = [];
  hasError = false;
  readonly #lineOf: LineOf;

  constructor(lineOf: LineOf) {
    this.#lineOf = lineOf;
  }

  say(severity: "error" | "warning", path: readonly string[], message: string): void {
    this.hasError ||= severity === "error";
    const [first, ...more] = path.map(shown);
    const element = [first ?? "joint_limits.yaml", ...more].join(" > ");
    if (
      this.findings.length < mostFindings ||
      (severity === "error" && this.findings.length === mostFindings)
    ) {
      this.findings.push({ severity, element, line: this.#lineOf(path), message });
    }
  }

  warnOfUnknown(map: Record<string, unknown>, path: readonly string[], known: ReadonlySet<string>): void {
    for (const key of Object.keys(map)) {
      if (known.has(key)) continue;
      this.say(
        "warning",
        [...path, key],
        `unknown key is ignored; there are ${[...known].slice(0, 12).join(", ")}`,
      );
    }
  }

  factor(map: Record<string, unknown>, key: string): number {
    const value = map[key];
    if (value === undefined) return 1;
    const number = numberOf(value);
    if (number !== null && number > 0 && number <= 1) return number;
    this.say("error", [key], `${said(value)} should be a number above 0, up to 1`);
    return 1;
  }

  tightened(
    joint: JointDescription,
    map: Record<string, unknown>,
    path: readonly string[],
  ): JointDescription {
    const given = new Map<Field, number>();
    for (const { has, values } of kinds) {
      const claim = map[has];
      if (claim !== undefined && typeof claim !== "boolean") {
        this.say("error", [...path, has], `${said(claim)} should be true or false`);
      }
      for (const key of values) this.#take(given, map, path, key, has);
    }
    const { lower, upper } = this.#range(joint, given, path);
    const old = joint.limit;
    const least = (key: Field, other: number | null | undefined): number | null =>
      this.#smaller(given.get(key) ?? null, other ?? null, [...path, key]);
    const limit: JointLimit = {
      lower,
      upper,
      velocity: least("max_velocity", old?.velocity),
      effort: least("max_effort", old?.effort),
      acceleration: smallest(least("max_acceleration", old?.acceleration), given.get("max_deceleration")),
      jerk: least("max_jerk", old?.jerk),
    };
    return { ...joint, limit };
  }

  /** Puts a number that counts into `given`: it does where has_… is true. */
  #take(
    given: Map<Field, number>,
    map: Record<string, unknown>,
    path: readonly string[],
    key: Field,
    has: string,
  ): void {
    const value = map[key];
    if (value === undefined) {
      if (map[has] === true) this.say("error", path, `${has} is true and ${key} is missing; give ${key}`);
      return;
    }
    const number = numberOf(value);
    if (number === null) {
      this.say("error", [...path, key], `${said(value)} should be a finite number`);
    } else if (!key.endsWith("position") && number <= 0) {
      this.say("error", [...path, key], `${number} should be above 0: it bounds a magnitude`);
    } else if (map[has] === true) {
      given.set(key, number);
    } else if (map[has] === undefined) {
      this.say("warning", [...path, key], `does not count without ${has}: true`);
    }
  }

  #range(
    joint: JointDescription,
    given: ReadonlyMap<Field, number>,
    path: readonly string[],
  ): Pick<JointLimit, "lower" | "upper"> {
    const [lower, upper] = [joint.limit?.lower ?? null, joint.limit?.upper ?? null];
    const [least, most] = [given.get("min_position"), given.get("max_position")];
    if (least === undefined || most === undefined) return { lower, upper };
    if (least > most) {
      this.say(
        "error",
        [...path, "min_position"],
        `${least} is above max_position ${most}; it should be the smaller`,
      );
      return { lower, upper };
    }
    if (joint.type !== "revolute" && joint.type !== "prismatic") {
      const message = `a ${joint.type} joint has no position limits, so these do not count; in the URDF make it revolute`;
      this.say("warning", [...path, "has_position_limits"], message);
      return { lower, upper };
    }
    const [own, top] = [lower ?? 0, upper ?? 0];
    if (least > top || most < own) {
      this.say(
        "error",
        [...path, "min_position"],
        `${least} to ${most} has nothing in common with the URDF's ${own} to ${top}`,
      );
      return { lower, upper };
    }
    if (least < own)
      this.say("warning", [...path, "min_position"], `${least} is below the URDF's ${own}, so that counts`);
    if (most > top)
      this.say("warning", [...path, "max_position"], `${most} is above the URDF's ${top}, so that counts`);
    return { lower: Math.max(least, own), upper: Math.min(most, top) };
  }

  #smaller(given: number | null, old: number | null, path: readonly string[]): number | null {
    if (given === null || old === null) return given ?? old;
    if (given > old) this.say("warning", path, `${given} is above the URDF's ${old}, so that counts`);
    return Math.min(given, old);
  }
}

function smallest(a: number | null, b: number | undefined): number | null {
  return a === null || b === undefined ? (a ?? b ?? null) : Math.min(a, b);
}

function numberOf(value: unknown): number | null {
  const number = typeof value === "bigint" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : null;
}

/** A foreign value in a message. */
function said(value: unknown): string {
  return typeof value === "string"
    ? `"${shown(value)}"`
    : typeof value === "object"
      ? "this"
      : shown(String(value));
}
