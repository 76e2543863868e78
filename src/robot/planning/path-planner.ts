import { Chance } from "../../core/chance.ts";
import { SearchTree } from "./search-tree.ts";
import { shortenWay } from "./shorten-way.ts";
import { distanceOf, type PlannedJoint, type StraightEdges } from "./straight-edge.ts";

export type PlannerOptions = {
  /** A whole number above 0: the same seed gives the same way. */
  seed: number;
  /** Edges that are looked at, at most. */
  mostEdges?: number;
};

/** Why no way was found: the goal itself is nearer to something than its margin; or none was found among `edges` ways. */
export type NoWay = { found: false; reason: "goal" | "edges"; edges: number };

export type PlannerOutcome = { found: true; waypoints: Float64Array[] } | NoWay;

/** How far a tree grows in one step, in weighted units (rad or m). */
const stepLength = 0.6;
/** After so many edges half, a quarter … of it are drawn, too: so many lengths. */
const longStepsOnly = 600;
const shorterSteps = 4;
const usualMostEdges = 20_000;
/** Trees that have not met after so many edges are begun anew, then after twice as many: some grow into the wrong places for long. */
const firstRestart = 2000;

type Phase =
  | { kind: "begin" }
  | { kind: "search" }
  | { kind: "shorten"; shortening: Generator<void, Float64Array[]> }
  | { kind: "done"; outcome: PlannerOutcome };

/**
 * Finds a way between two configurations past what the robot would collide with: two trees that grow towards each other
 * (RRT-Connect: Kuffner and LaValle, ICRA 2000), then shortened by straight ways between places of it. In portions, and the same
 * in every run for one seed. The goal must be free; the start must be free, or be left by moving apart.
 */
export class PathPlanner {
  private readonly chance: Chance;
  private trees: [SearchTree, SearchTree];
  private isSwapped = false;
  private edges = 0;
  private phase: Phase = { kind: "begin" };
  private readonly mostEdges: number;
  /** When the trees were begun, and when they are begun anew, in edges. */
  private begun = 0;
  private restart = firstRestart;

  constructor(
    private readonly ways: Pick<StraightEdges, "isClear" | "isFree" | "isFreeBetween">,
    private readonly joints: readonly PlannedJoint[],
    private readonly start: Float64Array,
    private readonly goal: Float64Array,
    { seed, mostEdges = usualMostEdges }: PlannerOptions,
  ) {
    this.chance = new Chance(seed);
    this.mostEdges = mostEdges;
    this.trees = this.newTrees();
  }

  private newTrees(): [SearchTree, SearchTree] {
    return [new SearchTree(this.joints, this.start), new SearchTree(this.joints, this.goal)];
  }

  /** Goes on by about `edges` edges; null: not done yet. */
  advance(edges: number): PlannerOutcome | null {
    const until = this.edges + edges;
    while (this.edges < until) {
      const { phase } = this;
      if (phase.kind === "done") return phase.outcome;
      if (phase.kind === "begin") this.begin();
      else if (phase.kind === "search") this.search();
      else this.shorten(phase.shortening);
    }
    return this.phase.kind === "done" ? this.phase.outcome : null;
  }

  private begin(): void {
    const { start, goal } = this;
    if (!this.ways.isClear(goal)) this.end({ found: false, reason: "goal", edges: this.edges });
    else {
      this.edges += 1;
      if (this.ways.isFree(start, goal)) this.end({ found: true, waypoints: [start, goal] });
      else this.phase = { kind: "search" };
    }
  }

  private end(outcome: PlannerOutcome): void {
    this.phase = { kind: "done", outcome };
  }

  private search(): void {
    if (this.edges >= this.mostEdges) {
      this.end({ found: false, reason: "edges", edges: this.edges });
      return;
    }
    if (this.edges >= this.restart) {
      this.restart += 2 * (this.restart - this.begun);
      this.begun = this.edges;
      this.isSwapped = false;
      this.trees = this.newTrees();
    }
    const [grown, other] = this.trees;
    const sample = this.sample();
    const node = this.extend(grown, grown.nearest(sample), sample, this.stepLength());
    if (node !== null) {
      const target = grown.nodes[node] as Float64Array;
      const met = this.connect(other, target);
      if (met !== null) {
        const [one, two] = [grown.wayTo(node), other.wayTo(met).reverse()];
        const way = [...one, ...two.slice(1)];
        const begun = this.isSwapped ? way.reverse() : way;
        const shortening = shortenWay(this.ways, this.joints, begun, this.chance);
        this.phase = { kind: "shorten", shortening };
        return;
      }
    }
    this.trees = [other, grown];
    this.isSwapped = !this.isSwapped;
  }

  private shorten(shortening: Generator<void, Float64Array[]>): void {
    const { done, value } = shortening.next();
    if (done === true) this.end({ found: true, waypoints: value });
    else this.edges += 1;
  }

  private sample(): Float64Array {
    return Float64Array.from(this.joints, ({ lower, upper }) => lower + (upper - lower) * this.chance.next());
  }

  /** Grows a tree by one step towards a configuration; the new node, or null where that is not free. */
  private extend(tree: SearchTree, from: number, to: Float64Array, step: number): number | null {
    const begin = tree.nodes[from] as Float64Array;
    const distance = distanceOf(this.joints, begin, to);
    const share = Math.min(1, step / distance);
    const end = share === 1 ? to : begin.map((value, j) => value + share * ((to[j] as number) - value));
    this.edges += 1;
    return this.ways.isFree(begin, end) ? tree.add(end, from) : null;
  }

  /** At first long; when nothing was found for a while also shorter ones, which lead into narrow gaps. */
  private stepLength(): number {
    if (this.edges - this.begun < longStepsOnly) return stepLength;
    return stepLength * 2 ** -Math.floor(shorterSteps * this.chance.next());
  }

  /** Grows a tree until it meets a configuration of the other; the node there, or null. */
  private connect(tree: SearchTree, to: Float64Array): number | null {
    const step = this.stepLength();
    for (let at = tree.nearest(to); ; ) {
      const next = this.extend(tree, at, to, step);
      if (next === null || this.edges >= this.mostEdges) return null;
      if (tree.nodes[next] === to) return next;
      at = next;
    }
  }
}
