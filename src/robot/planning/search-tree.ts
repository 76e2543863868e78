import { distanceOf, type PlannedJoint } from "./straight-edge.ts";

/** A tree of configurations that are reached from its root by straight ways. */
export class SearchTree {
  readonly nodes: Float64Array[] = [];
  private readonly parents: number[] = [];

  constructor(
    private readonly joints: readonly PlannedJoint[],
    root: Float64Array,
  ) {
    this.add(root, -1);
  }

  /** The number of the new node. */
  add(configuration: Float64Array, parent: number): number {
    this.nodes.push(configuration);
    this.parents.push(parent);
    return this.nodes.length - 1;
  }

  nearest(configuration: Float64Array): number {
    let [best, least] = [0, Number.POSITIVE_INFINITY];
    for (let i = 0; i < this.nodes.length; i += 1) {
      const distance = distanceOf(this.joints, this.nodes[i] as Float64Array, configuration);
      if (distance < least) [best, least] = [i, distance];
    }
    return best;
  }

  /** The configurations from the root to a node. */
  wayTo(node: number): Float64Array[] {
    const way: Float64Array[] = [];
    for (let at = node; at >= 0; at = this.parents[at] as number) way.push(this.nodes[at] as Float64Array);
    return way.reverse();
  }
}
