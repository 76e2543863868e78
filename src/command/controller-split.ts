import type { TrajectoryController, TrajectoryPoint } from "./trajectory.ts";
import type { MeasuredJoints } from "./validate-motion.ts";

/** The part of a motion that one controller carries out. */
export type ControllerPart = { controller: string; joints: string[]; points: TrajectoryPoint[] };

/**
 * Deals a motion out to the controllers that drive its joints. A controller wants all its joints in
 * a goal, so those not named are held where they are measured. The name of a joint that nobody
 * drives comes back instead when there is one.
 */
export function splitByController(
  joints: readonly string[],
  points: readonly TrajectoryPoint[],
  controllers: readonly TrajectoryController[],
  measured: MeasuredJoints,
): ControllerPart[] | string {
  const parts = new Map<TrajectoryController, number[]>();
  for (const [j, joint] of joints.entries()) {
    const controller =
      controllers.find((c) => c.joints?.includes(joint)) ?? controllers.find((c) => c.joints === null);
    if (controller === undefined) return joint;
    const columns = parts.get(controller);
    if (columns === undefined) parts.set(controller, [j]);
    else columns.push(j);
  }
  return [...parts].map(([controller, columns]) => {
    const held = (controller.joints ?? []).filter(
      (name) => !columns.some((j) => joints[j] === name) && measured.position(name) !== undefined,
    );
    return {
      controller: controller.name,
      joints: [...columns.map((j) => joints[j] as string), ...held],
      points: points.map((point) => withHeld(point, columns, held, measured)),
    };
  });
}

function withHeld(
  point: TrajectoryPoint,
  columns: readonly number[],
  held: readonly string[],
  measured: MeasuredJoints,
): TrajectoryPoint {
  const zeros = held.map(() => 0);
  const part: TrajectoryPoint = {
    time: point.time,
    positions: [
      ...columns.map((j) => point.positions[j] as number),
      ...held.map((name) => measured.position(name) as number),
    ],
    velocities: [...columns.map((j) => point.velocities[j] as number), ...zeros],
  };
  const { accelerations } = point;
  if (accelerations !== undefined) {
    part.accelerations = [...columns.map((j) => accelerations[j] as number), ...zeros];
  }
  return part;
}
