import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";
import { Driver, freshDomain, hasRos, startPeer, type TestProcess, TestTwin } from "./support.ts";

const urdf = "test/truth/urdf/arm-seven.urdf";
const joints = Array.from({ length: 7 }, (_, i) => `joint_${i + 1}`);
const robotArgs = ["--urdf", urdf, "--joints", joints.join(",")];

describe.skipIf(!hasRos())("a robot written with rclpy", () => {
  const domain = freshDomain();
  let twin: TestTwin;
  let peer: TestProcess;

  beforeAll(async () => {
    peer = startPeer(domain, robotArgs);
    twin = new TestTwin(domain);
    await twin.ready();
    await eventually("the robot is described", () => twin.reported("joint/joint_1/position"));
  });

  afterAll(async () => {
    await twin?.end();
    await peer?.end();
  });

  it("shows in the graph with its links, joints and the very joint values it publishes", async () => {
    const positions = [0.1, -0.2, 0.3, -0.4, 0.5, -0.6, 0.123456789012345];
    peer.tell({ do: "set", positions });
    await eventually("the peer set them", () => peer.events("set")[0]);
    await eventually("the values arrive", async () => {
      const values = await Promise.all(
        joints.map(async (j) => (await twin.reported(`joint/${j}/position`))?.value),
      );
      return values.every((v, i) => Math.abs((v as number) - (positions[i] as number)) < 1e-9)
        ? true
        : undefined;
    });
    const graph = (await twin.json("/api/twin")) as { things: Record<string, { type: string }> };
    expect(graph.things["robot/link/base_link"]?.type).toBe("link");
    expect(graph.things["robot/joint/joint_7"]?.type).toBe("joint");
    const text = await (await fetch(`${twin.url}/api/robots/robot/description`)).text();
    expect(text).toContain("<robot");
  });

  it("gets a joint move as a goal with tolerances, and its result comes back in stages", async () => {
    const driver = new Driver(twin.url);
    await driver.drive();
    const id = await eventually(
      "the controller is found and the move is done",
      async () => {
        const sent = driver.command({ kind: "jointPosition", positions: { joint_2: 0.4 } });
        const end = await eventually(
          "an end",
          () => driver.result(sent, "done") ?? driver.result(sent, "refused"),
        );
        return end.stage === "done" ? sent : undefined;
      },
      20_000,
    );
    expect(driver.stages(id).filter((s, i, all) => s !== all[i - 1])).toEqual([
      "accepted",
      "sent",
      "executing",
      "done",
    ]);
    const goal = peer.events("goal").at(-1) as unknown as {
      joints: string[];
      points: { positions: number[]; velocities: number[] }[];
      path_tolerance: number[];
      goal_tolerance: number[];
      goal_time: number;
    };
    const j = goal.joints.indexOf("joint_2");
    expect(goal.points.at(-1)?.positions[j]).toBe(0.4);
    expect(goal.points.at(-1)?.velocities[j]).toBe(0);
    expect(goal.path_tolerance[j]).toBeGreaterThan(0);
    expect(goal.goal_tolerance[j]).toBeGreaterThan(0);
    expect(goal.goal_time).toBeGreaterThan(0);
    driver.kill();
  });

  it("gets no goal outside the URDF's limits", async () => {
    const before = peer.events("goal").length;
    const driver = new Driver(twin.url);
    await driver.drive();
    const id = driver.command({ kind: "jointPosition", positions: { joint_2: 99 } });
    const refusal = await eventually("it is refused", () => driver.result(id, "refused"));
    expect(refusal.code).toBe("outside_limits");
    expect(refusal.message).toContain("joint_2");
    expect(peer.events("goal").length).toBe(before);
    driver.kill();
  });

  it("gets a twist while commands come, and a zero last when the driving client is killed", async () => {
    const driver = new Driver(twin.url);
    await driver.drive();
    const pad = setInterval(() => driver.command({ kind: "twist", linear: { x: 0.3 } }, 200), 40);
    await eventually("the base is at speed", () => peer.events("twist").find((t) => (t.x as number) > 0.29));
    driver.kill();
    clearInterval(pad);
    const killed = Date.now();
    const zero = await eventually("a zero comes", () => {
      const last = peer.events("twist").at(-1);
      return last?.x === 0 && last.yaw === 0 ? last : undefined;
    });
    // 125 ms of lease at most, then the ramp from 0.3 m/s at 1 m/s², and what a loaded machine adds.
    expect((zero.at as number) * 1000 - killed).toBeLessThan(1500);
    const count = peer.events("twist").length;
    await eventually("time passes", () => (Date.now() - killed > 1500 ? true : undefined));
    expect(peer.events("twist").length).toBe(count);
    expect(peer.events("twist").filter((t) => t.x === 0 && t.yaw === 0).length).toBe(1);
  });

  it("has its goal cancelled by the stop, which holds until the reset", async () => {
    const driver = new Driver(twin.url);
    await driver.drive();
    const id = driver.command({ kind: "jointPosition", positions: { joint_1: 1.5 }, speed: 0.05 });
    await eventually("it is executing", () => driver.result(id, "executing"));
    const cancels = peer.events("canceled").length;
    const bystander = new Driver(twin.url);
    await eventually("a bystander is there", () => bystander.answers[0]);
    bystander.send({ op: "stop", robot: "*" });
    await eventually("the goal is cancelled", () =>
      peer.events("canceled").length > cancels ? true : undefined,
    );
    expect((await eventually("it is aborted", () => driver.result(id, "aborted"))).code).toBe("stopped");
    const refused = driver.command({ kind: "jointPosition", positions: { joint_1: 0 } });
    expect((await eventually("refused", () => driver.result(refused, "refused"))).code).toBe("stopped");
    bystander.send({ op: "reset", robot: "robot" });
    await eventually("reset", () => bystander.answers.find((a) => a.op === "reset"));
    driver.kill();
    bystander.kill();
  });

  it("may publish NaN without harm: it is counted and the graph keeps its numbers", async () => {
    const before = await twin.metric("ros:/joint_states", "rejected");
    peer.tell({ do: "nan" });
    await eventually("it is counted", async () =>
      (await twin.metric("ros:/joint_states", "rejected")) > before ? true : undefined,
    );
    const text = await (await fetch(`${twin.url}/api/twin`)).text();
    expect(text).not.toContain("NaN");
    expect(text).not.toContain(":null");
  });

  it("goes, and its values turn bad; comes back, and they are good again", async () => {
    await peer.end("SIGKILL");
    const gone = await eventually("no communication", async () => {
      const value = await twin.reported("joint/joint_1/position");
      return value?.quality === "bad" || value?.quality === "uncertain" ? value : undefined;
    });
    expect(typeof gone.value).toBe("number");
    await eventually(
      "the loss of the publisher shows",
      async () =>
        (await twin.reported("joint/joint_1/position"))?.reason === "no-communication" ? true : undefined,
      40_000,
    );
    peer = startPeer(domain, robotArgs);
    await eventually("it is back", async () =>
      (await twin.reported("joint/joint_1/position"))?.quality === "good" ? true : undefined,
    );
    const driver = new Driver(twin.url);
    await driver.drive();
    const id = await eventually(
      "a move goes through again",
      async () => {
        const sent = driver.command({ kind: "jointPosition", positions: { joint_3: 0.2 } });
        const answer = await eventually(
          "an answer",
          () =>
            driver.result(sent, "done") ?? driver.result(sent, "refused") ?? driver.result(sent, "aborted"),
          10_000,
        );
        return answer.stage === "done" ? sent : undefined;
      },
      30_000,
    );
    expect(driver.stages(id)).toContain("done");
    driver.kill();
  });

  it("latches another description at run time, and the robot is reloaded", async () => {
    peer.tell({ do: "describe", urdf: "urdf/arm.urdf" });
    await eventually("the new robot shows", async () => {
      const thing = (await twin.json("/api/things/robot")) as { definition: { name?: string } };
      return thing.definition.name === "twin_arm" ? true : undefined;
    });
    const graph = (await twin.json("/api/twin")) as { things: Record<string, unknown> };
    expect(graph.things["robot/joint/elbow"]).toBeDefined();
    expect(graph.things["robot/joint/joint_7"]).toBeUndefined();
  });
});

describe.skipIf(!hasRos())("a robot with other habits", () => {
  it("under a namespace, best effort, with TwistStamped and a controller that aborts", async () => {
    const domain = freshDomain();
    const config = new URL("./namespaced.yaml", import.meta.url).pathname;
    const peer = startPeer(domain, [
      ...robotArgs,
      "--namespace",
      "r2",
      "--best-effort",
      "--stamped",
      "--behaviour",
      "abort",
    ]);
    const twin = new TestTwin(domain, ["--ros", "on", "--config", config]);
    try {
      await twin.ready();
      await eventually("its joints show", () => twin.reported("joint/joint_1/position"));
      expect(await twin.metric("ros:/r2/joint_states", "accepted")).toBeGreaterThan(0);
      const driver = new Driver(twin.url);
      await driver.drive();
      const id = await eventually("the controller is found", async () => {
        const sent = driver.command({ kind: "jointPosition", positions: { joint_1: 0.1 } });
        const end = await eventually(
          "an end",
          () => driver.result(sent, "aborted") ?? driver.result(sent, "refused"),
        );
        return end.stage === "aborted" ? sent : undefined;
      });
      expect(driver.result(id, "aborted")).toMatchObject({
        code: "controller_-4",
        message: "joint off its path",
      });
      await eventually("a stamped twist arrives", () => {
        driver.command({ kind: "twist", angular: { z: 0.2 } }, 200);
        return peer.events("twist").find((t) => (t.yaw as number) > 0);
      });
      driver.kill();
    } finally {
      await twin.end();
      await peer.end();
    }
  });

  it("gets a zero last when the twin is ended in the middle of a drive, however the commands go on", async () => {
    const domain = freshDomain();
    const peer = startPeer(domain, [...robotArgs, "--no-action"]);
    const twin = new TestTwin(domain);
    try {
      await twin.ready();
      const pad = new Driver(twin.url);
      await pad.drive();
      const wishes = setInterval(() => pad.command({ kind: "twist", linear: { x: 0.4 } }, 200), 20);
      await eventually("the base is at speed", () =>
        peer.events("twist").find((t) => (t.x as number) > 0.39),
      );
      expect(await twin.process.end()).toBe(0);
      clearInterval(wishes);
      pad.kill();
      // What the peer prints may come after the twin is gone; a zero that never came stays away.
      await eventually("the zero is the last twist", () => {
        const last = peer.events("twist").at(-1);
        return last?.x === 0 && last.yaw === 0 ? last : undefined;
      });
    } finally {
      await twin.end();
      await peer.end();
    }
  });

  it("publishes joint states at 1 kHz for five seconds, and every one is accepted", async () => {
    const domain = freshDomain();
    const peer = startPeer(domain, [...robotArgs, "--no-action"]);
    const twin = new TestTwin(domain);
    try {
      await twin.ready();
      await eventually("its joints show", () => twin.reported("joint/joint_1/position"));
      const accepted = (): Promise<number> => twin.metric("ros:/joint_states", "accepted");
      peer.tell({ do: "flood", rate: 1000, seconds: 5 });
      await eventually("the flood begins", async () => ((await accepted()) > 300 ? true : undefined));
      const flooded = await eventually("the flood ends", () => peer.events("flooded")[0], 40_000);
      const sent = flooded.sent as number;
      expect(sent).toBe(5000);
      // What came before the twin joined was not sent to it.
      const missing = (flooded.total as number) - sent;
      const total = await eventually("all arrive", async () => {
        const count = await accepted();
        return count >= sent ? count : undefined;
      });
      expect(total).toBeLessThanOrEqual(sent + missing);
      for (const result of ["late", "rejected", "dropped"]) {
        expect(await twin.metric("ros:/joint_states", result)).toBe(0);
      }
    } finally {
      await twin.end();
      await peer.end();
    }
  });
});

describe.skipIf(!hasRos())("a simulated robot that stands in", () => {
  it("steps aside for a robot that shows on ROS, which can then be seen and commanded", async () => {
    const domain = freshDomain();
    const twin = new TestTwin(domain, ["--ros", "auto"]);
    let peer: TestProcess | null = null;
    try {
      await twin.ready();
      await eventually("the simulated robot stands in", () => twin.reported("joint/elbow/position"));
      peer = startPeer(domain, robotArgs);
      await eventually("the real robot shows", () => twin.reported("joint/joint_1/position"), 20_000);
      const graph = (await twin.json("/api/twin")) as { things: Record<string, { properties: object }> };
      expect(graph.things["robot/joint/elbow"]).toBeUndefined();
      expect(graph.things.robot?.properties).not.toHaveProperty("joint/elbow/position");
      const driver = new Driver(twin.url);
      await driver.drive();
      await eventually("a twist reaches the real robot", () => {
        driver.command({ kind: "twist", linear: { x: 0.2 } }, 200);
        return peer?.events("twist").find((twist) => (twist.x as number) > 0);
      });
      await eventually(
        "a move is done by the real robot",
        async () => {
          const sent = driver.command({ kind: "jointPosition", positions: { joint_2: 0.3 } });
          const end = await eventually(
            "an end",
            () => driver.result(sent, "done") ?? driver.result(sent, "refused"),
          );
          return end.stage === "done" ? end : undefined;
        },
        20_000,
      );
      expect(peer.events("goal").length).toBeGreaterThan(0);
      driver.kill();
    } finally {
      await twin.end();
      await peer?.end();
    }
  });
});

describe.skipIf(!hasRos())("twin sim beside twin up", () => {
  it("is found, moves on command, and is described on /tf", async () => {
    const domain = freshDomain();
    const twin = new TestTwin(domain);
    const { TestProcess: Process } = await import("./support.ts");
    const sim = new Process(process.execPath, ["dist/main.js", "sim"], { ROS_DOMAIN_ID: domain });
    try {
      await twin.ready();
      await eventually("the simulated robot shows", () => twin.reported("joint/elbow/position"));
      expect(await eventually("its tree is on /tf", () => twin.reported("frame/tool0"))).toMatchObject({
        quality: "good",
      });
      const driver = new Driver(twin.url);
      await driver.drive();
      const done = await eventually(
        "a move is done",
        async () => {
          const sent = driver.command({ kind: "jointPosition", positions: { elbow: 0.6 } });
          const end = await eventually(
            "an end",
            () =>
              driver.result(sent, "done") ?? driver.result(sent, "refused") ?? driver.result(sent, "aborted"),
            20_000,
          );
          return end.stage === "done" ? end : undefined;
        },
        40_000,
      );
      expect(done.code).toBe("ok");
      expect((await twin.reported("joint/elbow/position"))?.value).toBeCloseTo(0.6, 2);
      driver.kill();
    } finally {
      await twin.end();
      expect(await sim.end()).toBe(0);
    }
  });
});
