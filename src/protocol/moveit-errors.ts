/** moveit_msgs/msg/MoveItErrorCodes: the number of success. */
export const moveitSuccess = 1;

/** By the official number: its name, and what it means for whoever asked for a plan. */
const errors: Readonly<Record<number, readonly [name: string, words: string]>> = {
  0: ["UNDEFINED", "it gave no result"],
  99999: ["FAILURE", "it failed; its log has the reason"],
  [-1]: ["PLANNING_FAILED", "no way was found"],
  [-2]: ["INVALID_MOTION_PLAN", "the way that was found collides or leaves the limits"],
  [-3]: ["MOTION_PLAN_INVALIDATED_BY_ENVIRONMENT_CHANGE", "the surroundings changed while it planned"],
  [-4]: ["CONTROL_FAILED", "the motion could not be executed"],
  [-5]: ["UNABLE_TO_AQUIRE_SENSOR_DATA", "it has no data of its sensors"],
  [-6]: ["TIMED_OUT", "no way was found in time"],
  [-7]: ["PREEMPTED", "it was interrupted by another request"],
  [-10]: ["START_STATE_IN_COLLISION", "the robot collides where it is, by MoveIt's scene"],
  [-11]: ["START_STATE_VIOLATES_PATH_CONSTRAINTS", "the robot breaks the path constraints where it is"],
  [-12]: ["GOAL_IN_COLLISION", "the robot would collide at the goal, by MoveIt's scene"],
  [-13]: ["GOAL_VIOLATES_PATH_CONSTRAINTS", "the goal breaks the path constraints"],
  [-14]: ["GOAL_CONSTRAINTS_VIOLATED", "the way does not end at the goal"],
  [-15]: ["INVALID_GROUP_NAME", "it has no such group: its SRDF is another one"],
  [-16]: ["INVALID_GOAL_CONSTRAINTS", "the group cannot have that goal"],
  [-17]: ["INVALID_ROBOT_STATE", "the state of the robot is not valid: is its model another one?"],
  [-18]: ["INVALID_LINK_NAME", "it has no such link: its model is another one"],
  [-19]: ["INVALID_OBJECT_NAME", "it has no such object"],
  [-21]: ["FRAME_TRANSFORM_FAILURE", "it does not know where a frame is"],
  [-22]: ["COLLISION_CHECKING_UNAVAILABLE", "it cannot check for collisions"],
  [-23]: ["ROBOT_STATE_STALE", "it gets no current joint states"],
  [-24]: ["SENSOR_INFO_STALE", "it gets no current sensor data"],
  [-25]: ["COMMUNICATION_FAILURE", "a part of it does not answer"],
  [-26]: ["START_STATE_INVALID", "the start is not valid, as outside the limits of MoveIt's model"],
  [-27]: ["GOAL_STATE_INVALID", "the goal is not valid, as outside the limits of MoveIt's model"],
  [-28]: ["UNRECOGNIZED_GOAL_TYPE", "its planner does not take such a goal"],
  [-29]: ["CRASH", "its planner crashed"],
  [-30]: ["ABORT", "its planner gave up"],
  [-31]: ["NO_IK_SOLUTION", "the pose is not reached: no inverse kinematics"],
};

/** What a number of MoveIt means, with what MoveIt added to it. */
export function moveitErrorText(value: number, added: string): string {
  const [name, words] = errors[value] ?? [`error ${value}`, "it gave a reason that is not known here"];
  const detail = added.trim() === "" ? "" : ` (${added.trim().slice(0, 200)})`;
  return `MoveIt: ${words}, ${name}${detail}`;
}
