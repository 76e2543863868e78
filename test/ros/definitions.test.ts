import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { definitionsKey, readDefinitions, writeManifest } from "../../src/io/ros/message-definitions.ts";
import { defaultRosDir, findRclnodejs, rosFolder } from "../../src/io/ros/ros-environment.ts";
import { eventually } from "../support/eventually.ts";
import { controlMsgsOverlay, sourcedEnvironment, startOverlayPeer, withIndexes } from "./overlay.ts";
import { Driver, freshDomain, hasRos, startPeer, type TestProcess, TestTwin } from "./support.ts";

const root = join(import.meta.dirname, "..", "..");
const main = join(root, "dist", "main.js");
const joints = Array.from({ length: 7 }, (_, i) => `joint_${i + 1}`);
const robotArgs = ["--urdf", "test/truth/urdf/arm-seven.urdf", "--joints", joints.join(",")];
const has = hasRos();

/** Moves a joint; the answers to the move. */
async function moved(twin: TestTwin) {
  await twin.ready();
  await eventually("the robot is described", () => twin.reported("joint/joint_1/position"));
  const driver = new Driver(twin.url);
  await driver.drive();
  const id = await eventually(
    "the move is taken and ends",
    async () => {
      const sent = driver.command({ kind: "jointPosition", positions: { joint_2: 0.4 } });
      const end = await eventually(
        "an end",
        () => driver.result(sent, "done") ?? driver.result(sent, "refused") ?? driver.result(sent, "aborted"),
      );
      return end.code === "no_controller" || end.code === "unknown_joint" || end.code === "stale_state"
        ? undefined
        : sent;
    },
    20_000,
  );
  driver.kill();
  return driver.answers.filter((answer) => answer.id === id);
}

describe.skipIf(!has)("a robot whose control_msgs differs from the twin's", () => {
  let peer: TestProcess | null = null;
  let twin: TestTwin | null = null;
  let feedbackOverlay = "";
  let goalOverlay = "";

  beforeAll(() => {
    feedbackOverlay = controlMsgsOverlay(withIndexes);
    goalOverlay = controlMsgsOverlay((text) => text.replace(/^---$/m, "int32 priority\n---"));
  }, 600_000);

  afterEach(async () => {
    await twin?.end();
    await peer?.end();
    twin = null;
    peer = null;
  });

  it("by two more fields in the feedback: progress comes as from one that is the same", async () => {
    const counts: number[] = [];
    for (const overlay of [null, feedbackOverlay]) {
      const domain = freshDomain();
      peer = overlay === null ? startPeer(domain, robotArgs) : startOverlayPeer(overlay, domain, robotArgs);
      twin = new TestTwin(domain);
      const answers = await moved(twin);
      expect(answers.at(-1)).toMatchObject({ stage: "done" });
      counts.push(answers.filter((answer) => answer.stage === "executing").length);
      await twin.end();
      await peer.end();
    }
    expect(counts[0]).toBeGreaterThan(3);
    expect(counts[1]).toBeGreaterThan(3);
  });

  it("by another goal: no goal is sent, and the answer says why", async () => {
    const domain = freshDomain();
    peer = startOverlayPeer(goalOverlay, domain, robotArgs);
    twin = new TestTwin(domain);
    const answers = await moved(twin);
    expect(answers.at(-1)).toMatchObject({ stage: "aborted", code: "type_mismatch" });
    expect(answers.at(-1)?.message).toContain(
      "another definition of control_msgs/action/FollowJointTrajectory",
    );
    expect(peer.events("goal")).toEqual([]);
  });
});

describe.skipIf(!has)("a set-up for a sourced ROS 2 whose messages change afterwards", () => {
  it("is refused by `up`, `sim` and `doctor`, made anew by `ros setup`, and works with the new ones", async () => {
    const overlay = controlMsgsOverlay(withIndexes);
    const at = mkdtempSync(join(tmpdir(), "twin-definitions-"));
    const base = join(at, "ros");
    const shared = rosFolder(defaultRosDir());
    // As the set-up leaves it, for the same ROS without the overlay; built for it already.
    const folder = rosFolder(`${base}-kilted`);
    mkdirSync(folder.root, { recursive: true });
    cpSync(shared.node, folder.node, { recursive: true, verbatimSymlinks: true });
    const before = readDefinitions([shared.prefix]);
    writeManifest(findRclnodejs(folder) ?? "", before);
    const steps = {
      "rclnodejs for the sourced ROS 2": "2.2.0 kilted",
      "JavaScript of the messages": definitionsKey(before),
    };
    writeFileSync(folder.record, JSON.stringify({ ready: true, steps }));
    const domain = freshDomain();
    const env = (prefix: string | null) => ({
      ...sourcedEnvironment(prefix),
      TWIN_ROS_DIR: base,
      ROS_DOMAIN_ID: domain,
    });
    const run = (prefix: string | null, ...args: string[]) =>
      spawnSync(process.execPath, [main, ...args], {
        env: { ...process.env, ...env(prefix) },
        encoding: "utf8",
        timeout: 120_000,
      });
    let twin: TestTwin | null = null;
    let peer: TestProcess | null = null;
    try {
      for (const args of [["up", "--ros", "on", "--port", "0"], ["sim"]]) {
        const { status, stderr } = run(overlay, ...args);
        expect(status, stderr).toBe(1);
        expect(stderr).toContain("message definitions changed since `twin ros setup`: control_msgs");
      }
      const doctor = run(overlay, "doctor", "--json", "--port", "0");
      expect(JSON.parse(doctor.stdout).findings).toContainEqual({
        what: "messages",
        state: "bad",
        detail: "message definitions changed since `twin ros setup`: control_msgs",
        remedy: "twin ros setup",
      });
      const setup = run(overlay, "ros", "setup");
      expect(setup.status, setup.stderr).toBe(0);
      expect(setup.stdout).toContain("[1/2] rclnodejs for the sourced ROS 2: done already");
      expect(setup.stdout).toMatch(/\[2\/2\] JavaScript of the messages: \d+ s/);
      peer = startOverlayPeer(overlay, domain, robotArgs);
      twin = new TestTwin(domain, ["--ros", "on"], env(overlay));
      const answers = await moved(twin);
      expect(answers.at(-1)).toMatchObject({ stage: "done" });
      expect(answers.filter((answer) => answer.stage === "executing").length).toBeGreaterThan(3);
    } finally {
      await twin?.end();
      await peer?.end();
      rmSync(at, { recursive: true, force: true });
    }
  }, 180_000);
});
