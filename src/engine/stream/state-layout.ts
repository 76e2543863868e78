import { type Facet, facets, type Quality, qualities } from "../../core/quality.ts";
import { openStateFrame, stateFrameBytes } from "../../protocol/state-frame.ts";
import type { FacetStateJson, LayoutColumn, StateFrame } from "../../protocol/state-messages.ts";
import type { TwinGraph } from "../../twin/graph.ts";

type Column = LayoutColumn & {
  row: number;
  jointName: string;
  jointField: "position" | "velocity" | "effort" | null;
};

/**
 * The columns of motion in the graph at one structure of it, and the frames made from them. A frame
 * is made once, whoever gets it.
 */
export class StateLayout {
  readonly columns: Column[] = [];

  constructor(
    private readonly graph: TwinGraph,
    readonly number: number,
    readonly structure: number,
  ) {
    for (const [robot, thing] of graph.things) {
      if (thing.type !== "robot") continue;
      for (const [path, property] of thing.properties) {
        if (!property.isMotion) continue;
        for (const facet of facets) {
          const row = property.registers[facet];
          if (row < 0) continue;
          const width = graph.table.width[row] as number;
          const split = path.lastIndexOf("/");
          const isJoint = path.startsWith("joint/");
          const jointName = isJoint ? path.slice("joint/".length, split) : "";
          const jointField = isJoint ? (path.slice(split + 1) as Column["jointField"]) : null;
          for (let component = 0; component < width; component++) {
            this.columns.push({ robot, facet, path, component, row, jointName, jointField });
          }
        }
      }
    }
  }

  /** What clients need to read the frames. */
  announcement(): LayoutColumn[] {
    return this.columns.map(({ robot, facet, path, component }) => ({ robot, facet, path, component }));
  }

  /** The newest values as a binary frame of its own buffer, since sockets keep it until it is sent. */
  binary(now: number): Uint8Array {
    const t = this.graph.table;
    const n = this.columns.length;
    const buffer = new ArrayBuffer(stateFrameBytes(n));
    const frame = openStateFrame(buffer, this.number, n, this.graph.revision, now);
    for (let i = 0; i < n; i++) {
      const { row, component } = this.columns[i] as Column;
      if (t.filled[row] === 0) {
        frame.agesMs[i] = -1;
        continue;
      }
      frame.values[i] = t.numbers[(t.offset[row] as number) + component] as number;
      frame.agesMs[i] = Math.max(0, now - (t.received[row] as number));
      frame.qualityCodes[i] = t.quality[row] as number;
    }
    return new Uint8Array(buffer);
  }

  /** The same as the JSON of the contract. */
  json(now: number): StateFrame {
    const t = this.graph.table;
    const robots: StateFrame["robots"] = Object.create(null);
    for (const { robot, facet, path, component, row, jointName, jointField } of this.columns) {
      if (t.filled[row] === 0 || component > 0) continue;
      const state = facetState(robots, robot, facet);
      const ageMs = Math.max(0, now - (t.received[row] as number));
      const quality = qualities[t.quality[row] as number] as Quality;
      const at = (i: number): number => t.numbers[(t.offset[row] as number) + i] as number;
      if (jointField !== null) {
        const joint = state.joint[jointName] ?? { ageMs, quality };
        joint[jointField] = at(0);
        if (jointField === "position") {
          joint.ageMs = ageMs;
          joint.quality = quality;
        }
        state.joint[jointName] = joint;
        continue;
      }
      const base = state.base ?? { ageMs, quality };
      if (path === "base/pose") {
        base.pose = { position: [at(0), at(1), at(2)], quaternion: [at(3), at(4), at(5), at(6)] };
      } else {
        base.twist = { linear: [at(0), at(1), at(2)], angular: [at(3), at(4), at(5)] };
      }
      state.base = base;
    }
    return { op: "state", revision: this.graph.revision, time: now, robots };
  }
}

function facetState(robots: StateFrame["robots"], robot: string, facet: Facet): FacetStateJson {
  const known = robots[robot] ?? {};
  robots[robot] = known;
  const state = known[facet] ?? { joint: Object.create(null) };
  known[facet] = state;
  return state;
}
