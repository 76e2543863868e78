import type { ChildProcess } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";
import { hasPython, PythonClient } from "../support/python-client.ts";
import { TwinProcess } from "../support/twin-process.ts";
import { WsClient } from "../support/ws-client.ts";

describe.skipIf(!hasPython())("the Python client", () => {
  const client = new PythonClient();
  const twins: TwinProcess[] = [];
  const children: ChildProcess[] = [];

  beforeAll(() => client.install(), 300_000);

  afterEach(async () => {
    for (const child of children.splice(0)) child.kill("SIGKILL");
    await Promise.all(twins.splice(0).map((twin) => twin.remove()));
  });

  afterAll(() => client.remove());

  async function started(): Promise<TwinProcess> {
    const twin = new TwinProcess();
    twins.push(twin);
    await twin.up("--port", "0");
    await eventually("joints", async () => {
      const { reported } = await twin.property("robot", "joint/elbow/position");
      return reported !== undefined;
    });
    return twin;
  }

  it("passes its unit tests as installed, with types for users", { timeout: 180_000 }, async () => {
    const out = await client.run("-m", "unittest", "-q");
    console.log(out.trim().split("\n").slice(-3).join(" "));
    expect(out).toMatch(/Ran \d{3} tests/);
    await client.run(
      "-c",
      "import pathlib, twinbridge as t; assert (pathlib.Path(t.__file__).parent / 'py.typed').exists()",
    );
  });

  it("needs nothing but websockets", async () => {
    const listed = JSON.parse(
      await client.run("-m", "pip", "list", "--format", "json", "--disable-pip-version-check"),
    );
    const names = listed.map(({ name }: { name: string }) => name).sort();
    expect(names.filter((name: string) => name !== "pip" && name !== "setuptools")).toEqual([
      "twinbridge",
      "websockets",
    ]);
  });

  it.each(["live_asyncio.py", "live_blocking.py"])(
    "watches, moves, jogs, stops and resets a robot: %s",
    async (script) => {
      const twin = await started();
      console.log(await client.run(join("tests", script), twin.url));
    },
  );

  it.each(["asyncio", "blocking"])(
    "plans and commits, goes to poses, jogs the tool, hands the lease over: %s",
    async (api) => {
      const twin = await started();
      console.log(await client.run(join("tests", "live_plans.py"), twin.url, api));
    },
  );

  it("reads the recorded past: samples, the whole twin at a moment, events", async () => {
    const twin = await started();
    console.log(await client.run(join("tests", "live_history.py"), twin.url));
  });

  it.each(["asyncio", "blocking"])("leaves the robot at rest when its process is killed: %s", async (api) => {
    const twin = await started();
    const child = client.start(join("tests", "live_jog.py"), twin.url, api);
    children.push(child);
    const speeds = async () => {
      const { properties } = await twin.thing("robot");
      const twist = properties["base/twist"]?.reported?.value as { linear: number[] };
      const wrist = properties["joint/wrist_3/velocity"]?.reported?.value as number;
      return { base: Math.abs(twist.linear[0] ?? 0), wrist: Math.abs(wrist) };
    };
    const before = await eventually("both are at speed", async () => {
      const now = await speeds();
      return now.base > 0.49 && now.wrist > 2.5 && now;
    });
    const since = performance.now();
    child.kill("SIGKILL");
    const restMs = async (what: "base" | "wrist", below: number) => {
      await eventually(`the ${what} rests`, async () => (await speeds())[what] < below);
      return performance.now() - since;
    };
    const [base, wrist] = await Promise.all([restMs("base", 1e-9), restMs("wrist", 1e-3)]);
    console.log(
      `killed (${api}): the base rests after ${Math.round(base)} ms from ${before.base.toFixed(2)} m/s, ` +
        `the wrist after ${Math.round(wrist)} ms from ${before.wrist.toFixed(2)} rad/s`,
    );
    // 125 ms of watchdog, the ramps (1 m/s², 3 rad/s² and their jerk), and room for a busy machine.
    expect(base).toBeLessThan(125 + 500 + 300);
    expect(wrist).toBeLessThan(125 + 1500 + 300);
    const next = await WsClient.open(twin.url, "/ws/command");
    await next.acquire();
    next.close();
  });

  it("runs its examples", async () => {
    const twin = await started();
    const examples = readdirSync(join(client.folder, "examples")).filter((name) => name.endsWith(".py"));
    expect(examples).toEqual(expect.arrayContaining(["drive.py", "move.py"]));
    expect(await client.run(join("examples", "move.py"), twin.url)).toContain("elbow is at 0.5");
    expect(await client.run(join("examples", "drive.py"), twin.url)).toContain("the base is at x");
    const elbow = await twin.property("robot", "joint/elbow/position");
    expect(elbow.reported?.value).toBeCloseTo(0.5, 2);
  });

  it("says in one line why an example could not do its work", async () => {
    const twin = await started();
    const refused = client.run(join("examples", "move.py"), twin.url, "robot", "elbow", "99");
    await expect(refused).rejects.toThrow(/outside_limits: elbow: 99 rad is outside/);
    const nobody = client.run(join("examples", "move.py"), "127.0.0.1:9");
    await expect(nobody).rejects.toThrow(/no twin answers at ws:\/\/127\.0\.0\.1:9\//);
  });
});
