import type { Things } from "../store/twin-store.ts";

/** `drawn`: what each joint or link that is drawn is drawn below. `standIns`: what stands for one that is not drawn. Both by ids. */
export type KinematicParents = { drawn: Map<string, string>; standIns: Map<string, string> };

/**
 * Which joint or link is drawn below which: of all of them, or, without links, of the joints that move. The joint that moves a thing
 * stands for it where it is not drawn; where no joint does, the robot.
 */
export function kinematicParents(things: Things, withLinks: boolean): KinematicParents {
  const above = new Map<string, string>();
  const owner = new Map<string, string>();
  const target = (id: string, name: string): string | undefined =>
    things[id]?.relationships.find((one) => one.name === name)?.target;
  for (const [id, { type, relationships }] of Object.entries(things)) {
    if (type === "robot") for (const one of relationships) owner.set(one.target, id);
    const parent = type === "joint" ? target(id, "parentLink") : target(id, "parentJoint");
    if (parent !== undefined && (type === "joint" || type === "link")) above.set(id, parent);
  }
  const isShown = (id: string): boolean => {
    const thing = things[id];
    if (thing === undefined) return false;
    return withLinks || (thing.type === "joint" && thing.definition.type !== "fixed");
  };
  /** The nearest one above that is shown; walks without recursion, and ends in a loop. */
  const nearest = (id: string): string | undefined => {
    const seen = new Set<string>();
    let at = above.get(id);
    while (at !== undefined && !isShown(at) && !seen.has(at)) {
      seen.add(at);
      at = above.get(at);
    }
    return at !== undefined && isShown(at) ? at : owner.get(id);
  };
  const drawn = new Map<string, string>();
  const standIns = new Map<string, string>();
  for (const [id, { type }] of Object.entries(things)) {
    if (type !== "joint" && type !== "link") continue;
    const parent = nearest(id);
    if (parent === undefined) continue;
    (isShown(id) ? drawn : standIns).set(id, parent);
  }
  return { drawn, standIns };
}
