import { execFileSync } from "node:child_process";
import { createServer } from "node:net";
import { join } from "node:path";
import type { Command } from "commander";
import { loadDescription } from "../engine/robot-description.ts";
import { type Config, configSchema } from "../io/config/config-schema.ts";
import { loadConfig } from "../io/config/load-config.ts";
import { shownAddress } from "../io/mqtt/broker-address.ts";
import { probeBroker } from "../io/mqtt/broker-probe.ts";
import { amentPrefixes, changedPackages } from "../io/ros/message-definitions.ts";
import {
  defaultRosDir,
  findRclnodejs,
  halfMade,
  isRosSourced,
  isSetUp,
  nodeEnvironment,
  rosFolder,
} from "../io/ros/ros-environment.ts";
import { findMesh, meshAddresses } from "../io/server/mesh-files.ts";
import { demoUrdf } from "./demo.ts";
import { readDescription } from "./description-file.ts";
import { brokerAddress } from "./device-links.ts";
import { fail } from "./fail.ts";
import { meshRoots, packageFolders } from "./mesh-roots.ts";
import { changedMessage } from "./ros-environment-choice.ts";
import { viewerIsBuilt } from "./run-twin.ts";
import { parsePort } from "./up.ts";

/** `bad` stops the main job; `note` is worth knowing. */
type Finding = { what: string; state: "ok" | "note" | "bad"; detail: string; remedy: string };

type DoctorOptions = { config?: string; port?: number; json?: boolean };

export function addDoctorCommand(program: Command): void {
  program
    .command("doctor")
    .description("check ROS, rclnodejs, broker, URDF, meshes and port; a remedy for each fault")
    .option("--config <file>", "the twin.yaml to check with")
    .option("--port <number>", "the port to check", parsePort)
    .option("--json", "findings as one JSON line")
    .action(examine);
}

async function examine(options: DoctorOptions): Promise<void> {
  const read = options.config === undefined ? null : loadConfig(options.config);
  if (read !== null && !read.ok) fail(`${read.path}: ${read.reason}`);
  const config = read === null ? configSchema.parse({}) : read.value;
  const findings: Finding[] = [
    checkNode(),
    checkPage(),
    await checkPort(config.server.host, options.port ?? config.server.port),
    ...checkRos(config),
    ...(await checkRobots(config, options.config ?? null)),
    ...(await checkBroker(config, options.config ?? null)),
  ];
  const broken = findings.some((finding) => finding.state === "bad");
  if (options.json === true) process.stdout.write(`${JSON.stringify({ ok: !broken, findings })}\n`);
  else for (const finding of findings) process.stdout.write(`${lineOf(finding)}\n`);
  process.exit(broken ? 1 : 0);
}

function lineOf({ what, state, detail, remedy }: Finding): string {
  const mark = { ok: "ok   ", note: "note ", bad: "FAULT" }[state];
  return `${mark} ${what.padEnd(12)} ${detail}${remedy === "" ? "" : `\n                   → ${remedy}`}`;
}

function finding(what: string, state: Finding["state"], detail: string, remedy = ""): Finding {
  return { what, state, detail, remedy };
}

function checkNode(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const enough = major > 20 || (major === 20 && minor >= 20);
  return enough
    ? finding("Node", "ok", process.version)
    : finding("Node", "bad", process.version, "install Node 20.20.2 or newer");
}

function checkPage(): Finding {
  return viewerIsBuilt()
    ? finding("page", "ok", "built")
    : finding("page", "bad", "not built", "npm run build");
}

function checkPort(host: string, port: number): Promise<Finding> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", (error: NodeJS.ErrnoException) =>
      resolve(
        finding(
          "port",
          "bad",
          `${host}:${port} ${error.code === "EADDRINUSE" ? "is in use" : `cannot be had: ${error.code}`}`,
          "end the program there, or use --port",
        ),
      ),
    );
    probe.listen(port, host, () =>
      probe.close(() => resolve(finding("port", "ok", `${host}:${port} is free`))),
    );
  });
}

function checkRos(config: Config): Finding[] {
  const folder = rosFolder(defaultRosDir());
  const needed = config.robots.some((robot) => robot.description === "topic");
  const half = halfMade(folder);
  if (half !== null) {
    const remedy = `read ${join(folder.root, "setup.log")}, then run \`twin ros setup\` again`;
    return [finding("ROS 2", "bad", half, remedy)];
  }
  if (!isRosSourced() && !isSetUp(folder)) {
    return [
      finding(
        "ROS 2",
        "note",
        needed
          ? "none in this environment: only the simulated robot can be shown"
          : "none in this environment",
        "source /opt/ros/<distro>/setup.bash, or make one with `twin ros setup`",
      ),
    ];
  }
  const sourced = isRosSourced();
  const where = sourced ? `${process.env.ROS_DISTRO}, sourced` : `Kilted from wheels in ${folder.root}`;
  const found = finding("ROS 2", "ok", `${where}; domain ${process.env.ROS_DOMAIN_ID ?? "0"}`);
  const file = findRclnodejs(folder);
  if (file === null) return [found, finding("rclnodejs", "bad", "not built for it", "twin ros setup")];
  const changed = changedPackages(file, sourced ? amentPrefixes() : [folder.prefix]);
  if (changed.length > 0)
    return [found, finding("messages", "bad", changedMessage(changed), "twin ros setup")];
  const load = `const rcl = require(${JSON.stringify(file)}); for (const type of ["sensor_msgs/msg/JointState", "control_msgs/action/FollowJointTrajectory", "tf2_msgs/msg/TFMessage"]) rcl.require(type);`;
  try {
    execFileSync(process.execPath, ["-e", load], {
      env: { ...process.env, ...(sourced ? {} : nodeEnvironment(folder)) },
      stdio: ["ignore", "ignore", "pipe"],
      timeout: 60_000,
    });
    return [found, finding("rclnodejs", "ok", "loads, with the messages the twin needs")];
  } catch (error) {
    const text = String((error as { stderr?: Buffer }).stderr ?? error);
    const line = text.split("\n").find((l) => /Error|not exist|cannot/i.test(l)) ?? "does not load";
    const remedy = /control_msgs|tf2_msgs/.test(line)
      ? "install the message package (apt install ros-<distro>-control-msgs ros-<distro>-tf2-msgs), then `twin ros setup`"
      : "twin ros setup";
    return [found, finding("rclnodejs", "bad", line.trim(), remedy)];
  }
}

async function checkRobots(config: Config, configPath: string | null): Promise<Finding[]> {
  const findings: Finding[] = [];
  const files = config.robots.filter((robot) => robot.description !== "topic");
  const robots = configPath === null ? [{ id: "demo", description: demoUrdf }] : files;
  for (const { id, description } of robots) {
    const text = readDescription(description, configPath, (name) => packageFolders(config, name));
    if (!text.ok) {
      findings.push(finding(`robot ${id}`, "bad", `${text.path}: ${text.reason}`, "mend robots.description"));
      continue;
    }
    const loaded = loadDescription(text.value);
    if ("fault" in loaded) {
      findings.push(
        finding(`robot ${id}`, "bad", `${description}: ${loaded.fault}`, "twin model check FILE says more"),
      );
      continue;
    }
    const roots = meshRoots(config, configPath, id);
    const meshes = await Promise.all(meshAddresses(text.value).map((uri) => findMesh(uri, roots)));
    const absent = meshes.filter((mesh) => mesh.status !== "found");
    findings.push(
      finding(
        `robot ${id}`,
        "ok",
        `"${loaded.model.name}", ${loaded.model.joints.length} joints, ${meshes.length} meshes`,
      ),
      ...absent
        .slice(0, 10)
        .map((m) => finding("mesh", "note", `${m.uri}: ${m.reason}`, "ros.packages in twin.yaml")),
    );
  }
  return findings;
}

async function checkBroker({ mqtt: broker }: Config, configPath: string | null): Promise<Finding[]> {
  if (broker?.url === undefined) return [];
  const fault = await probeBroker(brokerAddress(broker, broker.url, configPath));
  const shown = shownAddress(broker.url);
  return fault === null
    ? [finding("broker", "ok", shown)]
    : [finding("broker", "bad", `${shown}: ${fault}`, "start it, or mend mqtt.url, the login and mqtt.tls")];
}
