import type { Stage } from "../../command/gate-output.ts";
import type { JointMotionCommand, NavigateCommand, PlannableCommand } from "../../command/motion-command.ts";
import type { PlanRequest } from "../../command/plan-request.ts";
import type { Objection } from "../../command/validate-motion.ts";
import type { DeviceFleet } from "../devices/device-fleet.ts";
import type { Outbox } from "../ports/outputs.ts";
import type { Library } from "./library.ts";
import type { SceneOfRobots } from "./robot-surroundings.ts";

/** Computes motions, and keeps plans. */
export interface Plans {
  compute(
    robot: string,
    command: PlannableCommand | NavigateCommand,
    purpose: PlanRequest["purpose"],
    avoid: boolean,
  ): string | Objection;
  /** Nobody waits for the answer to that request any more. */
  dropRequest(id: string): void;
  planned(robot: string, planId: string, stateHash: string): JointMotionCommand | Objection;
}

/** What the control of one robot needs from the engine around it. */
export type ControlContext = {
  out: Outbox;
  /** Server ms of the running cycle. */
  now(): number;
  /** The simulated robots' own time at server ms `now`, ms; null: they run by our time. Whether it stands. */
  clock: { at(now: number): number | null; isStanding(now: number): boolean };
  event(
    severity: "info" | "warning" | "error",
    kind: string,
    message: string,
    data?: Record<string, unknown>,
  ): void;
  countResult(stage: Stage): void;
  devices: DeviceFleet;
  plans: Plans;
  scene: SceneOfRobots;
  library: Library;
  /** Why no command is taken; null: they are. */
  closed: string | null;
};
