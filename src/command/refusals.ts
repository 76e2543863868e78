import type { ControllerPart } from "./controller-split.ts";
import type { Capabilities, CommandRef, GateOutput } from "./gate-output.ts";
import type { MeasuredJoints, Objection } from "./validate-motion.ts";

/** A joint without a current measurement cannot be held: moving it to its last known position would be a motion. */
export function objectToHolding(
  parts: readonly ControllerPart[],
  measured: MeasuredJoints,
): Objection | null {
  for (const { controller, joints } of parts) {
    const joint = joints.find((name) => !measured.isFresh(name));
    if (joint === undefined) continue;
    return {
      code: "stale_state",
      message: `${joint} is not measured now, and ${controller} would have to hold it where it is`,
    };
  }
  return null;
}

/** Answers a command with the reason for its refusal. */
export function refuse(output: GateOutput, ref: CommandRef, { code, message, ...details }: Objection): void {
  output.result(ref, { stage: "refused", code, message, details });
}

/** No controller drives the joint; one that would, but is not active, is named with the remedy. */
export function noController(joint: string, { inactive = [] }: Capabilities): Objection {
  const found =
    inactive.find(({ joints }) => joints.includes(joint)) ?? inactive.find((one) => one.joints.length === 0);
  const why = found === undefined ? "" : `: ${found.reason}`;
  return { code: "no_controller", message: `no trajectory controller drives ${joint}${why}` };
}

/** A plan does not begin where the robot is. */
export function asStale(objection: Objection | null): Objection | null {
  if (objection?.code !== "start_mismatch") return objection;
  return { code: "stale_plan", message: `${objection.message}: plan again` };
}
