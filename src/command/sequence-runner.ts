import type { SessionId } from "../core/names.ts";
import type { CommandRef, CommandResult } from "./gate-output.ts";
import type { MotionCommand } from "./motion-command.ts";
import type { Objection } from "./validate-motion.ts";

/** One step of a sequence. `wait` in s; a `move` is a command as any other. */
export type SequenceStep =
  | { pose: string; speed?: number | undefined }
  | { move: MotionCommand }
  | { wait: number }
  | { gripper: Omit<Extract<MotionCommand, { kind: "gripper" }>, "kind"> }
  | { service: Omit<Extract<MotionCommand, { kind: "service" }>, "kind"> }
  | { device: Omit<Extract<MotionCommand, { kind: "device" }>, "kind"> }
  | { repeat: number; steps: SequenceStep[] };

/** What a sequence may come to when its loops are written out. */
export const mostSteps = 10_000;

/** How long one step may go unanswered, ms: longer than any motion that the gate accepts. */
const stepAnswerMs = 3_700_000;

type FlatStep = { label: string; step: Exclude<SequenceStep, { repeat: number }> };

/** The steps in the order in which they run, loops written out; null where there are more than `mostSteps`. */
export function flatSteps(steps: readonly SequenceStep[], before = ""): FlatStep[] | null {
  const flat: FlatStep[] = [];
  for (const [i, step] of steps.entries()) {
    const label = `${before}${i + 1}`;
    if (!("repeat" in step)) {
      flat.push({ label, step });
    } else {
      const once = flatSteps(step.steps, `${label}.`);
      if (once === null || once.length * step.repeat + flat.length > mostSteps) return null;
      for (let turn = 0; turn < step.repeat; turn++) flat.push(...once);
    }
    if (flat.length > mostSteps) return null;
  }
  return flat;
}

/** What a runner needs of the robot's gate. */
export interface SequencePort {
  /** The positions of a named pose, rad or m; null: there is none. */
  pose(name: string): Readonly<Record<string, number>> | null;
  /** Sends a step through the gate, under the caller's lease. Its results come back by `take`. */
  send(session: SessionId, epoch: number, id: number, command: MotionCommand, now: number): void;
  /** Why the caller may not go on; null: it holds the lease, and nothing is stopped. */
  objection(session: SessionId, epoch: number, now: number): Objection | null;
  result(ref: CommandRef, result: CommandResult): void;
  /** Ends what grippers and the base have been asked for. */
  endTasks(code: string, message: string): void;
}

type Run = {
  ref: CommandRef;
  epoch: number;
  name: string;
  steps: readonly FlatStep[];
  /** The step under way. */
  index: number;
  /** Server ms at which it ends: that of a wait, or when an answer is overdue. */
  until: number;
  /** The id of the step's command, negative as no client's is; null: it is a wait. */
  stepId: number | null;
  /** The outcome of the step, carried out by the next `update`. */
  outcome: CommandResult | null;
};

/**
 * Runs the steps of one sequence after another, each as a command of its own through the gate. A stop, the end of the
 * lease, a step that fails, or a newer command ends it. `now` is server ms.
 */
export class SequenceRunner {
  private run: Run | null = null;
  private count = 0;

  constructor(private readonly port: SequencePort) {}

  get isRunning(): boolean {
    return this.run !== null;
  }

  /** Begins with the next `update`; a sequence under way is replaced. */
  start(ref: CommandRef, epoch: number, name: string, given: readonly SequenceStep[]): Objection | null {
    const steps = flatSteps(given);
    if (steps === null) {
      return { code: "bad_message", message: `the sequence "${name}" has more than ${mostSteps} steps` };
    }
    for (const { label, step } of steps) {
      if (!("pose" in step) || this.port.pose(step.pose) !== null) continue;
      const message = `step ${label} of the sequence "${name}": there is no pose "${step.pose}"`;
      return { code: "unknown_pose", message };
    }
    this.end("replaced", "replaced by a newer sequence");
    this.run = { ref, epoch, name, steps, index: -1, until: 0, stepId: null, outcome: null };
    const message = `the sequence "${name}": ${steps.length} steps`;
    this.port.result(ref, { stage: "accepted", code: "ok", message });
    return null;
  }

  /** A result of the gate; true where it is one of a step, which is not for the client. */
  take(ref: CommandRef, result: CommandResult): boolean {
    const { run } = this;
    if (run === null) return false;
    if (ref.session === run.ref.session && ref.id === run.stepId) {
      const isFinal = result.stage === "refused" || result.stage === "done" || result.stage === "aborted";
      if (isFinal) run.outcome = result;
      return true;
    }
    const isOwn = ref.session === run.ref.session && ref.id === run.ref.id;
    if (!isOwn && result.stage === "accepted") this.end("replaced", "replaced by a newer command");
    return false;
  }

  /** Goes on to the next step where the one under way is done. */
  update(now: number): void {
    const { run } = this;
    if (run === null) return;
    const objection = this.port.objection(run.ref.session, run.epoch, now);
    const { outcome } = run;
    if (outcome !== null && (outcome.stage !== "done" || outcome.code !== "ok")) {
      const { code, message } = outcome;
      this.end(code, `step ${this.labelOf(run)}: ${message === "" ? code : message}`);
      return;
    }
    if (objection !== null) {
      this.end(objection.code, objection.message);
      return;
    }
    const isWaiting = run.stepId === null && run.index >= 0;
    if (run.index >= 0 && outcome === null && now < run.until) return;
    if (run.index >= 0 && outcome === null && !isWaiting) {
      this.end("no_response", `step ${this.labelOf(run)} was not answered in time`);
      return;
    }
    this.next(run, now);
  }

  /** Ends the sequence and what its step has under way besides motions of joints: these end by what ends the sequence. */
  end(code: string, message: string): void {
    const { run } = this;
    if (run === null) return;
    this.run = null;
    this.port.endTasks(code, message);
    this.port.result(run.ref, { stage: "aborted", code, message });
  }

  private next(run: Run, now: number): void {
    run.index++;
    run.outcome = null;
    const at = run.steps[run.index];
    if (at === undefined) {
      this.run = null;
      this.port.result(run.ref, { stage: "done", code: "ok", message: `the sequence "${run.name}" is done` });
      return;
    }
    const { step, label } = at;
    const progress = run.index / run.steps.length;
    const message = `step ${label}: ${wordsFor(step)}`;
    this.port.result(run.ref, { stage: "executing", code: "ok", message, progress });
    if ("wait" in step) {
      run.stepId = null;
      run.until = now + step.wait * 1000;
      return;
    }
    const command = this.commandOf(step);
    run.stepId = -++this.count;
    run.until = now + stepAnswerMs;
    if (command === null) {
      this.end("unknown_pose", `step ${label}: the pose was deleted`);
      return;
    }
    this.port.send(run.ref.session, run.epoch, run.stepId, command, now);
  }

  private commandOf(step: Exclude<FlatStep["step"], { wait: number }>): MotionCommand | null {
    if ("move" in step) return step.move;
    if ("gripper" in step) return { kind: "gripper", ...step.gripper };
    if ("service" in step) return { kind: "service", ...step.service };
    if ("device" in step) return { kind: "device", ...step.device };
    const positions = this.port.pose(step.pose);
    if (positions === null) return null;
    const { speed } = step;
    return { kind: "jointPosition", positions: { ...positions }, ...(speed === undefined ? {} : { speed }) };
  }

  private labelOf(run: Run): string {
    return run.steps[run.index]?.label ?? "";
  }
}

function wordsFor(step: FlatStep["step"]): string {
  if ("pose" in step) return `to the pose "${step.pose}"`;
  if ("wait" in step) return `waits ${step.wait} s`;
  if ("move" in step) return step.move.kind;
  if ("gripper" in step) return "the gripper";
  return "service" in step
    ? `the service ${step.service.service}`
    : `${step.device.signal} of ${step.device.device}`;
}
