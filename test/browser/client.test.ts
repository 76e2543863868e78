import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Robot, Twin } from "../../src/client/api.ts";
import { connect } from "../../src/client/index.ts";
import { hasChromium, launchChromium, launchKillableChromium } from "../support/chromium.ts";
import { pageWithLibrary } from "../support/client-page.ts";
import { eventually } from "../support/eventually.ts";
import { TwinProcess } from "../support/twin-process.ts";

describe.skipIf(!hasChromium())("the library in a page", () => {
  const server = new TwinProcess();
  const faults: string[] = [];
  let watching: Twin;
  let robot: Robot;

  beforeAll(async () => {
    await server.up("--port", "0");
    watching = await connect(server.url, { rateHz: 200 });
    robot = watching.robot("robot");
    await eventually("a measured elbow", () => robot.joint("elbow").position !== null);
  });
  afterEach(() => expect(faults.splice(0)).toEqual([]));
  afterAll(async () => {
    watching?.close();
    await server.remove();
  });

  const speed = (): number => Math.abs(robot.base().twist?.value.linear[0] ?? 0);

  it("watches, moves, jogs, stops and resets as in Node", async () => {
    const browser = await launchChromium();
    try {
      const page = await pageWithLibrary(browser, server.url, faults);
      const seen = await page.evaluate(async () => {
        if (window.at === undefined) throw new Error("not connected");
        const { twin, robot, lease, lost } = window.at;
        const code = (error: unknown) => (error as { code: string }).code;
        const moved = await lease.move({ elbow: 0.3 }, { speed: 1 });
        const refused = await lease.move({ elbow: 9 }).catch(code);
        const jog = lease.jog({ elbow: 0.2 });
        await new Promise((resolve) => setTimeout(resolve, 300));
        const jogged = await jog.end();
        const elbow = robot.joint("elbow").position;
        await robot.stop("a page");
        const stopped = await lease.move({ elbow: 0 }).catch(code);
        await robot.reset();
        const history = await twin.history({ series: "robot/*" }).catch(code);
        const again = await robot.acquire();
        await again.move({ elbow: 0 }, { speed: 1 });
        await again.release();
        twin.close();
        return { moved, refused, jogged, elbow, stopped, lost, history };
      });
      expect(seen).toMatchObject({
        moved: { code: "ok" },
        refused: "outside_limits",
        jogged: { code: "ok" },
        elbow: { quality: "good" },
        stopped: "stopped",
        lost: ["stopped"],
      });
      expect(seen.elbow?.value).toBeGreaterThan(0.32);
      if (typeof seen.history === "string") expect(seen.history).toBe("no_history");
    } finally {
      await browser.close();
    }
  });

  it("leaves the robot at rest when the browser is killed at full speed", async () => {
    const { browser, kill } = await launchKillableChromium();
    try {
      const page = await pageWithLibrary(browser, server.url, faults);
      await page.evaluate(() => {
        window.at?.lease.twist({ linear: { x: 0.4 } });
      });
      await eventually("the base at full speed", () => speed() > 0.395);
      kill();
      const since = performance.now();
      await new Promise<void>((resolve) => {
        const end = robot.on("state", () => {
          if (speed() > 1e-9) return;
          end();
          resolve();
        });
      });
      const restMs = performance.now() - since;
      console.log(`browser killed: rests after ${restMs.toFixed(0)} ms`);
      expect(restMs).toBeLessThan(125 + 400 + 300);
    } finally {
      kill();
      await browser.close().catch(() => undefined);
    }
  });
});
