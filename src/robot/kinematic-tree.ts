import type { JointDescription, LinkDescription } from "./description.ts";

/** A link's place in the tree, as indices into the description's arrays; `joint` is −1 for the root. */
export type TreeNode = { link: number; joint: number };

/** `offenders` are indices of links (of joints for `twoParents`); the words are for a person. */
export type TreeFault = {
  kind: "noRoot" | "manyRoots" | "twoParents" | "cycle" | "unknownLink";
  offenders: number[];
  message: string;
};

export type TreeReading = { nodes: TreeNode[]; fault: null } | { nodes: null; fault: TreeFault };

/**
 * Orders the links so that parents come first: depth first, children in the order of their joints in
 * the description. So node i > 0 hangs on its joint, and joints in this order are parents first, too.
 * Link names must be unique.
 */
export function orderTree(
  links: readonly LinkDescription[],
  joints: readonly JointDescription[],
): TreeReading {
  const indexOf = new Map(links.map((link, index) => [link.name, index]));
  const jointsBelow: number[][] = links.map(() => []);
  const jointAbove = new Int32Array(links.length).fill(-1);
  for (const [index, joint] of joints.entries()) {
    const parent = indexOf.get(joint.parent);
    const child = indexOf.get(joint.child);
    if (parent === undefined || child === undefined) {
      const name = parent === undefined ? joint.parent : joint.child;
      return failed("unknownLink", [index], `joint "${joint.name}" names link "${name}", which is not there`);
    }
    const other = joints[jointAbove[child] ?? -1];
    if (other !== undefined) {
      const message = `link "${joint.child}" is the child of "${other.name}" and of "${joint.name}"; a link has one parent`;
      return failed("twoParents", [index], message);
    }
    jointAbove[child] = index;
    jointsBelow[parent]?.push(index);
  }
  const roots = [...links.keys()].filter((link) => jointAbove[link] === -1);
  const named = (some: readonly number[]): string =>
    some
      .slice(0, 5)
      .map((link) => `"${links[link]?.name}"`)
      .join(", ") + (some.length > 5 ? ", …" : "");
  const root = roots[0];
  if (root === undefined) {
    const all = [...links.keys()];
    return failed("noRoot", all, `every link has a parent, so the joints form a cycle (${named(all)})`);
  }
  if (roots.length > 1) {
    const message = `${roots.length} links have no parent (${named(roots)}); all but one need a joint to the rest`;
    return failed("manyRoots", roots.slice(1), message);
  }
  const nodes = walk(root, jointsBelow, joints, indexOf);
  if (nodes.length < links.length) {
    const reached = new Set(nodes.map((node) => node.link));
    const cut = [...links.keys()].filter((link) => !reached.has(link));
    return failed("cycle", cut, `these links hang on one another in a cycle, not on the root: ${named(cut)}`);
  }
  return { nodes, fault: null };
}

/** Without recursion: a chain may be as long as the file allows. */
function walk(
  root: number,
  jointsBelow: readonly (readonly number[])[],
  joints: readonly JointDescription[],
  indexOf: ReadonlyMap<string, number>,
): TreeNode[] {
  const nodes: TreeNode[] = [];
  const waiting: TreeNode[] = [{ link: root, joint: -1 }];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    nodes.push(node);
    const below = jointsBelow[node.link] ?? [];
    for (let i = below.length - 1; i >= 0; i -= 1) {
      const joint = below[i] ?? -1;
      waiting.push({ link: indexOf.get(joints[joint]?.child ?? "") ?? -1, joint });
    }
  }
  return nodes;
}

function failed(kind: TreeFault["kind"], offenders: number[], message: string): TreeReading {
  return { nodes: null, fault: { kind, offenders, message } };
}
