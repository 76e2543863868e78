/** A place on the floor of the view's world: m, and yaw in rad, counted from x to y (REP-103). */
export type GroundGoal = { x: number; y: number; yaw: number };

/** A drag shorter than this gives no heading, m. */
const leastDrag = 0.08;

/**
 * The heading of a goal that was pressed at `from` and dragged to `to`, rad: along the drag; of a mere click, away from
 * where the robot is, as it would arrive; of a click on the robot itself, as the robot is turned.
 */
export function headingOf(
  from: { x: number; y: number },
  to: { x: number; y: number },
  robot: GroundGoal,
): number {
  if (Math.hypot(to.x - from.x, to.y - from.y) >= leastDrag) return Math.atan2(to.y - from.y, to.x - from.x);
  if (Math.hypot(from.x - robot.x, from.y - robot.y) >= leastDrag) {
    return Math.atan2(from.y - robot.y, from.x - robot.x);
  }
  return robot.yaw;
}
