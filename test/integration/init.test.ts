import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";
import { runTwin, TwinProcess } from "../support/twin-process.ts";

const urdf = '<robot name="found"><link name="a"/></robot>\n';
const twin = new TwinProcess();
const known = process.env.TWIN_ROS_DIR;
// No ROS of this machine's: what is on its graph is not the test's.
process.env.TWIN_ROS_DIR = join(twin.folder, "no-ros");
afterAll(async () => {
  if (known === undefined) delete process.env.TWIN_ROS_DIR;
  else process.env.TWIN_ROS_DIR = known;
  await twin.remove();
});

describe("twin init", () => {
  const folder = join(twin.folder, "robot");
  const out = join(folder, "twin.yaml");

  it("writes a configuration with the URDF it finds, which `twin up` takes", async () => {
    mkdirSync(join(folder, "urdf"), { recursive: true });
    writeFileSync(join(folder, "urdf", "found.urdf"), urdf);
    writeFileSync(join(folder, "macros.xacro"), '<robot xmlns:xacro="http://www.ros.org/wiki/xacro"/>\n');
    const { code, out: said, err } = await runTwin("init", "--out", out);
    expect(code, err).toBe(0);
    expect(said).toContain("robot (urdf/found.urdf)");
    expect(readFileSync(out, "utf8")).toContain("description: urdf/found.urdf");
    await twin.up("--config", out, "--port", "0");
    await eventually("the robot", async () => "robot/link/a" in (await twin.twin()).things);
    await twin.stop();
  });

  it("writes over nothing without --force", async () => {
    writeFileSync(out, "# mine\n");
    const { code, err } = await runTwin("init", "--out", out);
    expect(code).toBe(1);
    expect(err).toContain("already exists: use --force");
    expect(readFileSync(out, "utf8")).toBe("# mine\n");
    expect((await runTwin("init", "--out", out, "--force")).code).toBe(0);
    expect(readFileSync(out, "utf8")).toContain("robots:");
  });

  it("says so where it may not write", async () => {
    const { code, err } = await runTwin("init", "--out", join(folder, "nowhere", "twin.yaml"));
    expect(code).toBe(1);
    expect(err.trim().split("\n")).toHaveLength(1);
    expect(err).toContain("cannot be written");
  });
});
