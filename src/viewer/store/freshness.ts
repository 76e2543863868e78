/** How far a value can be believed, best first; `unknown` never had one. */
export type Freshness = "fresh" | "late" | "stale" | "unknown";

const patienceMs = 250;
const lostLinkMs = 1000;

/**
 * Judges one value. While the server is heard, its own quality decides what is stale; without it age alone
 * does. `periodMs` is how often the value used to come.
 */
export function freshnessOf(
  ageMs: number,
  qualityCode: number,
  periodMs: number,
  serverHeard: boolean,
): Freshness {
  if (!(ageMs >= 0)) return "unknown";
  if (qualityCode > 0 || (!serverHeard && ageMs > lostLinkMs)) return "stale";
  return ageMs > Math.max(patienceMs, 3 * periodMs) ? "late" : "fresh";
}
