import type { JointDescription, RobotDescription } from "../description.ts";
import type { GroupDescription } from "./srdf-description.ts";

/** Joints and links of a group by name, in the order of the description, subgroups and chains included. */
export type ResolvedGroup = { joints: string[]; links: string[] };

/** The joint above each link, by the link's name. */
export function jointsAbove(description: RobotDescription): Map<string, JointDescription> {
  return new Map(description.joints.map((joint) => [joint.child, joint]));
}

/**
 * The joints from the link `base` down to `tip`, base first; null when `tip` does not hang on `base`. MoveIt
 * takes a chain in this sense, so that the joint above `base` is no part of it.
 */
export function chainJoints(
  above: ReadonlyMap<string, JointDescription>,
  base: string,
  tip: string,
): JointDescription[] | null {
  const chain: JointDescription[] = [];
  for (let link = tip; link !== base; ) {
    const joint = above.get(link);
    if (joint === undefined || chain.length > above.size) return null;
    chain.unshift(joint);
    link = joint.parent;
  }
  return chain;
}

/**
 * What each group comes to: its links with the joints above them, its joints with the links below them, its chains
 * and its subgroups. Subgroups must not contain one another in a circle (`parseSrdf` gives none such).
 */
export function resolveGroups(
  description: RobotDescription,
  groups: readonly GroupDescription[],
): Map<string, ResolvedGroup> {
  const above = jointsAbove(description);
  const childOf = new Map(description.joints.map((joint) => [joint.name, joint.child]));
  const named = new Map(groups.map((group) => [group.name, group]));
  const resolved = new Map<string, ResolvedGroup>();
  const resolve = (group: GroupDescription, depth: number): ResolvedGroup => {
    const already = resolved.get(group.name);
    if (already !== undefined) return already;
    if (depth > groups.length) throw new Error(`group "${group.name}" contains itself`);
    const joints = new Set(group.joints);
    const links = new Set(group.links);
    for (const link of group.links) {
      const joint = above.get(link);
      if (joint !== undefined) joints.add(joint.name);
    }
    for (const { base, tip } of group.chains) {
      links.add(base);
      for (const joint of chainJoints(above, base, tip) ?? []) joints.add(joint.name);
    }
    for (const joint of joints) links.add(childOf.get(joint) ?? "");
    for (const subgroup of group.subgroups) {
      const inner = named.get(subgroup);
      if (inner === undefined) continue;
      const { joints: more, links: others } = resolve(inner, depth + 1);
      for (const joint of more) joints.add(joint);
      for (const link of others) links.add(link);
    }
    const result = {
      joints: description.joints.map((joint) => joint.name).filter((name) => joints.has(name)),
      links: description.links.map((link) => link.name).filter((name) => links.has(name)),
    };
    resolved.set(group.name, result);
    return result;
  };
  for (const group of groups) resolve(group, 0);
  return resolved;
}
