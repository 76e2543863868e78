import { identityOrigin, type Origin, type Vector3 } from "../description.ts";
import { type Labelled, onlyChild, type UrdfFindings } from "./urdf-findings.ts";

/** Decimal numbers as C's strtod takes them; no hexadecimal, no words. */
const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** A decimal number that is finite; null for any other text. */
export function toFinite(word: string): number | null {
  if (!decimal.test(word)) return null;
  const value = Number(word);
  return Number.isFinite(value) ? value : null;
}

/** The attribute as a finite number; null when it is absent, or wrong, which is then an error. */
export function readNumber(findings: UrdfFindings, at: Labelled, attribute: string): number | null {
  const text = at.xml.attributes.get(attribute);
  if (text === undefined) return null;
  const value = toFinite(text.trim());
  if (value === null) {
    findings.error(at, `${attribute}="${shown(text)}" should be one finite number, as ${attribute}="0.5"`);
  }
  return value;
}

/** As `readNumber`, but to leave it out is an error, too. */
export function requireNumber(findings: UrdfFindings, at: Labelled, attribute: string): number {
  const value = readNumber(findings, at, attribute);
  if (value === null && !at.xml.attributes.has(attribute)) {
    findings.error(at, `${attribute} is missing; give it as ${attribute}="0.5"`);
  }
  return value ?? 0;
}

/** `count` finite numbers parted by white space; null when the attribute is absent, or wrong (an error). */
export function readNumbers(
  findings: UrdfFindings,
  at: Labelled,
  attribute: string,
  count: number,
): number[] | null {
  const text = at.xml.attributes.get(attribute);
  if (text === undefined) return null;
  const words = text.trim().split(/\s+/);
  const values: number[] = [];
  for (const word of words) {
    const value = toFinite(word);
    if (value !== null) values.push(value);
  }
  if (words.length === count && values.length === count) return values;
  const example = Array.from({ length: count }, () => "0").join(" ");
  findings.error(
    at,
    `${attribute}="${shown(text)}" should be ${count} finite numbers, as ${attribute}="${example}"`,
  );
  return null;
}

export function readVector(
  findings: UrdfFindings,
  at: Labelled,
  attribute: string,
  otherwise: Vector3,
): Vector3 {
  const [x, y, z] = readNumbers(findings, at, attribute, 3) ?? otherwise;
  return x === undefined || y === undefined || z === undefined ? otherwise : [x, y, z];
}

/** Beyond this (in m, kg or kg·m²) nothing is a robot, and sums and products of it overflow. */
export const largestMeasure = 1e9;

/** Says so where one of the numbers is beyond what a robot can have. */
export function checkMeasure(
  findings: UrdfFindings,
  at: Labelled,
  attribute: string,
  numbers: readonly number[],
): void {
  const wrong = numbers.find((one) => Math.abs(one) > largestMeasure);
  if (wrong === undefined) return;
  findings.error(at, `${attribute} holds ${wrong}; nothing of a robot is above ${largestMeasure}`);
}

/** The `<origin>` child; without one, the identity. */
export function readOrigin(findings: UrdfFindings, parent: Labelled): Origin {
  const at = onlyChild(findings, parent, "origin");
  if (at === null) return identityOrigin;
  const xyz = readVector(findings, at, "xyz", identityOrigin.xyz);
  checkMeasure(findings, at, "xyz", xyz);
  const rpy = readVector(findings, at, "rpy", identityOrigin.rpy);
  const [x, y, z, w] = readNumbers(findings, at, "quat_xyzw", 4) ?? [];
  if (x === undefined || y === undefined || z === undefined || w === undefined) return { xyz, rpy };
  if (at.xml.attributes.has("rpy")) {
    findings.error(at, "rpy and quat_xyzw both give the rotation; keep one");
  }
  const length = Math.hypot(x, y, z, w);
  if (length < 1e-9) {
    findings.error(at, 'quat_xyzw has no direction; without a rotation it is "0 0 0 1"');
    return { xyz, rpy };
  }
  if (Math.abs(length - 1) > 1e-5) {
    findings.warning(
      at,
      `quat_xyzw has length ${Number(length.toPrecision(6))} and is normalised; make it 1`,
    );
  }
  return { xyz, rpy: rpyOf(x / length, y / length, z / length, w / length) };
}

/**
 * Roll, pitch, yaw in rad of a unit quaternion. Pitch by atan2, since asin loses half the digits near ±90°;
 * roll from what is left once yaw is taken off, so that there, where yaw is anybody's guess, roll makes
 * up for the guess and the rotation stays exact.
 */
function rpyOf(x: number, y: number, z: number, w: number): Vector3 {
  const [r11, r21, r31] = [1 - 2 * (y * y + z * z), 2 * (x * y + z * w), 2 * (x * z - y * w)];
  const [r12, r22] = [2 * (x * y - z * w), 1 - 2 * (x * x + z * z)];
  const [r13, r23] = [2 * (x * z + y * w), 2 * (y * z - x * w)];
  const yaw = Math.atan2(r21, r11);
  const [c, s] = [Math.cos(yaw), Math.sin(yaw)];
  return [Math.atan2(s * r13 - c * r23, c * r22 - s * r12), Math.atan2(0 - r31, Math.hypot(r11, r21)), yaw];
}

/** A non-empty attribute; null and an error when it is missing or empty. */
export function requireText(findings: UrdfFindings, at: Labelled, attribute: string): string | null {
  const text = at.xml.attributes.get(attribute);
  if (text !== undefined && text.trim() !== "") return text;
  findings.error(at, `${attribute} is ${text === undefined ? "missing" : "empty"}; give it a name`);
  return null;
}

/** A foreign text, short enough for one line of a message. */
export function shown(text: string): string {
  const line = text.replace(/\s+/g, " ");
  return line.length > 60 ? `${line.slice(0, 57)}…` : line;
}
