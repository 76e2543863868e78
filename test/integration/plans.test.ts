import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PlannedMessage } from "../../src/protocol/planned-message.ts";
import { eventually } from "../support/eventually.ts";
import { TwinProcess } from "../support/twin-process.ts";
import { WsClient } from "../support/ws-client.ts";

const twin = new TwinProcess();
let client: WsClient;

async function position(joint: string): Promise<number> {
  return Number((await twin.property("robot", `joint/${joint}/position`)).reported?.value);
}

async function plan(id: string, command: object): Promise<PlannedMessage> {
  client.send({ op: "plan", id, robot: "robot", command });
  return (await client.next("planned", { id })) as unknown as PlannedMessage;
}

beforeAll(async () => {
  await twin.up("--port", "0");
  await eventually("joints are measured", async () => Number.isFinite(await position("elbow")));
  client = await WsClient.open(twin.url, "/ws/command");
  await client.acquire();
  client.keepLease();
  // The demo's routine may have left the robot moving: a plan is of a robot that rests.
  await eventually("the robot rests", async () => {
    const before = await position("elbow");
    await new Promise((resolve) => setTimeout(resolve, 300));
    return Math.abs((await position("elbow")) - before) < 1e-6 ? true : undefined;
  });
});
afterAll(async () => {
  client?.close();
  await twin.remove();
});

describe("a plan of the running program", () => {
  it("is computed in its thread, seen, and committed", async () => {
    const from = await position("elbow");
    const goal = from > 0.5 ? from - 0.4 : from + 0.4;
    const found = await plan("p", { kind: "jointPosition", positions: { elbow: goal }, speed: 0.8 });
    expect(found.path).toBe("direct");
    expect(found.points.at(-1)?.positions.elbow).toBeCloseTo(goal, 6);
    expect(Math.abs((await position("elbow")) - from)).toBeLessThan(1e-3);
    const { planId, stateHash } = found;
    client.command("go", { kind: "plan", planId, stateHash });
    const ends = ["done", "aborted", "refused"];
    const end = await eventually("its end", () =>
      client.of("result").find(({ id, stage }) => id === "go" && ends.includes(String(stage))),
    );
    expect(end).toMatchObject({ stage: "done", code: "ok" });
    expect(await position("elbow")).toBeCloseTo(goal, 2);
    client.command("again", { kind: "plan", planId, stateHash });
    expect(await client.next("result", { id: "again" })).toMatchObject({ code: "stale_plan" });
  });

  it("of what collides with the robot itself is refused and names the links", async () => {
    client.send({
      op: "plan",
      id: "in",
      robot: "robot",
      command: { kind: "jointPosition", positions: { shoulder_lift: -1.9, elbow: 2.6 } },
      avoid: false,
    });
    const answer = await client.next("result", { id: "in" });
    expect(answer.stage).toBe("refused");
    expect(["self_collision", "collision", "outside_limits"]).toContain(answer.code);
  });

  it("moves the tool to a pose, on a line and through way points, as it is measured afterwards", async () => {
    const done = async (id: string, command: object): Promise<void> => {
      client.command(id, command, { ttlMs: 2000 });
      const ends = ["done", "aborted", "refused"];
      const end = await eventually(
        "its end",
        () => client.of("result").find((one) => one.id === id && ends.includes(String(one.stage))),
        20_000,
      );
      expect(end).toMatchObject({ stage: "done", code: "ok" });
    };
    const joints = ["shoulder_pan", "shoulder_lift", "elbow", "wrist_1", "wrist_2", "wrist_3"];
    const home = {
      shoulder_pan: 0.2,
      shoulder_lift: 0.1,
      elbow: 0.4,
      wrist_1: 0.3,
      wrist_2: 0.2,
      wrist_3: 0,
    };
    await done("home", { kind: "jointPosition", positions: home });
    // A place beside the tool, in its own frame.
    const beside = { frame: "gripper_tcp", position: [0, 0, -0.03], quaternion: [0, 0, 0, 1] };
    await done("pose", { kind: "pose", ...beside });
    await done("line", { kind: "pose", ...beside, path: "line", speed: 0.3 });
    await done("way", {
      kind: "waypoints",
      points: [{ pose: beside }, { positions: { ...home, elbow: 0.5 } }, { positions: home }],
      blend: 0.05,
    });
    for (const joint of joints) {
      expect(await position(joint)).toBeCloseTo((home as Record<string, number>)[joint] as number, 2);
    }
    client.command("far", {
      kind: "pose",
      frame: "base_link",
      position: [9, 0, 0],
      quaternion: [0, 0, 0, 1],
    });
    expect(await client.next("result", { id: "far" })).toMatchObject({
      stage: "refused",
      code: "unreachable",
    });
    client.command("lost", { ...beside, kind: "pose", frame: "moon" });
    expect(await client.next("result", { id: "lost" })).toMatchObject({
      stage: "refused",
      code: "unknown_frame",
    });
  });

  it("is asked for by HTTP, too", async () => {
    const ask = async (robot: string, body: object) => {
      const answer = await fetch(twin.at(`/api/robots/${robot}/plan`), {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      });
      return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
    };
    const from = await position("wrist_3");
    const found = await ask("robot", {
      command: { kind: "jointPosition", positions: { wrist_3: from + 0.2 } },
    });
    expect(found).toMatchObject({ status: 200, body: { path: "direct" } });
    expect(found.body.planId).toMatch(/plan/);
    const far = await ask("robot", { command: { kind: "jointPosition", positions: { wrist_3: 99 } } });
    expect(far).toMatchObject({ status: 422, body: { code: "outside_limits" } });
    expect((await ask("ghost", { command: { kind: "jointPosition", positions: { a: 1 } } })).status).toBe(
      404,
    );
    expect(await ask("robot", { command: { kind: "gripper", position: 0 } })).toMatchObject({ status: 400 });
  });
});
