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
  return shown === "" ? number : `${number} ${shown}`;
}

export function shownUnit(unit: string, angles: AngleUnit): string {
  if (angles === "rad" || !(unit === "rad" || unit === "rad/s")) return unit;
  return unit === "rad" ? "°" : "°/s";
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

/** What came from outside as one short line. */
export function formatValue(value: unknown, unit: string, angles: AngleUnit): string {
  if (typeof value === "number") {
    return Number.isInteger(value) && unit === "" ? String(value) : formatQuantity(value, unit, angles);
  }
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "string") return value;
  return JSON.stringify(value) ?? "–";
}
