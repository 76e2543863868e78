import { type Facet, facets } from "../core/quality.ts";
import type { LayoutColumn } from "../protocol/state-messages.ts";

/** Where a joint's numbers are in a frame; −1 where the frame has none. */
export type JointColumns = { position: number; velocity: number; effort: number };

/** Where one facet of one robot is in a frame. `basePose` and `baseTwist` are first columns, or −1. */
export type FacetColumns = { joints: Map<string, JointColumns>; basePose: number; baseTwist: number };

export type RobotColumns = Map<Facet, FacetColumns>;

export type ColumnIndex = {
  columns: number;
  robots: Map<string, RobotColumns>;
  /** First columns of all quaternions (x y z w), which turn instead of blending number by number. */
  quaternions: number[];
};

/** Columns with paths this version does not know are left out, so that a newer server can add some. */
export function indexColumns(columns: readonly LayoutColumn[]): ColumnIndex {
  const index: ColumnIndex = { columns: columns.length, robots: new Map(), quaternions: [] };
  columns.forEach((column, at) => {
    if (!facets.includes(column.facet)) return;
    const facet = facetOf(index, column);
    if (column.path === "base/pose") {
      if (column.component === 0) facet.basePose = at;
      if (column.component === 3) index.quaternions.push(at);
    } else if (column.path === "base/twist") {
      if (column.component === 0) facet.baseTwist = at;
    } else placeJoint(facet, column.path, at);
  });
  return index;
}

function facetOf(index: ColumnIndex, column: LayoutColumn): FacetColumns {
  let robot = index.robots.get(column.robot);
  if (!robot) {
    robot = new Map();
    index.robots.set(column.robot, robot);
  }
  let facet = robot.get(column.facet);
  if (!facet) {
    facet = { joints: new Map(), basePose: -1, baseTwist: -1 };
    robot.set(column.facet, facet);
  }
  return facet;
}

/** A joint's name may hold slashes itself, so the path is read from both ends. */
function placeJoint(facet: FacetColumns, path: string, at: number): void {
  const match = /^joint\/(.+)\/(position|velocity|effort)$/.exec(path);
  const name = match?.[1];
  if (!name) return;
  let joint = facet.joints.get(name);
  if (!joint) {
    joint = { position: -1, velocity: -1, effort: -1 };
    facet.joints.set(name, joint);
  }
  if (match[2] === "position") joint.position = at;
  else if (match[2] === "velocity") joint.velocity = at;
  else joint.effort = at;
}
