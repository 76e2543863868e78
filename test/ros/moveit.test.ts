import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PlannedMessage } from "../../src/protocol/planned-message.ts";
import { findingsOf } from "../browser/axe.ts";
import { openPage, openPanel } from "../browser/page-at-hand.ts";
import { shoot } from "../browser/shots.ts";
import { hasChromium, launchChromium } from "../support/chromium.ts";
import { eventually } from "../support/eventually.ts";
import { can } from "./can.ts";
import { Driver, freshDomain, hasRos, startPeer, type TestProcess, TestTwin } from "./support.ts";

const joints = ["shoulder_pan", "shoulder_lift", "elbow", "wrist_1", "wrist_2", "wrist_3"];
const home = [0, -0.8, 1.2, -0.4, 0.3, 0];
const goal = { shoulder_pan: 1.2, shoulder_lift: -0.6 };

type Answer = Partial<Omit<PlannedMessage, "op">> & { op: string; code?: string; message?: string };

describe.skipIf(!hasRos())("a move_group written with rclpy as a planner", () => {
  const domain = freshDomain();
  let arm: TestProcess;
  let group: TestProcess;
  let twin: TestTwin;
  let driver: Driver;
  let count = 0;

  const startGroup = () =>
    startPeer(
      domain,
      ["--srdf", "test/ros/arm-groups.srdf", "--group", ["arm", ...joints].join(",")],
      "move_group_peer.py",
    );
  const isOffered = async (): Promise<boolean> => {
    const { controllers = [] } = await can(twin);
    return controllers.some(({ kind, state }) => kind === "planner" && state === "active");
  };
  const offered = () =>
    eventually("the planner is offered", async () => (await isOffered()) || undefined, 30_000);
  /** Has the peer do something, and waits until it has. */
  const tell = async (command: object): Promise<void> => {
    const before = group.events("did").length;
    group.tell(command);
    await eventually("the peer has done it", () => group.events("did").length > before || undefined);
  };
  const ask = async (command: object, more: object = {}): Promise<Answer> => {
    const id = `plan-${++count}`;
    driver.send({ op: "plan", id, robot: "robot", command, planner: "moveit", ...more });
    return eventually(
      "the plan is answered",
      () => driver.answers.find((answer) => answer.id === id) as Answer | undefined,
      20_000,
    );
  };
  const move = { kind: "jointPosition", positions: goal };
  const asked = () => group.events("asked").at(-1);

  beforeAll(async () => {
    arm = startPeer(domain, ["--urdf", "urdf/arm.urdf", "--joints", joints.join(",")]);
    arm.tell({ do: "set", positions: home });
    twin = new TestTwin(domain);
    await twin.ready();
    await eventually("the robot rests", async () => {
      const lift = await twin.reported("joint/shoulder_lift/position");
      return lift?.value === home[1] ? true : undefined;
    });
    driver = new Driver(twin.url);
    await driver.drive();
  }, 120_000);

  afterAll(async () => {
    driver?.kill();
    await twin?.end();
    await group?.end();
    await arm?.end();
  });

  it("that is not there is not offered, and asking for it is refused with what to start", async () => {
    expect(await isOffered()).toBe(false);
    expect(await ask(move)).toMatchObject({
      ...{ op: "result", stage: "refused", code: "no_planner" },
      message: expect.stringContaining("plan_kinematic_path"),
    });
    group = startGroup();
    await offered();
  });

  it("is asked from the measured state, for the group of the SRDF; its way is timed by us, and a commit sends it", async () => {
    const plan = await ask(move);
    expect(plan).toMatchObject({ op: "planned", planner: "moveit", path: "around" });
    expect(asked()).toMatchObject({ group: "arm", time: 5, link: null });
    expect(asked()?.joints).toEqual(goal);
    const start = asked()?.start as Record<string, number>;
    for (const [i, joint] of joints.entries()) expect(start[joint]).toBe(home[i]);
    expect(plan.points?.at(-1)?.positions.shoulder_pan).toBeCloseTo(1.2, 3);
    const { planId, stateHash } = plan;
    const commit = driver.command({ kind: "plan", planId, stateHash });
    const sent = await eventually("the goal arrives", () => arm.events("goal").at(-1), 20_000);
    const points = sent.points as { positions: number[]; velocities: number[]; time: number }[];
    const fastest = Math.max(...points.flatMap(({ velocities }) => velocities.map(Math.abs)));
    expect(fastest).toBeLessThan(2.2 * 0.5 + 1e-6);
    expect(fastest).toBeGreaterThan(0.2);
    // The peer goes evenly from end to end, which may be too far from the path: how it ends is not the question here.
    await eventually(
      "it ends",
      () => driver.result(commit, "done") ?? driver.result(commit, "aborted"),
      30_000,
    );
    arm.tell({ do: "set", positions: home });
    await eventually("the arm is back", async () => {
      const pan = await twin.reported("joint/shoulder_pan/position");
      return pan?.value === 0 ? true : undefined;
    });
  });

  it("is asked for a pose of the tool in the root frame, and where its way ends is checked", async () => {
    const pose = { kind: "pose", frame: "tool0", position: [0, 0, 0.02], quaternion: [0, 0, 0, 1] };
    await tell({ do: "pose", positions: { wrist_3: 0.4 } });
    const wrong = await ask(pose);
    expect(wrong).toMatchObject({
      code: "invalid_trajectory",
      message: expect.stringContaining("from the pose"),
    });
    expect(asked()).toMatchObject({ group: "arm", link: "gripper_tcp", frame: "base_link", turned: 1 });
    expect(asked()?.z as number).toBeGreaterThan(0.05);
    // By our own inverse kinematics the peer knows where that is.
    driver.send({ op: "plan", id: "own", robot: "robot", command: pose });
    const own = await eventually("our own plan", () => driver.answers.find(({ id }) => id === "own"));
    await tell({ do: "pose", positions: (own as unknown as PlannedMessage).points.at(-1)?.positions ?? {} });
    expect(await ask(pose)).toMatchObject({ op: "planned", planner: "moveit" });
  });

  it.each([
    [-1, "no way was found"],
    [-2, "collides or leaves the limits"],
    [-10, "collides where it is"],
    [99999, "its log has the reason"],
    [-4711, "not known here"],
  ])("that answers error %d is quoted in plain words", async (value, words) => {
    await tell({ do: "answer", value });
    expect(await ask(move)).toMatchObject({
      ...{ op: "result", stage: "refused", code: `moveit_${value}` },
      message: expect.stringContaining(words),
    });
  });

  it.each([
    ["unknown", "unknown_joint", "joint_of_another_robot"],
    ["outside", "outside_limits", "50.000 rad is outside"],
    ["nan", "invalid_trajectory", "not finite"],
    ["backwards", "invalid_trajectory", "do not grow"],
    ["untimed", "invalid_trajectory", "does its planning pipeline time trajectories"],
    ["elsewhere", "invalid_trajectory", "ends elsewhere"],
    ["begins", "start_mismatch", "begins elsewhere"],
    ["short", "invalid_trajectory", "a position for each joint"],
    ["empty", "invalid_trajectory", "no points"],
  ])("is not believed: %s is refused as %s", async (value, code, words) => {
    await tell({ do: "answer", value });
    expect(await ask(move)).toMatchObject({ op: "result", code, message: expect.stringContaining(words) });
  });

  it("is not believed in its times either: what is too fast becomes as slow as the limits are", async () => {
    await tell({ do: "answer", value: "way" });
    const usual = await ask(move);
    await tell({ do: "answer", value: "fast" });
    const fast = await ask(move);
    expect(fast).toMatchObject({ op: "planned" });
    expect(fast.duration).toBeCloseTo(usual.duration ?? 0, 1);
    expect(fast.duration).toBeGreaterThan(1);
  });

  it("whose way collides with the robot or with the twin's scene is refused with the pair", async () => {
    await tell({ do: "answer", value: "way" });
    const post = { shape: "box", size: [0.05, 0.05, 2], pose: { position: [-0.005, 0.24, 0.5] } };
    const put = (method: string, body?: object) =>
      fetch(`${twin.url}/api/scene/post`, {
        method,
        ...(body === undefined
          ? {}
          : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
      });
    expect((await put("PUT", post)).status).toBe(200);
    const found = await eventually("it is refused", async () => {
      const answer = await ask(move);
      return answer.op === "result" ? answer : undefined;
    });
    expect(found).toMatchObject({ code: "collision", message: expect.stringContaining("post") });
    expect((await put("DELETE")).status).toBe(200);
    await eventually("the post is gone", async () => ((await ask(move)).op === "planned" ? true : undefined));
    await tell({ do: "via", positions: { elbow: 2.35, wrist_1: -3 } });
    expect(await ask(move)).toMatchObject({
      ...{ op: "result", code: "self_collision" },
      message: expect.stringContaining("upper_arm_link would collide with wrist_1_link"),
    });
    await tell({ do: "via", positions: {} });
  });

  it("takes a group by name, and only one that the SRDF has", async () => {
    expect(await ask(move, { group: "legs" })).toMatchObject({
      ...{ code: "no_group", message: expect.stringContaining("arm, gripper, everything") },
    });
    // The peer plans for `arm` only.
    expect(await ask(move, { group: "everything" })).toMatchObject({ code: "moveit_-15" });
    const line = { kind: "pose", frame: "base_link", position: [0.3, 0, 0.4], quaternion: [0, 0, 0, 1] };
    expect(await ask({ ...line, path: "line" })).toMatchObject({ code: "unsupported" });
    const mixed = { kind: "jointPosition", positions: { elbow: 1, joint_9: 1 } };
    expect(await ask(mixed)).toMatchObject({ code: "no_group" });
  });

  it.skipIf(!hasChromium())("is a choice on the page, whose card says whose way it is", async () => {
    const faults: string[] = [];
    const browser = await launchChromium();
    try {
      const page = await openPage(browser, twin.url, faults);
      await openPanel(page, "Poses");
      await page.getByLabel("Planner").selectOption("MoveIt");
      const before = group.events("asked").length;
      await page.getByRole("button", { name: "Go to side" }).click();
      await page.getByText(/goes a way of MoveIt/).waitFor({ timeout: 20_000 });
      expect(group.events("asked")).toHaveLength(before + 1);
      await shoot(page, "planner-moveit");
      expect(await findingsOf(page)).toEqual([]);
      expect(faults).toEqual([]);
    } finally {
      await browser.close();
    }
  });

  it("that is silent is given up after 8 s, and a client that goes leaves nothing behind", async () => {
    await tell({ do: "answer", value: "silent" });
    const leaver = new Driver(twin.url);
    await eventually("the socket opens", () => leaver.answers[0]);
    const before = group.events("asked").length;
    leaver.send({ op: "plan", id: "left", robot: "robot", command: move, planner: "moveit" });
    await eventually("it is asked", () => group.events("asked").length > before || undefined);
    leaver.kill();
    const begun = Date.now();
    // It waits for the question before it, which nobody wants answered any more, and is then given up itself.
    const silent = await ask(move);
    expect(silent.code).toBe("no_answer");
    expect(Date.now() - begun).toBeLessThan(20_000);
    expect(leaver.answers.some(({ id }) => id === "left")).toBe(false);
  });

  it("that disappears while it is asked ends the question at once, and is offered again when it is back", async () => {
    group.tell({ do: "answer", value: "silent" });
    const begun = Date.now();
    const id = "gone";
    const before = driver.answers.length;
    driver.send({ op: "plan", id, robot: "robot", command: move, planner: "moveit" });
    setTimeout(() => group.tell({ do: "leave" }), 500);
    const end = await eventually(
      "it is answered",
      () => driver.answers.slice(before).find((answer) => answer.id === id),
      20_000,
    );
    expect(end).toMatchObject({ code: "planner_gone", message: expect.stringContaining("gone") });
    expect(Date.now() - begun).toBeLessThan(7000);
    await eventually("it is not offered", async () => (await isOffered()) === false || undefined);
    await group.end();
    group = startGroup();
    await offered();
    expect(await ask(move)).toMatchObject({ op: "planned", planner: "moveit" });
  });
});
