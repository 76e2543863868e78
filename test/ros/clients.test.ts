import { type ChildProcess, execFile, spawn } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Robot, Twin } from "../../src/client/api.ts";
import { connect } from "../../src/client/index.ts";
import { hasChromium, launchChromium, launchKillableChromium } from "../support/chromium.ts";
import { pageWithLibrary } from "../support/client-page.ts";
import { eventually } from "../support/eventually.ts";
import { hasPython, PythonClient } from "../support/python-client.ts";
import { freshDomain, hasRos, TestProcess, TestTwin } from "./support.ts";

const root = join(import.meta.dirname, "..", "..");
const run = promisify(execFile);

/** One scenario (watch, lease, move, a jog whose program is killed, stop, reset), by each library, with `twin sim` on ROS. */
describe.skipIf(!hasRos())("the client libraries at a simulated robot on ROS", () => {
  const domain = freshDomain();
  const python = new PythonClient();
  let twin: TestTwin;
  let sim: TestProcess;
  let watching: Twin;
  let robot: Robot;

  const speed = (): number => Math.abs(robot.base().twist?.value.linear[0] ?? 0);

  /** Kills a program that drives at full speed; ms until the base rests, as another client sees it. */
  async function killedAtSpeed(kill: () => void): Promise<number> {
    await eventually("the base is at speed", () => speed() > 0.39, 20_000);
    const since = performance.now();
    kill();
    await eventually("the base rests", () => speed() < 1e-3, 10_000);
    return performance.now() - since;
  }

  beforeAll(async () => {
    sim = new TestProcess(process.execPath, ["dist/main.js", "sim"], { ROS_DOMAIN_ID: domain });
    twin = new TestTwin(domain);
    await twin.ready();
    watching = await connect(twin.url, { rateHz: 200 });
    robot = watching.robot("robot");
    await eventually("the simulated robot can be driven", () => {
      const can = robot.control?.can;
      return robot.joint("elbow").position !== null && can?.jointPosition === true && can.twist;
    });
    if (hasPython()) await python.install();
  }, 300_000);

  afterAll(async () => {
    watching?.close();
    await twin?.end();
    await sim?.end();
    python.remove();
  });

  it("is carried out by the TypeScript library in Node", async () => {
    const { stdout } = await run(process.execPath, ["test/support/client-scenario.mjs", twin.url], {
      cwd: root,
    });
    const seen = JSON.parse(stdout);
    expect(seen).toMatchObject({ code: "ok", quality: "good", refused: "stopped" });
    expect(seen.states).toBeGreaterThan(30);
    expect(seen.elbow).toBeCloseTo(0.4, 2);
    const driver: ChildProcess = spawn(
      process.execPath,
      ["test/support/client-driver.mjs", twin.url, "0.4"],
      { cwd: root },
    );
    const restMs = await killedAtSpeed(() => driver.kill("SIGKILL"));
    console.info(`Node killed at full speed: at rest after ${Math.round(restMs)} ms`);
    expect(restMs).toBeLessThan(125 + 400 + 600);
  });

  it.skipIf(!hasChromium())("is carried out by the TypeScript library in Chromium", async () => {
    const faults: string[] = [];
    const browser = await launchChromium();
    try {
      const page = await pageWithLibrary(browser, twin.url, faults);
      const seen = await page.evaluate(async () => {
        if (window.at === undefined) throw new Error("not connected");
        const { twin: own, robot: driven, lease } = window.at;
        const { code } = await lease.move({ elbow: 0.5 }, { speed: 1 });
        const elbow = driven.joint("elbow").position?.value;
        await driven.stop("a page");
        const refused = await lease.move({ elbow: 0 }).catch((error) => (error as { code: string }).code);
        await driven.reset();
        const again = await driven.acquire();
        await again.release();
        own.close();
        return { code, elbow, refused };
      });
      expect(seen).toMatchObject({ code: "ok", refused: "stopped" });
      expect(seen.elbow).toBeCloseTo(0.5, 2);
    } finally {
      await browser.close();
    }
    const { browser: killable, kill } = await launchKillableChromium();
    try {
      const page = await pageWithLibrary(killable, twin.url, faults);
      await page.evaluate(() => {
        window.at?.lease.twist({ linear: { x: 0.4 } });
      });
      const restMs = await killedAtSpeed(kill);
      console.info(`Chromium killed at full speed: at rest after ${Math.round(restMs)} ms`);
      expect(restMs).toBeLessThan(125 + 400 + 600);
    } finally {
      kill();
      await killable.close().catch(() => undefined);
    }
    expect(faults).toEqual([]);
  });

  it.skipIf(!hasPython())("is carried out by the Python library, with asyncio and without", async () => {
    for (const script of ["live_asyncio.py", "live_blocking.py"]) {
      console.info(await python.run(join("tests", script), twin.url, "ros"));
    }
    for (const api of ["asyncio", "blocking"]) {
      const child = python.start(join("tests", "live_jog.py"), twin.url, api);
      const restMs = await killedAtSpeed(() => child.kill("SIGKILL"));
      console.info(`Python (${api}) killed at full speed: at rest after ${Math.round(restMs)} ms`);
      expect(restMs).toBeLessThan(125 + 500 + 600);
    }
  });
});
