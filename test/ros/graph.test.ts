import { afterEach, describe, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";
import { freshDomain, hasRos, startPeer, type TestProcess, TestTwin } from "./support.ts";

const urdf = "test/truth/urdf/arm-seven.urdf";
const joints = Array.from({ length: 7 }, (_, i) => `joint_${i + 1}`).join(",");

type Ready = { ready: boolean; reasons: string[] };

describe.skipIf(!hasRos())("a robot that does not show", () => {
  let peer: TestProcess | null = null;
  let twin: TestTwin | null = null;
  afterEach(async () => {
    await twin?.end();
    await peer?.end();
    peer = null;
  });

  async function readiness(of: TestTwin, reason: string): Promise<Ready> {
    await of.listens();
    return eventually(
      `ready, or not because of ${reason}`,
      async () => {
        const answer = await fetch(`${of.url}/readyz`);
        const body = (await answer.json()) as Ready;
        expect(answer.status).toBe(body.ready ? 200 : 503);
        return body.reasons.some((line) => line.includes(reason)) ? body : undefined;
      },
      60_000,
    );
  }

  it("because it is in a namespace: log, events and /readyz say which, and it shows with --namespace", async () => {
    const domain = freshDomain();
    peer = startPeer(domain, ["--urdf", urdf, "--joints", joints, "--namespace", "r2"]);
    // A list of robots: without one, every namespace is looked into.
    twin = new TestTwin(domain, ["--ros", "on", "--config", "test/ros/at-the-root.yaml"]);
    const reason = "nobody publishes /robot_description; there is /r2/robot_description";
    expect((await readiness(twin, reason)).reasons[0]).toContain("use --namespace r2");
    expect(twin.process.errors.join("\n")).toContain(reason);
    const { events } = (await twin.json("/api/events")) as { events: { kind: string; message: string }[] };
    expect(events.filter(({ kind }) => kind === "ros.waiting")).toHaveLength(1);
    await twin.end();
    twin = new TestTwin(domain, ["--ros", "on", "--namespace", "r2"]);
    await twin.ready();
    await twin.end();
    twin = new TestTwin(domain);
    await twin.ready();
    const { things } = (await twin.json("/api/twin")) as { things: Record<string, { type: string }> };
    const robots = Object.entries(things).filter(([, { type }]) => type === "robot");
    expect(robots.map(([id]) => id)).toEqual(["r2"]);
  });

  it("because nobody publishes its joints: with a description from a file", {
    timeout: 240_000,
  }, async () => {
    const domain = freshDomain();
    twin = new TestTwin(domain, ["--ros", "on", "--description", urdf]);
    await readiness(twin, `no other node is seen on ROS domain ${domain}`);
    peer = startPeer(domain, ["--urdf", urdf, "--joints", joints, "--no-joints"]);
    await readiness(twin, "/joint_states has a publisher, but no joint of the robot is measured");
    await peer.end("SIGINT");
    peer = startPeer(domain, ["--urdf", urdf, "--joints", joints, "--namespace", "left"]);
    await readiness(twin, "nobody publishes /joint_states; there is /left/joint_states");
    await peer.end("SIGINT");
    peer = startPeer(domain, ["--urdf", urdf, "--joints", joints]);
    await twin.ready();
  });
});
