import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Finding } from "../../../src/cli/finding.ts";
import { twoJointUrdf } from "../engine/engine-at-hand.ts";
import { BrokerAtHand, freePort } from "../io/mqtt/broker-at-hand.ts";
import { twin } from "./command-at-hand.ts";

describe("twin doctor", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "twin-doctor-"));
    vi.stubEnv("AMENT_PREFIX_PATH", "");
    vi.stubEnv("TWIN_ROS_DIR", join(folder, "ros"));
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
  });

  /** The findings for a configuration, by what they are about. */
  const findingsFor = async (config: object | null, ...more: string[]) => {
    const path = join(folder, "twin.yaml");
    writeFileSync(path, JSON.stringify(config));
    const args = config === null ? [] : ["--config", path];
    const { code, out } = await twin("doctor", "--json", ...args, ...more);
    const report = JSON.parse(out) as { ok: boolean; findings: Finding[] };
    expect(code).toBe(report.findings.some(({ state }) => state === "bad") ? 1 : 0);
    expect(report.ok).toBe(code === 0);
    return (what: string) => report.findings.filter((finding) => finding.what === what);
  };

  describe("finds that the port", () => {
    it("is free", async () => {
      const port = await freePort();
      const of = await findingsFor({ server: { port } });
      expect(of("port")).toEqual([
        { what: "port", state: "ok", detail: `127.0.0.1:${port} is free`, remedy: "" },
      ]);
    });

    it("is used by another program, also by the port that was asked for", async () => {
      const server = createServer((socket) => socket.end("what?"));
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
      const { port } = server.address() as AddressInfo;
      const of = await findingsFor({ server: { port: await freePort() } }, "--port", String(port));
      server.close();
      expect(of("port")).toMatchObject([
        {
          state: "bad",
          detail: `127.0.0.1:${port} is in use by another program`,
          remedy: "end that program, or use --port",
        },
      ]);
    });

    it.each([
      [{ status: "ok", version: "9.9.9" }, "note", "has a twinbridge 9.9.9 that runs already"],
      [{ status: "ok" }, "bad", "is in use by another program"],
      [{ status: "starting", version: "9.9.9" }, "bad", "is in use by another program"],
    ])("is used by who answers %o", async (answer, state, detail) => {
      const server = createHttpServer((_, response) => response.end(JSON.stringify(answer)));
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
      const { port } = server.address() as AddressInfo;
      const of = await findingsFor({ server: { port } });
      server.close();
      expect(of("port")).toMatchObject([{ state, detail: `127.0.0.1:${port} ${detail}` }]);
    });

    it("cannot be had on a host that is another machine's", async () => {
      const of = await findingsFor({ server: { host: "192.0.2.1", port: 8080, token: "long enough" } });
      expect(of("port")).toMatchObject([
        { state: "bad", detail: "192.0.2.1:8080 cannot be listened on: EADDRNOTAVAIL" },
      ]);
    });
  });

  describe("finds that a robot", () => {
    const robots = (description: string) => ({ robots: [{ id: "arm", description }] });

    it("can be read, and what it has", async () => {
      writeFileSync(join(folder, "two.urdf"), twoJointUrdf);
      const of = await findingsFor(robots("two.urdf"));
      expect(of("robot arm")).toMatchObject([{ state: "ok", detail: '"two", 3 joints, 0 meshes' }]);
    });

    it("lacks meshes, ten of which are named", async () => {
      const visuals = Array.from(
        { length: 12 },
        (_, i) => `<visual><geometry><mesh filename="gone${i}.stl"/></geometry></visual>`,
      );
      const link = `<link name="base">${visuals.join("")}</link>`;
      writeFileSync(join(folder, "two.urdf"), twoJointUrdf.replace('<link name="base"/>', link));
      const of = await findingsFor(robots("two.urdf"));
      expect(of("robot arm")).toMatchObject([{ state: "ok", detail: '"two", 3 joints, 12 meshes' }]);
      expect(of("mesh")).toHaveLength(10);
      expect(of("mesh")[0]).toMatchObject({
        state: "note",
        detail: expect.stringMatching(/^gone0\.stl: ./),
        remedy: "ros.packages in twin.yaml",
      });
    });

    it("has no file", async () => {
      const of = await findingsFor(robots("none.urdf"));
      expect(of("robot arm")).toMatchObject([
        { state: "bad", detail: expect.stringContaining("none.urdf: there is no such file") },
      ]);
    });

    it("has a broken file", async () => {
      writeFileSync(join(folder, "bad.urdf"), "<robot");
      const of = await findingsFor(robots("bad.urdf"));
      expect(of("robot arm")).toMatchObject([
        {
          state: "bad",
          detail: expect.stringContaining("bad.urdf: "),
          remedy: "twin model check FILE says more",
        },
      ]);
    });

    it("comes from a topic, which no file can say anything about", async () => {
      const of = await findingsFor({ robots: [{ id: "arm" }] });
      expect(of("robot arm")).toEqual([]);
    });

    it("is the demo's where there is no configuration", async () => {
      const of = await findingsFor(null, "--port", String(await freePort()));
      expect(of("robot demo")).toMatchObject([{ state: "ok" }]);
    });
  });

  describe("finds that the broker", () => {
    it("is not asked where none is configured", async () => {
      expect((await findingsFor({}))("broker")).toEqual([]);
    });

    it("lets us in, and is named without its login", async () => {
      const broker = await new BrokerAtHand().start();
      const url = broker.url.replace("//", "//arm:secret@");
      const of = await findingsFor({ mqtt: { url } });
      await broker.stop();
      expect(of("broker")).toEqual([{ what: "broker", state: "ok", detail: broker.url, remedy: "" }]);
    });

    it("does not answer, and what to do", async () => {
      const of = await findingsFor({ mqtt: { url: `mqtt://127.0.0.1:${await freePort()}` } });
      expect(of("broker")).toMatchObject([
        {
          state: "bad",
          detail: expect.stringContaining("ECONNREFUSED"),
          remedy: expect.stringContaining("start the broker"),
        },
      ]);
    });
  });

  describe("finds that ROS 2", () => {
    it("is not there, which is a note: more of one where a robot is to come from it", async () => {
      writeFileSync(join(folder, "two.urdf"), twoJointUrdf);
      const own = await findingsFor({ robots: [{ description: "two.urdf" }] });
      expect(own("ROS 2")).toMatchObject([{ state: "note", detail: "none in this environment" }]);
      const topic = await findingsFor({});
      expect(topic("ROS 2")).toMatchObject([
        { state: "note", detail: "none in this environment: only the simulated robot can be shown" },
      ]);
    });

    it("is half made, and what to do", async () => {
      mkdirSync(join(folder, "ros"));
      const record = {
        version: 1,
        steps: {},
        failed: { step: "wheels", reason: "no network" },
        ready: false,
      };
      writeFileSync(join(folder, "ros", "setup.json"), JSON.stringify(record));
      const of = await findingsFor({});
      expect(of("ROS 2")).toMatchObject([
        {
          state: "bad",
          detail: `${join(folder, "ros")} is half made: the step "wheels" failed: no network`,
          remedy: expect.stringContaining("run `twin ros setup` again"),
        },
      ]);
    });
  });

  it("prints a line for each finding, with the remedy below, for people", async () => {
    const path = join(folder, "twin.yaml");
    const port = await freePort();
    writeFileSync(
      path,
      JSON.stringify({ robots: [{ id: "arm", description: "none.urdf" }], server: { port } }),
    );
    const { code, out, err } = await twin("doctor", "--config", path);
    expect([code, err]).toEqual([1, ""]);
    const lines = out.split("\n");
    expect(lines[0]).toBe(`ok    Node         ${process.version}`);
    expect(lines).toContain(`ok    port         127.0.0.1:${port} is free`);
    const fault = lines.findIndex((line) => line.startsWith("FAULT robot arm    "));
    expect(lines[fault + 1]).toBe("                   → correct robots.description");
  });
});
