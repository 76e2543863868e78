import type { RobotModel } from "./model.ts";

/** Names that people give to the place where a tool works, the most telling first. */
const toolNames = [
  /(^|_)tcp$/i,
  /(^|_)tool(_?frame|_?0)?$/i,
  /(^|_)(ee|eef|end_effector)(_link)?$/i,
  /(^|_)flange$/i,
];

/**
 * The link that is meant where a command names none: of the links behind the most moving joints that carry a tool's name the
 * most telling one, else the last link before the chain forks, as at the fingers of a gripper. Null: no joint moves a link but wheels.
 */
export function toolLink(model: RobotModel): string | null {
  const moving = movingJoints(model);
  const most = Math.max(...moving);
  if (most === 0) return null;
  for (const name of toolNames) {
    let best = -1;
    for (const [i, link] of model.links.entries()) {
      if (!name.test(link) || (moving[i] as number) === 0) continue;
      if (best < 0 || (moving[i] as number) > (moving[best] as number)) best = i;
    }
    if (best >= 0) return model.links[best] as string;
  }
  const found = lastBeforeFork(model, moving);
  return isWheel(model, moving, found) ? null : (model.links[found] as string);
}

/** Whether all that moves a link is one joint that turns without end, beside another such one: a wheel is no tool. */
function isWheel(model: RobotModel, moving: readonly number[], link: number): boolean {
  if (moving[link] !== 1) return false;
  let first = link;
  while (moving[model.parent[first] as number] !== 0) first = model.parent[first] as number;
  const spins = (i: number): boolean => model.joints[i - 1]?.type === "continuous";
  const beside = [...model.links.keys()].filter((i) => i > 0 && i !== first && moving[i] === 1 && spins(i));
  return spins(first) && beside.length > 0;
}

/** How many joints of their own move each link. */
function movingJoints(model: RobotModel): number[] {
  const moving = [0];
  for (const [i, joint] of model.joints.entries()) {
    moving[i + 1] = (moving[model.parent[i + 1] as number] as number) + (joint.nv > 0 ? 1 : 0);
  }
  return moving;
}

function lastBeforeFork(model: RobotModel, moving: readonly number[]): number {
  const most: number[] = [...moving];
  for (let i = model.links.length - 1; i > 0; i -= 1) {
    const parent = model.parent[i] as number;
    most[parent] = Math.max(most[parent] as number, most[i] as number);
  }
  let at = 0;
  for (;;) {
    const children = [...model.links.keys()].filter((i) => i > 0 && model.parent[i] === at);
    const movable = children.filter(
      (i) => (most[i] as number) > (moving[at] as number) || isFollower(model, i),
    );
    if (movable.length > 1 && (moving[at] as number) > 0) return at;
    const [next] = [...(movable.length > 0 ? movable : children)].sort(
      (a, b) => (most[b] as number) - (most[a] as number) || a - b,
    );
    if (next === undefined) return at;
    at = next;
  }
}

/** Whether a link is moved by a joint that follows another. */
function isFollower(model: RobotModel, link: number): boolean {
  return model.joints[link - 1]?.mimic !== null && model.joints[link - 1]?.type !== "fixed";
}
