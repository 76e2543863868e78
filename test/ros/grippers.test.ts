import { describe, expect, it } from "vitest";
import type { ControlStatus } from "../../src/protocol/state-messages.ts";
import { eventually } from "../support/eventually.ts";
import { besideTwin } from "./beside-twin.ts";
import { can } from "./can.ts";
import { hasRos, type TestTwin } from "./support.ts";

const robotArgs = ["--urdf", "test/ros/mobile-gripper.urdf"];

const beside = (more: string[], act: Parameters<typeof besideTwin>[1]) =>
  besideTwin({ peer: ["gripper_peer.py", ...robotArgs, ...more] }, act);

/** The grippers that the status lists, once there are as many. */
async function grippers(twin: TestTwin, count: number): Promise<ControlStatus["can"]> {
  return eventually(`${count} grippers are found with their joints`, async () => {
    const found = await can(twin);
    const listed = found.controllers?.filter((one) => one.kind === "gripper" && one.joints.length > 0) ?? [];
    return listed.length === count ? found : undefined;
  });
}

const measured = async (twin: TestTwin, joint: string) =>
  (await twin.reported(`joint/${joint}/position`))?.value as number;

describe.skipIf(!hasRos())("grippers written with rclpy", () => {
  it("are moved by their action, by name and by joint; done is measured, and an object is held", async () => {
    await beside([], async (peer, driver, twin) => {
      const found = await grippers(twin, 2);
      expect(found.gripper).toBe(true);
      const first = driver.command({
        kind: "gripper",
        controller: "gripper_controller",
        position: 0.06,
        maxEffort: 20,
      });
      const done = await eventually("it is open", () => driver.result(first, "done"));
      expect(done.code).toBe("ok");
      expect(driver.stages(first)).toEqual(["accepted", "sent", "executing", "done"]);
      expect(Math.abs((await measured(twin, "finger_joint")) - 0.06)).toBeLessThan(0.004);
      expect(peer.events("goal")[0]).toMatchObject({
        gripper: "gripper_controller",
        position: 0.06,
        effort: 20,
      });

      const second = driver.command({ kind: "gripper", controller: "jaw_joint", position: 0.5 });
      expect((await eventually("the jaw is there", () => driver.result(second, "done"))).code).toBe("ok");
      expect(peer.events("goal")[1]).toMatchObject({
        ...{ gripper: "parallel_gripper", position: 0.5, effort: null, names: ["jaw_joint"] },
      });

      peer.tell({ do: "object", joint: "finger_joint", at: 0.03 });
      const held = driver.command({ kind: "gripper", controller: "finger_joint", position: 0 });
      const grip = await eventually("it holds", () => driver.result(held, "done"));
      expect(grip).toMatchObject({
        code: "ok",
        message: expect.stringMatching(/stands at 0\.03 .*12\.5.*holds/),
      });

      peer.tell({ do: "object", joint: "finger_joint", at: null });
      const empty = driver.command({ kind: "gripper", position: 0 });
      const which = await eventually("it is refused", () => driver.result(empty, "refused"));
      expect(which).toMatchObject({
        code: "no_controller",
        message: expect.stringContaining("several grippers"),
      });
      const far = driver.command({ kind: "gripper", controller: "finger_joint", position: 0.5 });
      expect((await eventually("it is refused", () => driver.result(far, "refused"))).code).toBe(
        "outside_limits",
      );
      const hard = driver.command({
        kind: "gripper",
        controller: "finger_joint",
        position: 0.01,
        maxEffort: 100,
      });
      expect((await eventually("it is refused", () => driver.result(hard, "refused"))).code).toBe(
        "effort_limit",
      );
    });
  });

  it("that stall where that is no success, or reject, end with the reason", async () => {
    await beside(["--without", "parallel_gripper"], async (peer, driver, twin) => {
      await grippers(twin, 1);
      const open = driver.command({ kind: "gripper", position: 0.06 });
      await eventually("it is open", () => driver.result(open, "done"));
      peer.tell({ do: "stalling", value: false });
      peer.tell({ do: "object", joint: "finger_joint", at: 0.03 });
      const blocked = driver.command({ kind: "gripper", position: 0 });
      const end = await eventually("it is aborted", () => driver.result(blocked, "aborted"));
      expect(end).toMatchObject({ code: "stalled", message: expect.stringContaining("0.03") });
      peer.tell({ do: "reject", value: true });
      const rejected = driver.command({ kind: "gripper", position: 0.05 });
      expect((await eventually("it is rejected", () => driver.result(rejected, "aborted"))).code).toBe(
        "controller_rejected",
      );
    });
  });

  it("are cancelled by a stop and hold where they are; a newer goal takes over", async () => {
    await beside(["--without", "parallel_gripper"], async (peer, driver, twin) => {
      await grippers(twin, 1);
      const slow = driver.command({ kind: "gripper", position: 0.08 });
      await eventually("it moves", async () =>
        (await measured(twin, "finger_joint")) > 0.01 ? true : undefined,
      );
      const other = driver.command({ kind: "gripper", position: 0.02 });
      expect((await eventually("it is replaced", () => driver.result(slow, "aborted"))).code).toBe(
        "replaced",
      );
      expect((await eventually("the newer is done", () => driver.result(other, "done"))).code).toBe("ok");

      const again = driver.command({ kind: "gripper", position: 0.08 });
      await eventually("it moves", async () =>
        (await measured(twin, "finger_joint")) > 0.035 ? true : undefined,
      );
      driver.send({ op: "stop", robot: "*" });
      expect((await eventually("it is stopped", () => driver.result(again, "aborted"))).code).toBe("stopped");
      const ended = await eventually("the goal is cancelled", () =>
        peer.events("end").find(({ how }) => how === "canceled"),
      );
      expect(ended.at as number).toBeLessThan(0.075);
      const refused = driver.command({ kind: "gripper", position: 0.01 });
      expect((await eventually("it is refused", () => driver.result(refused, "refused"))).code).toBe(
        "stopped",
      );
      const goals = peer.events("goal").length;
      driver.send({ op: "reset", robot: "robot" });
      await eventually("reset", () => driver.answers.find((answer) => answer.op === "reset"));
      expect(peer.events("goal")).toHaveLength(goals);
    });
  });

  it("that disappear in mid-motion end their goal, and are then unsupported with the remedy", async () => {
    await beside(["--without", "parallel_gripper"], async (peer, driver, twin) => {
      await grippers(twin, 1);
      const slow = driver.command({ kind: "gripper", position: 0.08 });
      await eventually("it moves", async () =>
        (await measured(twin, "finger_joint")) > 0.01 ? true : undefined,
      );
      peer.tell({ do: "leave" });
      const end = await eventually("it is aborted", () => driver.result(slow, "aborted"));
      expect(end.code).toBe("controller_gone");
      const none = await eventually("no gripper is there", async () => {
        const found = await can(twin);
        return found.gripper === false ? found : undefined;
      });
      const absent = none.controllers?.find(({ kind }) => kind === "gripper");
      expect(absent).toMatchObject({
        state: "absent",
        reason: expect.stringContaining("start its controller"),
      });
      const refused = driver.command({ kind: "gripper", position: 0.01 });
      const answer = await eventually("it is refused", () => driver.result(refused, "refused"));
      expect(answer).toMatchObject({
        code: "unsupported",
        message: expect.stringContaining("robots[].commands.gripper"),
      });
    });
  });
});
