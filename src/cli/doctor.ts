import { createServer } from "node:net";
import type { Command } from "commander";
import { demoUrdf } from "../app/demo.ts";
import { brokerAddress } from "../app/device-links.ts";
import { viewerIsBuilt } from "../app/run-twin.ts";
import { loadDescription } from "../engine/robot/robot-description.ts";
import { type Config, configSchema, robotsAtStart } from "../io/config/config-schema.ts";
import { loadConfig } from "../io/config/load-config.ts";
import { readDescription } from "../io/files/description-file.ts";
import { findMesh, meshAddresses } from "../io/files/mesh-files.ts";
import { meshRoots, packageFolders } from "../io/files/mesh-roots.ts";
import { probeBroker } from "../io/mqtt/broker-probe.ts";
import { shownAddress } from "../io/mqtt/broker-url.ts";
import { checkRos } from "./doctor-ros.ts";
import { fail } from "./fail.ts";
import { type Finding, finding } from "./finding.ts";
import { parsePort } from "./up.ts";

type DoctorOptions = { config?: string; port?: number; namespace?: string; json?: boolean };

export function addDoctorCommand(program: Command): void {
  program
    .command("doctor")
    .description("check ROS, rclnodejs, broker, URDF, meshes and port; a remedy for each fault")
    .option("--config <file>", "the twin.yaml to check with")
    .option("--port <number>", "the port to check", parsePort)
    .option("--namespace <name>", "ROS namespace of the first robot")
    .option("--json", "findings as one JSON line")
    .action(examine);
}

async function examine(options: DoctorOptions): Promise<void> {
  const read = options.config === undefined ? null : loadConfig(options.config);
  if (read !== null && !read.ok) fail(`${read.path}: ${read.reason}`);
  const config = read === null ? configSchema.parse({}) : read.value;
  if (options.namespace !== undefined) {
    const robots = robotsAtStart(config);
    config.robots = robots;
    const [first] = robots;
    if (first !== undefined) first.namespace = options.namespace;
  }
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

async function checkPort(host: string, port: number): Promise<Finding> {
  const code = await listenCode(host, port);
  if (code === null) return finding("port", "ok", `${host}:${port} is free`);
  if (code !== "EADDRINUSE") {
    return finding(
      "port",
      "bad",
      `${host}:${port} cannot be listened on: ${code}`,
      "choose another with --port or --host",
    );
  }
  const version = await runningTwin(host, port);
  return version === null
    ? finding(
        "port",
        "bad",
        `${host}:${port} is in use by another program`,
        "end that program, or use --port",
      )
    : finding(
        "port",
        "note",
        `${host}:${port} has a twinbridge ${version} that runs already`,
        "open its page, or start a second one with --port",
      );
}

/** Null when the port can be listened on, else the system's code. */
function listenCode(host: string, port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    probe.listen(port, host, () => probe.close(() => resolve(null)));
  });
}

/** The version of the twinbridge that listens there; null when it is none. */
async function runningTwin(host: string, port: number): Promise<string | null> {
  try {
    const at = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host.includes(":") ? `[${host}]` : host;
    const answer = await fetch(`http://${at}:${port}/healthz`, { signal: AbortSignal.timeout(2000) });
    const { status, version } = (await answer.json()) as { status?: unknown; version?: unknown };
    return status === "ok" && typeof version === "string" ? version : null;
  } catch {
    return null;
  }
}

async function checkRobots(config: Config, configPath: string | null): Promise<Finding[]> {
  const findings: Finding[] = [];
  const files = robotsAtStart(config).filter((robot) => robot.description !== "topic");
  const robots = configPath === null ? [{ id: "demo", description: demoUrdf, arguments: {} }] : files;
  for (const { id, description, arguments: given } of robots) {
    const args = new Map(Object.entries(given));
    const text = readDescription(description, configPath, (name) => packageFolders(config, name), args);
    if (!text.ok) {
      findings.push(
        finding(`robot ${id}`, "bad", `${text.path}: ${text.reason}`, "correct robots.description"),
      );
      continue;
    }
    const loaded = loadDescription(text.value);
    if ("fault" in loaded) {
      findings.push(
        finding(`robot ${id}`, "bad", `${description}: ${loaded.fault}`, "twin model check FILE says more"),
      );
      continue;
    }
    const roots = meshRoots(config, configPath, description);
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
    : [finding("broker", "bad", `${shown}: ${fault.reason}`, fault.remedy)];
}
