import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";
import { besideTwin } from "./beside-twin.ts";
import { can } from "./can.ts";
import { type Driver, hasRos, type TestProcess, type TestTwin } from "./support.ts";

const robotArgs = ["--urdf", "test/ros/four-joints.urdf", "--joints", "j1,j2,j3,j4"];

const beside = (more: string[], act: Parameters<typeof besideTwin>[1], twinArgs: string[] = []) =>
  besideTwin({ peer: ["group_peer.py", ...robotArgs, ...more], twinArgs: ["--ros", "on", ...twinArgs] }, act);

/** A message: when (s), to whom, what. */
type Sent = [number, string, number[]];
type Trace = { samples: Sent[]; position: number[]; velocity: number[] };

async function trace(peer: TestProcess): Promise<Trace> {
  const before = peer.events("trace").length;
  peer.tell({ do: "trace" });
  return (await eventually("the trace", () => peer.events("trace")[before])) as unknown as Trace;
}

/** The controllers that move joints now are of this kind. */
const moved = (twin: TestTwin, by: string) =>
  eventually(`joints are moved by ${by}`, async () => {
    const { controllers = [] } = await can(twin);
    const active = controllers.filter(
      ({ kind, state }) => kind.startsWith("trajectory") && state === "active",
    );
    return active.length === 1 && active[0]?.kind === `trajectory by ${by}` ? true : undefined;
  });

const final = (driver: Driver, id: string) =>
  eventually(
    "it ends",
    () => driver.result(id, "done") ?? driver.result(id, "aborted") ?? driver.result(id, "refused"),
  );
/** Moves, and expects the measured end. What a busy machine holds up for a quarter of a second ends, rightly, and is tried again. */
async function moveTo(driver: Driver, positions: Record<string, number>, speed: number): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const end = await final(driver, driver.command({ kind: "jointPosition", positions, speed }));
    if (end.code === "stalled" && attempt < 4) continue;
    expect(end).toMatchObject({ stage: "done", code: "ok" });
    return;
  }
}
/** Moves j1 fast to the other side; the id of the command, once it is at speed. Tried again as in `moveTo`. */
function atSpeed(peer: TestProcess, driver: Driver): Promise<string> {
  return eventually(
    "j1 is at speed",
    async () => {
      const isRight = ((await trace(peer)).position[0] as number) > 0;
      const positions = { j1: isRight ? -2.4 : 2.4 };
      const id = driver.command({ kind: "jointPosition", positions, speed: 0.9 });
      while (["aborted", "done", "refused"].every((stage) => driver.result(id, stage) === undefined)) {
        if (Math.abs((await trace(peer)).velocity[0] as number) > 1.2) return id;
      }
      return undefined;
    },
    40_000,
  );
}
const press = (driver: Driver, velocities: Record<string, number>) => {
  const timer = setInterval(() => driver.command({ kind: "jointVelocity", velocities }, 300), 45);
  return () => clearInterval(timer);
};
/** The id of the program itself: `twin up` starts it again with the variables of ROS. */
function programOf(twin: TestTwin): number {
  const { pid } = twin.process.child;
  const [program] = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ");
  if (program === undefined || program === "") throw new Error(`${pid} has no child`);
  return Number(program);
}
const later = async (ms: number) => {
  const since = Date.now();
  await eventually("time passes", () => (Date.now() - since > ms ? true : undefined), ms + 10_000);
};
/** The values of joint `j` that were sent. */
const values = ({ samples }: Trace, j: number) => samples.map(([, , all]) => all[j] as number);
/** The greatest difference of two messages in a row. */
const jump = (all: readonly number[]) =>
  Math.max(0, ...all.slice(1).map((v, i) => Math.abs(v - (all[i] as number))));

describe.skipIf(!hasRos())("a position group written with rclpy", () => {
  const active = ["--active", "position_group"];

  it("moves on a dense, limited stream to a measured end; only the active one of three controllers is used", async () => {
    await beside(active, async (peer, driver, twin) => {
      await moved(twin, "position group");
      await trace(peer);
      await moveTo(driver, { j1: 1, j3: -0.5 }, 0.5);
      const all = await trace(peer);
      expect(all.position[0]).toBeCloseTo(1, 2);
      expect(all.position[2]).toBeCloseTo(-0.5, 2);
      expect(new Set(all.samples.map(([, name]) => name))).toEqual(new Set(["position_group"]));
      expect(all.samples.length).toBeGreaterThan(100);
      // 1 rad/s in steps of 5 ms, 20 ms at most on a busy machine.
      expect(jump(values(all, 0))).toBeLessThan(0.025);
      expect(jump(values(all, 1))).toBeLessThan(1e-3);
      expect(Math.max(...values(all, 0))).toBeLessThan(1.0001);
    });
  });

  it("jogs, and rests 95 ms after the last command; a stop holds where the joint is measured", async () => {
    await beside(active, async (peer, driver, twin) => {
      await moved(twin, "position group");
      await trace(peer);
      // A stall of the twin, on a busy machine, ends a jog, rightly, until it is pressed afresh.
      await eventually(
        "it is jogged",
        async () => {
          const release = press(driver, { j2: 0.5 });
          await later(1200);
          release();
          await later(400);
          return ((await trace(peer)).position[1] as number) > 0.3;
        },
        30_000,
      );
      await eventually(
        "it rests",
        async () => Math.abs((await trace(peer)).velocity[1] as number) < 1e-3 || undefined,
      );

      const move = await atSpeed(peer, driver);
      driver.send({ op: "stop", robot: "*" });
      expect(await final(driver, move)).toMatchObject({ stage: "aborted", code: "stopped" });
      await later(1500);
      const rest = await trace(peer);
      expect(Math.abs(rest.velocity[0] as number)).toBeLessThan(1e-3);
      const [first, last] = [rest.samples[0], rest.samples.at(-1)];
      // Each repetition of the stop holds the same place.
      expect(last?.[2][0]).toBeCloseTo(rest.position[0] as number, 3);
      if (first !== undefined) expect(jump(values(rest, 0))).toBeLessThan(0.2);
      expect(rest.position[0]).toBeLessThan(2.39);
    });
  });

  it("whose joints do not follow, or that is deactivated in mid-motion, ends the move with the reason", async () => {
    await beside(active, async (peer, driver, twin) => {
      await moved(twin, "position group");
      peer.tell({ do: "freeze", value: true });
      const stuck = driver.command({ kind: "jointPosition", positions: { j1: 1 }, speed: 0.5 });
      expect((await final(driver, stuck)).code).toMatch(/^(path_tolerance|not_following|stalled)$/);
      peer.tell({ do: "freeze", value: false });
      await later(300);
      const slow = driver.command({ kind: "jointPosition", positions: { j1: -2 }, speed: 0.1 });
      await eventually(
        "it moves",
        async () => ((await trace(peer)).velocity[0] as number) < -0.1 || undefined,
      );
      peer.tell({ do: "activate", name: null });
      expect((await final(driver, slow)).code).toMatch(
        /^(controller_inactive|path_tolerance|not_following|stalled)$/,
      );
      const refused = await eventually("it is refused with the remedy", async () => {
        const answer = await final(driver, driver.command({ kind: "jointPosition", positions: { j1: 0 } }));
        return answer.code === "no_controller" ? answer : undefined;
      });
      expect(refused.message).toMatch(
        /is inactive: activate it with `ros2 control set_controller_state \w+ active`/,
      );
      const { controllers = [], jointPosition } = await can(twin);
      expect(jointPosition).toBe(false);
      const inactive = controllers.filter(({ state }) => state === "inactive").map(({ name }) => name);
      expect(inactive).toEqual(["/position_group", "/velocity_group", "/arm_controller"]);
      peer.tell({ do: "activate", name: "position_group" });
      await moved(twin, "position group");
      await moveTo(driver, { j1: 0 }, 0.5);
    });
  });
});

describe.skipIf(!hasRos())("a velocity group written with rclpy", () => {
  it("jogs and moves, corrected by the measurement, and has a zero at each end", async () => {
    await beside(["--active", "velocity_group", "--gain", "0.95"], async (peer, driver, twin) => {
      await moved(twin, "velocity group");
      await trace(peer);
      const release = press(driver, { j2: 0.5 });
      await eventually(
        "it is at speed",
        async () => ((await trace(peer)).velocity[1] as number) > 0.45 || undefined,
      );
      release();
      const released = Date.now() / 1000;
      await eventually("it rests", async () => ((await trace(peer)).velocity[1] === 0 ? true : undefined));
      expect(Date.now() / 1000 - released).toBeLessThan(2);
      await moveTo(driver, { j1: 1, j2: 0 }, 0.5);
      const last = await eventually("the last message is a zero", async () => {
        const all = await trace(peer);
        return all.samples.at(-1)?.[2].every((v) => v === 0) ? all : undefined;
      });
      expect(last.position[0]).toBeCloseTo(1, 1);
      expect(last.velocity).toEqual([0, 0, 0, 0]);
      await later(400);
      expect((await trace(peer)).samples).toEqual([]);
    });
  });

  it("has a zero at once after a stop, after the end of the lease, and when the twin ends", async () => {
    await beside(["--active", "velocity_group"], async (peer, driver, twin) => {
      await moved(twin, "velocity group");
      const move = await atSpeed(peer, driver);
      const pressed = Date.now() / 1000;
      driver.send({ op: "stop", robot: "*" });
      expect(await final(driver, move)).toMatchObject({ stage: "aborted", code: "stopped" });
      await eventually("it rests", async () => ((await trace(peer)).velocity[0] === 0 ? true : undefined));
      const rested = Date.now() / 1000 - pressed;
      console.log(`velocity group, stop: at rest after ${Math.round(rested * 1000)} ms`);
      expect(rested).toBeLessThan(1);
      await later(300);
      driver.send({ op: "reset", robot: "robot" });
      await eventually("reset", () => driver.answers.find((answer) => answer.op === "reset"));
      await trace(peer);
      await later(1200);
      expect((await trace(peer)).samples.filter(([, , all]) => all.some((v) => v !== 0))).toEqual([]);
      driver.epoch = -1;
      driver.send({ op: "acquire", id: "acquire", robot: "robot", holder: "test" });
      await eventually("the lease is granted again", () => (driver.epoch >= 0 ? true : undefined));
      await atSpeed(peer, driver);
      driver.send({ op: "release", id: "release", robot: "robot", epoch: driver.epoch });
      await eventually("it rests", async () => ((await trace(peer)).velocity[0] === 0 ? true : undefined));
      driver.epoch = -1;
      driver.send({ op: "acquire", id: "acquire", robot: "robot", holder: "test" });
      await eventually("the lease is granted again", () => (driver.epoch >= 0 ? true : undefined));
      await atSpeed(peer, driver);
      await twin.process.end();
      const ended = await trace(peer);
      expect(ended.velocity).toEqual([0, 0, 0, 0]);
    });
  });

  it("has a zero where the twin is killed or frozen in mid-motion, by its guard", {
    timeout: 120_000,
  }, async () => {
    for (const signal of ["SIGKILL", "SIGSTOP"] as const) {
      await beside(["--active", "velocity_group"], async (peer, driver, twin) => {
        await moved(twin, "velocity group");
        await eventually(
          "j1 is at speed",
          async () => {
            const id = driver.command({ kind: "jointPosition", positions: { j1: 2.4 }, speed: 0.3 });
            while (driver.result(id, "aborted") === undefined && driver.result(id, "done") === undefined) {
              if (((await trace(peer)).velocity[0] as number) > 0.5) return true;
            }
            return undefined;
          },
          40_000,
        );
        const pid = programOf(twin);
        const lost = Date.now();
        process.kill(pid, signal);
        await eventually(
          "it rests",
          async () => ((await trace(peer)).velocity[0] === 0 ? true : undefined),
          5000,
        );
        console.log(`velocity group, ${signal}: at rest after ${Date.now() - lost} ms`);
        // The motion would have gone on for longer. A machine that is busy many times over takes its time.
        expect((await trace(peer)).position[0]).toBeLessThan(2.2);
        expect(Date.now() - lost).toBeLessThan(1500);
        if (signal === "SIGSTOP") process.kill(pid, "SIGCONT");
      });
    }
  });

  it("that disappears in mid-motion ends its goal", async () => {
    await beside(
      ["--active", "velocity_group", "--controllers", "velocity_group"],
      async (peer, driver, twin) => {
        await moved(twin, "velocity group");
        const slow = driver.command({ kind: "jointPosition", positions: { j1: 2 }, speed: 0.2 });
        await eventually(
          "it moves",
          async () => ((await trace(peer)).velocity[0] as number) > 0.1 || undefined,
        );
        peer.tell({ do: "leave" });
        expect((await final(driver, slow)).code).toMatch(/^(controller_gone|stale_state)$/);
      },
    );
  });
});

describe.skipIf(!hasRos())("a controller that takes a JointTrajectory topic, written with rclpy", () => {
  const active = ["--controllers", "arm_controller", "--active", "arm_controller"];

  it("moves and jogs, done is measured, and a stop holds the measured place", async () => {
    await beside(active, async (peer, driver, twin) => {
      await moved(twin, "topic");
      await moveTo(driver, { j1: 0.8 }, 0.5);
      expect((await trace(peer)).position[0]).toBeCloseTo(0.8, 2);
      const release = press(driver, { j2: 0.5 });
      await later(1000);
      release();
      await eventually(
        "it rests",
        async () => Math.abs((await trace(peer)).velocity[1] as number) < 1e-3 || undefined,
      );
      expect((await trace(peer)).position[1]).toBeGreaterThan(0.2);
      const move = driver.command({ kind: "jointPosition", positions: { j1: -2 }, speed: 0.9 });
      await eventually("it moves", async () => ((await trace(peer)).velocity[0] as number) < -1 || undefined);
      const sent = peer.events("trajectory").length;
      driver.send({ op: "stop", robot: "*" });
      expect(await final(driver, move)).toMatchObject({ stage: "aborted", code: "stopped" });
      const hold = await eventually("it is held", () => peer.events("trajectory")[sent]);
      expect(hold.last).toBeLessThan(0.1);
      await eventually(
        "it rests",
        async () => Math.abs((await trace(peer)).velocity[0] as number) < 1e-3 || undefined,
      );
      expect((await trace(peer)).position[0]).toBeGreaterThan(-1.95);
    });
  });

  it("whose joints do not follow, or that disappears, ends the move with the reason", async () => {
    await beside(active, async (peer, driver, twin) => {
      await moved(twin, "topic");
      peer.tell({ do: "freeze", value: true });
      const stuck = driver.command({ kind: "jointPosition", positions: { j1: 1 }, speed: 0.5 });
      expect((await final(driver, stuck)).code).toMatch(/^(path_tolerance|not_following|stalled)$/);
      peer.tell({ do: "freeze", value: false });
      await later(300);
      const slow = driver.command({ kind: "jointPosition", positions: { j1: 2 }, speed: 0.1 });
      await eventually(
        "it moves",
        async () => ((await trace(peer)).velocity[0] as number) > 0.05 || undefined,
      );
      peer.tell({ do: "leave" });
      expect((await final(driver, slow)).code).toMatch(/^(controller_gone|stale_state)$/);
    });
  });
});

describe.skipIf(!hasRos())("a base behind a controller_manager", () => {
  it("is driven only while its controller is active, and the remedy is named", async () => {
    await beside(["--base"], async (peer, driver, twin) => {
      const reason = await eventually("it is known to be inactive", async () => {
        const found = await can(twin);
        return found.twist ? undefined : found.controllers?.find(({ kind }) => kind === "twist")?.reason;
      });
      expect(reason).toContain("ros2 control set_controller_state base_controller active");
      const refused = driver.command({ kind: "twist", linear: { x: 0.2 } });
      expect(await final(driver, refused)).toMatchObject({ code: "no_controller", message: reason });
      peer.tell({ do: "activate", name: "base_controller" });
      await eventually("it is active", async () => ((await can(twin)).twist ? true : undefined));
      const pad = setInterval(() => driver.command({ kind: "twist", linear: { x: 0.2 } }, 300), 45);
      await eventually("it is driven", () => peer.events("twist").find(({ x }) => (x as number) > 0.19));
      peer.tell({ do: "activate", name: null });
      const end = await eventually("the jog ends", () =>
        driver.answers.find(({ stage }) => stage === "aborted"),
      );
      expect(end.code).toBe("controller_gone");
      clearInterval(pad);
    });
  });
});

describe.skipIf(!hasRos())("a base that disappears in mid-motion", () => {
  it("ends its jog, and a control that is still held is refused", async () => {
    await beside(["--base", "--without-manager"], async (peer, driver, twin) => {
      await eventually("the base is found", async () => ((await can(twin)).twist ? true : undefined));
      const pad = setInterval(() => driver.command({ kind: "twist", linear: { x: 0.2 } }, 300), 45);
      await eventually("it is driven", () => peer.events("twist").find(({ x }) => (x as number) > 0.19));
      peer.tell({ do: "leave" });
      const end = await eventually("the jog ends", () =>
        driver.answers.find(({ stage }) => stage === "aborted"),
      );
      expect(end.code).toMatch(/^(controller_gone|stale_state)$/);
      await eventually("it is refused", () => driver.answers.find(({ stage }) => stage === "refused"));
      clearInterval(pad);
    });
  });
});

describe.skipIf(!hasRos())("a base with steered wheels", () => {
  const folder = mkdtempSync(join(tmpdir(), "twin-ackermann-"));
  const config = join(folder, "twin.yaml");
  writeFileSync(config, "robots:\n  - commands: { ackermann: { wheelbase: 0.3, steeringLimit: 0.4 } }\n");
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("is sent speed and steering angle, and one zero at the end", async () => {
    await beside(
      ["--ackermann"],
      async (peer, driver, twin) => {
        await eventually("the base is found", async () => ((await can(twin)).twist ? true : undefined));
        const drive = (x: number, yaw: number) =>
          setInterval(() => driver.command({ kind: "twist", linear: { x }, angular: { z: yaw } }, 300), 45);
        let pad = drive(0.4, 0.4);
        // tan(angle) = 0.3 m · 0.4 rad/s / 0.4 m/s
        await eventually("it drives its curve", () =>
          peer
            .events("ackermann")
            .find(
              ({ speed, angle }) =>
                (speed as number) > 0.39 && Math.abs((angle as number) - Math.atan(0.3)) < 1e-3,
            ),
        );
        clearInterval(pad);
        await eventually("it comes to rest", () =>
          peer.events("ackermann").at(-1)?.speed === 0 ? true : undefined,
        );
        await later(400);
        const sent = peer.events("ackermann").length;
        await later(400);
        expect(peer.events("ackermann")).toHaveLength(sent);
        pad = drive(0.1, 1.4);
        await eventually("the angle is cut to its limit", () =>
          peer
            .events("ackermann")
            .find(({ speed, angle }) => (speed as number) > 0.09 && Math.abs((angle as number) - 0.4) < 1e-3),
        );
        driver.send({ op: "stop", robot: "*" });
        await eventually("it is stopped", () =>
          peer.events("ackermann").at(-1)?.speed === 0 ? true : undefined,
        );
        clearInterval(pad);
      },
      ["--config", config],
    );
  });
});
