import { isSequences } from "../../client/library-checks.ts";
import { isNumber, isObject, isText, type JsonObject } from "../../client/message-checks.ts";

/** One step of a sequence. `wait` in s; a gripper's position as its controller counts it, rad or m. */
export type Step =
  | { kind: "pose"; pose: string; speed?: number }
  | { kind: "wait"; seconds: number }
  | { kind: "gripper"; position: number; controller: string | null; maxEffort?: number }
  | { kind: "repeat"; times: number; steps: readonly Step[] }
  /** Kept as it came: a step that this page does not show, or of a newer server. */
  | { kind: "other"; source: JsonObject };

export type Sequence = { name: string; steps: readonly Step[] };

/** The sequences in the answer of `GET /api/sequences`; null where the answer is none. */
export function readSequences(value: unknown): Sequence[] | null {
  if (!isSequences(value)) return null;
  return Object.entries(value).map(([name, { steps }]) => ({ name, steps: steps.map(readStep) }));
}

/** Null where something is no step at all. */
export function readSteps(value: unknown): Step[] | null {
  return Array.isArray(value) && value.every(isObject) ? value.map(readStep) : null;
}

function readStep(source: JsonObject): Step {
  const { pose, wait, gripper, repeat, speed } = source;
  if (isText(pose)) return { kind: "pose", pose, ...(isNumber(speed) ? { speed } : {}) };
  if (isNumber(wait)) return { kind: "wait", seconds: wait };
  if (isObject(gripper) && isNumber(gripper.position)) {
    const { position, controller, maxEffort } = gripper;
    const effort = isNumber(maxEffort) ? { maxEffort } : {};
    return { kind: "gripper", position, controller: isText(controller) ? controller : null, ...effort };
  }
  const steps = isNumber(repeat) ? readSteps(source.steps) : null;
  if (isNumber(repeat) && steps !== null) return { kind: "repeat", times: repeat, steps };
  return { kind: "other", source };
}

/** As the server and the YAML file have the steps. */
export function writeSteps(steps: readonly Step[]): JsonObject[] {
  return steps.map(writeStep);
}

function writeStep(step: Step): JsonObject {
  switch (step.kind) {
    case "pose":
      return { pose: step.pose, ...(step.speed === undefined ? {} : { speed: step.speed }) };
    case "wait":
      return { wait: step.seconds };
    case "gripper":
      return {
        gripper: {
          position: step.position,
          ...(step.controller === null ? {} : { controller: step.controller }),
          ...(step.maxEffort === undefined ? {} : { maxEffort: step.maxEffort }),
        },
      };
    case "repeat":
      return { repeat: step.times, steps: writeSteps(step.steps) };
    case "other":
      return step.source;
  }
}

/** The list with the step at `at` changed, or left out where `step` is null. */
export function withStep(steps: readonly Step[], at: number, step: Step | null): Step[] {
  return steps.flatMap((one, index) => (index === at ? (step === null ? [] : [step]) : [one]));
}

/** The list with the step at `at` one place further up (−1) or down (1); as it was at its ends. */
export function withStepMoved(steps: readonly Step[], at: number, by: -1 | 1): Step[] {
  const moved = [...steps];
  const [one, other] = [moved[at], moved[at + by]];
  if (one !== undefined && other !== undefined) [moved[at], moved[at + by]] = [other, one];
  return moved;
}
