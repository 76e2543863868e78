import { type JointStateMessage, maxNameLength } from "../../protocol/ros-decode.ts";
import type { RobotModel } from "../../robot/model.ts";
import type { TwinGraph } from "../../twin/graph.ts";
import { type JointLeaf, jointPath, jointProperty } from "../../twin/joint-properties.ts";
import type { Sample } from "../../twin/sample.ts";
import type { Thing } from "../../twin/thing.ts";
import { type Applied, joined, type Verdict } from "../../twin/verdict.ts";
import type { TellEvent } from "../ports/event-log.ts";
import { JointConflicts } from "./joint-conflicts.ts";

/** More names than any robot has joints: beyond it a sender is broken. */
const maxJoints = 2048;

/** Rows of position, velocity and effort, three a name; −1: not made yet. */
type NamedRows = { names: readonly string[]; rows: Int32Array };

const leaves: readonly JointLeaf[] = ["position", "velocity", "effort"];
const emptyRows: NamedRows = { names: [], rows: new Int32Array(0) };

/** Several may publish on one topic, each with names of its own: an arm and a gripper. */
const keptNames = 8;

/**
 * Writes joint states into the graph. The rows of the names seen last are remembered, so a message with
 * the same names, as nearly all are, looks nothing up and allocates nothing.
 */
export class JointRegisters {
  private current: NamedRows = emptyRows;
  private kept: NamedRows[] = [];
  private unknown: string[] = [];
  private readonly conflicts: JointConflicts;

  constructor(
    private readonly graph: TwinGraph,
    private readonly thing: Thing,
    tell: TellEvent,
  ) {
    this.conflicts = new JointConflicts(tell);
  }

  forget(): void {
    this.current = emptyRows;
    this.kept = [];
    this.conflicts.forget();
  }

  /** Joints of new names that the description does not have; each is reported once. */
  takeUnknown(): readonly string[] {
    const taken = this.unknown;
    if (taken.length > 0) this.unknown = [];
    return taken;
  }

  /**
   * A velocity or effort that is not finite counts as not measured (joint_state_broadcaster says NaN
   * for an interface a joint lacks). A position that is not finite is refused and marks that joint
   * bad; the message's other joints are taken.
   */
  apply(
    message: JointStateMessage,
    sample: Sample,
    model: RobotModel | null,
    publishers: readonly string[] | undefined,
  ): Applied {
    const unfit = this.choose(message.name, model);
    if (unfit !== null) return { verdict: "rejected", reason: unfit };
    const { names, rows } = this.current;
    let verdict: Verdict = message.name.length === 0 ? "taken" : "rejected";
    let reason = "";
    for (let i = 0; i < names.length; i++) {
      if (message.position.length > 0) {
        const value = message.position[i] as number;
        if (Number.isFinite(value)) verdict = joined(verdict, this.write(i, 0, value, sample, model));
        else {
          const row = rows[3 * i] as number;
          if (row >= 0) this.refuse(row, value, sample);
          reason = `joint ${names[i]}: position is ${value}`;
        }
      }
      if (message.velocity.length > 0) {
        const value = message.velocity[i] as number;
        if (Number.isFinite(value)) verdict = joined(verdict, this.write(i, 1, value, sample, model));
      }
      if (message.effort.length > 0) {
        const value = message.effort[i] as number;
        if (Number.isFinite(value)) verdict = joined(verdict, this.write(i, 2, value, sample, model));
      }
    }
    if (publishers !== undefined) this.doubt(message, sample, model, publishers);
    return { verdict, reason };
  }

  /** Positions that several publishers contradict each other in are uncertain. */
  private doubt(
    message: JointStateMessage,
    sample: Sample,
    model: RobotModel | null,
    publishers: readonly string[],
  ): void {
    this.conflicts.note(message, sample.received, model, publishers);
    const { names, rows } = this.current;
    for (let i = 0; i < names.length; i++) {
      const row = rows[3 * i] as number;
      if (row < 0 || this.graph.table.quality[row] !== 0) continue;
      if (this.conflicts.isDoubtful(names[i] as string, sample.received)) {
        this.graph.setQuality(row, "uncertain", "contradiction");
      }
    }
  }

  /** A position that is not finite marks what was known bad, unless that is newer. */
  private refuse(row: number, value: number, sample: Sample): void {
    this.graph.pass(row, value, sample, "rejected", "not-finite");
    if (this.graph.judge(row, sample) === "taken") this.graph.setQuality(row, "bad", "not-finite");
  }

  private write(i: number, field: number, value: number, sample: Sample, model: RobotModel | null): Verdict {
    let row = this.current.rows[3 * i + field] as number;
    if (row < 0) row = this.makeRow(i, field, model);
    return this.graph.setNumber(row, value, sample);
  }

  private makeRow(i: number, field: number, model: RobotModel | null): number {
    const name = this.current.names[i] as string;
    const property = jointProperty(
      this.graph,
      this.thing,
      name,
      leaves[field] as JointLeaf,
      isPrismatic(model, name),
    );
    const row = this.graph.row(property, "reported");
    this.current.rows[3 * i + field] = row;
    return row;
  }

  /** Makes the rows of `names` the current ones; why not, where they are not taken. */
  private choose(names: readonly string[], model: RobotModel | null): string | null {
    if (sameNames(names, this.current.names)) return null;
    for (const known of this.kept) {
      if (!sameNames(names, known.names)) continue;
      this.current = known;
      return null;
    }
    if (names.length > maxJoints) return `${names.length} joints are too many`;
    if (names.some((name) => name.length > maxNameLength)) {
      return `a joint's name is longer than ${maxNameLength} characters`;
    }
    // Only new names can be too many: a sender that makes them up must not silence the robot's own joints.
    if (this.thing.properties.size > 4 * maxJoints && !names.every((name) => this.isKnown(name))) {
      return `more than ${4 * maxJoints} values of joints`;
    }
    this.current = { names, rows: new Int32Array(3 * names.length).fill(-1) };
    this.kept.push(this.current);
    if (this.kept.length > keptNames) this.kept.shift();
    if (model !== null) this.unknown = names.filter((name) => !model.jointIndex.has(name));
    return null;
  }

  private isKnown(name: string): boolean {
    return this.thing.properties.has(jointPath(name, "position"));
  }
}

function sameNames(a: readonly string[], b: readonly string[]): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Whether the description says that a joint is prismatic; null when nothing describes the joint. */
export function isPrismatic(model: RobotModel | null, name: string): boolean | null {
  const joint = model?.joints[model.jointIndex.get(name) ?? -1];
  return joint === undefined ? null : joint.type === "prismatic";
}
