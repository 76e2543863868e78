/*
 * From a state outside the limits into them, before a transfer begins. Units as in transfer.ts.
 */
import { addPhase, createPhases, type JerkPhases, mirroredPhases } from "./jerk-phases.ts";
import { mirrored, type TransferTask } from "./transfer.ts";

/**
 * The phases that take the start of a task to where all limits hold and can be kept from there on: at full
 * jerk against what is exceeded, at an acceleration limit where that is met. Empty when nothing is exceeded.
 *
 * The velocity counts as exceeded, too, when it will be by the time the acceleration is gone. In a range of
 * velocities so narrow that braking would carry past its other end, braking ends where that end can still
 * be kept.
 */
export function brakingPhases(task: TransferTask): JerkPhases {
  if (task.a0 > task.maxAcceleration) return easing(task);
  if (task.a0 < task.minAcceleration) return mirroredPhases(easing(mirrored(task)));
  if (isTooFast(task)) return slowing(task);
  const mirror = mirrored(task);
  if (isTooFast(mirror)) return mirroredPhases(slowing(mirror));
  return createPhases();
}

function isTooFast({ v0, a0, maxVelocity, minVelocity, sameVelocity }: TransferTask): boolean {
  if (a0 > 0 && v0 + (a0 * a0) / 2 > maxVelocity + sameVelocity) return true;
  return v0 > maxVelocity + sameVelocity && v0 - (a0 * a0) / 2 > minVelocity;
}

/** Down from too high an acceleration. */
function easing(task: TransferTask): JerkPhases {
  const { v0, a0, maxAcceleration: limit, maxVelocity, minVelocity } = task;
  if (isTooFast(task)) return slowing(task);
  const phases = createPhases();
  addPhase(phases, a0 - limit, -1);
  const reached = v0 + (a0 * a0 - limit * limit) / 2;
  const stop = Math.min(minVelocity, maxVelocity - (limit * limit) / 2);
  addPhase(phases, (stop - reached) / limit, 0);
  return phases;
}

/** Down from too high a velocity, or from an acceleration that leads to one. */
function slowing(task: TransferTask): JerkPhases {
  const { v0, a0, minAcceleration, maxVelocity, minVelocity } = task;
  const phases = createPhases();
  const crest = v0 + (a0 * a0) / 2;
  const toTop = a0 + Math.sqrt(Math.max(0, 2 * (crest - maxVelocity)));
  const toTurn = a0 + Math.sqrt(Math.max(0, crest - minVelocity));
  const time = Math.min(toTop, toTurn);
  const toLimit = a0 - minAcceleration;
  if (time <= toLimit) {
    addPhase(phases, time, -1);
    return phases;
  }
  addPhase(phases, toLimit, -1);
  const square = minAcceleration * minAcceleration;
  const reached = crest - square / 2;
  const stop = Math.max(maxVelocity, minVelocity + square / 2);
  addPhase(phases, (reached - stop) / -minAcceleration, 0);
  return phases;
}
