import { nearestTurn } from "../../core/circle.ts";
import { createData } from "../data.ts";
import { forwardKinematics } from "../forward-kinematics.ts";
import { InverseKinematics } from "../inverse-kinematics/inverse-kinematics.ts";
import { chainReach, distanceFrom, firstMovingLink } from "../inverse-kinematics/reach.ts";
import type { ModelJoint, RobotModel } from "../model.ts";

/** Where a link is to be: its index in the model; m and a unit quaternion x y z w in the root frame. */
export type PoseTarget = { link: number; position: ArrayLike<number>; quaternion: ArrayLike<number> };

/** Why a pose is not reached: `joint` is at or beyond its limit there. */
export type PoseFault = {
  code: "unreachable" | "outside_limits";
  message: string;
  breach?: { joint: string; value: number; lower: number; upper: number; unit: "rad" | "m" };
};
export type SolvedPose = { ok: true; q: Float64Array } | ({ ok: false } & PoseFault);

/** Other starts that are tried for a solution nearer to the start. */
const otherStarts = 16;
const attempts = 120;
const turn = 2 * Math.PI;

/**
 * The configuration that brings a link to a pose (m, unit quaternion x y z w, root frame) and is reached soonest from `start`,
 * each joint at its velocity limit; or a sentence why there is none. Of several that are known the soonest that `isFree` does not
 * refuse is taken, and where it refuses all the soonest. Only the joints between the root and the link move. The same question
 * has the same answer. Accurate to 1e-6 m and rad.
 */
export function solvePose(
  model: RobotModel,
  start: Float64Array,
  target: PoseTarget,
  isFree: (q: Float64Array) => boolean = () => true,
): SolvedPose {
  const chain = chainJoints(model, target.link);
  const solver = new InverseKinematics(model, [target]);
  const seeds = [start, ...elsewhere(model, chain, start)];
  const found: { q: Float64Array; time: number }[] = [];
  for (const seed of seeds) {
    const answer = solver.solve(seed, [target], { attempts: 1 });
    if (answer.outcome === "outOfReach") return explain(model, start, target, chain);
    if (answer.outcome !== "converged") continue;
    const q = nearestTurns(chain, start, answer.q);
    const time = travelTime(chain, start, q);
    if (Number.isFinite(time)) found.push({ q, time });
  }
  found.sort((a, b) => a.time - b.time);
  let best = (found.find(({ q }) => isFree(q)) ?? found[0])?.q;
  if (best === undefined) {
    const answer = solver.solve(start, [target], { attempts });
    if (answer.outcome === "converged") best = nearestTurns(chain, start, answer.q);
  }
  return best === undefined ? explain(model, start, target, chain) : { ok: true, q: best };
}

/** The joints of their own between the root and a link. */
export function chainJoints(model: RobotModel, link: number): ModelJoint[] {
  const found = new Map<string, ModelJoint>();
  for (let at = link; at > 0; at = model.parent[at] as number) {
    const joint = model.joints[at - 1];
    const master =
      joint === undefined || joint.mimic === null
        ? joint
        : model.joints[model.jointIndex.get(joint.mimic.joint) ?? -1];
    if (master !== undefined && master.nq === 1) found.set(master.name, master);
  }
  return [...found.values()].reverse();
}

/** Starts spread over the ranges of the joints, by an additive recurrence: the same for the same robot. */
function elsewhere(model: RobotModel, chain: readonly ModelJoint[], start: Float64Array): Float64Array[] {
  return Array.from({ length: otherStarts }, (_, k) => {
    const q = start.slice(0, model.nq);
    for (const [i, { qIndex, lower, upper, type }] of chain.entries()) {
      const middle = start[qIndex] as number;
      const half = type === "prismatic" ? 0.5 : Math.PI;
      const from = Math.max(lower, Math.min(middle - half, upper - 2 * half));
      const to = Math.min(upper, Math.max(middle + half, lower + 2 * half));
      const share = 0.5 + (k + 1) * Math.sqrt(prime(i));
      q[qIndex] = from + (to - from) * (share - Math.floor(share));
    }
    return q;
  });
}

const primes = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37];
const prime = (i: number): number => primes[i % primes.length] as number;

/** The same configuration in the turns of its joints that are nearest to `start` within their limits; the other joints stay. */
function nearestTurns(chain: readonly ModelJoint[], start: Float64Array, found: Float64Array): Float64Array {
  const q = start.slice();
  for (const { qIndex, lower, upper, type } of chain) {
    const value = found[qIndex] as number;
    q[qIndex] = value;
    if (type === "prismatic") continue;
    const near = nearestTurn(value, start[qIndex] as number);
    for (const other of [near, near - turn, near + turn]) {
      const isInside = other >= lower && other <= upper;
      const way = Math.abs(other - (start[qIndex] as number));
      if (isInside && way < Math.abs((q[qIndex] as number) - (start[qIndex] as number))) q[qIndex] = other;
    }
  }
  return q;
}

function travelTime(chain: readonly ModelJoint[], start: Float64Array, q: Float64Array): number {
  let time = 0;
  for (const { qIndex, velocity } of chain) {
    const way = Math.abs((q[qIndex] as number) - (start[qIndex] as number));
    time = Math.max(time, way / (velocity > 0 && Number.isFinite(velocity) ? velocity : 1));
  }
  return time;
}

function explain(
  model: RobotModel,
  start: Float64Array,
  target: PoseTarget,
  chain: readonly ModelJoint[],
): SolvedPose {
  const name = model.links[target.link];
  if (chain.length === 0) return fault(`no joint moves ${name}`);
  const reach = chainReach(model, target.link);
  const data = createData(model);
  forwardKinematics(model, data, start);
  const away = distanceFrom(data, firstMovingLink(model, target.link), target.position);
  if (away > reach) {
    const first = chain[0]?.name ?? "";
    return fault(
      `${name} would be ${away.toFixed(3)} m from ${first}, and reaches ${reach.toFixed(3)} m at most: choose a nearer place`,
    );
  }
  const free = withoutLimits(model);
  const anywhere = new InverseKinematics(free, [target]).solve(start, [target], { attempts });
  if (anywhere.outcome === "converged") {
    const q = nearestTurns(chain, start, anywhere.q);
    const worst = [...chain].sort((a, b) => beyond(b, q) - beyond(a, q))[0];
    if (worst !== undefined && beyond(worst, q) > 0) {
      const value = q[worst.qIndex] as number;
      const { lower, upper } = worst;
      const unit = worst.type === "prismatic" ? ("m" as const) : ("rad" as const);
      return {
        ok: false,
        code: "outside_limits",
        message: `${name} is there only with ${worst.name} at ${value.toFixed(3)} ${unit}, outside of ${lower.toFixed(3)} … ${upper.toFixed(3)} ${unit}`,
        breach: { joint: worst.name, value, lower, upper, unit },
      };
    }
  }
  const place = { link: target.link, position: target.position };
  const placed = new InverseKinematics(model, [place]).solve(start, [place], { attempts });
  if (placed.outcome === "converged") {
    return fault(
      `${name} reaches that place, but not in that orientation: turn it, or leave more room for the arm`,
    );
  }
  return fault(
    `${name} comes within ${placed.positionError.toFixed(3)} m of that place at best: choose another one`,
  );
}

function fault(message: string): SolvedPose {
  return { ok: false, code: "unreachable", message };
}

/** How far a joint is outside of its limits, rad or m. */
function beyond({ lower, upper, qIndex }: ModelJoint, q: Float64Array): number {
  const value = q[qIndex] as number;
  return Math.max(lower - value, value - upper, 0);
}

/** The same robot with joints that turn and slide without an end. */
function withoutLimits(model: RobotModel): RobotModel {
  const joints = model.joints.map((joint) => ({
    ...joint,
    lower: joint.type === "prismatic" ? joint.lower - 10 : Number.NEGATIVE_INFINITY,
    upper: joint.type === "prismatic" ? joint.upper + 10 : Number.POSITIVE_INFINITY,
  }));
  return { ...model, joints };
}
