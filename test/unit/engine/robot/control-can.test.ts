import { expect, it } from "vitest";
import type { Capabilities } from "../../../../src/command/gate-output.ts";
import { canOf } from "../../../../src/engine/robot/control-can.ts";

const none: Capabilities = { trajectory: [], twist: false };

it("lists what takes commands by kind, and what is absent or inactive with the reason", () => {
  const can = canOf(
    {
      trajectory: [
        { name: "/arm/follow_joint_trajectory", joints: ["a"] },
        { name: "/group/commands", joints: ["b"], kind: "velocity group" },
      ],
      twist: false,
      noTwist: "start it",
      inactive: [{ name: "/second", kind: "jtc", state: "inactive", joints: ["a"], reason: "activate it" }],
      grippers: [{ name: "/gripper/gripper_cmd", joints: ["finger"] }],
      navigators: { toPose: "/to", throughPoses: null, goalTopic: null, initialTopic: "/initialpose" },
      services: [
        { name: "/home", takesData: false },
        { name: "/lamp", takesData: true },
      ],
    },
    null,
  );
  expect(can).toMatchObject({
    ...{
      jointPosition: true,
      twist: false,
      gripper: true,
      navigate: true,
      services: ["/home", "/lamp"],
      dataServices: ["/lamp"],
      joints: ["a", "b"],
    },
  });
  expect(
    can.controllers?.map(({ name, kind, state, reason = "" }) => `${name} ${kind} ${state} ${reason}`),
  ).toEqual([
    "/arm/follow_joint_trajectory trajectory active ",
    "/group/commands trajectory by velocity group active ",
    "/second jtc inactive activate it",
    "/gripper/gripper_cmd gripper active ",
    "/to navigate active ",
    "/initialpose initial pose active ",
    "twist twist absent start it",
  ]);
});

it("has nothing while commands are closed, or nothing was found; the reason is that of an inactive controller if there is one", () => {
  expect(canOf({ ...none, noGripper: "a", noNavigator: "b" }, null)).toMatchObject({
    ...{ jointPosition: false, gripper: false, navigate: false, services: [] },
    reason: expect.stringContaining("no trajectory controller"),
    controllers: [
      { kind: "gripper", state: "absent", reason: "a" },
      { kind: "navigate", state: "absent", reason: "b" },
    ],
  });
  const inactive = [{ name: "/arm", kind: "jtc", state: "inactive", joints: [], reason: "activate it" }];
  const planner = (more: object) => canOf({ ...none, ...more }, null).controllers;
  expect(planner({ planner: "/plan" })).toMatchObject([{ name: "/plan", kind: "planner", state: "active" }]);
  expect(planner({ noPlanner: "install it" })).toMatchObject([
    { kind: "planner", state: "absent", reason: "install it" },
  ]);
  expect(canOf({ ...none, inactive }, null).reason).toBe("activate it");
  const closed = canOf(
    { trajectory: [{ name: "/arm", joints: null }], twist: true, grippers: [{ name: "/g", joints: null }] },
    "a recording is played",
  );
  expect(closed).toMatchObject({
    jointPosition: false,
    twist: false,
    gripper: false,
    reason: "a recording is played",
  });
  expect(closed.joints).toBeUndefined();
});
