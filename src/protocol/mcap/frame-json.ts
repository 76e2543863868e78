import { qualities } from "../../core/quality.ts";
import type { BinaryStateFrame } from "../state-frame.ts";
import type { FacetStateJson, LayoutColumn, StateFrame } from "../state-messages.ts";

/** A binary state frame as the JSON one that says the same; null where the layout is of another frame. */
export function frameJson(columns: readonly LayoutColumn[], frame: BinaryStateFrame): StateFrame | null {
  if (columns.length !== frame.values.length) return null;
  const robots: StateFrame["robots"] = Object.create(null);
  for (const [i, { robot, facet, path, component }] of columns.entries()) {
    const ageMs = frame.agesMs[i] as number;
    if (ageMs < 0) continue;
    const facets = robots[robot] ?? {};
    robots[robot] = facets;
    const state: FacetStateJson = facets[facet] ?? { joint: Object.create(null) };
    facets[facet] = state;
    const quality = qualities[frame.qualityCodes[i] as number] ?? "bad";
    const value = frame.values[i] as number;
    const [, name, quantity] = /^joint\/(.+)\/(position|velocity|effort)$/.exec(path) ?? [];
    if (name !== undefined) {
      const joint = state.joint[name] ?? { ageMs, quality };
      joint[quantity as "position" | "velocity" | "effort"] = value;
      state.joint[name] = joint;
      continue;
    }
    const base = state.base ?? { ageMs, quality };
    state.base = base;
    if (path === "base/pose") {
      base.pose ??= { position: [0, 0, 0], quaternion: [0, 0, 0, 1] };
      if (component < 3) base.pose.position[component as 0 | 1 | 2] = value;
      else base.pose.quaternion[(component - 3) as 0 | 1 | 2 | 3] = value;
    } else if (path === "base/twist") {
      base.twist ??= { linear: [0, 0, 0], angular: [0, 0, 0] };
      const part = component < 3 ? base.twist.linear : base.twist.angular;
      part[(component % 3) as 0 | 1 | 2] = value;
    }
  }
  return { op: "state", revision: frame.revision, time: frame.time, robots };
}
