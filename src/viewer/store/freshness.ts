/** How far a value can be believed, best first; `unknown` never had one. */
export type Freshness = "fresh" | "late" | "stale" | "unknown";

const patienceMs = 250;
const lostLinkMs = 1000;
/** A way to this page that takes longer makes values late, too. */
const longestWayMs = 1500;

/**
 * Judges one value. While the server is heard, its own quality decides what is stale, and what is late is judged by the
 * age that the value had there: the way to this page delays all values alike and is said once (health.ts). Without the
 * server age alone decides. `ageMs` is the age now, `ageThereMs` at the server when it made the frame; `periodMs` is
 * how often the value used to come.
 */
export function freshnessOf(
  ageMs: number,
  ageThereMs: number,
  qualityCode: number,
  periodMs: number,
  serverHeard: boolean,
): Freshness {
  if (!(ageMs >= 0)) return "unknown";
  if (qualityCode > 0 || (!serverHeard && ageMs > lostLinkMs)) return "stale";
  const limitMs = Math.max(patienceMs, 3 * periodMs);
  const forgivenMs = serverHeard ? Math.min(ageMs - ageThereMs, longestWayMs) : 0;
  return ageMs - forgivenMs > limitMs ? "late" : "fresh";
}
