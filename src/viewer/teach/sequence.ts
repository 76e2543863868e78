import { isNumber, isObject, isText, type JsonObject } from "../../client/message-checks.ts";

/** One step of a sequence. `wait` in s; a gripper's position as its controller counts it, rad or m. */
export type Step =
  | { kind: "pose"; pose: string; speed?: number }
  | { kind: "wait"; seconds: number }
  | { kind: "gripper"; position: number; controller: string | null; maxEffort?: number }
  | { kind: "repeat"; times: number; steps: readonly Step[] }
  /** Kept as it came: a step of a newer server. */
  | { kind: "other"; source: JsonObject };

export type Sequence = { name: string; steps: readonly Step[] };

/** The sequences in the answer of `GET /api/sequences`, of `robot` and of no robot; null where the answer is none. */
export function readSequences(value: unknown, robot: string): Sequence[] | null {
  const root = isObject(value) ? (value.sequences ?? value) : value;
  const list = Array.isArray(root)
    ? root
    : isObject(root)
      ? Object.entries(root).map(([name, one]) => (isObject(one) ? { name, ...one } : null))
      : null;
  if (list === null) return null;
  return list.flatMap((one) => {
    if (!isObject(one) || !isText(one.name)) return [];
    if (isText(one.robot) && one.robot !== robot) return [];
    const steps = readSteps(one.steps);
    return steps === null ? [] : [{ name: one.name, steps }];
  });
}

/** Null where something is no step at all. */
export function readSteps(value: unknown): Step[] | null {
  if (!Array.isArray(value)) return null;
  const steps: Step[] = [];
  for (const one of value) {
    const step = readStep(one);
    if (step === null) return null;
    steps.push(step);
  }
  return steps;
}

function readStep(source: unknown): Step | null {
  if (!isObject(source)) return null;
  if (isText(source.pose)) {
    const { pose, speed } = source;
    return { kind: "pose", pose, ...(isNumber(speed) ? { speed } : {}) };
  }
  if (isNumber(source.wait)) return { kind: "wait", seconds: source.wait };
  if (isNumber(source.gripper)) return { kind: "gripper", position: source.gripper, controller: null };
  if (isObject(source.gripper) && isNumber(source.gripper.position)) {
    const { position, controller, maxEffort } = source.gripper;
    const effort = isNumber(maxEffort) ? { maxEffort } : {};
    return { kind: "gripper", position, controller: isText(controller) ? controller : null, ...effort };
  }
  const loop = isObject(source.repeat) ? source.repeat : { times: source.repeat, steps: source.steps };
  const steps = readSteps(loop.steps);
  if (isNumber(loop.times) && steps !== null) return { kind: "repeat", times: loop.times, steps };
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
