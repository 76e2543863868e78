import { z } from "zod";
import type { MotionCommand } from "../command/motion-command.ts";
import type { SequenceStep } from "../command/sequence-runner.ts";
import { motionCommand, speedShare } from "./motion-commands.ts";

const mostSteps = 1000;
const name = z.string().min(1).max(256);

/** What poses and sequences may be called. */
export const libraryName = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9_ -]{0,63}$/,
    "1 to 64 of A-Z a-z 0-9 _ - and blank, starting with a letter or digit",
  );

/** A jog needs somebody who holds on; a plan is old before a sequence comes to it. */
const notInSequences: ReadonlySet<MotionCommand["kind"]> = new Set([
  "jointVelocity",
  "twist",
  "cartesianVelocity",
  "sequence",
  "plan",
]);

const move = motionCommand.refine(
  (command) => !notInSequences.has(command.kind),
  "a step moves to somewhere: no jog, plan or other sequence",
);

const gripper = z.strictObject({
  controller: name.optional(),
  position: z.number(),
  maxEffort: z.number().min(0).optional(),
});
const service = z.strictObject({ service: name, data: z.boolean().optional() });
const device = z.strictObject({
  device: name,
  signal: name,
  value: z.union([z.number(), z.boolean(), z.string().max(1024)]),
});

const stepKinds = ["pose", "move", "wait", "gripper", "service", "device", "repeat"] as const;
type StepKind = (typeof stepKinds)[number];

const byKind: Record<StepKind, z.ZodType> = {
  pose: z.strictObject({ pose: libraryName, speed: speedShare.optional() }),
  move: z.strictObject({ move }),
  wait: z.strictObject({ wait: z.number().min(0).max(3600) }),
  gripper: z.strictObject({ gripper }),
  service: z.strictObject({ service }),
  device: z.strictObject({ device }),
  repeat: z.strictObject({ repeat: z.number().int().min(1).max(1000), steps: z.array(z.unknown()).min(1) }),
};

/** A sequence, or its first fault with the number of its step, as `step 2.1: wait: …`. */
export function readSequence(
  value: unknown,
): { ok: true; steps: SequenceStep[] } | { ok: false; reason: string } {
  const outer = z.strictObject({ steps: z.array(z.unknown()).min(1).max(mostSteps) }).safeParse(value);
  if (!outer.success) {
    const [issue] = outer.error.issues;
    return { ok: false, reason: `${issue?.path.join(".") || "the sequence"}: ${issue?.message}` };
  }
  const reason = faultOf(outer.data.steps, "", 0);
  return reason === null ? { ok: true, steps: outer.data.steps as SequenceStep[] } : { ok: false, reason };
}

/** The first fault of the steps; null: there is none. */
function faultOf(steps: readonly unknown[], before: string, depth: number): string | null {
  if (depth > 4) return `step ${before.slice(0, -1)}: loops are nested deeper than 4`;
  for (const [i, step] of steps.entries()) {
    const label = `step ${before}${i + 1}`;
    const kinds = typeof step === "object" && step !== null ? stepKinds.filter((kind) => kind in step) : [];
    const [kind] = kinds;
    if (kind === undefined || kinds.length > 1) {
      return `${label}: it must have one of ${stepKinds.join(", ")}${kinds.length > 1 ? `, and has ${kinds.join(" and ")}` : ""}`;
    }
    const parsed = byKind[kind].safeParse(step);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      return `${label}: ${issue?.path.join(".") || kind}: ${issue?.message}`;
    }
    if (kind !== "repeat") continue;
    const inner = faultOf((step as { steps: unknown[] }).steps, `${before}${i + 1}.`, depth + 1);
    if (inner !== null) return inner;
  }
  return null;
}
