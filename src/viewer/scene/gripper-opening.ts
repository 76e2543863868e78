import type { JointInfo } from "../store/robot-catalog.ts";

/** Below this, m, two places of the fingers are no wider than one another. */
const sameWidth = 1e-3;

type Place = readonly [number, number, number];

/**
 * At which end of its range a gripper is open; null where nobody says. By its fingers, the links of `joint` and of those
 * that follow it: open is where they are farther apart. A gripper of one finger that slides has its gap as position
 * (control_msgs/msg/GripperCommand), so it is open at the upper end. `placeOf`: a link's origin (m) with the joints there.
 */
export function openEnd(
  joint: JointInfo,
  joints: readonly JointInfo[],
  placeOf: (link: string, position: (joint: string) => number | null) => Place | null,
): "lower" | "upper" | null {
  const fingers = [joint, ...joints.filter(({ mimics }) => mimics === joint.name)];
  const at = (value: number) => {
    const position = (name: string): number | null => {
      const finger = fingers.find((one) => one.name === name);
      if (finger === undefined) return null;
      return finger === joint ? value : value * finger.multiplier + finger.offset;
    };
    return width(fingers.map(({ childLink }) => placeOf(childLink, position)));
  };
  const wider = at(joint.upper) - at(joint.lower);
  if (Math.abs(wider) > sameWidth) return wider > 0 ? "upper" : "lower";
  return fingers.length === 1 && joint.type === "prismatic" ? "upper" : null;
}

/** The greatest distance between two places, m. */
function width(places: readonly (Place | null)[]): number {
  let widest = 0;
  for (const a of places) {
    for (const b of places) {
      if (a === null || b === null) continue;
      widest = Math.max(widest, Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]));
    }
  }
  return widest;
}
