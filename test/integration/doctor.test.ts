import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { TwinProcess } from "../support/twin-process.ts";

const root = join(import.meta.dirname, "..", "..");
const main = join(root, "dist", "main.js");
const folder = mkdtempSync(join(tmpdir(), "twin-doctor-"));
const twin = new TwinProcess();
afterAll(async () => {
  await twin.remove();
  rmSync(folder, { recursive: true, force: true });
});

type Finding = { what: string; state: string; detail: string; remedy: string };

/** Runs `twin` without any ROS of this machine's. */
function run(args: string[], env: Record<string, string> = {}) {
  const { AMENT_PREFIX_PATH: _, ...clean } = process.env;
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
    env: { ...clean, TWIN_ROS_DIR: join(folder, "ros"), ...env },
    encoding: "utf8",
    timeout: 60_000,
  });
  return { status, stdout, stderr };
}

const findings = (...args: string[]): Finding[] =>
  JSON.parse(run(["doctor", "--json", ...args]).stdout).findings;

describe("twin doctor", () => {
  it("knows a twinbridge that runs already from another program on the port", async () => {
    await twin.up("--port", "0");
    const port = findings("--port", String(twin.port)).find(({ what }) => what === "port");
    expect(port?.state).toBe("note");
    expect(port?.detail).toMatch(/has a twinbridge \d+\.\d+\.\d+ that runs already/);
    const other = createServer((socket) => socket.end("what?")).listen(0, "127.0.0.1");
    await new Promise((resolve) => other.once("listening", resolve));
    const address = other.address();
    const taken = typeof address === "object" && address !== null ? address.port : 0;
    expect(findings("--port", String(taken)).find(({ what }) => what === "port")).toMatchObject({
      state: "bad",
      detail: `127.0.0.1:${taken} is in use by another program`,
    });
    other.close();
  });

  it("has a remedy for a broker that is not there, and shows no login", () => {
    const config = twin.file("away.yaml", "mqtt:\n  url: mqtt://arm:geheim@127.0.0.1:1\n");
    const broker = findings("--config", config, "--port", "0").find(({ what }) => what === "broker");
    expect(broker?.state).toBe("bad");
    expect(broker?.remedy).toBe("nothing listens there: start the broker, or correct mqtt.url");
    expect(JSON.stringify(broker)).not.toContain("geheim");
  });
});

describe("twin ros setup without Node's headers", () => {
  it("says so in seconds, before anything is downloaded; doctor and up say that it is half made", () => {
    const started = Date.now();
    const env = { npm_config_nodedir: join(folder, "no-headers") };
    const { status, stderr } = run(["ros", "setup"], env);
    expect(status).toBe(1);
    expect(stderr).toContain("Node's headers are needed to compile rclnodejs");
    expect(stderr).toContain(`npm_config_nodedir is ${join(folder, "no-headers")}`);
    expect(stderr).toContain(`(log: ${join(folder, "ros", "setup.log")})`);
    expect(Date.now() - started).toBeLessThan(15_000);
    expect(readdirSync(join(folder, "ros")).sort()).toEqual(["setup.json", "setup.log"]);
    const ros = findings("--port", "0").find(({ what }) => what === "ROS 2");
    expect(ros?.state).toBe("bad");
    expect(ros?.detail).toContain('is half made: the step "Python environment" failed: Node\'s headers');
    expect(ros?.remedy).toContain("setup.log");
    const up = run(["up", "--ros", "on", "--port", "0"]);
    expect(up.status).toBe(1);
    expect(up.stderr).toContain("is half made");
    expect(up.stderr.trim().split("\n")).toHaveLength(1);
  });
});
