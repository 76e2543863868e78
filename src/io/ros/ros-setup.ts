import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../package-root.ts";
import { isRosSourced, nodeEnvironment, pythonLib, type RosFolder } from "./ros-environment.ts";

const rclnodejsVersion = "2.2.0";
const messagePackages = ["tf2_msgs", "control_msgs"];

/** A step that failed, as one line with its remedy; `log` holds what the tools said. */
export class SetupFault extends Error {
  constructor(
    message: string,
    readonly log: string,
  ) {
    super(message);
  }
}

type Step = {
  name: string;
  /** Changes when what the step would make changes: a finished step with the same key is reused. */
  key: string;
  run(): Promise<void>;
};

type Setup = { folder: RosFolder; say: (line: string) => void; logFile: string };

/**
 * Makes a ROS 2 in `folder` from wheels, or, where one is sourced, only what Node needs to reach it.
 * Finished steps are reused; only `folder` is written to. Rejects with a SetupFault.
 */
export async function setUpRos(folder: RosFolder, say: (line: string) => void): Promise<void> {
  mkdirSync(folder.root, { recursive: true });
  const setup: Setup = { folder, say, logFile: join(folder.root, "setup.log") };
  const steps = isRosSourced() ? sourcedSteps(setup) : wheelSteps(setup);
  const done = readRecord(folder);
  let stale = false;
  for (const [i, step] of steps.entries()) {
    const title = `[${i + 1}/${steps.length}] ${step.name}`;
    if (!stale && done.get(step.name) === step.key) {
      say(`${title}: done already`);
      continue;
    }
    stale = true;
    say(`${title} …`);
    writeRecord(folder, done, false);
    const started = Date.now();
    const tick = setInterval(() => say(`    still at it, ${seconds(started)} s`), 15_000);
    try {
      await step.run();
    } finally {
      clearInterval(tick);
    }
    done.set(step.name, step.key);
    writeRecord(folder, done, false);
    say(`${title}: ${seconds(started)} s`);
  }
  writeRecord(folder, done, true);
}

function sourcedSteps(setup: Setup): Step[] {
  const key = `${rclnodejsVersion} ${process.env.ROS_DISTRO ?? ""}`;
  return [{ name: "rclnodejs for the sourced ROS 2", key, run: () => installRclnodejs(setup, {}) }];
}

function wheelSteps(setup: Setup): Step[] {
  const { folder } = setup;
  const wheels = hash(readFileSync(join(packageRoot, "ros", "requirements.txt"), "utf8"));
  const messages = hash(messagePackages.map((name) => folderText(join(packageRoot, "ros", name))).join());
  return [
    {
      name: "Python environment",
      key: "1",
      run: async () => {
        rmSync(folder.prefix, { recursive: true, force: true });
        await run(setup, "python3", ["-m", "venv", folder.prefix], {}, pythonRemedy);
      },
    },
    { name: "ROS 2 Kilted wheels", key: wheels, run: () => installWheels(setup) },
    { name: "message packages", key: `${wheels} ${messages}`, run: () => buildMessages(setup) },
    { name: "stand-ins for Python's libraries", key: messages, run: () => makeStubs(setup) },
    {
      name: "rclnodejs",
      key: `${rclnodejsVersion} ${wheels} ${messages}`,
      run: async () => {
        const prefixLib = join(folder.prefix, "lib");
        await installRclnodejs(setup, { ...nodeEnvironment(folder), LIBRARY_PATH: prefixLib });
      },
    },
  ];
}

const pythonRemedy = "Python 3.10 or newer with venv is needed (on Debian: apt install python3-venv)";
const compilerRemedy = "a C++ compiler, make and cmake are needed (on Debian: apt install g++ make cmake)";

async function installWheels(setup: Setup): Promise<void> {
  const python = join(setup.folder.prefix, "bin", "python");
  const requirements = join(packageRoot, "ros", "requirements.txt");
  const args = ["-m", "pip", "install", "--disable-pip-version-check", "-r", requirements];
  await run(
    setup,
    python,
    args,
    {},
    "is the package index reachable? pip's own settings for mirrors are used",
  );
  // rclnodejs looks for ROS by this name, and the wheels bring none.
  const ros2 = join(setup.folder.prefix, "bin", "ros2");
  writeFileSync(
    ros2,
    '#!/bin/sh\necho "ros2: this ROS 2 comes from wheels, which have no ros2 command line" >&2\nexit 1\n',
  );
  chmodSync(ros2, 0o755);
}

async function buildMessages(setup: Setup): Promise<void> {
  const { folder } = setup;
  await mendExports(setup);
  const env = {
    PATH: `${join(folder.prefix, "bin")}:${process.env.PATH ?? ""}`,
    AMENT_PREFIX_PATH: folder.prefix,
    VIRTUAL_ENV: folder.prefix,
  };
  for (const name of messagePackages) {
    const build = join(folder.build, name);
    rmSync(build, { recursive: true, force: true });
    const configure = ["-S", join(packageRoot, "ros", name), "-B", build, "-DBUILD_TESTING=OFF"];
    configure.push(`-DCMAKE_INSTALL_PREFIX=${folder.prefix}`, `-DCMAKE_PREFIX_PATH=${folder.prefix}`);
    configure.push(
      "-DCMAKE_BUILD_TYPE=Release",
      `-DPython3_EXECUTABLE=${join(folder.prefix, "bin", "python")}`,
    );
    await run(setup, "cmake", configure, env, compilerRemedy);
    await run(setup, "cmake", ["--build", build, "--parallel", "2"], env, compilerRemedy);
    await run(setup, "cmake", ["--install", build], env, compilerRemedy);
  }
}

/** The wheels' CMake files name two folders of the machine that built them: they become this Python's. */
async function mendExports(setup: Setup): Promise<void> {
  const { prefix } = setup.folder;
  const ask = 'import sysconfig, numpy; print(sysconfig.get_path("include")); print(numpy.get_include())';
  const answer = await run(setup, join(prefix, "bin", "python"), ["-c", ask], {}, pythonRemedy);
  const [include = "", numpy = ""] = answer.trim().split("\n");
  const share = join(prefix, "share");
  for (const name of readdirSync(share)) {
    const cmake = join(share, name, "cmake");
    if (!existsSync(cmake)) continue;
    for (const file of readdirSync(cmake).filter((f) => f.endsWith("Export.cmake"))) {
      const path = join(cmake, file);
      const text = readFileSync(path, "utf8");
      const mended = text
        .replaceAll(/\/opt\/python\/cp\d+-cp\d+\/include\/python3\.\d+/g, include)
        .replaceAll(/[^;"]*site-packages\/numpy\/_core\/include/g, numpy);
      if (mended !== text) writeFileSync(path, mended);
    }
  }
}

async function makeStubs(setup: Setup): Promise<void> {
  const { folder } = setup;
  rmSync(folder.stubs, { recursive: true, force: true });
  mkdirSync(folder.stubs, { recursive: true });
  const source = join(folder.stubs, "empty.c");
  const library = join(folder.stubs, "empty.so");
  writeFileSync(source, "void twin_stand_in(void) {}\n");
  await run(setup, "gcc", ["-shared", "-fPIC", "-o", library, source], {}, compilerRemedy);
  for (const lib of [join(folder.prefix, "lib"), pythonLib(folder) ?? ""]) {
    if (!existsSync(lib)) continue;
    for (const name of readdirSync(lib, { recursive: true, encoding: "utf8" })) {
      const base = name.slice(name.lastIndexOf("/") + 1);
      const target = join(folder.stubs, base);
      if (/^lib.*__rosidl_generator_py\.so$/.test(base) && !existsSync(target))
        symlinkSync("empty.so", target);
    }
  }
}

async function installRclnodejs(setup: Setup, rosEnv: Record<string, string>): Promise<void> {
  const { node } = setup.folder;
  mkdirSync(node, { recursive: true });
  writeFileSync(join(node, "package.json"), '{ "private": true }\n');
  // Its scripts are run by name: npm may be set to run none of a dependency's. The force is for the
  // build alone: with it, every later load would build again.
  const env = { ...rosEnv, npm_config_yes: "true" };
  const install = ["install", "--ignore-scripts", "--no-audit", "--no-fund", `rclnodejs@${rclnodejsVersion}`];
  const registryRemedy = "is the npm registry reachable? npm's own settings for mirrors are used";
  await run(setup, "npm", install, env, registryRemedy, node);
  const folder = join(node, "node_modules", "rclnodejs");
  const forced: Record<string, string> = isRosSourced() ? {} : { RCLNODEJS_FORCE_BUILD: "1" };
  await run(setup, process.execPath, ["scripts/install.cjs"], { ...env, ...forced }, compilerRemedy, folder);
  await run(setup, process.execPath, ["scripts/generate_messages.cjs"], env, "see the log", folder);
  await run(setup, process.execPath, ["-e", probe], env, "the build does not load: see the log", node);
}

/** Loads what the twin needs; a type that is missing ends it with 1. */
const probe = `
  const rcl = require("rclnodejs");
  for (const type of ["sensor_msgs/msg/JointState", "control_msgs/action/FollowJointTrajectory"]) rcl.require(type);
`;

/** Runs a tool with its output in the log; resolves to what it printed. */
function run(
  setup: Setup,
  command: string,
  args: string[],
  env: Record<string, string>,
  remedy: string,
  cwd?: string,
): Promise<string> {
  const log = `\n$ ${command} ${args.join(" ")}\n`;
  writeFileSync(setup.logFile, log, { flag: "a" });
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let printed = "";
    let tail = "";
    const note = (chunk: Buffer): void => {
      writeFileSync(setup.logFile, chunk, { flag: "a" });
      tail = (tail + chunk.toString()).slice(-2000);
    };
    child.stdout.on("data", (chunk: Buffer) => {
      printed += chunk.toString();
      note(chunk);
    });
    child.stderr.on("data", note);
    child.on("error", () =>
      reject(new SetupFault(`"${command}" cannot be started: ${remedy}`, setup.logFile)),
    );
    child.on("close", (code) => {
      if (code === 0) return resolve(printed);
      const last =
        tail
          .trim()
          .split("\n")
          .findLast((line) => /error/i.test(line)) ?? "";
      reject(new SetupFault(`${command} ended with ${code}: ${last.trim() || remedy}`, setup.logFile));
    });
  });
}

function readRecord(folder: RosFolder): Map<string, string> {
  try {
    const { steps } = JSON.parse(readFileSync(folder.record, "utf8")) as { steps: Record<string, string> };
    return new Map(Object.entries(steps));
  } catch {
    return new Map();
  }
}

function writeRecord(folder: RosFolder, done: ReadonlyMap<string, string>, ready: boolean): void {
  writeFileSync(folder.record, `${JSON.stringify({ ready, steps: Object.fromEntries(done) }, null, 2)}\n`);
}

function folderText(folder: string): string {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .sort()
    .filter((name) => /\.(msg|srv|action|txt|xml)$/.test(name))
    .map((name) => readFileSync(join(folder, name), "utf8"))
    .join("\n");
}

function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}

function seconds(since: number): number {
  return Math.round((Date.now() - since) / 1000);
}
