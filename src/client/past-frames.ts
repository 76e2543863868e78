import { facets, qualities } from "../core/quality.ts";
import type { BinaryStateFrame } from "../protocol/state-frame.ts";
import type { FacetStateJson, LayoutColumn, StateFrame } from "../protocol/state-messages.ts";

/** Numbers of layouts that no server can announce: those of binary frames have 16 bits. */
const firstLayout = 0x10000;
const layoutsInTurn = 16;
const leaves = ["position", "velocity", "effort"] as const;

/**
 * States of the past come as JSON; this makes frames of them, so that whatever reads frames reads them, too. A layout is
 * announced anew only when the columns differ from those of the frame before.
 */
export class PastFrames {
  private columns: LayoutColumn[] = [];
  private made = 0;
  private at = 0;
  private isSame = true;
  private isAnnounced = false;
  private values: number[] = [];
  private ages: number[] = [];
  private codes: number[] = [];

  /** `announced` is called before the frame where its columns are new. */
  frameOf(
    state: StateFrame,
    announced: (layout: number, columns: readonly LayoutColumn[]) => void,
  ): BinaryStateFrame {
    this.at = 0;
    this.isSame = true;
    this.values = [];
    this.ages = [];
    this.codes = [];
    for (const [robot, byFacet] of Object.entries(state.robots)) {
      for (const facet of facets) {
        const one = byFacet[facet];
        if (one !== undefined) this.addFacet(robot, facet, one);
      }
    }
    if (!this.isAnnounced || !this.isSame || this.at !== this.columns.length) {
      this.columns = this.columns.slice(0, this.at);
      this.made++;
      this.isAnnounced = true;
      announced(this.layout, this.columns);
    }
    return {
      layout: this.layout,
      revision: state.revision,
      time: state.time,
      values: Float64Array.from(this.values),
      agesMs: Float32Array.from(this.ages),
      qualityCodes: Uint8Array.from(this.codes),
    };
  }

  /** Layouts that were announced before are not known any more. */
  restart(): void {
    this.isAnnounced = false;
  }

  private get layout(): number {
    return firstLayout + (this.made % layoutsInTurn);
  }

  private addFacet(robot: string, facet: LayoutColumn["facet"], { joint, base }: FacetStateJson): void {
    for (const [name, state] of Object.entries(joint)) {
      const code = qualities.indexOf(state.quality);
      for (const leaf of leaves) {
        const value = state[leaf];
        if (value !== undefined) this.add(robot, facet, `joint/${name}/${leaf}`, 0, value, state.ageMs, code);
      }
    }
    if (base === undefined) return;
    const code = qualities.indexOf(base.quality);
    const add = (path: string, numbers: readonly number[]) => {
      numbers.forEach((value, component) => {
        this.add(robot, facet, path, component, value, base.ageMs, code);
      });
    };
    if (base.pose) add("base/pose", [...base.pose.position, ...base.pose.quaternion]);
    if (base.twist) add("base/twist", [...base.twist.linear, ...base.twist.angular]);
  }

  private add(
    robot: string,
    facet: LayoutColumn["facet"],
    path: string,
    component: number,
    value: number,
    ageMs: number,
    code: number,
  ): void {
    const known = this.columns[this.at];
    const isKnown =
      known !== undefined &&
      known.path === path &&
      known.component === component &&
      known.robot === robot &&
      known.facet === facet;
    if (!isKnown) {
      // The columns before this one stay; the list of the frame before is not changed, since others hold it.
      if (this.isSame) this.columns = this.columns.slice(0, this.at);
      this.isSame = false;
      this.columns.push({ robot, facet, path, component });
    }
    this.at++;
    this.values.push(value);
    this.ages.push(ageMs);
    this.codes.push(code);
  }
}
