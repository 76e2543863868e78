import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { loadConfig } from "../../../src/io/config/load-config.ts";
import { twoJointUrdf } from "../engine/engine-at-hand.ts";
import { twin } from "./command-at-hand.ts";

describe("twin init", () => {
  let folder = "";
  let out = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "twin-init-"));
    out = join(folder, "twin.yaml");
    vi.stubEnv("AMENT_PREFIX_PATH", "");
    vi.stubEnv("TWIN_ROS_DIR", join(folder, "no-ros"));
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
  });

  const file = (name: string, text = twoJointUrdf): void => {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  };

  /** The descriptions of the robots in the file that was written. */
  const descriptions = () => {
    const config = loadConfig(out);
    if (!config.ok) throw new Error(`${config.path}: ${config.reason}`);
    const { robots } = config.value;
    return robots === "auto" ? robots : robots.map(({ description }) => description);
  };

  it("writes a configuration that can be read, and says what is in it and what comes next", async () => {
    file("urdf/arm.urdf");
    const { code, out: said, err } = await twin("init", "--out", out);
    expect([code, err]).toEqual([null, ""]);
    expect(said).toMatch(/twin\.yaml is written: .*urdf\/arm\.urdf.*; (?:no broker|broker )/);
    expect(said).toContain(`next: \`twin doctor --config ${out}\`, then \`twin up --config ${out}\``);
    expect(descriptions()).toEqual(["urdf/arm.urdf"]);
  });

  it("finds robots by their content: not xacro files of macros, nor other XML, nor folders of builds", async () => {
    file("macros.xacro", '<robot xmlns:xacro="http://www.ros.org/wiki/xacro"/>');
    file("world.urdf", "<sdf/>");
    file("notes.txt");
    for (const hidden of ["build", "install", "log", "dist", "node_modules", ".git"])
      file(`${hidden}/arm.urdf`);
    file("a/b/c/d/too-deep.urdf");
    file("a/b/c/near.urdf");
    const { out: said } = await twin("init", "--out", out);
    const text = readFileSync(out, "utf8");
    expect(said).toContain("near.urdf");
    expect(text).toContain("a/b/c/near.urdf");
    for (const none of ["macros.xacro", "world.urdf", "notes.txt", "build/", "install/", "too-deep"]) {
      expect(text).not.toContain(none);
    }
  });

  it("writes over no file unless it is told to", async () => {
    file("twin.yaml", "mine");
    const refused = await twin("init", "--out", out);
    expect(refused).toEqual({
      code: 1,
      out: "",
      err: `twin: ${out} already exists: use --force to overwrite it, or another name with --out\n`,
    });
    expect(readFileSync(out, "utf8")).toBe("mine");
    expect((await twin("init", "--out", out, "--force")).code).toBeNull();
    expect(readFileSync(out, "utf8")).not.toBe("mine");
  });

  it("says that a file cannot be written", async () => {
    const { code, err } = await twin("init", "--out", join(folder, "none", "twin.yaml"));
    expect(code).toBe(1);
    expect(err).toMatch(/^twin: .*none\/twin\.yaml cannot be written: ENOENT/);
  });
});
