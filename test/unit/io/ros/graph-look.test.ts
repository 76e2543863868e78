import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { lookAtGraph, type SeenGraph } from "../../../../src/io/ros/graph-look.ts";
import { FakeRos } from "./fake-ros.ts";

let ros: FakeRos;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout"] });
  vi.stubEnv("FASTDDS_DEFAULT_PROFILES_FILE", "/own.xml");
  vi.stubEnv("ROS_DOMAIN_ID", "3");
  ros = new FakeRos();
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  ros.clean();
});

/** Looks for `ms`; how long it took until it was done, and what it saw. `at`: what happens at which ms. */
async function look(ms: number, at: Record<number, () => void> = {}): Promise<[number, SeenGraph]> {
  let isOver = false;
  const looking = lookAtGraph(ros.file(), ms).finally(() => {
    isOver = true;
  });
  // The file of rclnodejs is read in real time.
  while (ros.spinning.size === 0 && !isOver) await new Promise(setImmediate);
  let passed = 0;
  await vi.advanceTimersByTimeAsync(0);
  for (; !isOver && passed < 100_000; passed += 250) {
    at[passed]?.();
    await vi.advanceTimersByTimeAsync(250);
  }
  return [passed, await looking];
}

const rsp = () => ros.publisher("/rsp", "/robot_description", "std_msgs/msg/String");

describe("a look at the ROS graph", () => {
  it("takes the time that was given where somebody is there, and says what and whose actions", async () => {
    rsp();
    ros.actionServer("/arm/follow_joint_trajectory");
    const [passed, graph] = await look(1000);
    expect(passed).toBe(1000);
    expect(graph).toMatchObject({
      nodes: ["/rsp"],
      topics: [{ name: "/robot_description" }],
      domain: "3",
      actions: [{ name: "/arm/follow_joint_trajectory", type: "control_msgs/action/FollowJointTrajectory" }],
    });
  });

  it("takes up to three times as long where nobody is seen, and ends as soon as somebody is", async () => {
    const [alone, graph] = await look(1000);
    expect(alone).toBe(3000);
    expect(graph.nodes).toEqual([]);
    ros.spinning.clear();
    const [found] = await look(1000, { 1500: rsp });
    expect(found).toBe(1750);
  });

  it("leaves ROS as it was", async () => {
    rsp();
    await look(250);
    expect(ros.nodes.size).toBe(0);
    expect(ros.ended).toEqual([undefined]);
  });
});
