import type { GivenWay, WayOutcome, WayQuestion } from "../command/way-question.ts";
import { moveitErrorText, moveitSuccess } from "./moveit-errors.ts";

/* moveit_msgs/srv/GetMotionPlan: the question of a way as its request, its response as an answer. */

export const getMotionPlan = "moveit_msgs/srv/GetMotionPlan";

/** How long MoveIt may plan, s. */
export const moveitPlanningTime = 5;
/** How exactly a goal is to be reached: rad or m of a joint, m and rad of a pose. */
export const goalTolerance = { joint: 1e-4, position: 1e-3, angle: 1e-2 } as const;
/** Names of joints are no longer. */
const longestName = 256;
/** A way of more points is refused. */
const mostPoints = 10_000;

const sphere = 2;
const noStamp = { sec: 0, nanosec: 0 };
const noConstraints = {
  name: "",
  ...{
    joint_constraints: [],
    position_constraints: [],
    orientation_constraints: [],
    visibility_constraints: [],
  },
};
const zero = { x: 0, y: 0, z: 0 };

/** The request for a question. What is not named in the start state, as what the robot carries, is as MoveIt knows it. */
export function motionPlanRequest({ group, start, goal, speed }: WayQuestion): object {
  const names = Object.keys(start);
  return {
    motion_plan_request: {
      workspace_parameters: { header: { stamp: noStamp, frame_id: "" }, min_corner: zero, max_corner: zero },
      start_state: {
        joint_state: {
          header: { stamp: noStamp, frame_id: "" },
          ...{ name: names, position: names.map((name) => start[name]), velocity: [], effort: [] },
        },
        multi_dof_joint_state: {
          header: { stamp: noStamp, frame_id: "" },
          ...{ joint_names: [], transforms: [], twist: [], wrench: [] },
        },
        attached_collision_objects: [],
        is_diff: true,
      },
      goal_constraints: [goalConstraints(goal)],
      path_constraints: noConstraints,
      trajectory_constraints: { constraints: [] },
      reference_trajectories: [],
      ...{ pipeline_id: "", planner_id: "", group_name: group },
      num_planning_attempts: 1,
      allowed_planning_time: moveitPlanningTime,
      ...{ max_velocity_scaling_factor: speed, max_acceleration_scaling_factor: 1 },
      ...{ cartesian_speed_limited_link: "", max_cartesian_speed: 0 },
    },
  };
}

function goalConstraints(goal: WayQuestion["goal"]): object {
  if (goal.kind === "joints") {
    const { joint } = goalTolerance;
    return {
      ...noConstraints,
      joint_constraints: Object.entries(goal.positions).map(([joint_name, position]) => ({
        ...{ joint_name, position, tolerance_above: joint, tolerance_below: joint, weight: 1 },
      })),
    };
  }
  const [x, y, z] = goal.position;
  const [qx, qy, qz, qw] = goal.quaternion;
  const header = { stamp: noStamp, frame_id: goal.frame };
  const unturned = { x: 0, y: 0, z: 0, w: 1 };
  const { position, angle } = goalTolerance;
  return {
    ...noConstraints,
    position_constraints: [
      {
        ...{ header, link_name: goal.link, target_point_offset: zero, weight: 1 },
        constraint_region: {
          primitives: [{ type: sphere, dimensions: [position], polygon: { points: [] } }],
          primitive_poses: [{ position: { x, y, z }, orientation: unturned }],
          ...{ meshes: [], mesh_poses: [] },
        },
      },
    ],
    orientation_constraints: [
      {
        ...{ header, link_name: goal.link, orientation: { x: qx, y: qy, z: qz, w: qw } },
        absolute_x_axis_tolerance: angle,
        absolute_y_axis_tolerance: angle,
        absolute_z_axis_tolerance: angle,
        // A rotation vector has no order of its axes.
        ...{ parameterization: 1, weight: 1 },
      },
    ],
  };
}

/**
 * The way in a response, checked for form: it has points, each with a finite number for each joint, at times that grow. Whether
 * the robot may go it is judged by others. Its velocities and accelerations are not read.
 */
export function readMotionPlan(response: unknown): WayOutcome {
  const plan = fieldOf(response, "motion_plan_response");
  const error = fieldOf(plan, "error_code");
  const value = fieldOf(error, "val");
  if (typeof value !== "number") return invalid("the answer has no error code");
  if (value !== moveitSuccess) {
    const added = fieldOf(error, "message");
    const message = moveitErrorText(value, typeof added === "string" ? added : "");
    return { found: "objection", objection: { code: `moveit_${value}`, message } };
  }
  const trajectory = fieldOf(plan, "trajectory");
  const others = listOf(fieldOf(fieldOf(trajectory, "multi_dof_joint_trajectory"), "points"));
  if (others !== null && others.length > 0) {
    return invalid("the trajectory moves joints of several axes, which nothing here drives");
  }
  const read = readPoints(fieldOf(trajectory, "joint_trajectory"));
  return typeof read === "string" ? invalid(read) : { found: "way", way: read };
}

function readPoints(trajectory: unknown): GivenWay | string {
  const joints = listOf(fieldOf(trajectory, "joint_names"));
  const points = listOf(fieldOf(trajectory, "points"));
  if (joints === null || points === null) return "the trajectory has no joints or no points";
  const names = joints.filter(
    (name): name is string => typeof name === "string" && name.length <= longestName,
  );
  if (names.length !== joints.length || names.length === 0) return "the trajectory names no joints";
  if (new Set(names).size !== names.length) return "the trajectory names a joint twice";
  if (points.length === 0) return "the trajectory has no points";
  if (points.length > mostPoints) return `the trajectory has more than ${mostPoints} points`;
  const way: number[][] = [];
  let before = Number.NEGATIVE_INFINITY;
  for (const [i, point] of points.entries()) {
    const positions = listOf(fieldOf(point, "positions"));
    if (positions?.length !== names.length) return `point ${i} does not have a position for each joint`;
    const off = positions.findIndex((position) => !Number.isFinite(position));
    if (off >= 0) return `point ${i}: the position of ${names[off]} is not finite`;
    const time = secondsOf(fieldOf(point, "time_from_start"));
    if (!Number.isFinite(time) || time < 0) return `point ${i} has no time`;
    if (time <= before) {
      return `the times of the trajectory do not grow at point ${i}: does its planning pipeline time trajectories?`;
    }
    before = time;
    way.push(positions as number[]);
  }
  return { joints: names, points: way };
}

function secondsOf(duration: unknown): number {
  return Number(fieldOf(duration, "sec")) + Number(fieldOf(duration, "nanosec")) * 1e-9;
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

/** Lists come as arrays or as typed arrays. */
function listOf(value: unknown): unknown[] | null {
  if (Array.isArray(value)) return value;
  return ArrayBuffer.isView(value) && !(value instanceof DataView) ? Array.from(value as Float64Array) : null;
}

function invalid(reason: string): WayOutcome {
  return { found: "objection", objection: { code: "invalid_trajectory", message: `MoveIt: ${reason}` } };
}
