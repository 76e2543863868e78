import { type ChildProcess, spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";
import { TwinProcess } from "../support/twin-process.ts";
import { WsClient } from "../support/ws-client.ts";

const twins: TwinProcess[] = [];
const children: ChildProcess[] = [];

async function started(prepare: (twin: TwinProcess) => void = () => undefined): Promise<TwinProcess> {
  const twin = new TwinProcess();
  twins.push(twin);
  prepare(twin);
  await twin.up("--port", "0");
  await eventually(
    "joints",
    async () => (await twin.property("robot", "joint/elbow/position")).reported !== undefined,
  );
  return twin;
}

async function speed(twin: TwinProcess): Promise<number> {
  const twist = (await twin.property("robot", "base/twist")).reported?.value as { linear: number[] };
  return Math.abs(twist.linear[0] ?? 0);
}

/** A driver in a process of its own that has the base at 0.35 m/s and more. */
async function jogging(twin: TwinProcess): Promise<ChildProcess> {
  const script = new URL("../support/jogging-client.mjs", import.meta.url).pathname;
  const child = spawn(process.execPath, [script, twin.url], { stdio: "ignore" });
  children.push(child);
  await eventually("the driver has the lease", async () => (await twin.events("lease.granted")).length > 0);
  await eventually("the base moves", async () => (await speed(twin)) > 0.35);
  return child;
}

/** Milliseconds from now until the base rests. */
async function untilRest(twin: TwinProcess): Promise<number> {
  const since = performance.now();
  await eventually("the base rests", async () => (await speed(twin)) < 1e-9);
  return performance.now() - since;
}

afterEach(async () => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  await Promise.all(twins.splice(0).map((twin) => twin.remove()));
});

describe("a base at speed comes to rest", () => {
  // 125 ms of lease, 0.4 m/s at 1 m/s², and room for a busy machine.
  const bound = 125 + 400 + 300;

  it("when its driver's program freezes, though the socket stays open", async () => {
    const twin = await started();
    const driver = await jogging(twin);
    driver.kill("SIGSTOP");
    expect(await untilRest(twin)).toBeLessThan(bound);
    driver.kill("SIGCONT");
  });

  it("when its driver's program is killed, and the lease is free again", async () => {
    const twin = await started();
    const driver = await jogging(twin);
    driver.kill("SIGKILL");
    expect(await untilRest(twin)).toBeLessThan(bound);
    await (await WsClient.open(twin.url, "/ws/command")).acquire();
  });

  it("when this program itself was frozen: what waited in its sockets is too old to move anything", async () => {
    const twin = await started();
    const driver = await WsClient.open(twin.url, "/ws/command");
    await driver.acquire();
    twin.signal("SIGSTOP");
    for (let i = 0; i < 50; i++)
      driver.command(`frozen${i}`, { kind: "twist", linear: { x: 0.4 } }, { ttlMs: 300 });
    await new Promise((resolve) => setTimeout(resolve, 700));
    twin.signal("SIGCONT");
    await driver.next("result", { id: "frozen49", stage: "refused" });
    for (let i = 0; i < 50; i++)
      expect(driver.stages(`frozen${i}`), `frozen${i}`).toEqual(["refused expired"]);
    expect(await speed(twin)).toBeLessThan(0.25);
  });
});

describe("a stop", () => {
  it("that was told survives a kill at that very moment", async () => {
    const twin = await started();
    const client = await WsClient.open(twin.url, "/ws/command");
    client.send({ op: "stop", robot: "*" });
    await client.next("stopped");
    twin.signal("SIGKILL");
    await twin.ended();
    await twin.up("--port", "0");
    const again = await WsClient.open(twin.url, "/ws/command");
    await eventually(
      "joints",
      async () => (await twin.property("robot", "joint/elbow/position")).reported !== undefined,
    );
    await again.acquire();
    again.command("m", { kind: "jointPosition", positions: { elbow: 0.3 } });
    expect(await again.next("result", { id: "m" })).toMatchObject({ stage: "refused", code: "stopped" });
  });

  it("holds and says so where its file cannot be written", async () => {
    const twin = await started((one) =>
      writeFileSync(join(one.folder, "twinbridge"), "a file where a folder should be"),
    );
    const client = await WsClient.open(twin.url, "/ws/command");
    // A memory of stops that cannot be read counts as stopped.
    await client.acquire();
    client.command("m", { kind: "jointPosition", positions: { elbow: 0.3 } });
    expect(await client.next("result", { id: "m" })).toMatchObject({ stage: "refused", code: "stopped" });
    client.send({ op: "reset", robot: "robot" });
    await client.next("reset");
    client.send({ op: "stop", robot: "*" });
    await client.next("stopped");
    await client.acquire();
    client.command("n", { kind: "jointPosition", positions: { elbow: 0.3 } });
    expect(await client.next("result", { id: "n" })).toMatchObject({ stage: "refused", code: "stopped" });
    expect(twin.err).toContain("robot is stopped, but a restart would forget it");
    expect(twin.isAlive()).toBe(true);
  });
});
