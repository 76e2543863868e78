import { describe, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";
import { besideTwin } from "./beside-twin.ts";
import { type Driver, hasRos, type TestProcess } from "./support.ts";

const robotArgs = ["--urdf", "test/ros/four-joints.urdf", "--joints", "j1,j2,j3,j4", "--from-desired"];

/** Time (s), then position and velocity of each joint: the reference of one controller cycle. */
type Cycle = number[];

async function trace(peer: TestProcess): Promise<Cycle[]> {
  const before = peer.events("trace").length;
  peer.tell({ do: "trace" });
  const event = await eventually("the trace", () => peer.events("trace")[before]);
  return event.samples as Cycle[];
}

const velocity = (cycle: Cycle | undefined, j: number) => cycle?.[2 + 2 * j] ?? 0;
const position = (cycle: Cycle | undefined, j: number) => cycle?.[1 + 2 * j] ?? 0;

/** The greatest change of a joint's velocity from one cycle to the next. */
function hardest(cycles: readonly Cycle[], j: number): number {
  return Math.max(
    ...cycles.slice(1).map((cycle, i) => Math.abs(velocity(cycle, j) - velocity(cycles[i], j))),
  );
}

/** How far a joint went back. */
function wentBack(cycles: readonly Cycle[], j: number): number {
  let [most, back] = [Number.NEGATIVE_INFINITY, 0];
  for (const cycle of cycles) {
    most = Math.max(most, position(cycle, j));
    back = Math.max(back, most - position(cycle, j));
  }
  return back;
}

/** The twin beside one such controller, a driver with the lease, and one move done. */
const beside = (more: string[], act: Parameters<typeof besideTwin>[1]) =>
  besideTwin({ peer: ["jtc_peer.py", ...robotArgs, ...more] }, async (peer, driver, twin) => {
    await eventually("a move is done", async () => {
      const sent = driver.command({ kind: "jointPosition", positions: { j1: -1.5 } });
      const end = await eventually(
        "an end",
        () => driver.result(sent, "done") ?? driver.result(sent, "refused"),
      );
      return end.stage === "done" ? end : undefined;
    });
    await act(peer, driver, twin).catch((error: unknown) => {
      throw new Error(`the controller said: ${JSON.stringify(peer.events("end").slice(-6))}`, {
        cause: error,
      });
    });
  });

/** Moves j1 fast, and resolves when it is at speed. */
async function fast(peer: TestProcess, driver: Driver): Promise<string> {
  await trace(peer);
  const id = driver.command({ kind: "jointPosition", positions: { j1: 1.5 }, speed: 0.9 });
  await eventually("j1 is at speed", async () =>
    velocity((await trace(peer)).at(-1), 0) > 1.7 ? true : undefined,
  );
  return id;
}

const press = (driver: Driver, velocities: Record<string, number>) => {
  const timer = setInterval(() => driver.command({ kind: "jointVelocity", velocities }, 300), 45);
  return () => clearInterval(timer);
};
const later = async (ms: number) => {
  const since = Date.now();
  await eventually("time passes", () => (Date.now() - since > ms ? true : undefined), ms + 10_000);
};

/** One cycle's change of velocity by 3 rad/s² in 5 ms is 0.015 rad/s; a hard stop's is 1.8. A busy machine makes cycles longer. */
const gentle = 0.4;

describe.skipIf(!hasRos())("a joint_trajectory_controller written with rclpy", () => {
  it("takes a jog up from a move, of the same joint and of another, and brakes what nobody asks for any more", async () => {
    await beside([], async (peer, driver, twin) => {
      const listed = await (await fetch(`${twin.url}/api/ros/controllers`)).json();
      expect(listed.robots[0]).toMatchObject({
        managers: [],
        controllers: [
          { state: "unknown", joints: ["j1", "j2", "j3", "j4"], lastGoal: { state: "succeeded" } },
        ],
        problems: [expect.stringContaining("actions and topics alone")],
      });
      await fast(peer, driver);
      let release = press(driver, { j1: 1 });
      await later(900);
      release();
      await later(900);
      let cycles = await trace(peer);
      expect(hardest(cycles, 0)).toBeLessThan(gentle);
      expect(wentBack(cycles, 0)).toBeLessThan(0.01);

      const back = driver.command({ kind: "jointPosition", positions: { j1: -1.5 } });
      await eventually("j1 is back", () => driver.result(back, "done"));
      await fast(peer, driver);
      release = press(driver, { j3: 0.5 });
      await later(900);
      release();
      await later(900);
      cycles = await trace(peer);
      expect(hardest(cycles, 0)).toBeLessThan(gentle);
      expect(wentBack(cycles, 0)).toBeLessThan(0.01);
      expect(velocity(cycles.at(-1), 0)).toBe(0);
      expect(peer.events("cancel").filter(({ halts }) => halts)).toEqual([]);
    });
  });

  it("goes on gently when another joint is moved, and when the lease ends", async () => {
    await beside([], async (peer, driver) => {
      await fast(peer, driver);
      const other = driver.command({ kind: "jointPosition", positions: { j3: 1 }, speed: 0.3 });
      await eventually("j3 is there", () => driver.result(other, "done"));
      let cycles = await trace(peer);
      expect(hardest(cycles, 0)).toBeLessThan(gentle);
      expect(wentBack(cycles, 0)).toBeLessThan(0.01);

      const back = driver.command({ kind: "jointPosition", positions: { j1: -1.5 } });
      await eventually("j1 is back", () => driver.result(back, "done"));
      await fast(peer, driver);
      driver.send({ op: "release", id: "release", robot: "robot", epoch: driver.epoch });
      await later(1500);
      cycles = await trace(peer);
      expect(hardest(cycles, 0)).toBeLessThan(gentle);
      expect(wentBack(cycles, 0)).toBeLessThan(0.01);
      expect(velocity(cycles.at(-1), 0)).toBe(0);
    });
  });

  it("that is inactive ends a jog with a word, and nothing moves by itself once it is active again", async () => {
    await beside([], async (peer, driver) => {
      const release = press(driver, { j2: 0.5 });
      await later(600);
      peer.tell({ do: "active", value: false });
      const end = await eventually("the jog is aborted", () =>
        driver.answers.find((a) => a.stage === "aborted"),
      );
      expect(end.code).toMatch(/^controller_/);
      await eventually("and refused while the key is held", () =>
        driver.answers.find((a) => a.stage === "refused" && a.message?.includes("press it again") === true),
      );
      peer.tell({ do: "active", value: true });
      await trace(peer);
      await later(800);
      const cycles = await trace(peer);
      expect(Math.abs(position(cycles.at(-1), 1) - position(cycles[0], 1))).toBeLessThan(1e-3);
      release();
      await later(400);
      const again = press(driver, { j2: 0.5 });
      await later(500);
      again();
      expect(
        velocity(
          (await trace(peer)).find((cycle) => velocity(cycle, 1) > 0.3),
          1,
        ),
      ).toBeGreaterThan(0.3);
    });
  });

  it("whose joints do not follow ends a jog with its own word, and a move as not reached or out of its path", async () => {
    await beside([], async (peer, driver) => {
      peer.tell({ do: "freeze", value: true });
      const release = press(driver, { j2: 1 });
      const end = await eventually(
        "the jog is aborted",
        () => driver.answers.find((a) => a.stage === "aborted"),
        10_000,
      );
      expect(["controller_-4", "not_following"]).toContain(end.code);
      release();
    });
  });

  it("with a velocity topic under its own name drives the base there", async () => {
    await beside(["--base", "~/cmd_vel:stamped"], async (peer, driver) => {
      const pad = setInterval(() => driver.command({ kind: "twist", linear: { x: 0.2 } }, 300), 45);
      await eventually("the base is driven", () => peer.events("twist").find((t) => (t.x as number) > 0.19));
      clearInterval(pad);
      await eventually("and comes to rest", () => (peer.events("twist").at(-1)?.x === 0 ? true : undefined));
    });
  });

  it("is stopped by its deceleration where it has one, and the goal reads canceled", async () => {
    await beside(["--decelerate", "4"], async (peer, driver) => {
      const id = await fast(peer, driver);
      driver.send({ op: "stop", robot: "*" });
      expect((await eventually("it is aborted", () => driver.result(id, "aborted"))).code).toBe("stopped");
      await later(900);
      const cycles = await trace(peer);
      expect(hardest(cycles, 0)).toBeLessThan(gentle);
      expect(velocity(cycles.at(-1), 0)).toBe(0);
    });
  });

  it("that refuses to cancel is reported after a stop: the robot may go on moving", async () => {
    await beside(["--refuse-cancel"], async (peer, driver, twin) => {
      await fast(peer, driver);
      driver.send({ op: "stop", robot: "*" });
      const event = await eventually("it is reported", async () => {
        const answer = await fetch(new URL("/api/events", twin.url));
        const { events } = (await answer.json()) as { events: { kind: string; message: string }[] };
        return events.find(({ kind }) => kind === "stop.not_canceled");
      });
      expect(event.message).toMatch(/arm_controller.* refused to cancel .* emergency stop/);
    });
  });

  it("that gets a goal from rest late begins it then, and after a stop hardly moves at all", async () => {
    await beside([], async (peer, driver) => {
      await trace(peer);
      peer.tell({ do: "late", value: 0.7 });
      const late = driver.command({ kind: "jointPosition", positions: { j1: -0.5 }, speed: 0.9 });
      await eventually("the move is done", () => driver.result(late, "done"));
      let cycles = await trace(peer);
      expect(hardest(cycles, 0)).toBeLessThan(gentle);
      expect(position(cycles.at(-1), 0)).toBeCloseTo(-0.5, 3);
      const stopped = driver.command({ kind: "jointPosition", positions: { j1: 1.5 }, speed: 0.9 });
      await later(350);
      driver.send({ op: "stop", id: "stop", robot: "robot" });
      await eventually("the move ends", () => driver.result(stopped, "aborted"));
      await later(1500);
      cycles = await trace(peer);
      expect(hardest(cycles, 0)).toBeLessThan(gentle);
      expect(Math.max(...cycles.map((cycle) => Math.abs(position(cycle, 0) + 0.5)))).toBeLessThan(0.02);
    });
  });

  it("that disappears in mid-motion ends the move at once, and moves are refused until one is there", async () => {
    await beside([], async (peer, driver) => {
      const id = driver.command({ kind: "jointPosition", positions: { j1: 1.5 }, speed: 0.2 });
      await eventually("it moves", async () =>
        velocity((await trace(peer)).at(-1), 0) > 0.1 ? true : undefined,
      );
      peer.tell({ do: "leave" });
      const left = await eventually("it is gone", () =>
        peer.events("left").length > 0 ? Date.now() : undefined,
      );
      const end = await eventually("the move is aborted", () => driver.result(id, "aborted"));
      // Its server may end the goal as it leaves, and its joints are not measured any more: what comes first ends it.
      expect(end.code).toMatch(/^(controller_gone|controller_0|stale_state)$/);
      expect(Date.now() - left).toBeLessThan(3000);
      await eventually("the next is refused", async () => {
        const next = driver.command({ kind: "jointPosition", positions: { j1: 0 } });
        const answer = await eventually(
          "an answer",
          () => driver.result(next, "refused") ?? driver.result(next, "aborted"),
        );
        return answer.stage === "refused" && /^(no_controller|stale_state)$/.test(answer.code ?? "");
      });
    });
  });
});
