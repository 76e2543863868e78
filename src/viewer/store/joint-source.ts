import type { ThingJson } from "../../protocol/state-messages.ts";

/** The source that measures most of a robot's joints, as `ros:/joint_states`; null: none does. */
export function jointSource({ properties }: Pick<ThingJson, "properties">): string | null {
  const counts = new Map<string, number>();
  for (const [path, { reported }] of Object.entries(properties)) {
    if (reported === undefined || !/^joint\/.+\/position$/.test(path)) continue;
    counts.set(reported.source, (counts.get(reported.source) ?? 0) + 1);
  }
  const [most] = [...counts].sort(([, a], [, b]) => b - a);
  return most?.[0] ?? null;
}
