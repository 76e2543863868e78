import { parse, stringify } from "yaml";
import { isObject, isText } from "../../client/message-checks.ts";
import { readSteps, type Sequence, writeSteps } from "./sequence.ts";

/** A sequence as a file for people: its name and its steps. */
export function sequenceToYaml({ name, steps }: Sequence): string {
  return stringify({ name, steps: writeSteps(steps) });
}

/** The sequence of a file, or in words why there is none in it. */
export function sequenceFromYaml(text: string): Sequence | { fault: string } {
  let value: unknown;
  try {
    value = parse(text, { maxAliasCount: 0 });
  } catch (error) {
    return { fault: error instanceof Error ? error.message : String(error) };
  }
  if (!isObject(value)) return { fault: "The file holds no sequence: it has no `name` and `steps`." };
  const steps = readSteps(value.steps);
  if (!isText(value.name) || value.name.trim() === "") return { fault: "The sequence has no `name`." };
  if (steps === null) return { fault: "`steps` is not a list of steps (pose, wait, gripper, repeat)." };
  const unknown = firstUnknown(steps);
  if (unknown !== null) return { fault: `This is no step: ${JSON.stringify(unknown)}` };
  if (steps.length === 0) return { fault: "The sequence has no steps." };
  return { name: value.name.trim(), steps };
}

/** Steps that the server knows and this page only keeps. */
const serverSteps = ["move", "service", "device"] as const;

function firstUnknown(steps: Sequence["steps"]): unknown {
  for (const step of steps) {
    const isKnown = step.kind !== "other" || serverSteps.some((kind) => kind in step.source);
    if (!isKnown) return step.source;
    const inner = step.kind === "repeat" ? firstUnknown(step.steps) : null;
    if (inner !== null) return inner;
  }
  return null;
}
