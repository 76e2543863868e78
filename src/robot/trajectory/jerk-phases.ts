/**
 * Phases of constant jerk, one after the other: durations and jerks, index for index. In this folder's
 * inner files time is counted in units that make the greatest jerk 1 (see transfer.ts).
 */
export type JerkPhases = { durations: number[]; jerks: number[] };

export function createPhases(): JerkPhases {
  return { durations: [], jerks: [] };
}

/** Appends one phase; a duration that rounding has pushed to or below 0 is no phase. */
export function addPhase(phases: JerkPhases, duration: number, jerk: number): void {
  if (!(duration > 0)) return;
  phases.durations.push(duration);
  phases.jerks.push(jerk);
}

export function appendPhases(phases: JerkPhases, more: JerkPhases): void {
  for (let i = 0; i < more.durations.length; i += 1) {
    addPhase(phases, more.durations[i] as number, more.jerks[i] as number);
  }
}

/** The same motion seen from the other side: every jerk negated. */
export function mirroredPhases(phases: JerkPhases): JerkPhases {
  return { durations: phases.durations, jerks: phases.jerks.map((jerk) => -jerk) };
}

export function totalDuration(phases: JerkPhases): number {
  let sum = 0;
  for (const duration of phases.durations) sum += duration;
  return sum;
}

/** How far phases carry from velocity `v` and acceleration `a`. */
export function displacementOf(phases: JerkPhases, v: number, a: number): number {
  let [x, velocity, acceleration] = [0, v, a];
  for (let i = 0; i < phases.durations.length; i += 1) {
    const t = phases.durations[i] as number;
    const jerk = phases.jerks[i] as number;
    x += t * (velocity + t * (acceleration / 2 + (t * jerk) / 6));
    velocity += t * (acceleration + (t * jerk) / 2);
    acceleration += t * jerk;
  }
  return x;
}

/**
 * The phases whose jerk is at each time `share` of the first's and 1 − `share` of the second's. Both must
 * last equally long (but for rounding). Position, velocity and acceleration mix by the same shares.
 */
export function mixedPhases(first: JerkPhases, second: JerkPhases, share: number): JerkPhases {
  const mixed = createPhases();
  let [i, j] = [0, 0];
  let leftFirst = first.durations[0] ?? 0;
  let leftSecond = second.durations[0] ?? 0;
  while (i < first.durations.length && j < second.durations.length) {
    const step = Math.min(leftFirst, leftSecond);
    const jerk = share * (first.jerks[i] as number) + (1 - share) * (second.jerks[j] as number);
    const last = mixed.jerks.length - 1;
    if (last >= 0 && mixed.jerks[last] === jerk) mixed.durations[last] = (mixed.durations[last] ?? 0) + step;
    else addPhase(mixed, step, jerk);
    leftFirst -= step;
    leftSecond -= step;
    if (leftFirst <= 0) leftFirst = first.durations[++i] ?? 0;
    if (leftSecond <= 0) leftSecond = second.durations[++j] ?? 0;
  }
  return mixed;
}
