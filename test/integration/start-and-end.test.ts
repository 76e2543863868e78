import { once } from "node:events";
import { createServer } from "node:net";
import { afterAll, describe, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";
import { type Ended, runTwin, TwinProcess } from "../support/twin-process.ts";
import { WsClient } from "../support/ws-client.ts";

const twin = new TwinProcess();
afterAll(() => twin.remove());

/** The start failed with exactly one line that says why. */
function oneLine({ code, out, err }: Ended): string {
  expect(code, err).toBe(1);
  expect(out).toBe("");
  const lines = err
    .trim()
    .split("\n")
    .filter((line) => !line.includes("the page is not built"));
  expect(lines, err).toHaveLength(1);
  return lines[0] ?? "";
}

describe("a start that cannot succeed says why in one line and ends with 1", () => {
  it("when the port is in use", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    const address = taken.address();
    const port = typeof address === "object" && address !== null ? String(address.port) : "";
    expect(oneLine(await runTwin("up", "--ros", "off", "--port", port))).toContain(
      `port ${port} on 127.0.0.1 is in use`,
    );
    taken.close();
  });

  it("when the host is no address of this machine", async () => {
    expect(oneLine(await runTwin("up", "--ros", "off", "--port", "0", "--host", "203.0.113.9"))).toContain(
      "203.0.113.9",
    );
  });

  it("when the configuration is not there or wrong", async () => {
    expect(oneLine(await runTwin("up", "--ros", "off", "--config", "/nowhere/twin.yaml"))).toContain(
      "/nowhere/twin.yaml",
    );
    const file = twin.file("wrong.yaml", "server:\n  prot: 80\n");
    expect(oneLine(await runTwin("up", "--ros", "off", "--config", file))).toContain(
      `${file}:2: server.prot: there is no such key; did you mean "port"?`,
    );
  });

  it("when ROS is asked for and there is none", async () => {
    const known = { dir: process.env.TWIN_ROS_DIR, prefix: process.env.AMENT_PREFIX_PATH };
    process.env.TWIN_ROS_DIR = `${twin.folder}/no-ros-here`;
    delete process.env.AMENT_PREFIX_PATH;
    try {
      const line = oneLine(await runTwin("up", "--ros", "on", "--port", "0"));
      expect(line).toContain("there is no ROS 2 in this environment");
      expect(line).toContain("twin ros setup");
    } finally {
      if (known.dir === undefined) delete process.env.TWIN_ROS_DIR;
      else process.env.TWIN_ROS_DIR = known.dir;
      if (known.prefix !== undefined) process.env.AMENT_PREFIX_PATH = known.prefix;
    }
  });

  it("when a description is not there or broken, with element and line", async () => {
    const gone = twin.file("gone.yaml", "robots:\n  - description: gone.urdf\n");
    expect(oneLine(await runTwin("up", "--ros", "off", "--port", "0", "--config", gone))).toContain(
      "gone.urdf",
    );
    twin.file(
      "broken.urdf",
      '<robot name="r">\n  <link name="a"/>\n  <joint name="j" type="hinge"/>\n</robot>\n',
    );
    const broken = twin.file("broken.yaml", "robots:\n  - id: arm\n    description: broken.urdf\n");
    const line = oneLine(await runTwin("up", "--ros", "off", "--port", "0", "--config", broken));
    expect(line).toContain("robots.arm.description: broken.urdf: line 3");
    expect(line).toContain("j");
    const strange = twin.file("strange.yaml", "robots:\n  - description: package://constructor/x.urdf\n");
    expect(oneLine(await runTwin("up", "--ros", "off", "--port", "0", "--config", strange))).toContain(
      "constructor",
    );
  });
});

describe("wrong usage", () => {
  it("ends with 2 and says what there is", async () => {
    for (const args of [
      ["fly"],
      ["up", "--port", "x"],
      ["up", "--port", "70000"],
      ["up", "--ros", "maybe"],
      ["up", "--frobnicate"],
      ["up", "--config"],
    ]) {
      const { code, err } = await runTwin(...args);
      expect(code, args.join(" ")).toBe(2);
      expect(err).not.toBe("");
    }
  });

  it("is none to ask for help or the version", async () => {
    expect((await runTwin("--help")).code).toBe(0);
    expect((await runTwin("--version")).out).toMatch(/^\d+\.\d+\.\d+/);
  });
});

describe("the end", () => {
  it("comes within two seconds with 0, clients and motion or not, by SIGTERM or SIGINT", async () => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
      await twin.up("--port", "0");
      const viewer = await WsClient.open(twin.url, "/ws/state");
      viewer.send({ op: "subscribe" });
      const driver = await WsClient.open(twin.url, "/ws/command");
      await eventually(
        "joints",
        async () => (await twin.property("robot", "base/pose")).reported !== undefined,
      );
      await driver.acquire();
      driver.command("drive", { kind: "twist", linear: { x: 0.3, y: 0, z: 0 } });
      await driver.next("result", { id: "drive", stage: "accepted" });
      const asked = performance.now();
      const { code } = await twin.stop(signal);
      expect(code).toBe(0);
      expect(performance.now() - asked).toBeLessThan(2000);
      await eventually("closed", () => viewer.closed !== null && driver.closed !== null);
    }
  });
});
