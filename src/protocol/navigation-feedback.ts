import type { Navigation } from "../command/robot-task.ts";
import { type Result, refused } from "../core/result.ts";
import { CdrCursor, headerBytes } from "./cdr-cursor.ts";
import { uuidText } from "./trajectory-feedback.ts";

/** What a navigator tells of one goal, whose UUID is 32 hexadecimal digits. */
export type NavigationFeedback = { goalId: string; navigation: Navigation };

const uuidBytes = 16;
const poseBytes = 7 * 8;

/**
 * Reads nav2_msgs/action/NavigateToPose_FeedbackMessage and, with `several`, that of NavigateThroughPoses, as far as what
 * all releases since Humble have: later ones have more behind it.
 */
export function decodeNavigationFeedback(bytes: Uint8Array, several: boolean): Result<NavigationFeedback> {
  if (bytes.length < headerBytes + uuidBytes) return refused(`${bytes.length} bytes are not feedback`);
  if (bytes[0] !== 0 || bytes[1] !== 1)
    return refused("feedback has a CDR encoding that is not little endian");
  const goalId = uuidText(bytes.subarray(headerBytes, headerBytes + uuidBytes));
  const cursor = new CdrCursor(bytes, headerBytes + uuidBytes);
  try {
    cursor.skip(8, 4); // current_pose.header.stamp
    cursor.skipText(); // current_pose.header.frame_id
    cursor.skip(poseBytes, 8);
    cursor.seconds(); // navigation_time
    const timeRemaining = cursor.seconds();
    const recoveries = cursor.int16();
    const distanceRemaining = cursor.float32();
    if (!Number.isFinite(distanceRemaining))
      return refused("the distance is not finite", "distance_remaining");
    const navigation: Navigation = { distanceRemaining, timeRemaining, recoveries };
    if (several) navigation.posesRemaining = cursor.int16();
    return { ok: true, value: { goalId, navigation } };
  } catch (fault) {
    return refused(
      `malformed CDR of navigation feedback: ${fault instanceof Error ? fault.message : String(fault)}`,
    );
  }
}
