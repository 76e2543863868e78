const turn = 2 * Math.PI;

/** `angle` (rad) plus the whole turns that bring it nearest to `reference`: the same place on the circle. */
export function nearestTurn(angle: number, reference: number): number {
  return angle + turn * Math.round((reference - angle) / turn);
}

/** `angle` (rad) within half a turn of 0. */
export function wrapped(angle: number): number {
  return angle - turn * Math.round(angle / turn);
}
