import { describe, expect, it } from "vitest";
import type { WayQuestion } from "../../../src/command/way-question.ts";
import { moveitErrorText } from "../../../src/protocol/moveit-errors.ts";
import { motionPlanRequest, readMotionPlan } from "../../../src/protocol/moveit-plan.ts";

const question: WayQuestion = {
  ...{ id: "q", robot: "robot", group: "arm", start: { a: 0.1, b: -0.2 }, speed: 0.3 },
  goal: { kind: "joints", positions: { b: 1 } },
};
const point = (time: number, ...positions: number[]) => ({
  positions: Float64Array.from(positions),
  time_from_start: { sec: Math.floor(time), nanosec: Math.round((time % 1) * 1e9) },
});
const response = (changes: object = {}, trajectory: object = {}) => ({
  motion_plan_response: {
    error_code: { val: 1, message: "", source: "" },
    trajectory: {
      joint_trajectory: {
        joint_names: ["a", "b"],
        points: [point(0, 0.1, -0.2), point(0.5, 0.1, 0.4), point(1.25, 0.1, 1)],
        ...trajectory,
      },
      multi_dof_joint_trajectory: { joint_names: [], points: [] },
    },
    ...changes,
  },
});
const reason = (read: unknown) => {
  const outcome = readMotionPlan(read);
  return outcome.found === "objection" ? outcome.objection : null;
};

describe("the request of a plan to MoveIt", () => {
  it("has the measured start as a difference, the group, the time and each joint's goal", () => {
    expect(motionPlanRequest(question)).toMatchObject({
      motion_plan_request: {
        group_name: "arm",
        allowed_planning_time: 5,
        max_velocity_scaling_factor: 0.3,
        start_state: { is_diff: true, joint_state: { name: ["a", "b"], position: [0.1, -0.2] } },
        goal_constraints: [
          {
            joint_constraints: [
              { joint_name: "b", position: 1, tolerance_above: 1e-4, tolerance_below: 1e-4 },
            ],
            position_constraints: [],
          },
        ],
      },
    });
  });

  it("has a sphere and a rotation for a pose", () => {
    const goal = {
      ...{ kind: "pose" as const, link: "tool", frame: "base" },
      ...{ position: [1, 2, 3], quaternion: [0, 0, 1, 0] },
    };
    expect(motionPlanRequest({ ...question, goal })).toMatchObject({
      motion_plan_request: {
        goal_constraints: [
          {
            joint_constraints: [],
            position_constraints: [
              {
                header: { frame_id: "base" },
                link_name: "tool",
                constraint_region: {
                  primitives: [{ type: 2, dimensions: [1e-3] }],
                  primitive_poses: [{ position: { x: 1, y: 2, z: 3 } }],
                },
              },
            ],
            orientation_constraints: [
              { link_name: "tool", orientation: { x: 0, y: 0, z: 1, w: 0 }, absolute_z_axis_tolerance: 1e-2 },
            ],
          },
        ],
      },
    });
  });
});

describe("the response of MoveIt", () => {
  it("is a way: its joints and places", () => {
    expect(readMotionPlan(response())).toEqual({
      found: "way",
      way: {
        joints: ["a", "b"],
        points: [
          [0.1, -0.2],
          [0.1, 0.4],
          [0.1, 1],
        ],
      },
    });
  });

  it.each([
    ["no error code", undefined, "no error code"],
    ["no error code", { motion_plan_response: {} }, "no error code"],
    ["no trajectory", response({ trajectory: null }), "no joints or no points"],
    ["no points", response({}, { points: [] }), "no points"],
    ["no joints", response({}, { joint_names: [] }), "names no joints"],
    ["a joint twice", response({}, { joint_names: ["a", "a"] }), "twice"],
    ["a missing position", response({}, { points: [point(0, 1)] }), "point 0 does not have"],
    [
      "no number",
      response({}, { points: [point(0, 1, Number.NaN)] }),
      "point 0: the position of b is not finite",
    ],
    ["infinity", response({}, { points: [point(0, 1, Number.POSITIVE_INFINITY)] }), "not finite"],
    ["equal times", response({}, { points: [point(1, 0, 0), point(1, 0, 0)] }), "do not grow at point 1"],
    ["falling times", response({}, { points: [point(2, 0, 0), point(1, 0, 0)] }), "do not grow at point 1"],
    ["a negative time", response({}, { points: [point(-1, 0, 0)] }), "point 0 has no time"],
    ["no time", response({}, { points: [{ positions: [0, 0] }] }), "point 0 has no time"],
    [
      "too much",
      response({}, { points: Array.from({ length: 10_001 }, (_, i) => point(i, 0, 0)) }),
      "more than",
    ],
    [
      "a base",
      response({ trajectory: { multi_dof_joint_trajectory: { points: [{}] } } }),
      "joints of several axes",
    ],
  ])("with %s is refused", (_, read, words) => {
    expect(reason(read)).toMatchObject({
      code: "invalid_trajectory",
      message: expect.stringContaining(words),
    });
  });

  it("with an error has its number as code, and plain words with MoveIt's own", () => {
    const error_code = { val: -12, message: "link forearm - table", source: "x" };
    expect(reason(response({ error_code }))).toEqual({
      code: "moveit_-12",
      message:
        "MoveIt: the robot would collide at the goal, by MoveIt's scene, GOAL_IN_COLLISION (link forearm - table)",
    });
    expect(moveitErrorText(-99, "")).toBe("MoveIt: it gave a reason that is not known here, error -99");
    expect(moveitErrorText(-1, "x".repeat(1000)).length).toBeLessThan(300);
  });
});
