import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";
import { besideTwin } from "./beside-twin.ts";
import { can } from "./can.ts";
import { type Driver, hasRos, startPeer, type TestProcess, type TestTwin } from "./support.ts";

const folder = mkdtempSync(join(tmpdir(), "twin-maps-"));
const config = join(folder, "twin.yaml");
writeFileSync(config, "robots:\n  - footprint: 0.25\n");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const to = (x: number, y: number, yaw = 0) => ({ kind: "navigate", frame: "map", position: [x, y], yaw });

async function withMap(
  act: (maps: TestProcess, twin: TestTwin, driver: Driver) => Promise<void>,
): Promise<void> {
  await besideTwin(
    {
      peer: ["navigator_peer.py", "--urdf", "test/ros/mobile-gripper.urdf"],
      twinArgs: ["--ros", "on", "--config", config],
      ready: (twin) =>
        eventually("the base can be sent", async () => ((await can(twin)).navigate ? true : undefined)),
    },
    async (_, driver, twin) => {
      const maps = startPeer(twin.domainId, [], "map_peer.py");
      try {
        await act(maps, twin, driver);
      } finally {
        await maps.end();
      }
    },
  );
}

type Plan = {
  code?: string;
  message?: string;
  path?: string;
  poses?: object[];
  leavesMap?: boolean;
  leastDistance?: { metres: number; between: string[] };
};

async function plan(twin: TestTwin, command: object): Promise<Plan> {
  const answer = await fetch(`${twin.url}/api/robots/robot/plan`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ command }),
  });
  return (await answer.json()) as Plan;
}

/** The number of a metric's line. */
async function metric(twin: TestTwin, line: string): Promise<number> {
  const text = await (await fetch(`${twin.url}/metrics`)).text();
  const found = text.split("\n").find((one) => one.startsWith(`${line} `));
  return found === undefined ? 0 : Number(found.slice(line.length + 1));
}
const maps = (result: string) => `twin_source_messages_total{source="ros:/map",result="${result}"}`;

/** CPU time of the thread of the cycles, ms. */
function cycleThreadMs(twin: TestTwin): number {
  const parent = twin.process.child.pid;
  // The program starts itself once more, with the environment of ROS.
  const [pid] = readFileSync(`/proc/${parent}/task/${parent}/children`, "utf8").split(" ");
  const fields = readFileSync(`/proc/${pid}/task/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  // utime and stime, in hundredths of a second.
  return 10 * (Number(fields[11]) + Number(fields[12]));
}

describe.skipIf(!hasRos())("a map that rclpy publishes", () => {
  it("refuses goals in its walls and plans into them, and what is malformed is refused with its field", async () => {
    await withMap(async (peer, twin, driver) => {
      const placed = async () => ((await plan(twin, to(3, 0))).path === "straight" ? true : undefined);
      await eventually("tf places the robot", placed);
      peer.tell({ do: "map", size: 400, walls: [[2, -5, 2.2, 5]], unknown: [[-10, 6, 10, 10]] });
      await eventually("the map has arrived", async () =>
        (await metric(twin, maps("accepted"))) > 0 ? true : undefined,
      );
      expect(await plan(twin, to(3, 0))).toMatchObject({
        code: "collision",
        message: expect.stringMatching(/of \/map/),
      });
      const free = await plan(twin, to(0, 3));
      expect(free).toMatchObject({ path: "straight", leavesMap: false });
      expect(free.poses).toHaveLength(200);
      expect((await plan(twin, to(0, 7))).message).toMatch(/not free/);
      expect((await plan(twin, to(-12, 0))).leavesMap).toBe(true);

      const inWall = driver.command(to(2.1, 0));
      const refusal = await eventually("the goal is refused", () => driver.result(inWall, "refused"));
      expect(refusal).toMatchObject({
        code: "goal_not_free",
        message: expect.stringMatching(/cell \(24\d, \d+\) of \/map/),
      });
      const beyond = driver.command(to(0.4, 0.3));
      await eventually("the goal is reached", () => driver.result(beyond, "done"));

      for (const lie of [{ width: 401 }, { w: 0.5 }, { resolution: Number.MIN_VALUE }]) {
        const before = await metric(twin, maps("rejected"));
        peer.tell({ do: "map", size: 400, ...lie });
        await eventually("it is counted", async () =>
          (await metric(twin, maps("rejected"))) > before ? true : undefined,
        );
      }
      // The one before them stays.
      expect((await plan(twin, to(3, 0))).code).toBe("collision");
      const events = JSON.stringify(await twin.json("/api/events"));
      for (const field of ["data: ", "info.origin: ", "info.resolution: "]) expect(events).toContain(field);
    });
  });

  it("changes by its updates, as costmaps are published, and by none that is malformed", async () => {
    await withMap(async (peer, twin) => {
      peer.tell({ do: "map", size: 400 });
      await eventually("the way is free by the map", async () =>
        (await plan(twin, to(3, 0))).leavesMap === false ? true : undefined,
      );
      // A wall of 0.2 m at x = 2 m.
      const wall = { do: "update", x: 240, y: 100, width: 4, height: 200 };
      peer.tell({ ...wall, value: 100 });
      await eventually("the wall is in the way", async () =>
        (await plan(twin, to(3, 0))).code === "collision" ? true : undefined,
      );
      const lies = [{ x: 399 }, { y: -1 }, { cells: 7 }, { frame: "odom" }];
      for (const lie of lies) {
        const before = await metric(twin, maps("rejected"));
        peer.tell({ ...wall, value: 0, ...lie });
        await eventually("it is counted", async () =>
          (await metric(twin, maps("rejected"))) > before ? true : undefined,
        );
      }
      expect((await plan(twin, to(3, 0))).code).toBe("collision");
      const events = JSON.stringify(await twin.json("/api/events"));
      for (const field of ["x, y, width, height", "data", "header.frame_id"]) {
        expect(events).toContain(`/map_updates: ${field}`);
      }
      peer.tell({ ...wall, value: 0 });
      await eventually("the way is free again", async () =>
        (await plan(twin, to(3, 0))).path === "straight" ? true : undefined,
      );
    });
  });

  it("of 4000 × 4000 cells takes no time of the cycles, and a way of 50 m through it is judged soon", async () => {
    await withMap(async (peer, twin) => {
      const { size, posts } = { size: 4000, posts: 24 };
      const placed = async () => ((await plan(twin, to(0, 1))).path === "straight" ? true : undefined);
      await eventually("tf places the robot", placed);
      const used = async (act: () => Promise<unknown>): Promise<number> => {
        const [began, cpu] = [performance.now(), cycleThreadMs(twin)];
        await act();
        return (cycleThreadMs(twin) - cpu) / (performance.now() - began);
      };
      const hasArrived = async () => (await metric(twin, maps("accepted"))) > 0;
      const end = performance.now() + 5000;
      // The same questions as while the map comes: they take most of it.
      const resting = await used(() =>
        eventually("5 s", async () => (await hasArrived()) || performance.now() > end || undefined),
      );
      // A corridor of 1.2 m and 60 m in a map full of posts.
      const during = await used(async () => {
        peer.tell({ do: "map", size, posts, free: [[-30, -0.6, 30, 0.6]] });
        await eventually("the map has arrived", async () => (await hasArrived()) || undefined, 60_000);
      });
      const began = performance.now();
      const way = await plan(twin, { ...to(-25, 0), via: [{ position: [12.5, 0], yaw: 0 }] });
      const took = performance.now() - began;
      const shares = [resting, during].map((share) => `${(100 * share).toFixed(1)} %`);
      console.log(
        `4000 × 4000 cells: the thread of the cycles takes ${shares[0]} of a core before and ${shares[1]} while the map comes; a way of 50 m in ${took.toFixed(0)} ms`,
      );
      expect(way).toMatchObject({ path: "straight", leavesMap: false });
      expect(way.leastDistance?.metres).toBeLessThan(0.6);
      expect(took).toBeLessThan(5000);
    });
  });
});
