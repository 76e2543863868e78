/**
 * The points of a way without those that are nearer than `within` to the straight line between the ones that stay (Douglas and
 * Peucker, 1973), in the unit of the joints, each joint by itself. The first and the last stay. `points` are not changed.
 */
export function simplifyWay(points: readonly (readonly number[])[], within: number): (readonly number[])[] {
  const stays = new Uint8Array(points.length);
  if (points.length > 0) stays[0] = stays[points.length - 1] = 1;
  const open: [number, number][] = [[0, points.length - 1]];
  for (let part = open.pop(); part !== undefined; part = open.pop()) {
    const [first, last] = part;
    let farthest = -1;
    let most = within;
    for (let i = first + 1; i < last; i++) {
      const off = distance(points[i] ?? [], points[first] ?? [], points[last] ?? []);
      if (off <= most) continue;
      most = off;
      farthest = i;
    }
    if (farthest < 0) continue;
    stays[farthest] = 1;
    open.push([first, farthest], [farthest, last]);
  }
  return points.filter((_, i) => stays[i] === 1);
}

/** The greatest distance in one joint between a point and the nearest place of the line from `from` to `to`. */
function distance(point: readonly number[], from: readonly number[], to: readonly number[]): number {
  let [along, length] = [0, 0];
  for (const [j, begin] of from.entries()) {
    const way = (to[j] as number) - begin;
    along += ((point[j] as number) - begin) * way;
    length += way * way;
  }
  const share = length > 0 ? Math.min(1, Math.max(0, along / length)) : 0;
  let most = 0;
  for (const [j, begin] of from.entries()) {
    const on = begin + share * ((to[j] as number) - begin);
    most = Math.max(most, Math.abs((point[j] as number) - on));
  }
  return most;
}
