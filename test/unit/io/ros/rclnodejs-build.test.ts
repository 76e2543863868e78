import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  generateMessages,
  headerVariables,
  installRclnodejs,
  prefixesOf,
  type RclnodejsBuild,
  rclnodejsVersion,
} from "../../../../src/io/ros/rclnodejs-build.ts";
import { type RosFolder, rosFolder } from "../../../../src/io/ros/ros-environment.ts";
import { SetupFault, SetupTools, type Tool } from "../../../../src/io/ros/setup-tools.ts";

let root: string;
let folder: RosFolder;
let nodedir: string;
let tools: RecordedTools;

/** Runs nothing: notes what would be run, and answers as the test wants. */
class RecordedTools extends SetupTools {
  readonly runs: Tool[] = [];
  /** By a part of the command line. */
  readonly answers = new Map<string, () => string>();

  override async run(tool: Tool): Promise<string> {
    this.runs.push(tool);
    const line = `${tool.command} ${tool.args.join(" ")}`;
    for (const [part, answer] of this.answers) if (line.includes(part)) return answer();
    return "";
  }

  /** The commands, this Node by its name. */
  lines(): string[] {
    return this.runs.map(
      ({ command, args }) => `${command.replace(process.execPath, "node")} ${args.join(" ")}`,
    );
  }
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "rclnodejs-build-"));
  folder = rosFolder(join(root, "ros"));
  nodedir = join(root, "node");
  put(
    "node/include/node/node_version.h",
    `#define NODE_MAJOR_VERSION ${process.versions.node.split(".")[0]}\n`,
  );
  tools = new RecordedTools(join(root, "setup.log"));
  tools.answers.set("config get nodedir", () => `${nodedir}\n`);
  tools.answers.set("npm install", () => {
    put("ros/node/node_modules/rclnodejs/package.json", '{ "main": "index.js" }');
    put("ros/node/node_modules/rclnodejs/index.js");
    put("ros/node/node_modules/rclnodejs/generated/.keep");
    put("ros/node/node_modules/node-gyp/bin/node-gyp.js");
    return "";
  });
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true, force: true });
});

/** A file below `root`; its path. */
function put(name: string, content = ""): string {
  const path = join(root, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
}

const build = (given: Partial<RclnodejsBuild> = {}): RclnodejsBuild => ({
  tools,
  folder,
  env: { PATH: "/usr/bin", AMENT_PREFIX_PATH: join(root, "base") },
  prefixes: [join(root, "overlay"), join(root, "base")],
  always: false,
  ...given,
});

const packageFolder = () => join(folder.node, "node_modules", "rclnodejs");
const gyp = () => tools.runs.find(({ args }) => args.includes("rebuild"));

describe("the variables for Node's headers", () => {
  it("name the folder that npm is set to, where it has them", async () => {
    expect(await headerVariables(tools)).toEqual({ npm_config_nodedir: nodedir });
  });

  it("are a fault with a remedy where npm is set to a folder without them: no other place is tried", async () => {
    nodedir = join(root, "nothing");
    const fault = await headerVariables(tools).catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(SetupFault);
    expect((fault as SetupFault).message).toContain(
      `npm_config_nodedir is ${nodedir}, which has no include/node`,
    );
    expect((fault as SetupFault).message).toContain("Remedy: install Node's headers");
    expect((fault as SetupFault).log).toBe(tools.logFile);
  });

  it.each(["undefined", "null", ""])("take npm's answer %j for not set", async (answer) => {
    nodedir = answer;
    vi.stubEnv("npm_config_nodedir", join(root, "node"));
    expect(await headerVariables(tools)).toEqual({ npm_config_nodedir: join(root, "node") });
  });
});

describe("the installation of rclnodejs", () => {
  it("is of one version, without scripts of any package, in a folder of its own", async () => {
    tools.answers.set("checkPrebuiltBinary", () => "prebuilt true\n");
    await installRclnodejs(build());
    expect(tools.lines()[0]).toBe(
      `npm install --ignore-scripts --no-audit --no-fund rclnodejs@${rclnodejsVersion}`,
    );
    expect(tools.runs[0]?.cwd).toBe(folder.node);
    expect(readFileSync(join(folder.node, "package.json"), "utf8")).toBe('{ "private": true }\n');
  });

  it("compiles nothing where a prebuilt binary fits", async () => {
    tools.answers.set("checkPrebuiltBinary", () => "prebuilt true\n");
    await installRclnodejs(build());
    expect(tools.runs).toHaveLength(2);
    expect(gyp()).toBeUndefined();
  });

  it("compiles where none fits, with the headers and libraries of all prefixes in one", async () => {
    tools.answers.set("checkPrebuiltBinary", () => "prebuilt false\n");
    await installRclnodejs(build());
    const prefix = join(folder.build, "ros-prefix");
    expect(gyp()).toMatchObject({
      cwd: packageFolder(),
      env: {
        AMENT_PREFIX_PATH: join(root, "base"),
        npm_config_nodedir: nodedir,
        PATH: `${prefix}/bin:/usr/bin`,
        LIBRARY_PATH: `${prefix}/lib`,
      },
    });
    expect(gyp()?.args[0]).toBe(join(folder.node, "node_modules/node-gyp/bin/node-gyp.js"));
  });

  it("does not ask for a prebuilt binary where none can fit", async () => {
    await installRclnodejs(build({ always: true }));
    expect(tools.lines().some((line) => line.includes("checkPrebuiltBinary"))).toBe(false);
    expect(gyp()).toBeDefined();
  });

  it("takes the node-gyp of rclnodejs itself before the one beside it", async () => {
    const own = put("ros/node/node_modules/rclnodejs/node_modules/node-gyp/bin/node-gyp.js");
    await installRclnodejs(build({ always: true }));
    expect(gyp()?.args[0]).toBe(own);
  });

  it("is a fault where npm brought no node-gyp", async () => {
    tools.answers.set("npm install", () => "");
    await expect(installRclnodejs(build({ always: true }))).rejects.toThrow(
      "rclnodejs came without node-gyp",
    );
  });
});

describe("the one prefix of all of ROS", () => {
  const links = (part: string) => {
    const at = join(folder.build, "ros-prefix", part);
    return Object.fromEntries(
      readdirSync(at).map((name) => [name, readlinkSync(join(at, name)).slice(root.length + 1)]),
    );
  };

  beforeEach(() => {
    put("overlay/include/rcl/rcl.h");
    put("base/include/rcl/rcl.h");
    put("base/include/rcutils/rcutils.h");
    put("overlay/lib/librcl.so");
    for (const name of [
      "librcl.so",
      "librmw.so.3.1",
      "libyaml.a",
      "librcl.dylib",
      "notes.txt",
      "python3.12/x",
    ]) {
      put(`base/lib/${name}`);
    }
  });

  it("links headers and libraries, the earlier prefix first, and nothing else of lib", async () => {
    await installRclnodejs(build({ always: true }));
    expect(links("include")).toEqual({ rcl: "overlay/include/rcl", rcutils: "base/include/rcutils" });
    expect(links("lib")).toEqual({
      "libyaml.a": "base/lib/libyaml.a",
      "librcl.dylib": "base/lib/librcl.dylib",
      "librcl.so": "overlay/lib/librcl.so",
      "librmw.so.3.1": "base/lib/librmw.so.3.1",
    });
  });

  it("is made anew each time: a library that went is not linked any more", async () => {
    await installRclnodejs(build({ always: true }));
    rmSync(join(root, "overlay"), { recursive: true });
    await installRclnodejs(build({ always: true }));
    expect(links("lib")["librcl.so"]).toBe("base/lib/librcl.so");
  });

  it("has a ros2 command, by which rclnodejs finds it", async () => {
    await installRclnodejs(build({ always: true, prefixes: [join(root, "nowhere")] }));
    expect(readdirSync(join(folder.build, "ros-prefix", "bin"))).toEqual(["ros2"]);
  });
});

describe("the JavaScript of the messages", () => {
  const manifest = () => join(packageFolder(), "generated", "twinbridge-definitions.json");

  beforeEach(async () => {
    put("base/share/ament_index/resource_index/rosidl_interfaces/arm_msgs", "msg/Pose.msg\n");
    put("base/share/arm_msgs/msg/Pose.msg", "float64 x\n");
    await tools.run({ command: "npm", args: ["install"], remedy: "" });
    tools.runs.length = 0;
  });

  it("is made, noted with what it was made from, and loaded once", async () => {
    await generateMessages(build());
    const [generate, load] = tools.runs;
    expect(generate).toMatchObject({ args: ["scripts/generate_messages.cjs"], cwd: packageFolder() });
    expect(load?.args[0]).toBe("-e");
    expect(load?.args[1]).toContain("control_msgs/action/FollowJointTrajectory");
    expect(load?.cwd).toBe(folder.node);
    expect(Object.keys(JSON.parse(readFileSync(manifest(), "utf8")).packages)).toEqual(["arm_msgs"]);
  });

  it("is a fault where the generator caught an error, though it ends with 0; nothing is noted then", async () => {
    tools.answers.set("generate_messages", () => "Start\nCaught error: bad field in Pose.msg\nDone\n");
    await expect(generateMessages(build())).rejects.toThrow(
      "the message definitions could not be read: bad field in Pose.msg",
    );
    expect(existsSync(manifest())).toBe(false);
  });

  it("is a fault where it does not load", async () => {
    tools.answers.set("rcl.require", () => {
      throw tools.fault("libpython3.so is missing");
    });
    await expect(generateMessages(build())).rejects.toThrow("libpython3.so is missing");
  });
});

describe("the prefixes of a ROS 2", () => {
  it("are those of the variables, else of this process, without empty parts", () => {
    vi.stubEnv("AMENT_PREFIX_PATH", "/own::/opt/ros/jazzy:");
    expect(prefixesOf({ AMENT_PREFIX_PATH: "/a:/b" })).toEqual(["/a", "/b"]);
    expect(prefixesOf({})).toEqual(["/own", "/opt/ros/jazzy"]);
    vi.stubEnv("AMENT_PREFIX_PATH", undefined);
    expect(prefixesOf({})).toEqual([]);
  });
});
