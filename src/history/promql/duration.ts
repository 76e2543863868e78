const units: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
  y: 365 * 86_400_000,
};
const order = ["y", "w", "d", "h", "m", "s", "ms"];

/** ms of a duration as `1h30m`; null when it is none. Units come in order, each once. */
export function durationMs(text: string): number | null {
  const parts = [...text.matchAll(/(\d+)(ms|[smhdwy])/gy)];
  if (parts.length === 0 || parts.map(([all]) => all).join("") !== text) return null;
  const places = parts.map(([, , unit]) => order.indexOf(unit as string));
  if (places.some((place, i) => i > 0 && place <= (places[i - 1] as number))) return null;
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * (units[unit as string] as number), 0);
}

/** A number or a duration of PromQL, in ms where it is a duration and in s where it is a number; null when it is none. */
export function secondsOf(text: string): number | null {
  const sign = text.startsWith("-") ? -1 : 1;
  const rest = text.replace(/^[+-]/, "").trim();
  const duration = durationMs(rest);
  if (duration !== null) return (sign * duration) / 1000;
  const number = numberOf(rest);
  return number === null ? null : sign * number;
}

/** A number literal of PromQL without a sign: `0x1F`, `1_000`, `.5e3`, `Inf`, `NaN`. */
export function numberOf(text: string): number | null {
  if (/^inf$/i.test(text)) return Number.POSITIVE_INFINITY;
  if (/^nan$/i.test(text)) return Number.NaN;
  if (/^0x[0-9a-f]+$/i.test(text)) return Number(text);
  const plain = text.replaceAll("_", "");
  return /^(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(plain) ? Number(plain) : null;
}
