import type { Stage } from "../command/gate-output.ts";
import type { MakeEstimators } from "../predict/robot-estimators.ts";
import type { EngineRobot } from "./ports/engine-robot.ts";
import type { Arrival } from "./ports/inputs.ts";
import type { Emit } from "./ports/outputs.ts";

export type EngineOptions = {
  /** The robots that are there from the start. Others come and go by the inputs `robotFound` and `robotGone`. */
  robots: readonly EngineRobot[];
  /** A robot that a device's birth names and nobody configured: taken in, or null. It must give the same answers in a replay. */
  admit?: (robot: string, isThere: boolean) => EngineRobot | null;
  /** Further estimators of a robot. */
  estimators?: (robot: string) => MakeEstimators | undefined;
  /** Carries what leaves the twin to the outside. */
  emit: Emit;
  /** Of two sources for one value the higher has it while that value is good. Default: all alike. */
  sourcePriority?: (source: string) => number;
  /** Whether a device may measure or drive a joint. Default: any any. */
  mayBind?: (device: string, joint: string) => boolean;
  /**
   * How patient the twin is with devices that drive joints, ms: how long one may take no set-point (default: a second), and how late
   * it may arrive where that is more than its goal's own tolerance. For devices that are emulated.
   */
  deviceAnswerMs?: number | undefined;
  /** Makes goal ids differ between two runs. */
  runName: string;
  version: string;
  /** Every command is refused with this reason: a replay. Default: null. */
  closed?: string | null;
  /** Bytes that were sent to a viewer and that its network has not taken yet. Default: none. */
  unreadBytes?: (viewer: string) => number;
  /** Called for each arrival, before it is judged: a recorder. */
  onArrival?: (arrival: Arrival) => void;
};

/** What the engine counted, for the metrics. */
export type EngineCounters = { cycles: number; commands: Map<Stage, number> };
