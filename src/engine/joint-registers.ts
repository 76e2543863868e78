import type { JointStateMessage } from "../protocol/ros-decode.ts";
import type { RobotModel } from "../robot/model.ts";
import type { TwinGraph } from "../twin/graph.ts";
import type { Sample } from "../twin/sample.ts";
import type { Thing } from "../twin/thing.ts";

/** More names than any robot has joints: beyond it a sender is broken. */
const maxJoints = 2048;

export type Applied = { accepted: boolean; reason: string };

/**
 * Writes joint states into the graph. The rows of the last names are remembered, so a message with
 * the same names, as nearly all are, looks nothing up and allocates nothing.
 */
export class JointRegisters {
  private names: readonly string[] = [];
  /** Rows of position, velocity and effort, three a name; −1: not made yet. */
  private rows = new Int32Array(0);

  constructor(
    private readonly graph: TwinGraph,
    private readonly thing: Thing,
  ) {}

  forget(): void {
    this.names = [];
    this.rows = new Int32Array(0);
  }

  /**
   * A velocity or effort that is not finite counts as not measured (joint_state_broadcaster says NaN
   * for an interface a joint lacks). A position that is not finite is refused and marks that joint
   * bad; the message's other joints are taken.
   */
  apply(message: JointStateMessage, sample: Sample, model: RobotModel | null): Applied {
    if (!this.sameNames(message.name) && !this.remember(message.name)) {
      return { accepted: false, reason: `${message.name.length} joints are too many` };
    }
    let accepted = message.name.length === 0;
    let reason = "";
    for (let i = 0; i < this.names.length; i++) {
      if (message.position.length > 0) {
        const value = message.position[i] as number;
        if (Number.isFinite(value)) accepted = this.write(i, 0, value, sample, model) || accepted;
        else {
          const row = this.rows[3 * i] as number;
          if (row >= 0 && this.graph.isNewer(row, sample)) this.graph.setQuality(row, "bad", "not-finite");
          reason = `joint ${this.names[i]}: position is ${value}`;
        }
      }
      if (message.velocity.length > 0) {
        const value = message.velocity[i] as number;
        if (Number.isFinite(value)) accepted = this.write(i, 1, value, sample, model) || accepted;
      }
      if (message.effort.length > 0) {
        const value = message.effort[i] as number;
        if (Number.isFinite(value)) accepted = this.write(i, 2, value, sample, model) || accepted;
      }
    }
    return { accepted, reason };
  }

  private write(i: number, field: number, value: number, sample: Sample, model: RobotModel | null): boolean {
    let row = this.rows[3 * i + field] as number;
    if (row < 0) row = this.makeRow(i, field, model);
    return this.graph.setNumber(row, value, sample);
  }

  private makeRow(i: number, field: number, model: RobotModel | null): number {
    const name = this.names[i] as string;
    const prismatic = model?.joints[model.jointIndex.get(name) ?? -1]?.type === "prismatic";
    const leaf = field === 0 ? "position" : field === 1 ? "velocity" : "effort";
    const units = prismatic ? ["m", "m/s", "N"] : ["rad", "rad/s", "N·m"];
    const property = this.graph.property(
      this.thing,
      `joint/${name}/${leaf}`,
      "number",
      units[field] as string,
    );
    const row = this.graph.row(property, "reported");
    this.rows[3 * i + field] = row;
    return row;
  }

  private sameNames(names: readonly string[]): boolean {
    if (names.length !== this.names.length) return false;
    for (let i = 0; i < names.length; i++) if (names[i] !== this.names[i]) return false;
    return true;
  }

  private remember(names: readonly string[]): boolean {
    if (names.length > maxJoints || this.thing.properties.size > 4 * maxJoints) return false;
    this.names = names;
    this.rows = new Int32Array(3 * names.length).fill(-1);
    return true;
  }
}
