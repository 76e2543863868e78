import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type RunningTwin, type RunOptions, runTwin } from "../../../src/app/run-twin.ts";
import { StartFault } from "../../../src/app/start-fault.ts";
import { configSchema } from "../../../src/io/config/config-schema.ts";
import type { Logger } from "../../../src/io/log.ts";
import { eventually } from "../../support/eventually.ts";
import { WsClient } from "../../support/ws-client.ts";
import { twoJointUrdf } from "../engine/engine-at-hand.ts";
import { BrokerAtHand, freePort } from "../io/mqtt/broker-at-hand.ts";

describe("the twin", () => {
  let folder = "";
  let running: RunningTwin[] = [];
  let logged: string[] = [];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "twin-run-"));
    running = [];
    logged = [];
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    for (const twin of running) await twin.stop();
    rmSync(folder, { recursive: true });
  });

  const note =
    (level: string) =>
    (first: unknown, second?: unknown): void =>
      void logged.push(`${level}: ${second ?? first}`);
  const logger = { info: note("info"), warn: note("warn"), error: note("error") } as unknown as Logger;

  const start = async (settings: Record<string, unknown> = {}, more: Partial<RunOptions> = {}) => {
    const server = { port: 0, ...(settings.server as object | undefined) };
    const config = configSchema.parse({ stateDir: join(folder, "state"), ...settings, server });
    const twin = await runTwin({
      config,
      configPath: join(folder, "twin.yaml"),
      rclnodejs: null,
      insistsOnRos: false,
      demo: false,
      logger,
      ...more,
    });
    running.push(twin);
    return twin;
  };

  const arm = () => {
    writeFileSync(join(folder, "two.urdf"), twoJointUrdf);
    return { robots: [{ id: "arm", description: "two.urdf" }] };
  };

  const things = async (
    twin: RunningTwin,
    token?: string,
  ): Promise<Record<string, { properties: object }>> => {
    const headers = token === undefined ? {} : { Authorization: `Bearer ${token}` };
    const answer = await fetch(`http://127.0.0.1:${twin.port}/api/twin`, { headers });
    if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
    return ((await answer.json()) as { things: Record<string, { properties: object }> }).things;
  };

  const stop = (twin: RunningTwin) =>
    fetch(`http://127.0.0.1:${twin.port}/api/stop`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ robot: "*" }),
    });

  it("serves its robots on a free port of this machine, from their files", async () => {
    const twin = await start(arm());
    expect(twin.url).toBe(`http://127.0.0.1:${twin.port}/`);
    expect(twin.urlsElsewhere).toEqual([]);
    const known = await eventually("the description", async () => {
      const all = await things(twin);
      return all["arm/joint/a"] !== undefined && all;
    });
    expect(Object.keys(known)).toContain("arm/link/tool");
  });

  it("asks for a token that it makes up where other machines can reach it", async () => {
    const twin = await start({ server: { host: "0.0.0.0" } });
    const [, token] = /#token=(.{20,})$/.exec(twin.url) ?? [];
    await expect(things(twin)).rejects.toThrow("HTTP 401");
    await expect(things(twin, token)).resolves.toBeDefined();
  });

  it("warns where a proxy shows it to whoever comes by", async () => {
    const publicUrl = "https://example.org/robot/";
    await start({ server: { publicUrl } });
    expect(logged).toContain(
      `warn: whoever reaches ${publicUrl} can move the robot: set server.token, add a token with \`twin token add\`, or let the proxy ask for a login`,
    );
    logged = [];
    const twin = await start({ server: { publicUrl, token: "long enough" } });
    expect(logged.filter((line) => line.startsWith("warn"))).toEqual([]);
    expect(twin.urlsElsewhere).toEqual([`${publicUrl}#token=long enough`]);
  });

  it("keeps a stop over a restart, and logs it", async () => {
    const file = join(folder, "state", "stops.json");
    const first = await start(arm());
    expect((await stop(first)).status).toBe(200);
    expect(Object.keys(JSON.parse(readFileSync(file, "utf8")))).toEqual(["arm"]);
    expect(logged.some((line) => /^warn: .*stop/i.test(line))).toBe(true);
    await first.stop();
    const second = await start(arm());
    const viewer = await WsClient.open(second.url, "/ws/state");
    expect(await viewer.next("status")).toMatchObject({
      control: [{ robot: "arm", stopped: { by: expect.stringContaining("HTTP") } }],
    });
    viewer.socket.close();
    expect(existsSync(file)).toBe(true);
  });

  it("ends wholly: its port and its broker are free after it", async () => {
    const twin = await start({ mqtt: { embedded: true } });
    await twin.stop();
    running = [];
    await expect(things(twin)).rejects.toThrow();
    await start({ server: { port: twin.port } });
  });

  it("joins the broker of its configuration, and says so when that is gone", async () => {
    const broker = await new BrokerAtHand().start();
    const twin = await start({ mqtt: { url: broker.url, version: "3.1.1" } });
    const viewer = await WsClient.open(twin.url, "/ws/state");
    const isSaid = (wanted: string) =>
      eventually(`the broker to be ${wanted}`, () => {
        const sources = viewer.of("status").at(-1)?.sources as { name: string; state: string }[] | undefined;
        return sources?.some(({ name, state }) => name === "broker" && state === wanted) === true;
      });
    await isSaid("ok");
    await broker.stop();
    await isSaid("lost");
    viewer.socket.close();
  });

  it("runs the demo where it may: a robot that moves, and devices on a broker of its own", async () => {
    const twin = await start({ robots: "auto" }, { demo: true, configPath: null });
    const known = await eventually("the demo's robot and its sensor", async () => {
      const all = await things(twin);
      return all["robot/joint/elbow"] !== undefined && all["device/tool-sensor"] !== undefined && all;
    });
    expect(Object.keys(known.robot?.properties ?? {})).toContain("joint/elbow/position");
  });

  describe("that cannot start", () => {
    it("says that its port is in use", async () => {
      const { port } = await start();
      const second = start({ server: { port } });
      await expect(second).rejects.toThrow(StartFault);
      await expect(second).rejects.toThrow(`port ${port} on 127.0.0.1 is in use`);
    });

    it("says that a host is not this machine's", async () => {
      await expect(start({ server: { host: "192.0.2.1", token: "long enough" } })).rejects.toThrow(
        '"192.0.2.1" is not an address of this machine',
      );
    });

    it("says which robot's description cannot be read, and leaves its port free", async () => {
      const port = await freePort();
      const broken = () => start({ robots: [{ id: "arm", description: "none.urdf" }], server: { port } });
      await expect(broken()).rejects.toThrow(StartFault);
      await expect(broken()).rejects.toThrow("robots.arm.description: ");
      await start({ server: { port } });
    });

    it("says which rule's description cannot be read", async () => {
      const mqtt = { url: "mqtt://127.0.0.1:1", robots: [{ id: "*", description: "none.urdf" }] };
      await expect(start({ mqtt })).rejects.toThrow("mqtt.robots.0.description: ");
    });
  });

  it("warns of meshes that a description names and that are not there", async () => {
    const mesh = '<visual><geometry><mesh filename="gone.stl"/></geometry></visual>';
    writeFileSync(
      join(folder, "two.urdf"),
      twoJointUrdf.replace('<link name="base"/>', `<link name="base">${mesh}</link>`),
    );
    await start({ robots: [{ id: "arm", description: "two.urdf" }] });
    await eventually("the warning", () => logged.some((line) => line.includes('robot "arm": mesh gone.stl')));
  });

  it("warns of stops that it cannot keep", async () => {
    mkdirSync(join(folder, "state", "stops.json.new"), { recursive: true });
    await stop(await start(arm()));
    expect(logged).toContainEqual(
      expect.stringMatching(/^error: arm is stopped, but a restart would forget it: .*cannot be written/),
    );
  });
});
