/** What the speed on a straight line may do: v ≤ velocity, |v′| ≤ acceleration, |v″| ≤ jerk. */
export type LineLimits = { readonly velocity: number; readonly acceleration: number; readonly jerk: number };

/** The shortest way on which a speed changes from `v0` to `v1`, with no acceleration at either end. */
export function wayToChange(v0: number, v1: number, { acceleration, jerk }: LineLimits): number {
  const change = Math.abs(v1 - v0);
  const time =
    change >= (acceleration * acceleration) / jerk
      ? change / acceleration + acceleration / jerk
      : 2 * Math.sqrt(change / jerk);
  return ((v0 + v1) / 2) * time;
}

/** The greatest speed, `most` at most, that can be reached from `v0` on `way`. */
export function reachableSpeed(v0: number, way: number, most: number, limits: LineLimits): number {
  if (most <= v0 || wayToChange(v0, most, limits) <= way) return most;
  let [low, high] = [v0, most];
  for (let i = 0; i < 60; i += 1) {
    const middle = (low + high) / 2;
    if (wayToChange(v0, middle, limits) <= way) low = middle;
    else high = middle;
  }
  return low;
}
