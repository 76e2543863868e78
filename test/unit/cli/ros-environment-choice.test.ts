import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { changedMessage, chooseRos } from "../../../src/cli/ros-environment-choice.ts";
import { reexecutedFrom } from "../../../src/io/ros/ros-environment.ts";
import { caught } from "./command-at-hand.ts";

describe("the choice of a ROS 2", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "twin-ros-"));
    vi.stubEnv("AMENT_PREFIX_PATH", "");
    vi.stubEnv("ROS_VERSION", undefined);
    vi.stubEnv(reexecutedFrom, undefined);
    vi.stubEnv("TWIN_ROS_DIR", folder);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
  });

  const choose = async (mode: "auto" | "on" | "off") => {
    let file: string | null | undefined;
    const run = await caught(async () => {
      file = await chooseRos(mode);
    });
    return { ...run, file };
  };

  /** `twin ros setup` began in the folder and failed. */
  const halfMade = () => {
    const record = { ready: false, steps: {}, failed: { step: "wheels", reason: "no network" } };
    writeFileSync(join(folder, "setup.json"), JSON.stringify(record));
  };

  it("is none where it is off, whatever there is", async () => {
    halfMade();
    expect(await choose("off")).toEqual({ code: null, out: "", err: "", file: null });
  });

  it("is none where there is none, which is a fault for who insists", async () => {
    expect(await choose("auto")).toEqual({ code: null, out: "", err: "", file: null });
    const insisted = await choose("on");
    expect(insisted.code).toBe(1);
    expect(insisted.err).toContain("there is no ROS 2 in this environment: source your ROS 2");
  });

  it("is none where a folder is half made, and says why; a fault for who insists", async () => {
    halfMade();
    const why = `${folder} is half made: the step "wheels" failed: no network`;
    expect(await choose("auto")).toEqual({
      code: null,
      out: "",
      err: `twin: ${why}; continuing without ROS: run \`twin ros setup\` again, or see \`twin doctor\`\n`,
      file: null,
    });
    const insisted = await choose("on");
    expect([insisted.code, insisted.err]).toEqual([
      1,
      `twin: ${why}; run \`twin ros setup\` again, or see \`twin doctor\`\n`,
    ]);
  });

  it("is that of the folder whose environment this process was started with", async () => {
    const module = join(folder, "node", "node_modules", "rclnodejs");
    mkdirSync(module, { recursive: true });
    writeFileSync(join(folder, "node", "package.json"), "{}");
    writeFileSync(join(module, "package.json"), '{"name":"rclnodejs","main":"index.js"}');
    writeFileSync(join(module, "index.js"), "");
    vi.stubEnv(reexecutedFrom, folder);
    expect((await choose("auto")).file).toBe(join(module, "index.js"));
  });
});

describe("message definitions that changed", () => {
  it("are named up to five, and the others counted", () => {
    expect(changedMessage(["a", "b"])).toBe("message definitions changed since `twin ros setup`: a, b");
    expect(changedMessage(["a", "b", "c", "d", "e", "f", "g"])).toMatch(/: a, b, c, d, e and 2 more$/);
  });
});
