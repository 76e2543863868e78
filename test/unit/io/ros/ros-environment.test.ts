import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  defaultRosDir,
  findRclnodejs,
  halfMade,
  isRosSourced,
  isSetUp,
  nodeEnvironment,
  pythonLib,
  type RosFolder,
  reexecutedFrom,
  rosFolder,
} from "../../../../src/io/ros/ros-environment.ts";
import { writeSetupRecord } from "../../../../src/io/ros/setup-record.ts";

let root: string;
let folder: RosFolder;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "ros-environment-"));
  folder = rosFolder(root);
  // `undefined` takes a variable away.
  for (const name of ["TWIN_ROS_DIR", "AMENT_PREFIX_PATH", "ROS_VERSION", "ROS_DISTRO", reexecutedFrom]) {
    vi.stubEnv(name, undefined);
  }
  vi.stubEnv("XDG_CACHE_HOME", "/cache");
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true, force: true });
});

function source(distribution: string | undefined): void {
  vi.stubEnv("AMENT_PREFIX_PATH", "/opt/ros/x");
  vi.stubEnv("ROS_VERSION", "2");
  vi.stubEnv("ROS_DISTRO", distribution);
}

/** An rclnodejs as npm installs it; its main file. */
function installRclnodejs(): string {
  const at = join(folder.node, "node_modules", "rclnodejs");
  mkdirSync(at, { recursive: true });
  writeFileSync(join(folder.node, "package.json"), "{}");
  writeFileSync(join(at, "package.json"), '{ "name": "rclnodejs", "main": "index.js" }');
  writeFileSync(join(at, "index.js"), "");
  return join(at, "index.js");
}

describe("a ROS 2 that is sourced", () => {
  it("is one with a prefix, of version 2, that we did not start this process with ourselves", () => {
    expect(isRosSourced()).toBe(false);
    source("jazzy");
    expect(isRosSourced()).toBe(true);
    vi.stubEnv("ROS_VERSION", "1");
    expect(isRosSourced()).toBe(false);
    source("jazzy");
    vi.stubEnv("AMENT_PREFIX_PATH", "");
    expect(isRosSourced()).toBe(false);
    source("jazzy");
    vi.stubEnv(reexecutedFrom, root);
    expect(isRosSourced()).toBe(false);
  });
});

describe("the folder of the set-up", () => {
  it("is in the user's cache, or where TWIN_ROS_DIR says", () => {
    expect(defaultRosDir()).toBe("/cache/twinbridge/ros");
    vi.stubEnv("XDG_CACHE_HOME", undefined);
    expect(defaultRosDir()).toBe(join(homedir(), ".cache/twinbridge/ros"));
    vi.stubEnv("TWIN_ROS_DIR", "/mine");
    expect(defaultRosDir()).toBe("/mine");
  });

  it("is another one for each distribution that is sourced", () => {
    source("jazzy");
    expect(defaultRosDir()).toBe("/cache/twinbridge/ros-jazzy");
    source(undefined);
    expect(defaultRosDir()).toBe("/cache/twinbridge/ros-sourced");
  });

  it("is set up when its record says so and rclnodejs is there", () => {
    expect(isSetUp(folder)).toBe(false);
    writeSetupRecord(folder, { ready: true, steps: {} });
    expect(isSetUp(folder)).toBe(false);
    installRclnodejs();
    expect(isSetUp(folder)).toBe(true);
    writeSetupRecord(folder, { ready: false, steps: {} });
    expect(isSetUp(folder)).toBe(false);
  });
});

describe("a set-up that was begun", () => {
  it("is not half made where nothing was begun, or it is finished", () => {
    expect(halfMade(folder)).toBeNull();
    installRclnodejs();
    writeSetupRecord(folder, { ready: true, steps: { a: "1" } });
    expect(halfMade(folder)).toBeNull();
  });

  it("is half made where it was interrupted, or a step failed, before the first one ended too", () => {
    writeSetupRecord(folder, { ready: false, steps: { a: "1" } });
    expect(halfMade(folder)).toBe(`${root} is half made: the last try did not finish`);
    writeSetupRecord(folder, { ready: false, steps: {}, failed: { step: "b", reason: "no cmake" } });
    expect(halfMade(folder)).toBe(`${root} is half made: the step "b" failed: no cmake`);
  });

  it("is half made where it was finished and rclnodejs was removed since", () => {
    writeSetupRecord(folder, { ready: true, steps: { a: "1" } });
    expect(halfMade(folder)).toContain("is half made");
  });
});

describe("the variables for a process with the wheels' ROS", () => {
  const libs = () => nodeEnvironment(folder).LD_LIBRARY_PATH?.split(":");

  it("name the wheels' prefix, their middleware and their commands first", () => {
    vi.stubEnv("RMW_IMPLEMENTATION", undefined);
    vi.stubEnv("PATH", "/usr/bin");
    expect(nodeEnvironment(folder)).toMatchObject({
      AMENT_PREFIX_PATH: folder.prefix,
      ROS_DISTRO: "kilted",
      ROS_VERSION: "2",
      RMW_IMPLEMENTATION: "rmw_fastrtps_cpp",
      PATH: `${folder.prefix}/bin:/usr/bin`,
    });
  });

  it("keep a middleware that the user chose", () => {
    vi.stubEnv("RMW_IMPLEMENTATION", "rmw_cyclonedds_cpp");
    expect(nodeEnvironment(folder).RMW_IMPLEMENTATION).toBe("rmw_cyclonedds_cpp");
  });

  it("let the stand-ins come before all libraries, and those that the wheels bundle after them", () => {
    expect(libs()).toEqual([folder.stubs, join(folder.prefix, "lib")]);
    const site = join(folder.prefix, "lib", "python3.12", "site-packages");
    for (const name of ["ros_rclpy.libs", "numpy.libs", "ros_other"]) {
      mkdirSync(join(site, name), { recursive: true });
    }
    expect(libs()).toEqual([folder.stubs, join(folder.prefix, "lib"), join(site, "ros_rclpy.libs")]);
  });

  it("know Python's folder only once it is there, among others in lib", () => {
    expect(pythonLib(folder)).toBeNull();
    mkdirSync(join(folder.prefix, "lib", "pkgconfig"), { recursive: true });
    expect(pythonLib(folder)).toBeNull();
    mkdirSync(join(folder.prefix, "lib", "python3.11"));
    expect(pythonLib(folder)).toBe(join(folder.prefix, "lib", "python3.11"));
  });
});

describe("rclnodejs", () => {
  it("is the one that the set-up installed", () => {
    const main = installRclnodejs();
    expect(findRclnodejs(folder)).toBe(main);
  });
});
