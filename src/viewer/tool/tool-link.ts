import type { RobotModel } from "../../robot/model.ts";

/** Names that robots give to the frame of their tool, the likelier first. */
const toolNames = [
  /(^|_)tcp($|_)/i,
  /(^|_)tool0?$/i,
  /(^|_)(ee|eef|end_effector)(_link)?$/i,
  /grasp/i,
  /(^|_)hand(_link)?$/i,
];

/** The joints with an axis of their own above a link, the root's side first; followers are left out. */
export function chainOf(model: RobotModel, link: number): string[] {
  const names: string[] = [];
  for (let at = link; at > 0; at = model.parent[at] as number) {
    const joint = model.joints[at - 1];
    if (joint !== undefined && joint.mimic === null && joint.nv === 1) names.unshift(joint.name);
  }
  return names;
}

/** Links that some joint moves, as they can be chosen for a tool. */
export function movedLinks(model: RobotModel): string[] {
  return model.links.filter((_, link) => chainOf(model, link).length > 0);
}

/**
 * The link that a person means by "the tool": by its name, else the link behind the most of the joints that can be
 * driven; of several the first, which of a gripper is what its fingers are on. Null where nothing moves.
 */
export function likelyTool(model: RobotModel, isDriven: (joint: string) => boolean): string | null {
  const depth = (link: number): number => chainOf(model, link).filter(isDriven).length;
  const moved = model.links
    .map((name, link) => ({ name, depth: depth(link) }))
    .filter(({ depth }) => depth > 0);
  const most = Math.max(0, ...moved.map(({ depth }) => depth));
  for (const pattern of toolNames) {
    // A tool hangs on the whole arm; a finger has one joint more.
    const named = moved.find((link) => pattern.test(link.name) && link.depth >= most - 1);
    if (named !== undefined) return named.name;
  }
  const last = moved.filter((link) => link.depth === most);
  const [first] = last;
  if (first === undefined) return null;
  const parent = model.parent[model.linkIndex.get(first.name) ?? 0] ?? 0;
  const isFinger =
    last.length > 1 &&
    last.every(({ name }) => model.joints[(model.linkIndex.get(name) ?? 1) - 1]?.type === "prismatic");
  return isFinger && depth(parent) > 0 ? (model.links[parent] ?? first.name) : first.name;
}
