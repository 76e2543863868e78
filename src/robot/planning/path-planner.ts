import { Chance } from "../../core/chance.ts";
import { SearchTree } from "./search-tree.ts";
import { distanceOf, type PlannedJoint, type StraightEdges } from "./straight-edge.ts";

export type PlannerOptions = {
  /** A whole number above 0: the same seed gives the same way. */
  seed: number;
  /** Edges that are looked at, at most. */
  mostEdges?: number;
};

export type PlannerOutcome = { found: true; waypoints: Float64Array[] } | { found: false; edges: number };

/** How far a tree grows in one step, in weighted units (rad or m). */
const stepLength = 0.6;
const usualMostEdges = 6000;
/** Rounds of shortening after a way was found. */
const shortenings = 120;

type Phase =
  | { kind: "search" }
  | { kind: "shorten"; round: number; way: Float64Array[] }
  | { kind: "done"; outcome: PlannerOutcome };

/**
 * Finds a way between two configurations past what the robot would collide with: two trees that grow towards each other
 * (RRT-Connect: Kuffner and LaValle, ICRA 2000), then shortened by straight ways between places of it. In portions, and the same
 * in every run for one seed. Both ends must be free, or be left by moving apart.
 */
export class PathPlanner {
  private readonly chance: Chance;
  private trees: [SearchTree, SearchTree];
  private isSwapped = false;
  private edges = 0;
  private phase: Phase = { kind: "search" };
  private readonly mostEdges: number;

  constructor(
    private readonly ways: Pick<StraightEdges, "isFree" | "isFreeBetween">,
    private readonly joints: readonly PlannedJoint[],
    start: Float64Array,
    goal: Float64Array,
    { seed, mostEdges = usualMostEdges }: PlannerOptions,
  ) {
    this.chance = new Chance(seed);
    this.mostEdges = mostEdges;
    this.trees = [new SearchTree(joints, start), new SearchTree(joints, goal)];
  }

  /** Goes on by about `edges` edges; null: not done yet. */
  advance(edges: number): PlannerOutcome | null {
    const until = this.edges + edges;
    while (this.edges < until) {
      const { phase } = this;
      if (phase.kind === "done") return phase.outcome;
      if (phase.kind === "shorten") this.shorten(phase);
      else this.search();
    }
    return this.phase.kind === "done" ? this.phase.outcome : null;
  }

  private search(): void {
    if (this.edges >= this.mostEdges) {
      this.phase = { kind: "done", outcome: { found: false, edges: this.edges } };
      return;
    }
    const [grown, other] = this.trees;
    const sample = this.sample();
    const node = this.extend(grown, grown.nearest(sample), sample);
    if (node !== null) {
      const target = grown.nodes[node] as Float64Array;
      const met = this.connect(other, target);
      if (met !== null) {
        const [one, two] = [grown.wayTo(node), other.wayTo(met).reverse()];
        const way = [...one, ...two.slice(1)];
        this.phase = { kind: "shorten", round: 0, way: this.isSwapped ? way.reverse() : way };
        return;
      }
    }
    this.trees = [other, grown];
    this.isSwapped = !this.isSwapped;
  }

  private sample(): Float64Array {
    return Float64Array.from(this.joints, ({ lower, upper }) => lower + (upper - lower) * this.chance.next());
  }

  /** Grows a tree by one step towards a configuration; the new node, or null where that is not free. */
  private extend(tree: SearchTree, from: number, to: Float64Array): number | null {
    const begin = tree.nodes[from] as Float64Array;
    const distance = distanceOf(this.joints, begin, to);
    const share = Math.min(1, stepLength / distance);
    const end = share === 1 ? to : begin.map((value, j) => value + share * ((to[j] as number) - value));
    this.edges += 1;
    return this.ways.isFree(begin, end) ? tree.add(end, from) : null;
  }

  /** Grows a tree until it meets a configuration of the other; the node there, or null. */
  private connect(tree: SearchTree, to: Float64Array): number | null {
    for (let at = tree.nearest(to); ; ) {
      const next = this.extend(tree, at, to);
      if (next === null || this.edges >= this.mostEdges) return null;
      if (tree.nodes[next] === to) return next;
      at = next;
    }
  }

  /** Tries one straight way between two places of the way. */
  private shorten(phase: Extract<Phase, { kind: "shorten" }>): void {
    const { way, round } = phase;
    if (round >= shortenings || way.length < 3) {
      this.phase = { kind: "done", outcome: { found: true, waypoints: way } };
      return;
    }
    phase.round += 1;
    this.edges += 1;
    // At first whole corners, from the farthest on; then places anywhere.
    if (round < way.length - 2) {
      const far = way.length - 1 - round;
      if (far > 1 && this.ways.isFreeBetween(way[0] as Float64Array, way[far] as Float64Array)) {
        phase.way = [way[0] as Float64Array, ...way.slice(far)];
      }
      return;
    }
    const [a, b] = [this.place(way), this.place(way)].sort((x, y) => x.at - y.at) as [Place, Place];
    if (Math.floor(a.at) === Math.floor(b.at)) return;
    const kept = [...way.slice(0, Math.floor(a.at) + 1), a.q, b.q, ...way.slice(Math.floor(b.at) + 1)];
    if (lengthOf(this.joints, kept) >= lengthOf(this.joints, way) - 1e-6) return;
    if (this.ways.isFreeBetween(a.q, b.q)) phase.way = kept;
  }

  private place(way: readonly Float64Array[]): Place {
    const at = this.chance.next() * (way.length - 1);
    const i = Math.min(way.length - 2, Math.floor(at));
    const [from, to] = [way[i] as Float64Array, way[i + 1] as Float64Array];
    return { at, q: from.map((value, j) => value + (at - i) * ((to[j] as number) - value)) };
  }
}

/** A place on a way: the number of its line with the share along it. */
type Place = { at: number; q: Float64Array };

function lengthOf(joints: readonly PlannedJoint[], way: readonly Float64Array[]): number {
  let sum = 0;
  for (let i = 1; i < way.length; i += 1) {
    sum += distanceOf(joints, way[i - 1] as Float64Array, way[i] as Float64Array);
  }
  return sum;
}
