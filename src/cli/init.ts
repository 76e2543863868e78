import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import type { Command } from "commander";
import { robotsAtStart } from "../io/config/config-schema.ts";
import { parseConfig } from "../io/config/load-config.ts";
import { type Found, startingConfig } from "../io/config/starting-config.ts";
import { decodeFile } from "../io/files/text-encoding.ts";
import { probeBroker } from "../io/mqtt/broker-probe.ts";
import { defaultRosDir, isRosSourced, isSetUp, rosFolder } from "../io/ros/ros-environment.ts";
import { seenGraph } from "./doctor-ros.ts";
import { fail } from "./fail.ts";

const localBroker = "mqtt://127.0.0.1:1883";
const mostFiles = 2000;
const deepest = 4;

type InitOptions = { out: string; force?: boolean };

export function addInitCommand(program: Command): void {
  program
    .command("init")
    .description("write a commented twin.yaml from what is found: robots on ROS, URDF files, a broker")
    .option("--out <file>", "the file to write", "twin.yaml")
    .option("--force", "write over a file that exists")
    .action(init);
}

async function init({ out, force }: InitOptions): Promise<void> {
  const path = resolve(out);
  if (existsSync(path) && force !== true) {
    fail(`${out} already exists: use --force to overwrite it, or another name with --out`);
  }
  const folder = dirname(path);
  const found: Found = { ...robotsOnRos(), files: descriptionsIn(folder), broker: await brokerHere() };
  const text = startingConfig(found);
  const checked = parseConfig(text, out);
  if (!checked.ok) throw new Error(`the written configuration is wrong: ${checked.path}: ${checked.reason}`);
  try {
    writeFileSync(path, text, { flag: force === true ? "w" : "wx" });
  } catch (error) {
    fail(`${out} cannot be written: ${(error as Error).message}`);
  }
  const robots = robotsAtStart(checked.value)
    .map(({ id, description }) => `${id} (${description})`)
    .join(", ");
  process.stdout.write(`${out} is written: ${robots}; ${brokerWords(found)}\n`);
  process.stdout.write(`next: \`twin doctor --config ${out}\`, then \`twin up --config ${out}\`\n`);
}

function brokerWords({ broker }: Found): string {
  if (broker === null) return "no broker";
  return broker === "open"
    ? `broker ${localBroker}`
    : `broker ${localBroker}, which needs a login: fill it in`;
}

/** The namespaces with a description on ROS, where there is a ROS 2 to look with. */
function robotsOnRos(): Pick<Found, "robots" | "hasRos"> {
  if (!isRosSourced() && !isSetUp(rosFolder(defaultRosDir()))) return { robots: [], hasRos: false };
  const graph = seenGraph();
  const suffix = "/robot_description";
  const robots = (graph?.topics ?? [])
    .filter(({ name, types }) => name.endsWith(suffix) && types.includes("std_msgs/msg/String"))
    .map(({ name }) => name.slice(1, -suffix.length))
    .sort();
  return { robots, hasRos: graph !== null };
}

/** Files in a folder and below that are robots by their content, the nearest first. */
function descriptionsIn(folder: string): string[] {
  const found: string[] = [];
  let looked = 0;
  let level = [folder];
  for (let depth = 0; depth < deepest && level.length > 0; depth++) {
    const next: string[] = [];
    for (const at of level) {
      for (const name of entriesOf(at)) {
        if (looked++ > mostFiles) return found;
        const path = join(at, name);
        const info = statSync(path, { throwIfNoEntry: false });
        if (info?.isDirectory() === true && !/^\.|^(?:node_modules|build|install|log|dist)$/.test(name))
          next.push(path);
        if (info?.isFile() === true && /\.(?:urdf|xacro)$/.test(name) && isRobot(path)) {
          found.push(relative(folder, path));
        }
      }
    }
    level = next;
  }
  return found;
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

/** A xacro file of macros alone has a root without a name. */
function isRobot(path: string): boolean {
  try {
    const text = decodeFile(readFileSync(path));
    return text.ok && /<robot\b[^>]*\bname\s*=/.test(text.value.slice(0, 65_536));
  } catch {
    return false;
  }
}

async function brokerHere(): Promise<Found["broker"]> {
  const fault = await probeBroker({ url: localBroker });
  if (fault === null) return "open";
  return /not authorized|bad user ?name or password/i.test(fault.reason) ? "login" : null;
}
