/*
 * How long a transfer (transfer.ts, same units) may take: every duration T for which the wanted
 * displacement lies between the least and the greatest that T allows.
 *
 *   greatest, least
 *   displacement    /            The two curves meet where only one motion is possible. Where both end
 *            .─────/             accelerations have the same sign there may be an island before the
 *   x ─ ─ ─ /─ ─ ─/─ ─ ─         open region: longer motions would have to change velocity too much or
 *      ⊂⊃  ⟨  ────\              too little. Times outside are what Kröger calls inoperative; Ruckig,
 *               T  \             blocked intervals (Berscheid and Kröger 2021).
 */
import {
  addPhase,
  createPhases,
  displacementOf,
  type JerkPhases,
  mirroredPhases,
  mixedPhases,
  totalDuration,
} from "./jerk-phases.ts";
import {
  createTransfer,
  mirrored,
  phasesAt,
  type Reach,
  reachAt,
  spanOf,
  type Transfer,
  type TransferTask,
  timeOf,
  turningSpans,
} from "./transfer.ts";

/** A range of times in which velocity and acceleration can be met; at both ends by one motion only. */
type Island = {
  from: number;
  until: number;
  first: JerkPhases;
  last: JerkPhases;
  firstReach: number;
  lastReach: number;
};

/** Times from `from` up to `until`, both included, in which everything can be met. */
export type TimeRange = { from: number; until: number };

/** What the motion at the start of a range is: the island's only one, or that of a curve. */
type Edge = "first" | "last" | "upper" | "lower";

type EdgedRange = TimeRange & { edge: Edge };

/** A task with all the times it can take; `ranges` rise and the last is open. */
export type SolvedTransfer = {
  readonly task: TransferTask;
  readonly upper: Transfer;
  readonly lower: Transfer;
  readonly islands: readonly Island[];
  readonly ranges: readonly EdgedRange[];
};

export function solveTransfer(task: TransferTask): SolvedTransfer {
  const upper = createTransfer(task);
  const lower = createTransfer(mirrored(task));
  const islands = islandsOf(task);
  const ranges: EdgedRange[] = [];
  for (const island of islands) addRanges(task, upper, lower, island, ranges);
  return { task, upper, lower, islands, ranges };
}

/** The fastest motion that a range has. */
export function phasesAtEdge({ upper, lower, islands }: SolvedTransfer, range: EdgedRange): JerkPhases {
  switch (range.edge) {
    case "first":
      return islands.find((island) => island.from === range.from)?.first ?? createPhases();
    case "last":
      return islands.find((island) => island.until === range.from)?.last ?? createPhases();
    case "upper":
      return phasesAt(upper, Math.max(0, spanOf(upper, range.from)));
    case "lower":
      return mirroredPhases(phasesAt(lower, Math.max(0, spanOf(lower, range.from))));
  }
}

/**
 * The phases of a motion that takes `time`, which must lie in one of the ranges: a mixture of the two that
 * carry farthest and least far, which keeps every limit that both keep.
 */
export function phasesFor({ task, upper, lower }: SolvedTransfer, time: number): JerkPhases {
  const reach: Reach = { value: 0, slope: 0 };
  const upperSpan = Math.max(0, spanOf(upper, time));
  const lowerSpan = Math.max(0, spanOf(lower, time));
  reachAt(upper, upperSpan, reach);
  const most = reach.value;
  reachAt(lower, lowerSpan, reach);
  const least = -reach.value;
  const share = most > least ? Math.min(1, Math.max(0, (task.x - least) / (most - least))) : 1;
  return mixedPhases(phasesAt(upper, upperSpan), mirroredPhases(phasesAt(lower, lowerSpan)), share);
}

/** The fastest way to the target's velocity and acceleration, wherever it leads. */
export function fastestPhases(task: TransferTask): JerkPhases {
  return islandsOf(task)[0]?.first ?? createPhases();
}

/** Fastest to an acceleration and a velocity `rise` higher, going up (+, 0, −) to a peak. */
function upward({ a0, af, maxAcceleration: limit }: TransferTask, rise: number): JerkPhases {
  const square = Math.max(0, rise + (a0 * a0 + af * af) / 2);
  const peak = Math.min(Math.sqrt(square), limit);
  const phases = createPhases();
  addPhase(phases, peak - a0, 1);
  addPhase(phases, (square - peak * peak) / peak, 0);
  addPhase(phases, peak - af, -1);
  return phases;
}

function downward(task: TransferTask, rise: number): JerkPhases {
  return mirroredPhases(upward(mirrored(task), -rise));
}

function islandsOf(task: TransferTask): Island[] {
  const { v0, a0, vf, af } = task;
  const straight = (Math.sign(af - a0) * (af - a0) * (af + a0)) / 2;
  const mean = (a0 * a0 + af * af) / 2;
  const rise = Math.abs(vf - v0 - straight) <= task.sameVelocity ? straight : vf - v0;
  const isUp = rise >= straight;
  const open = (first: JerkPhases): Island => islandFrom(task, first, null);
  if (isUp && a0 > 0 && af > 0 && rise < mean) {
    const trough = Math.sqrt(mean - rise);
    const last = createPhases();
    addPhase(last, a0 - trough, -1);
    addPhase(last, af - trough, 1);
    return [islandFrom(task, upward(task, rise), last), open(downward(task, rise))];
  }
  if (rise <= straight && a0 < 0 && af < 0 && -rise < mean) {
    const peak = -Math.sqrt(mean + rise);
    const last = createPhases();
    addPhase(last, peak - a0, 1);
    addPhase(last, peak - af, -1);
    return [islandFrom(task, downward(task, rise), last), open(upward(task, rise))];
  }
  return [open(isUp ? upward(task, rise) : downward(task, rise))];
}

function islandFrom(task: TransferTask, first: JerkPhases, last: JerkPhases | null): Island {
  const from = totalDuration(first);
  return {
    from,
    until: last === null ? Number.POSITIVE_INFINITY : Math.max(from, totalDuration(last)),
    first,
    last: last ?? createPhases(),
    firstReach: displacementOf(first, task.v0, task.a0),
    lastReach: last === null ? Number.NaN : displacementOf(last, task.v0, task.a0),
  };
}

/** Adds the parts of an island in which the displacement lies between the curves. */
function addRanges(
  task: TransferTask,
  upper: Transfer,
  lower: Transfer,
  island: Island,
  ranges: EdgedRange[],
): void {
  const crossings: Crossing[] = [];
  addCrossings(upper, island, "upper", task.x, crossings);
  addCrossings(lower, island, "lower", task.x, crossings);
  const startsInside = Math.abs(task.x - island.firstReach) <= task.sameDisplacement;
  if (startsInside) crossings.push({ time: island.from, edge: "first" });
  const endsInside = Math.abs(task.x - island.lastReach) <= task.sameDisplacement;
  if (island.until < Number.POSITIVE_INFINITY) crossings.push({ time: island.until, edge: "last" });
  crossings.sort((a, b) => a.time - b.time || rank(a.edge) - rank(b.edge));
  for (const [i, { time: from, edge }] of crossings.entries()) {
    const until = crossings[i + 1]?.time ?? Number.POSITIVE_INFINITY;
    const before = ranges.at(-1);
    const goesOn = before !== undefined && before.until >= from;
    const middle = until === Number.POSITIVE_INFINITY ? from + 1 : (from + until) / 2;
    const isInside = from < island.until && until > from && isReachable(task, upper, lower, middle);
    if (goesOn && isInside) before.until = until;
    else if (isInside) ranges.push({ from, until, edge });
    else if (!goesOn && (edge !== "last" || endsInside)) ranges.push({ from, until: from, edge });
  }
}

/** Of crossings at one time, the island's own motions come first and last. */
function rank(edge: Edge): number {
  return edge === "first" ? 0 : edge === "last" ? 2 : 1;
}

function isReachable(task: TransferTask, upper: Transfer, lower: Transfer, time: number): boolean {
  const reach: Reach = { value: 0, slope: 0 };
  reachAt(upper, spanOf(upper, time), reach);
  if (reach.value < task.x) return false;
  reachAt(lower, spanOf(lower, time), reach);
  return -reach.value <= task.x;
}

/** A time at which a curve passes the wanted displacement, or at which an island begins or ends. */
type Crossing = { time: number; edge: Edge };

/** Adds the times inside an island at which the curve of `t` (seen from its own side) passes `x`. */
function addCrossings(
  t: Transfer,
  island: Island,
  edge: "upper" | "lower",
  x: number,
  found: Crossing[],
): void {
  const sign = edge === "upper" ? 1 : -1;
  const start = Math.max(0, spanOf(t, island.from));
  const end = spanOf(t, island.until);
  const wanted = sign * x;
  const nodes = turningSpans(t).filter((span) => span > start && span < end);
  nodes.sort((a, b) => a - b);
  const reach: Reach = { value: 0, slope: 0 };
  let before = start;
  let missing = sign * island.firstReach - wanted;
  for (let i = 0; i <= nodes.length; i += 1) {
    let node = nodes[i] ?? end;
    let here: number;
    if (node === Number.POSITIVE_INFINITY) {
      // The curve rises without end from its last turn on.
      if (missing >= 0) break;
      let step = Math.max(1, before);
      for (node = before + step; node < Number.MAX_VALUE; node += step) {
        reachAt(t, node, reach);
        if (reach.value >= wanted) break;
        step *= 2;
      }
      here = reach.value - wanted;
    } else if (i === nodes.length) here = sign * island.lastReach - wanted;
    else {
      reachAt(t, node, reach);
      here = reach.value - wanted;
    }
    let span = Number.NaN;
    if (here === 0) span = node;
    else if (missing !== 0 && missing < 0 !== here < 0) {
      span = crossing(t, before, node, missing < 0, wanted, reach);
    }
    const time = timeOf(t, span);
    if (time >= 0) found.push({ time: Math.min(island.until, Math.max(island.from, time)), edge });
    before = node;
    missing = here;
  }
}

const mostSteps = 100;

/** The S between `low` and `high`, a monotone piece, at which the displacement is `wanted`: Newton, kept in by halving. */
function crossing(
  t: Transfer,
  low: number,
  high: number,
  rises: boolean,
  wanted: number,
  reach: Reach,
): number {
  let [a, b] = [low, high];
  let span = (a + b) / 2;
  for (let step = 0; step < mostSteps; step += 1) {
    reachAt(t, span, reach);
    const off = reach.value - wanted;
    if (off === 0) break;
    if (off < 0 === rises) a = span;
    else b = span;
    let next = span - off / reach.slope;
    if (!(next > a && next < b)) next = (a + b) / 2;
    if (next === span || next <= a || next >= b) break;
    span = next;
  }
  return span;
}
