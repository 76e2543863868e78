import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  durability,
  lightNode,
  loadRclnodejs,
  qos,
  type Rclnodejs,
  reliability,
} from "../../../../src/io/ros/rclnodejs-api.ts";
import { FakeRos } from "./fake-ros.ts";

const profiles = "FASTDDS_DEFAULT_PROFILES_FILE";

let ros: FakeRos;
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "rclnodejs-api-"));
  ros = new FakeRos();
  vi.stubEnv(profiles, "");
  vi.stubEnv("FASTRTPS_DEFAULT_PROFILES_FILE", "");
});

afterEach(() => {
  vi.unstubAllEnvs();
  ros.clean();
  rmSync(folder, { recursive: true, force: true });
});

describe("rclnodejs", () => {
  it("is loaded from its file, and its own handler of Ctrl-C is taken away", async () => {
    let removed = 0;
    ros.rcl.removeSignalHandlers = () => removed++;
    expect(await loadRclnodejs(ros.file())).toBe(ros.rcl);
    expect(removed).toBe(1);
  });

  it("may be a module with named exports alone", async () => {
    const file = join(folder, "index.mjs");
    writeFileSync(file, "export function removeSignalHandlers() {}\nexport const name = 'named';\n");
    expect(await loadRclnodejs(file)).toMatchObject({ name: "named" });
  });

  it("that does not load is rejected with what the loader said", async () => {
    const file = join(folder, "broken.cjs");
    writeFileSync(file, "throw new Error('libpython3.so: cannot open shared object file');\n");
    await expect(loadRclnodejs(file)).rejects.toThrow("libpython3.so: cannot open");
  });
});

describe("the profile of Fast DDS", () => {
  it("is ours before the middleware is loaded, a file that exists", async () => {
    await loadRclnodejs(ros.file());
    expect(process.env[profiles]).toMatch(/fastdds-match-by-name\.xml$/);
    expect(existsSync(process.env[profiles] ?? "")).toBe(true);
  });

  it.each([profiles, "FASTRTPS_DEFAULT_PROFILES_FILE"])("is the user's where %s names one", async (name) => {
    vi.stubEnv(name, "/etc/my.xml");
    await loadRclnodejs(ros.file());
    expect(process.env[name]).toBe("/etc/my.xml");
    if (name !== profiles) expect(process.env[profiles]).toBe("");
  });
});

describe("a node without services of its own", () => {
  it("is in the participant that was named, with every extra switched off", () => {
    const made: unknown[][] = [];
    const rcl = {
      NodeOptions: class {
        constructor(...given: unknown[]) {
          made.push(given);
        }
      },
      Node: class {
        constructor(...given: unknown[]) {
          made.push(given);
        }
      },
    } as unknown as Rclnodejs;
    const context = {};
    lightNode(rcl, "twin", context);
    expect(made[0]).toEqual([false, [], false, false, false]);
    expect(made[1]).toEqual(["twin", "", context, expect.any(rcl.NodeOptions)]);
  });
});

describe("a QoS profile", () => {
  it("keeps the last messages, with the policies that were asked for", () => {
    const made: number[][] = [];
    const rcl = {
      QoS: class {
        constructor(...given: number[]) {
          made.push(given);
        }
      },
    } as unknown as Rclnodejs;
    qos(rcl, 10, reliability.bestEffort, durability.transientLocal);
    expect(made).toEqual([[1, 10, 2, 1]]);
  });
});
