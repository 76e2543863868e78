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
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { packageRoot } from "../package-root.ts";
import { definitionsKey, readDefinitions } from "./message-definitions.ts";
import {
  compilerRemedy,
  generateMessages,
  headerVariables,
  installRclnodejs,
  prefixesOf,
  type RclnodejsBuild,
  rclnodejsVersion,
} from "./rclnodejs-build.ts";
import { isRosSourced, nodeEnvironment, pythonLib, type RosFolder } from "./ros-environment.ts";
import { readSetupRecord, writeSetupRecord } from "./setup-record.ts";
import { SetupTools } from "./setup-tools.ts";

const messagePackages = [
  "tf2_msgs",
  "control_msgs",
  "controller_manager_msgs",
  "nav2_msgs",
  "ackermann_msgs",
  "map_msgs",
  "foxglove_msgs",
  "object_recognition_msgs",
  "moveit_msgs",
];
const tickMs = 10_000;

type Step = {
  name: string;
  /** Changes when what the step would make changes: a finished step with the same key is reused. Asked just before the step. */
  key(): string;
  /** It, or a step after it, needs what `checkTools` looks for. */
  compiles?: true;
  run(): Promise<void>;
};

type Setup = { folder: RosFolder; tools: SetupTools };

/**
 * Makes a ROS 2 in `folder` from wheels, or, where one is sourced, only what Node needs to reach it.
 * Finished steps are reused; only `folder` is written to. Rejects with a SetupFault.
 */
export async function setUpRos(folder: RosFolder, say: (line: string) => void): Promise<void> {
  mkdirSync(folder.root, { recursive: true });
  const setup: Setup = { folder, tools: new SetupTools(join(folder.root, "setup.log")) };
  const sourced = isRosSourced();
  const steps = sourced ? sourcedSteps(setup) : wheelSteps(setup);
  const { steps: done } = readSetupRecord(folder);
  let redo = false;
  let name = "what the set-up needs";
  try {
    for (const [i, step] of steps.entries()) {
      name = step.name;
      const title = `[${i + 1}/${steps.length}] ${step.name}`;
      if (!redo && done[step.name] === step.key()) {
        say(`${title}: done already`);
        continue;
      }
      if (!redo && step.compiles === true) await checkTools(setup);
      redo = true;
      say(`${title} …`);
      delete done[step.name];
      writeSetupRecord(folder, { ready: false, steps: done });
      const started = Date.now();
      const tick = setInterval(() => {
        const doing = setup.tools.doing();
        say(`    ${seconds(started)} s${doing === "" ? "" : `: ${doing}`}`);
      }, tickMs);
      try {
        await step.run();
      } finally {
        clearInterval(tick);
      }
      done[step.name] = step.key();
      writeSetupRecord(folder, { ready: false, steps: done });
      say(`${title}: ${seconds(started)} s`);
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    writeSetupRecord(folder, { ready: false, steps: done, failed: { step: name, reason } });
    throw error;
  }
  writeSetupRecord(folder, { ready: true, steps: done });
}

/** What would fail only after minutes of downloads is looked for before them. */
async function checkTools({ tools, folder }: Setup): Promise<void> {
  await headerVariables(tools);
  for (const command of ["g++", "gcc", "make", "cmake"]) {
    await tools.run({ command, args: ["--version"], remedy: compilerRemedy });
  }
  const python = existsSync(join(folder.prefix, "bin", "python"))
    ? join(folder.prefix, "bin", "python")
    : "python3";
  const check = "import sys, venv, ensurepip; sys.exit(0 if sys.version_info >= (3, 10) else 1)";
  await tools.run({ command: python, args: ["-c", check], remedy: pythonRemedy });
}

function sourcedSteps({ tools, folder }: Setup): Step[] {
  const key = `${rclnodejsVersion} ${process.env.ROS_DISTRO ?? ""}`;
  const build: RclnodejsBuild = { tools, folder, env: {}, prefixes: prefixesOf({}), always: false };
  return [
    { name: "rclnodejs for the sourced ROS 2", key: () => key, run: () => installRclnodejs(build) },
    messageCode(build),
  ];
}

/** JavaScript of the messages: made again whenever a definition on the path is another than before. */
function messageCode(build: RclnodejsBuild): Step {
  return {
    name: "JavaScript of the messages",
    key: () => definitionsKey(readDefinitions(build.prefixes)),
    run: () => generateMessages(build),
  };
}

function wheelSteps(setup: Setup): Step[] {
  const { folder, tools } = setup;
  const wheels = hash(readFileSync(join(packageRoot, "ros", "requirements.txt"), "utf8"));
  const messages = hash(messagePackages.map((name) => folderText(join(packageRoot, "ros", name))).join());
  const build: RclnodejsBuild = {
    tools,
    folder,
    prefixes: [folder.prefix],
    always: true,
    // Only once the wheels are there is it known where their libraries lie.
    get env() {
      return nodeEnvironment(folder);
    },
  };
  return [
    {
      name: "Python environment",
      key: () => "1",
      compiles: true,
      run: async () => {
        rmSync(folder.prefix, { recursive: true, force: true });
        await tools.run({ command: "python3", args: ["-m", "venv", folder.prefix], remedy: pythonRemedy });
      },
    },
    { name: "ROS 2 Kilted wheels", key: () => wheels, compiles: true, run: () => installWheels(setup) },
    {
      name: "message packages",
      key: () => `${wheels} ${messages}`,
      compiles: true,
      run: () => buildMessages(setup),
    },
    {
      name: "stand-ins for Python's libraries",
      key: () => messages,
      compiles: true,
      run: () => makeStubs(setup),
    },
    {
      name: "rclnodejs",
      key: () => `${rclnodejsVersion} ${wheels} ${messages}`,
      compiles: true,
      run: () => installRclnodejs(build),
    },
    messageCode(build),
  ];
}

const pythonRemedy = "Python 3.10 or newer with venv is needed (on Debian: apt install python3-venv)";

async function installWheels({ folder, tools }: Setup): Promise<void> {
  const python = join(folder.prefix, "bin", "python");
  const requirements = join(packageRoot, "ros", "requirements.txt");
  const args = ["-m", "pip", "install", "--disable-pip-version-check", "-r", requirements];
  const remedy = "check that the package index can be reached; pip's own settings for mirrors are used";
  await tools.run({ command: python, args, remedy });
  // rclnodejs looks for ROS by this name, and the wheels bring none.
  const ros2 = join(folder.prefix, "bin", "ros2");
  writeFileSync(
    ros2,
    '#!/bin/sh\necho "ros2: this ROS 2 comes from wheels, which have no ros2 command line" >&2\nexit 1\n',
  );
  chmodSync(ros2, 0o755);
}

async function buildMessages(setup: Setup): Promise<void> {
  const { folder, tools } = setup;
  const remedy = compilerRemedy;
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
    const compile = ["--build", build, "--parallel", String(availableParallelism())];
    for (const args of [configure, compile, ["--install", build]]) {
      await tools.run({ command: "cmake", args, env, remedy });
    }
  }
}

/** The wheels' CMake files name two folders of the machine that built them: they become this Python's. */
async function mendExports({ folder: { prefix }, tools }: Setup): Promise<void> {
  const ask = 'import sysconfig, numpy; print(sysconfig.get_path("include")); print(numpy.get_include())';
  const python = join(prefix, "bin", "python");
  const answer = await tools.run({ command: python, args: ["-c", ask], remedy: pythonRemedy });
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

async function makeStubs({ folder, tools }: Setup): Promise<void> {
  rmSync(folder.stubs, { recursive: true, force: true });
  mkdirSync(folder.stubs, { recursive: true });
  const source = join(folder.stubs, "empty.c");
  const library = join(folder.stubs, "empty.so");
  writeFileSync(source, "void twin_stand_in(void) {}\n");
  const args = ["-shared", "-fPIC", "-o", library, source];
  await tools.run({ command: "gcc", args, remedy: compilerRemedy });
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
