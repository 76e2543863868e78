import { z } from "zod";

export const rosName = z.string().regex(/^[A-Za-z0-9_/~{}]*$/, "a ROS name has A-Z a-z 0-9 _ and / only");
const actionName = rosName.min(1);
const positive = z.number().gt(0);

/** `auto`, `off`, or the names of what is used. */
const named = (what: string, example: string) =>
  z
    .union(
      [z.enum(["auto", "off"]), z.array(actionName).min(1), actionName.transform((name) => [name])],
      `it must be auto, off, the name of ${what} as ${example}, or a list of such names`,
    )
    .default("auto");

/** `robots[].commands`: where commands for one robot go. */
export const commands = z.strictObject({
  trajectory: named("an action", "/arm_controller/follow_joint_trajectory"),
  twist: z
    .union([z.enum(["auto", "off"]), rosName], "it must be auto, off, or the name of a topic as /cmd_vel")
    .default("auto"),
  forward: named("a topic", "/forward_position_controller/commands"),
  /** m and rad: the base is sent AckermannDriveStamped, not twists. */
  ackermann: z
    .strictObject({ wheelbase: positive, steeringLimit: positive.max(1.5).default(0.5) })
    .optional(),
  gripper: named("an action", "/gripper_controller/gripper_cmd"),
  navigate: z
    .union(
      [z.enum(["auto", "off"]), actionName],
      "it must be auto, off, or the name of an action as /navigate_to_pose",
    )
    .default("auto"),
  moveit: z
    .union(
      [z.enum(["auto", "off"]), actionName],
      "it must be auto, off, or the name of a service as /plan_kinematic_path",
    )
    .default("auto"),
  /** Only these may be called: a service can do anything. */
  services: z.array(actionName).default([]),
});
