import type { CommandGate } from "../../command/command-gate.ts";
import type { CommandedRobot, CommandRef, CommandResult } from "../../command/gate-output.ts";
import { SequenceRunner } from "../../command/sequence-runner.ts";
import type { Objection } from "../../command/validate-motion.ts";
import type { Library } from "./library.ts";
import type { RobotTwin } from "./robot-twin.ts";

/** What a sequence needs of the control of its robot. */
type Sequenced = {
  gate: CommandGate;
  twin: RobotTwin;
  current(): CommandedRobot;
  result(ref: CommandRef, result: CommandResult): void;
};

/** How long a device may take to carry out a step, ms. */
const stepTtlMs = 10_000;

/** The runner of a robot's sequences: their steps pass its gate as commands of their own. */
export function sequencesOf(control: Sequenced, library: () => Library): SequenceRunner {
  return new SequenceRunner({
    pose: (name) => library().poses(control.twin).get(name)?.joints ?? null,
    send: (session, epoch, id, command, now) => {
      const request = { session, id, epoch, seq: 0, issued: now, ttlMs: stepTtlMs, command };
      control.gate.command(request, now, control.current(), true);
    },
    objection: (session, epoch, now) => objectionToSteps(control.gate, session, epoch, now),
    result: (ref, result) => control.result(ref, result),
    endTasks: (code, message) => control.gate.endTasks(code, message),
  });
}

/** Why no further step may go out; null: the lease holds and nothing is stopped. */
function objectionToSteps(gate: CommandGate, session: string, epoch: number, now: number): Objection | null {
  const stopped = gate.latch.current();
  if (stopped !== null) return { code: "stopped", message: `stopped by ${stopped.by}` };
  if (gate.lease.holds(session, epoch, now)) return null;
  return { code: "lease_lost", message: "the lease ended" };
}
