import type { JointDescription } from "./description.ts";

/** position(follower) = multiplier · position(joint) + offset, where `joint` follows nobody. */
export type ResolvedMimic = { joint: string; multiplier: number; offset: number };

export type MimicReading = { mimic: ResolvedMimic; fault: null } | { mimic: null; fault: MimicFault };

/** `message` is one sentence for a person. */
export type MimicFault = { kind: "unknown" | "loop" | "noPosition"; message: string };

/** Joints that follow one another in a row: far beyond any robot, and what keeps a hostile text from costing hours. */
const maxChain = 100;

/**
 * Follows the chain from `joint` to its independent master and composes the multipliers and offsets.
 * An independent joint is its own master.
 */
export function resolveMimic(
  joint: JointDescription,
  jointNamed: ReadonlyMap<string, JointDescription>,
): MimicReading {
  let multiplier = 1;
  let offset = 0;
  let follower = joint;
  const passed = new Set<string>();
  while (follower.mimic !== null) {
    if (passed.has(follower.name)) {
      const own =
        passed.size === 1 ? "it follows itself" : `the joints ${[...passed].join(" → ")} follow one another`;
      return failed("loop", `${own}; one joint of them must be independent`);
    }
    if (passed.size >= maxChain) {
      return failed("loop", `more than ${maxChain} joints follow one another; let them follow one`);
    }
    passed.add(follower.name);
    const master = jointNamed.get(follower.mimic.joint);
    if (master === undefined) {
      return failed("unknown", `there is no joint "${follower.mimic.joint}" to follow`);
    }
    if (master.type !== "revolute" && master.type !== "continuous" && master.type !== "prismatic") {
      return failed("noPosition", `"${master.name}" is ${master.type} and has no single position to follow`);
    }
    // position = m (m' · above + o') + o
    offset += multiplier * follower.mimic.offset;
    multiplier *= follower.mimic.multiplier;
    follower = master;
  }
  return { mimic: { joint: follower.name, multiplier, offset }, fault: null };
}

function failed(kind: MimicFault["kind"], message: string): MimicReading {
  return { mimic: null, fault: { kind, message } };
}
