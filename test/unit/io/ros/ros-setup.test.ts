import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type RosFolder, reexecutedFrom, rosFolder } from "../../../../src/io/ros/ros-environment.ts";
import { setUpRos } from "../../../../src/io/ros/ros-setup.ts";
import { readSetupRecord } from "../../../../src/io/ros/setup-record.ts";

let root: string;
let folder: RosFolder;
/** What the set-up said. */
let said: string[];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "ros-setup-"));
  folder = rosFolder(join(root, "ros"));
  said = [];
  put(
    "node/include/node/node_version.h",
    `#define NODE_MAJOR_VERSION ${process.versions.node.split(".")[0]}\n`,
  );
  for (const name of ["AMENT_PREFIX_PATH", "ROS_VERSION", "ROS_DISTRO", reexecutedFrom])
    vi.stubEnv(name, undefined);
  vi.stubEnv("PATH", `${join(root, "bin")}:${process.env.PATH}`);
  for (const name of ["g++", "make", "cmake"]) tool(name, "");
  tool("gcc", gcc);
  tool("npm", npm);
  tool("node", node);
  process.execPath = join(root, "bin/node");
  tool("python3", python);
  vi.stubEnv("FAKE", root);
});

const { execPath } = process;
afterEach(() => {
  process.execPath = execPath;
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true, force: true });
});

/** A tool of the system that does nothing but what `script`, in shell, says, and notes that it was called. */
function tool(name: string, script: string): void {
  const file = put(`bin/${name}`, `#!/bin/sh\necho "${name} $*" >> "$FAKE/calls"\n${script}\n`);
  chmodSync(file, 0o755);
}

const npm = `
case "$1" in
  config) echo "$FAKE/node" ;;
  install)
    mkdir -p node_modules/rclnodejs/generated node_modules/node-gyp/bin
    echo '{ "main": "index.js" }' > node_modules/rclnodejs/package.json
    touch node_modules/rclnodejs/index.js node_modules/node-gyp/bin/node-gyp.js ;;
esac`;

/** This Node, which would take half a second each time. No code of the messages can be made while "broken" is there. */
const node = `
case "$*" in
  *checkPrebuiltBinary*) echo "prebuilt true" ;;
  *generate_messages*) [ ! -e "$FAKE/broken" ] || { echo "Error: no such field" >&2; exit 1; } ;;
esac`;

/** Makes the library of -shared -fPIC -o <library> <source>. */
const gcc = '[ "$1" = --version ] || touch "$4"';

/** Python 3: makes an environment whose Python is like it; pip brings CMake files of the machine that built the wheels. */
const python = `
case "$2" in
  venv) mkdir -p "$3/bin" "$3/lib/python3.12/site-packages/x" && cp "$0" "$3/bin/python"
    touch "$3/lib/libx_msgs__rosidl_generator_py.so" "$3/lib/python3.12/site-packages/x/libx_msgs__rosidl_generator_py.so"
    touch "$3/lib/liby_msgs__rosidl_generator_py.so" "$3/lib/librcl.so" ;;
  pip) at="$(dirname "$(dirname "$0")")/share/x_msgs/cmake" && mkdir -p "$at" "$at/../../no_cmake"
    printf 'INCLUDE "/opt/python/cp312-cp312/include/python3.12;/build/site-packages/numpy/_core/include"\n' > "$at/xExport.cmake"
    printf '/opt/python/cp312-cp312/include/python3.12\n' > "$at/xConfig.cmake" ;;
  *sysconfig*) echo /usr/include/python3; echo /numpy/include ;;
esac`;

function put(name: string, content: string): string {
  const path = join(root, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
}

function source(): void {
  vi.stubEnv("AMENT_PREFIX_PATH", join(root, "jazzy"));
  vi.stubEnv("ROS_VERSION", "2");
  vi.stubEnv("ROS_DISTRO", "jazzy");
}

const setUp = () => setUpRos(folder, (line) => said.push(line));

/** What the tools were called with since the last time this was asked. */
function calls(): string[] {
  const file = join(root, "calls");
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, "utf8").trim().split("\n");
  rmSync(file);
  // A script that Node is given has lines of its own.
  return lines.filter((line) => !line.startsWith(" ")).map((line) => line.replaceAll(root, "").trim());
}

/** The steps that were done, and those that were there already. */
const steps = () =>
  said
    .splice(0)
    .filter((line) => !line.endsWith("…"))
    .map((line) => line.replace(/\d+ s$/, "done"));

describe("the set-up for a ROS 2 that is sourced", () => {
  beforeEach(source);

  it("brings rclnodejs and the code of the messages, and no ROS 2 of its own", async () => {
    await setUp();
    expect(steps()).toEqual([
      "[1/2] rclnodejs for the sourced ROS 2: done",
      "[2/2] JavaScript of the messages: done",
    ]);
    expect(calls().filter((line) => line.startsWith("npm"))).toEqual([
      "npm install --ignore-scripts --no-audit --no-fund rclnodejs@2.2.0",
    ]);
    expect(readSetupRecord(folder).ready).toBe(true);
    expect(existsSync(folder.prefix)).toBe(false);
  });

  it("does nothing where all of it is done", async () => {
    await setUp();
    steps();
    calls();
    await setUp();
    expect(steps()).toEqual([
      "[1/2] rclnodejs for the sourced ROS 2: done already",
      "[2/2] JavaScript of the messages: done already",
    ]);
    expect(calls()).toEqual([]);
  });

  it("makes the code of the messages anew, and no more, where a definition is another one", async () => {
    put("jazzy/share/ament_index/resource_index/rosidl_interfaces/arm_msgs", "msg/Pose.msg\n");
    put("jazzy/share/arm_msgs/msg/Pose.msg", "float64 x\n");
    await setUp();
    put("jazzy/share/arm_msgs/msg/Pose.msg", "float64 x\nfloat64 y\n");
    steps();
    await setUp();
    expect(steps()).toEqual([
      "[1/2] rclnodejs for the sourced ROS 2: done already",
      "[2/2] JavaScript of the messages: done",
    ]);
  });

  it("is made anew as a whole for another distribution", async () => {
    await setUp();
    vi.stubEnv("ROS_DISTRO", "kilted");
    steps();
    await setUp();
    expect(steps().every((line) => line.endsWith(": done"))).toBe(true);
  });

  it("notes the step that failed and why, and goes on there the next time", async () => {
    put("broken", "");
    await expect(setUp()).rejects.toThrow("no such field");
    expect(readSetupRecord(folder)).toMatchObject({
      ready: false,
      failed: { step: "JavaScript of the messages", reason: expect.stringContaining("Error: no such field") },
    });
    rmSync(join(root, "broken"));
    steps();
    await setUp();
    expect(steps()).toEqual([
      "[1/2] rclnodejs for the sourced ROS 2: done already",
      "[2/2] JavaScript of the messages: done",
    ]);
    expect(readSetupRecord(folder)).not.toHaveProperty("failed");
  });
});

describe("the set-up from wheels", () => {
  const names = [
    "Python environment",
    "ROS 2 Kilted wheels",
    "message packages",
    "stand-ins for Python's libraries",
    "rclnodejs",
    "JavaScript of the messages",
  ];
  const messagePackages = [
    ...["tf2_msgs", "control_msgs", "controller_manager_msgs", "nav2_msgs", "ackermann_msgs"],
    ...["map_msgs", "foxglove_msgs", "object_recognition_msgs", "moveit_msgs"],
  ];

  it("makes Python, the wheels, the messages, the stand-ins, rclnodejs and its code, in this order", async () => {
    await setUp();
    expect(steps()).toEqual(names.map((name, i) => `[${i + 1}/6] ${name}: done`));
    const run = calls().filter((line) => !line.includes("--version") && !line.startsWith("npm config"));
    expect(run.map((line) => line.split(" ").slice(0, 3).join(" "))).toEqual(
      [
        "python3 -c import",
        "python3 -m venv",
        "python3 -m pip",
        "python3 -c import",
        ...messagePackages.flatMap((name) => [
          "cmake -S",
          `cmake --build /ros/build/${name}`,
          `cmake --install /ros/build/${name}`,
        ]),
        "gcc -shared -fPIC",
        "npm install --ignore-scripts",
        "node /ros/node/node_modules/node-gyp/bin/node-gyp.js rebuild",
        "node scripts/generate_messages.cjs",
        "node -e",
      ].map((line) => (line === "cmake -S" ? expect.stringMatching(/^cmake -S /) : line)),
    );
  });

  it("leaves nothing of an earlier Python where it makes another", async () => {
    const before = put("ros/python/lib/python3.9/old", "");
    tool("cmake", '[ "$1" = --version ]');
    await expect(setUp()).rejects.toThrow("cmake failed");
    expect(existsSync(before)).toBe(false);
    expect(existsSync(join(folder.prefix, "bin/python"))).toBe(true);
  });

  it("looks for the compilers before anything is downloaded", async () => {
    tool("cmake", "echo 'cmake: error: broken' >&2; exit 1");
    await expect(setUp()).rejects.toThrow(/^cmake failed .*cmake: error: broken\. Remedy: a C\+\+ compiler/);
    expect(calls().some((line) => /venv|pip|npm install/.test(line))).toBe(false);
    expect(readSetupRecord(folder).failed?.step).toBe("Python environment");
  });

  it("mends what the wheels brought: CMake files, Python's libraries, a ros2 command that says what it is not", async () => {
    await setUp();
    const cmake = join(folder.prefix, "share/x_msgs/cmake");
    expect(readFileSync(join(cmake, "xExport.cmake"), "utf8")).toBe(
      'INCLUDE "/usr/include/python3;/numpy/include"\n',
    );
    expect(readFileSync(join(cmake, "xConfig.cmake"), "utf8")).toContain("/opt/python/");
    expect(readdirSync(folder.stubs).filter((name) => name.startsWith("lib"))).toEqual([
      "libx_msgs__rosidl_generator_py.so",
      "liby_msgs__rosidl_generator_py.so",
    ]);
    expect(readFileSync(join(folder.prefix, "bin/ros2"), "utf8")).toContain("have no ros2 command line");
  });

  it("goes on after the steps that are done, and does again all that come after one that is not", async () => {
    tool("gcc", '[ "$1" = --version ] || { echo "ld: error: no space" >&2; exit 1; }');
    await expect(setUp()).rejects.toThrow("no space");
    expect(Object.keys(readSetupRecord(folder).steps)).toEqual(names.slice(0, 3));
    steps();
    calls();
    tool("gcc", gcc);
    await setUp();
    expect(steps()).toEqual(names.map((name, i) => `[${i + 1}/6] ${name}: done${i < 3 ? " already" : ""}`));
    expect(calls().some((line) => line.includes("venv /"))).toBe(false);
  });
});
