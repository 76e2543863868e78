import type { MotionCollision } from "../robot/collision/motion-collision.ts";
import type { Objection } from "./validate-motion.ts";

/** Why a motion is refused that would collide or come nearer than a margin. The place is in the root link's frame. */
export function collisionObjection({ time, pair }: MotionCollision): Objection {
  const { link1, link2, role1, role2, distance, point1, point2 } = pair;
  const when = time === 0 ? "at the start" : `after ${time.toFixed(2)} s`;
  const point = [0, 1, 2].map((k) => ((point1[k] ?? 0) + (point2[k] ?? 0)) / 2) as [number, number, number];
  const collision = { link1, link2, time, point };
  const touches = distance <= 0;
  const meets = touches
    ? `collide with ${link2}`
    : `come within ${(1000 * distance).toPrecision(2)} mm of ${link2}`;
  const where = `at (${point.map((value) => value.toFixed(3)).join(", ")}) m`;
  if (role1 === "keepout" || role2 === "keepout") {
    const [zone, other] = role2 === "keepout" ? [link2, link1] : [link1, link2];
    const goes = touches ? "enter" : `come within ${(1000 * distance).toPrecision(2)} mm of`;
    const message = `${other} would ${goes} the keep-out area ${zone} ${when}, ${where}: choose another way`;
    return { code: "keep_out", message, collision };
  }
  if (role1 !== undefined || role2 !== undefined) {
    const message = `${link1} would ${meets} ${when}, ${where}: choose another way, or move the object in the scene if it is elsewhere`;
    return { code: "collision", message, collision };
  }
  const message = `${link1} would ${meets} ${when}, ${where}: choose another way, or disable the pair in the SRDF if they may touch`;
  return { code: "self_collision", message, collision };
}
