import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { Navigation } from "../../src/command/robot-task.ts";
import { eventually } from "../support/eventually.ts";
import { besideTwin } from "./beside-twin.ts";
import { can } from "./can.ts";
import { type Driver, hasRos, type TestProcess } from "./support.ts";

const folder = mkdtempSync(join(tmpdir(), "twin-navigation-"));
const config = join(folder, "twin.yaml");
writeFileSync(config, "robots:\n  - commands: { services: [home, /lamp, away] }\n");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const beside = (more: string[], act: Parameters<typeof besideTwin>[1]) =>
  besideTwin(
    {
      peer: ["navigator_peer.py", "--urdf", "test/ros/mobile-gripper.urdf", ...more],
      twinArgs: ["--ros", "on", "--config", config],
      ready: (twin) =>
        eventually("the base can be sent", async () => ((await can(twin)).navigate ? true : undefined)),
    },
    act,
  );

const to = (x: number, y: number, yaw = 0, more: object = {}) => ({
  ...{ kind: "navigate", frame: "map", position: [x, y], yaw },
  ...more,
});

type Told = { stage?: string; progress?: number; navigation?: Navigation };
const told = (driver: Driver, id: string): Required<Told>[] =>
  (driver.answers as (Told & { id?: string })[])
    .filter((answer) => answer.id === id && answer.navigation !== undefined)
    .map((answer) => answer as Required<Told>);

/** Has the peer do something, and waits until it has. */
async function ask(peer: TestProcess, command: object): Promise<void> {
  const before = peer.events("did").length;
  peer.tell(command);
  await eventually("the peer has done it", () => peer.events("did").length > before || undefined);
}
const ends = (peer: TestProcess, how: string) => peer.events("end").filter((end) => end.how === how);
const final = (driver: Driver, id: string) =>
  eventually(
    "it ends",
    () => driver.result(id, "done") ?? driver.result(id, "aborted") ?? driver.result(id, "refused"),
  );
const under = (driver: Driver, id: string) =>
  eventually("the base is under way", () => (told(driver, id).length > 3 ? true : undefined));

describe.skipIf(!hasRos())("Nav2's navigators written with rclpy", () => {
  it("take a goal, with distance, time and recoveries on the way, and several poses in order", async () => {
    await beside([], async (peer, driver, twin) => {
      const one = driver.command(to(1, 0.5, 1.2));
      expect(await final(driver, one)).toMatchObject({ stage: "done", code: "ok" });
      const feedback = told(driver, one);
      expect(feedback.length).toBeGreaterThan(10);
      const first = feedback[0] as Required<Told>;
      const last = feedback.at(-1) as Required<Told>;
      expect(first.navigation.distanceRemaining).toBeGreaterThan(0.9);
      expect(first.navigation.timeRemaining).toBeCloseTo(first.navigation.distanceRemaining / 0.5, 1);
      expect(first.navigation.recoveries).toBe(2);
      expect(last.navigation.distanceRemaining).toBeLessThan(0.2);
      expect(last.progress).toBeGreaterThan(0.8);
      const [goal] = peer.events("goal");
      expect(goal).toMatchObject({ action: "NavigateToPose", tree: "" });
      expect(((goal?.poses ?? []) as object[])[0]).toMatchObject({ frame: "map", x: 1, y: 0.5 });
      expect(((goal?.poses ?? []) as { yaw: number }[])[0]?.yaw).toBeCloseTo(1.2, 9);

      const via = [
        { position: [1, 0], yaw: 0 },
        { position: [0.5, 0], yaw: 0 },
      ];
      const several = driver.command(to(0, 0, 0, { via }));
      expect(await final(driver, several)).toMatchObject({ stage: "done", code: "ok" });
      expect(told(driver, several)[0]?.navigation.posesRemaining).toBe(3);
      const through = peer.events("goal").at(-1);
      expect(through?.action).toBe("NavigateThroughPoses");
      expect(((through?.poses ?? []) as { x: number }[]).map(({ x }) => x)).toEqual([1, 0.5, 0]);
      const found = await can(twin);
      expect(found.controllers?.map(({ kind }) => kind)).toContain("navigate through poses");
    });
  });

  it("abort with their reason, reject, and let a newer goal take over, of either action", async () => {
    await beside([], async (peer, driver) => {
      await ask(peer, { do: "fail", code: 207 });
      const blocked = driver.command(to(1, 0));
      expect(await final(driver, blocked)).toMatchObject({
        ...{ stage: "aborted", code: "navigator_207", message: "no valid path was found" },
      });
      await ask(peer, { do: "fail", code: 9002 });
      const lost = driver.command(to(2, 0));
      const end = await final(driver, lost);
      expect(end).toMatchObject({
        code: "navigator_9002",
        message: expect.stringContaining("is it localized?"),
      });
      await ask(peer, { do: "reject", value: true });
      const rejected = driver.command(to(2, 0));
      expect((await final(driver, rejected)).code).toBe("controller_rejected");
      await ask(peer, { do: "reject", value: false });

      const far = driver.command(to(9, 0));
      await under(driver, far);
      const newer = driver.command(to(8, 1));
      expect(await final(driver, far)).toMatchObject({ stage: "aborted", code: "replaced" });
      await under(driver, newer);
      const several = driver.command(to(1.5, 0, 0, { via: [{ position: [2, 0], yaw: 0 }] }));
      expect(await final(driver, newer)).toMatchObject({ stage: "aborted", code: "replaced" });
      expect(await final(driver, several)).toMatchObject({ stage: "done", code: "ok" });
      // The other action was cancelled before: a navigator refuses a goal while another of its actions runs.
      expect(ends(peer, "canceled")).toHaveLength(1);
    });
  });

  it("are cancelled by a stop, by a jog of the base and by the end of the lease; a pause ends the goal, too", async () => {
    await beside([], async (peer, driver) => {
      const driven = driver.command(to(9, 0));
      await under(driver, driven);
      const pad = setInterval(() => driver.command({ kind: "twist", linear: { x: 0.1 } }, 300), 45);
      expect(await final(driver, driven)).toMatchObject({ stage: "aborted", code: "replaced" });
      await eventually("it is cancelled", () => ends(peer, "canceled").length === 1 || undefined);
      clearInterval(pad);

      const paused = driver.command(to(9, 0));
      await under(driver, paused);
      driver.send({ op: "override", robot: "robot", percent: 0 });
      expect(await final(driver, paused)).toMatchObject({ stage: "aborted", code: "paused" });
      await eventually("it is cancelled", () => ends(peer, "canceled").length === 2 || undefined);
      expect((await final(driver, driver.command(to(1, 0)))).code).toBe("paused");
      driver.send({ op: "override", robot: "robot", percent: 100 });
      await eventually("it goes on", async () => {
        const id = driver.command(to(9, 0));
        await eventually("an answer", () => (driver.stages(id).length > 0 ? true : undefined));
        return driver.stages(id)[0] === "accepted" ? true : undefined;
      });
      await eventually("it is accepted", () => (peer.events("goal").length === 3 ? true : undefined));
      driver.send({ op: "release", id: "release", robot: "robot", epoch: driver.epoch });
      await eventually("it is cancelled", () => ends(peer, "canceled").length === 3 || undefined);

      driver.epoch = -1;
      driver.send({ op: "acquire", id: "acquire", robot: "robot", holder: "test" });
      await eventually("the lease is granted again", () => (driver.epoch >= 0 ? true : undefined));
      const stopped = driver.command(to(9, 0));
      await under(driver, stopped);
      driver.send({ op: "stop", robot: "*" });
      expect(await final(driver, stopped)).toMatchObject({ stage: "aborted", code: "stopped" });
      await eventually("it is cancelled", () => ends(peer, "canceled").length === 4 || undefined);
      expect((await final(driver, driver.command(to(1, 0)))).code).toBe("stopped");
    });
  });

  it("that fall silent, or are gone, end their goal", async () => {
    await beside([], async (peer, driver, twin) => {
      const silent = driver.command(to(9, 0));
      await under(driver, silent);
      await ask(peer, { do: "mute", value: true });
      expect(await final(driver, silent)).toMatchObject({ stage: "aborted", code: "no_feedback" });
      await eventually("it is cancelled", () => ends(peer, "canceled").length === 1 || undefined);
      await ask(peer, { do: "mute", value: false });
      const gone = driver.command(to(8, 0));
      await under(driver, gone);
      peer.tell({ do: "leave" });
      const end = await final(driver, gone);
      expect(["controller_gone", "stale_state"]).toContain(end.code);
      await eventually("nothing takes goals", async () =>
        (await can(twin)).navigate === false ? true : undefined,
      );
      const none = await final(driver, driver.command(to(1, 0)));
      expect(none).toMatchObject({
        stage: "refused",
        code: expect.stringMatching(/no_controller|stale_state/),
      });
    });
  });

  it("that are killed end their goal within seconds", async () => {
    await beside(["--without", "odometry"], async (peer, driver) => {
      const gone = driver.command(to(9, 0));
      await under(driver, gone);
      await peer.end("SIGKILL");
      expect(await final(driver, gone)).toMatchObject({
        stage: "aborted",
        code: expect.stringMatching(/no_feedback|stale_state/),
      });
    });
  });

  it("are not needed where somebody subscribes to goal_pose, which is told to be final; initialpose is set", async () => {
    await beside(["--without", "navigators"], async (peer, driver) => {
      const one = driver.command(to(1, 0.5, -1));
      const end = await final(driver, one);
      expect(end).toMatchObject({
        stage: "done",
        code: "not_confirmed",
        message: expect.stringContaining("neither a stop"),
      });
      const heard = await eventually("it is heard", () => peer.events("goal_pose")[0]);
      expect(heard).toMatchObject({ frame: "map", x: 1, y: 0.5 });
      expect(heard.yaw as number).toBeCloseTo(-1, 9);
      const several = driver.command(to(0, 0, 0, { via: [{ position: [1, 0], yaw: 0 }] }));
      expect((await final(driver, several)).code).toBe("no_controller");
      const initial = driver.command(to(2, 0, 0, { as: "initial" }));
      expect(await final(driver, initial)).toMatchObject({ stage: "done", code: "ok" });
      expect(await eventually("it is heard", () => peer.events("initialpose")[0])).toMatchObject({
        frame: "map",
        x: 2,
      });
    });
  });
});

describe.skipIf(!hasRos())("services of std_srvs written with rclpy", () => {
  const call = (driver: Driver, service: string, data?: boolean) =>
    driver.command({ kind: "service", service, ...(data === undefined ? {} : { data }) });

  it("are called where they are allowed, and answer with success or the reason", async () => {
    await beside([], async (peer, driver, twin) => {
      expect((await can(twin)).services).toEqual(["/home", "/lamp"]);
      expect(await final(driver, call(driver, "home"))).toMatchObject({
        stage: "done",
        code: "ok",
        message: "homed",
      });
      expect(await final(driver, call(driver, "/lamp", true))).toMatchObject({ stage: "done", code: "ok" });
      expect(peer.events("service")).toMatchObject([{ name: "home" }, { name: "lamp", data: true }]);
      await ask(peer, { do: "fail", code: 1 });
      const failed = await eventually("it fails", async () => {
        const answer = await final(driver, call(driver, "home"));
        return answer.code === "service_failed" ? answer : undefined;
      });
      expect(failed.message).toBe("a limit switch is stuck");
      expect((await final(driver, call(driver, "lamp"))).code).toBe("wrong_type");
      const forbidden = await final(driver, call(driver, "forbidden"));
      expect(forbidden).toMatchObject({ stage: "refused", code: "unsupported" });
      expect(forbidden.message).toContain("robots[].commands.services");
    });
  });

  it("that were called are past a stop, which says so; one that is gone is not called", async () => {
    await beside([], async (peer, driver, twin) => {
      await ask(peer, { do: "slow", seconds: 2 });
      const slow = call(driver, "home");
      await eventually("it is called", () => peer.events("service").find(({ name }) => name === "home"));
      expect((await final(driver, call(driver, "home"))).code).toBe("service_busy");
      driver.send({ op: "stop", robot: "*" });
      const end = await final(driver, slow);
      expect(end).toMatchObject({
        stage: "aborted",
        code: "stopped",
        message: expect.stringContaining("cannot be cancelled"),
      });
      expect((await final(driver, call(driver, "lamp", false))).code).toBe("stopped");
      peer.tell({ do: "leave" });
      await eventually("they are gone", async () =>
        (await can(twin)).services?.length === 0 ? true : undefined,
      );
    });
  });
});
