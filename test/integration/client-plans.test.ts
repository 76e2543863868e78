import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Lease, Robot, Twin } from "../../src/client/api.ts";
import { connect } from "../../src/client/index.ts";
import { eventually } from "../support/eventually.ts";
import { TwinProcess } from "../support/twin-process.ts";

const server = new TwinProcess();
let twin: Twin;
let robot: Robot;
let lease: Lease;

const at = (joint: string): number => robot.joint(joint).position?.value ?? Number.NaN;
const rests = () => robot.joints().every((joint) => Math.abs(robot.joint(joint).velocity?.value ?? 0) < 1e-3);
/** `done` means within 0.02 rad of the goal. */
const near = 0.025;

beforeAll(async () => {
  await server.up("--port", "0");
  twin = await connect(server.url, { holder: "planner", rateHz: 200 });
  robot = twin.robot("robot");
  await eventually("a measured elbow", () => robot.joint("elbow").position !== null);
  // The demo's routine gives its lease away, and the robot brakes.
  lease = await eventually("the lease", () => robot.acquire().catch(() => undefined));
  await lease.move({ elbow: 0, wrist_3: 0 });
  await eventually("rest", rests);
});
afterAll(async () => {
  twin?.close();
  await server.remove();
});

describe("a plan", () => {
  const command = { kind: "jointPosition", positions: { elbow: 0.4 }, speed: 1 };

  it("is seen before anything moves, and then committed, once", async () => {
    const plan = await robot.plan(command);
    expect(plan).toMatchObject({ robot: "robot", path: "direct" });
    expect(plan.points.at(-1)).toMatchObject({
      time: expect.closeTo(plan.duration, 6),
      positions: { elbow: expect.closeTo(0.4, 6) },
    });
    expect(plan.leastDistance?.metres).toBeGreaterThan(0);
    expect(plan.effortShare.elbow).toBeGreaterThan(0);
    expect(Math.abs(at("elbow"))).toBeLessThan(near);
    const stages: string[] = [];
    await lease.commit(plan, { onProgress: ({ stage }) => stages.push(stage) });
    expect(stages[0]).toBe("accepted");
    expect(Math.abs(at("elbow") - 0.4)).toBeLessThan(near);
    await expect(lease.commit(plan)).rejects.toMatchObject({ code: "stale_plan" });
    await expect(lease.commit({ ...plan, planId: "none" })).rejects.toMatchObject({ code: "stale_plan" });
  });

  it("that would be refused is rejected with the code of the command, and what is no command with bad_message", async () => {
    const outside = { kind: "jointPosition", positions: { elbow: 99 } };
    await expect(robot.plan(outside)).rejects.toMatchObject({ code: "outside_limits" });
    await expect(robot.plan({ kind: "twist" })).rejects.toMatchObject({ code: "bad_message" });
    const far = { kind: "pose", frame: "base_link", position: [9, 0, 0], quaternion: [0, 0, 0, 1] };
    await expect(robot.plan(far)).rejects.toMatchObject({ code: "unreachable" });
  });

  it("needs no lease; its commit does", async () => {
    const other = await connect(server.url, { holder: "another" });
    const plan = await other.robot("robot").plan({ kind: "jointPosition", positions: { elbow: 0.3 } });
    expect(plan.duration).toBeGreaterThan(0);
    await expect(other.robot("robot").acquire()).rejects.toMatchObject({ code: "lease_held" });
    // Whoever holds the lease may commit what somebody else planned.
    await lease.commit(plan);
    expect(Math.abs(at("elbow") - 0.3)).toBeLessThan(near);
    other.close();
  });
});

describe("the speed override", () => {
  const timed = async (goal: number): Promise<number> => {
    const before = performance.now();
    await lease.move({ elbow: goal }, { speed: 1 });
    return performance.now() - before;
  };

  it("slows what is moved; anyone may lower it, and only the lease's holder raises it", async () => {
    const other = await connect(server.url, { holder: "another" });
    await timed(0);
    const full = await timed(0.4);
    await other.robot("robot").override(30);
    const slow = await timed(0);
    console.log(`0.4 rad: ${Math.round(full)} ms at 100 %, ${Math.round(slow)} ms at 30 %`);
    expect(slow).toBeGreaterThan(1.5 * full);
    await expect(other.robot("robot").override(100)).rejects.toMatchObject({ code: "no_lease" });
    await expect(robot.override(101)).rejects.toMatchObject({ code: "bad_message" });
    await robot.override(0);
    await expect(lease.move({ elbow: 0.1 })).rejects.toMatchObject({ code: "paused" });
    await robot.override(100);
    other.close();
  });
});

describe("tool space", () => {
  it("moves the tool to a pose and through way points", async () => {
    await lease.move({ elbow: 0.6 });
    await eventually("rest", rests);
    const elbow = at("elbow");
    // 3 cm back, along the tool itself.
    const back = { frame: "gripper_tcp", position: [0, 0, -0.03], quaternion: [0, 0, 0, 1] };
    expect(await lease.pose({ ...back, speed: 0.5 })).toMatchObject({ code: "ok" });
    expect(Math.abs(at("elbow") - elbow)).toBeGreaterThan(0.005);
    await lease.waypoints([{ positions: { elbow: 1 } }, { positions: { elbow: 0.5 } }], {
      speed: 1,
      blend: 0.05,
    });
    expect(Math.abs(at("elbow") - 0.5)).toBeLessThan(near);
    const nowhere = { ...back, frame: "nowhere" };
    await expect(lease.pose(nowhere)).rejects.toMatchObject({ code: "unknown_frame" });
  });

  it("jogs a link until the end, and a jog of joints takes its place", async () => {
    await eventually("rest", rests);
    const elbow = at("elbow");
    const jog = lease.jogLink({ linear: { z: 0.05 } });
    await eventually("the elbow moves", () => Math.abs(at("elbow") - elbow) > 0.01);
    expect(jog.update({ linear: { z: -0.05 } })).toBe(true);
    expect(await jog.end()).toMatchObject({ code: "ok" });
    const again = lease.jogLink({ linear: { z: 0.03 } });
    const joints = lease.jog({ wrist_3: 0.2 });
    expect(await again.ended).toMatchObject({ code: "replaced" });
    expect(joints.active).toBe(true);
    await joints.end();
    await eventually("rest", rests);
  });
});

describe("named poses", () => {
  it("are saved here, gone to, and deleted", async () => {
    const here = await eventually("every joint is measured", () =>
      robot.savePose("here").catch(() => undefined),
    );
    expect(here.source).toBe("saved");
    expect(here.joints).not.toHaveProperty("right_finger");
    // The gripper of the simulated robot is an emulated microcontroller, which is slow on a busy machine.
    const { left_finger: _, ...arm } = here.joints;
    await robot.savePose("arm here", arm);
    await eventually("it is listed", async () => "arm here" in (await robot.poses()));
    await lease.move({ elbow: (here.joints.elbow ?? 0) - 0.3 });
    await lease.goTo("arm here", { speed: 1 });
    expect(Math.abs(at("elbow") - (here.joints.elbow ?? 0))).toBeLessThan(near);
    for (const name of ["here", "arm here"]) await robot.deletePose(name);
    await expect(robot.deletePose("here")).rejects.toMatchObject({ code: "not_found" });
    await eventually("it is gone", async () => !("arm here" in (await robot.poses())));
    await expect(lease.goTo("arm here")).rejects.toMatchObject({ code: "unknown_pose" });
    await expect(robot.savePose("../x")).rejects.toMatchObject({ code: "bad_request" });
  });
});

// Last: the lease is somebody else's then.
describe("a lease", () => {
  it("is asked for and handed over while the robot moves, which brakes", async () => {
    const other = await connect(server.url, { holder: "next" });
    lease.on("requested", ({ session }) => void lease.handOver(session));
    const moving = lease.move({ elbow: at("elbow") - 0.8 }, { speed: 0.3 }).catch(({ code }) => code);
    await eventually("it moves", () => Math.abs(robot.joint("elbow").velocity?.value ?? 0) > 0.05);
    const next = await other.robot("robot").request({ withinMs: 5000 });
    expect([lease.held, next.held]).toEqual([false, true]);
    expect(await moving).toBe("lease_lost");
    await eventually("it rests", rests);
    await next.move({ elbow: 0 });
    other.close();
  });
});
