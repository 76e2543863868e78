import type { Stage } from "../command/gate-output.ts";
import type { LimitSettings } from "../command/robot-limits.ts";
import type { StopState } from "../command/stop-latch.ts";
import type { Arrival } from "./ports/inputs.ts";
import type { Emit } from "./ports/outputs.ts";

export type EngineRobot = {
  id: string;
  limits: LimitSettings;
  stop: StopState | null;
  /** Whether the collision geometry of its descriptions is read and comes as an input: motions wait for it. */
  isGeometryRead?: boolean;
  /** The frame of tf in which it stands; null or absent: the topmost of map and odom, or the odometry's. */
  fixedFrame?: string | null;
};

export type EngineOptions = {
  robots: readonly EngineRobot[];
  /** Carries what leaves the twin to the outside. */
  emit: Emit;
  /** Of two sources for one value the higher has it while that value is good. Default: all alike. */
  sourcePriority?: (source: string) => number;
  /** Whether a device may measure or drive a joint. Default: any any. */
  mayBind?: (device: string, joint: string) => boolean;
  /** Makes goal ids differ between two runs. */
  runName: string;
  version: string;
  /** Called for each arrival, before it is judged: a recorder. */
  onArrival?: (arrival: Arrival) => void;
};

/** What the engine counted, for the metrics. */
export type EngineCounters = { cycles: number; commands: Map<Stage, number> };
