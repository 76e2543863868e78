import { type Result, refused } from "../core/result.ts";
import { CdrCursor, headerBytes } from "./cdr-cursor.ts";

/** What a trajectory controller says while a goal runs. */
export type TrajectoryFeedback = {
  /** The goal's UUID as 32 hexadecimal digits. */
  goalId: string;
  joints: number;
  /** Desired minus actual position of each joint in the goal's order, rad or m; empty when it does not say. */
  error: number[];
};

const uuidBytes = 16;
/** A controller with more joints than this sends something else. */
const mostJoints = 4096;

/**
 * Reads control_msgs/action/FollowJointTrajectory_FeedbackMessage as far as the error of the positions. What comes
 * after differs between releases (control_msgs 6.8 has `index` and `multi_dof_index`), what comes before does not:
 * so the feedback of all of them is read, whichever definition is installed here.
 */
export function decodeTrajectoryFeedback(bytes: Uint8Array): Result<TrajectoryFeedback> {
  if (bytes.length < headerBytes + uuidBytes) return refused(`${bytes.length} bytes are not feedback`);
  if (bytes[0] !== 0 || bytes[1] !== 1)
    return refused("feedback has a CDR encoding that is not little endian");
  const goalId = uuidText(bytes.subarray(headerBytes, headerBytes + uuidBytes));
  const reader = new CdrCursor(bytes, headerBytes + uuidBytes);
  try {
    reader.skip(8, 4); // header.stamp
    reader.skipText(); // header.frame_id
    const joints = reader.count();
    if (joints > mostJoints) return refused(`${joints} joints are too many`, "joint_names");
    for (let i = 0; i < joints; i++) reader.skipText();
    for (const point of ["desired", "actual"]) {
      const positions = reader.doubles().length;
      if (positions !== 0 && positions !== joints)
        return refused(`${positions} positions for ${joints} joints`, point);
      for (let i = 0; i < 3; i++) reader.doubles(); // velocities, accelerations, effort
      reader.skip(8, 4); // time_from_start
    }
    const error = reader.doubles();
    if (error.length !== 0 && error.length !== joints) {
      return refused(`${error.length} positions for ${joints} joints`, "error");
    }
    return { ok: true, value: { goalId, joints, error } };
  } catch (fault) {
    return refused(
      `malformed CDR of trajectory feedback: ${fault instanceof Error ? fault.message : String(fault)}`,
    );
  }
}

/** A UUID's bytes as 32 hexadecimal digits. */
export function uuidText(bytes: ArrayLike<number>): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
