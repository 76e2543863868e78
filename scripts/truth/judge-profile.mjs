// What a profile must keep, judged phase by phase as it is sampled.

/**
 * `end`: the greatest jump (position, velocity, acceleration) from one phase to the next, from the given
 * start to the first and from the last to the target. `over`: how far the way passes a limit; until the
 * limits are first kept, what passes them does not count, but the jerk always does.
 */
export function judgeProfile(profile, from, to, limits) {
  const { times, positions, velocities, accelerations, jerks, duration } = profile;
  const { velocity: maxV, acceleration: maxA, minVelocity: minV, minAcceleration: minA } = limits;
  const excess = (value, least, greatest) => Math.max(0, value - greatest, least - value);
  const stop = from.velocity + (from.acceleration * Math.abs(from.acceleration)) / (2 * limits.jerk);
  const slack = 1e-9;
  let within =
    excess(from.velocity, minV, maxV) <= slack &&
    excess(stop, minV, maxV) <= slack &&
    excess(from.acceleration, minA, maxA) <= slack;
  let [p, v, a, time] = [from.position, from.velocity, from.acceleration, 0];
  let [end, over] = [0, 0];
  const jump = (at) => {
    end = Math.max(end, Math.abs(p - positions[at]), Math.abs(v - velocities[at]));
    end = Math.max(end, Math.abs(a - accelerations[at]), Math.abs(time - times[at]));
  };
  for (let i = 0; i < jerks.length; i += 1) {
    jump(i);
    const t = times[i + 1] - times[i];
    const j = jerks[i];
    if (!(t >= 0)) end = Number.POSITIVE_INFINITY;
    over = Math.max(over, Math.abs(j) - limits.jerk);
    const [p0, v0, a0] = [positions[i], velocities[i], accelerations[i]];
    p = p0 + t * (v0 + t * (a0 / 2 + (t * j) / 6));
    v = v0 + t * (a0 + (t * j) / 2);
    a = a0 + t * j;
    time = times[i + 1];
    if (within) {
      over = Math.max(over, excess(a, minA, maxA), excess(v, minV, maxV));
      const turn = -a0 / j;
      if (turn > 0 && turn < t) over = Math.max(over, excess(v0 - (a0 * a0) / (2 * j), minV, maxV));
    } else within = excess(a, minA, maxA) <= slack && excess(v, minV, maxV) <= slack;
  }
  jump(jerks.length);
  [p, v, a, time] = [to.position, to.velocity, to.acceleration, duration];
  jump(jerks.length);
  return { end, over };
}
