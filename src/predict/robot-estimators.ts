import type { RobotModel } from "../robot/model.ts";
import type { TwinGraph } from "../twin/graph.ts";
import type { JournalRow } from "../twin/journal.ts";
import type { Thing } from "../twin/thing.ts";
import type { Estimator } from "./estimator.ts";
import { LookAhead } from "./look-ahead.ts";
import { MeasuredState, type PlannedMotions } from "./measured-state.ts";
import { RobotDynamics } from "./robot-dynamics.ts";
import { RobotKinematics } from "./robot-kinematics.ts";

/** Makes further estimators of a robot; they come after the built-in ones. */
export type MakeEstimators = (graph: TwinGraph, thing: Thing, state: MeasuredState) => readonly Estimator[];

/** The estimators of one robot with one description, in the order in which they are updated. */
export class RobotEstimators {
  private readonly state: MeasuredState;
  /** Those that compute from new measurements only. */
  private readonly ofState: readonly Estimator[];
  private readonly others: readonly Estimator[];
  private readonly readers: readonly Estimator[];

  constructor(
    graph: TwinGraph,
    private readonly thing: Thing,
    model: RobotModel,
    more: MakeEstimators = () => [],
  ) {
    this.state = new MeasuredState(graph, thing, model);
    this.ofState = [
      new RobotKinematics(graph, thing, this.state),
      new RobotDynamics(graph, thing, this.state),
      new LookAhead(graph, thing, this.state),
    ];
    this.others = more(graph, thing, this.state);
    this.readers = this.others.filter((estimator) => estimator.take !== undefined);
  }

  /** Whether some estimator reads every sample. */
  get readsSamples(): boolean {
    return this.readers.length > 0;
  }

  /** Passes a sample on, if it is one of this robot or its links and joints. */
  take(row: JournalRow): void {
    if (row.change !== "sample") return;
    const of = row.property.thing;
    if (of !== this.thing.id && !of.startsWith(`${this.thing.id}/`)) return;
    for (const estimator of this.readers) estimator.take?.(row);
  }

  /**
   * One UPDATE at server ms `now`; `planned` is what the robot was asked to do. Among many robots each has its turn every
   * `everyMs`.
   */
  update(now: number, planned: PlannedMotions, everyMs = 0): void {
    this.state.read(now, planned, everyMs);
    if (this.state.isNew) for (const estimator of this.ofState) estimator.update(now);
    for (const estimator of this.others) estimator.update(now);
  }
}
