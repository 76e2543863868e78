import type { LimitBreach } from "../../protocol/command-messages.ts";

export type AngleUnit = "rad" | "deg";

/** Fixed decimals with a real minus sign and no "−0.000", so that columns of figures keep still. */
export function formatNumber(value: number, decimals = 3): string {
  if (!Number.isFinite(value)) return "–";
  const text = Math.abs(value).toFixed(decimals);
  return value < 0 && Number(text) !== 0 ? `−${text}` : text;
}

/** A number in SI as people read it: only radians have a second unit, chosen by one switch. */
export function formatQuantity(value: number, unit: string, angles: AngleUnit): string {
  const shown = shownUnit(unit, angles);
  const number = shown === unit ? formatNumber(value) : formatNumber((value * 180) / Math.PI, 1);
  if (shown === "") return number;
  // A degree sign is at its number, other units after a space (SI).
  return shown === "°" || shown === "°/s" ? `${number}${shown}` : `${number} ${shown}`;
}

export function shownUnit(unit: string, angles: AngleUnit): string {
  if (angles === "rad" || !(unit === "rad" || unit === "rad/s")) return unit;
  return unit === "rad" ? "°" : "°/s";
}

/** How far a joint without limits has turned, as people count it: `119.3 turns`. */
export function formatTurns(radians: number): string {
  return `${formatNumber(radians / (2 * Math.PI), 1)} turns`;
}

/** The range a joint may have, as `−137.5° … 137.5°`. */
export function formatRange(lower: number, upper: number, unit: string, angles: AngleUnit): string {
  return `${formatQuantity(lower, unit, angles)} … ${formatQuantity(upper, unit, angles)}`;
}

/** Why a position was refused, in the page's unit: `elbow: 200.0° is outside −137.5° … 137.5°`. */
export function formatBreach({ joint, value, lower, upper, unit }: LimitBreach, angles: AngleUnit): string {
  return `${joint}: ${formatQuantity(value, unit, angles)} is outside ${formatRange(lower, upper, unit, angles)}`;
}

/** An age in at most five characters and its unit; negative (never had a value) is a dash. */
export function formatAge(ageMs: number): string {
  if (!(ageMs >= 0)) return "–";
  if (ageMs < 1000) return `${Math.round(ageMs)} ms`;
  if (ageMs < 9950) return `${(ageMs / 1000).toFixed(1)} s`;
  if (ageMs < 119_500) return `${Math.round(ageMs / 1000)} s`;
  if (ageMs < 7_170_000) return `${Math.round(ageMs / 60_000)} min`;
  return `${Math.round(ageMs / 3_600_000)} h`;
}

/** Digits in groups of three by a thin space: 48 213. */
export function formatCount(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, "\u2009");
}

/** The time of day of a server time, to the second, as this computer's zone has it. */
export function formatClock(ms: number): string {
  return new Date(ms).toLocaleTimeString(undefined, { hour12: false });
}

/** Roll, pitch and yaw in rad about fixed axes, as a URDF origin has them, of a unit quaternion x y z w. */
export function rollPitchYaw([x = 0, y = 0, z = 0, w = 1]: readonly number[]): [number, number, number] {
  return [
    Math.atan2(2 * (w * x + y * z), 1 - 2 * (x * x + y * y)),
    Math.asin(Math.min(1, Math.max(-1, 2 * (w * y - z * x)))),
    Math.atan2(2 * (w * z + x * y), 1 - 2 * (y * y + z * z)),
  ];
}

/** A pose in two lines: metres, then roll, pitch and yaw about fixed axes (as a URDF origin has them). */
export function formatPose(
  position: readonly number[],
  quaternion: readonly number[],
  angles: AngleUnit,
): string {
  const metres = position.map((value) => formatNumber(value)).join("  ");
  const turns = rollPitchYaw(quaternion).map((value) =>
    formatQuantity(value, "rad", angles).replace(/( rad|°)$/, ""),
  );
  return `${metres} m\n${turns.join("  ")} ${shownUnit("rad", angles)}`;
}

/** What came from outside as one short line, or two for a pose. */
export function formatValue(value: unknown, unit: string, angles: AngleUnit): string {
  if (typeof value === "number") {
    return Number.isInteger(value) && unit === "" ? String(value) : formatQuantity(value, unit, angles);
  }
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "string") return value;
  const pose = readPose(value);
  if (pose) return formatPose(pose.position, pose.quaternion, angles);
  return JSON.stringify(value) ?? "–";
}

function readPose(value: unknown): { position: number[]; quaternion: number[] } | null {
  if (typeof value !== "object" || value === null) return null;
  if (!("position" in value) || !("quaternion" in value)) return null;
  const { position, quaternion } = value;
  return isNumbers(position) && isNumbers(quaternion) ? { position, quaternion } : null;
}

function isNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => typeof item === "number");
}

/** A moment as this computer's zone and language have it, to `decimals` of a second: `27 Nov 2026, 15:59:30.1`. */
export function formatMoment(ms: number, decimals = 1): string {
  const date = new Date(ms).toLocaleDateString(undefined, {
    year: "numeric",
    month: "short",
    day: "numeric",
  });
  return `${date}, ${formatClockFine(ms, decimals)}`;
}

/** The time of day with parts of a second, cut and not rounded, so that it never shows the second to come. */
export function formatClockFine(ms: number, decimals = 1): string {
  const clock = new Date(ms).toLocaleTimeString(undefined, { hour12: false });
  if (decimals === 0) return clock;
  const fraction = Math.floor((((ms % 1000) + 1000) % 1000) / 10 ** (3 - decimals));
  return `${clock}.${String(fraction).padStart(decimals, "0")}`;
}

/** How long ago: `12 s ago`, `2 min 5 s ago`, `3 h 12 min ago`, `2 days 4 h ago`. */
export function formatAgo(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds} s ago`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s ago`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${minutes % 60} min ago`;
  return `${Math.floor(hours / 24)} days ${hours % 24} h ago`;
}
