import type { Objection } from "../../command/validate-motion.ts";
import type { RobotModel } from "../../robot/model.ts";

/** The groups of joints of an SRDF by name; null: no SRDF is known. */
export type PlanningGroups = ReadonlyMap<string, { joints: readonly string[] }> | null;

/**
 * The group that has all of `moved`, and the fewest others: the first of those. For a pose, `chain` are the joints that move its
 * link: the group that has most of them. `asked`: the group that was named.
 */
export function chooseGroup(
  groups: PlanningGroups,
  model: RobotModel,
  goal: { moved: readonly string[] } | { chain: readonly string[] },
  asked: string | undefined,
): string | Objection {
  const names = [...(groups?.keys() ?? [])];
  const listed = `it has ${names.join(", ") || "none"}`;
  if (asked !== undefined) {
    // Without an SRDF only MoveIt knows.
    if (groups === null || groups.has(asked)) return asked;
    return { code: "no_group", message: `the SRDF has no group "${asked}": ${listed}` };
  }
  if (groups === null) {
    return { code: "no_group", message: 'no SRDF of the robot is known: name MoveIt\'s group as "group"' };
  }
  let best: { name: string; covered: number; size: number } | null = null;
  for (const [name, { joints }] of groups) {
    const own = new Set(joints.filter((joint) => isMovable(model, joint)));
    const wanted = "moved" in goal ? goal.moved : goal.chain;
    const covered = wanted.filter((joint) => own.has(joint)).length;
    if (covered === 0 || ("moved" in goal && covered < wanted.length)) continue;
    const isBetter =
      best === null || covered > best.covered || (covered === best.covered && own.size < best.size);
    if (isBetter) best = { name, covered, size: own.size };
  }
  if (best !== null) return best.name;
  const what =
    "moved" in goal ? `has ${goal.moved.join(", ")} together` : "moves the link that is to be there";
  return { code: "no_group", message: `no group of the SRDF ${what}: ${listed}` };
}

function isMovable(model: RobotModel, name: string): boolean {
  const joint = model.joints[model.jointIndex.get(name) ?? -1];
  return joint !== undefined && joint.nq > 0 && joint.mimic === null;
}
