import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { WebSocket } from "ws";
import { eventually } from "./eventually.ts";
import { freePort } from "./mosquitto.ts";

const root = new URL("../..", import.meta.url).pathname;
const version = "4.1.15";
const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache");
const folder = join(cache, "twinbridge", `node-red-${version}`);
const program = join(folder, "node_modules", "node-red", "red.js");
/** Written when an installation is whole. */
const mark = join(folder, "installed");

/**
 * Whether there is a Node-RED to test with. Installs it into the user's cache the first time (117 MB) and says so; with
 * `REQUIRE_ALL=1` it is a fault when that fails.
 */
export function hasNodeRed(): boolean {
  if (existsSync(mark) && existsSync(program)) return true;
  console.log(`\ninstalling Node-RED ${version} into ${folder} (117 MB, once)\n`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), '{ "private": true }\n');
  const options = ["--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"];
  const { status } = spawnSync("npm", ["install", ...options, `node-red@${version}`], {
    cwd: folder,
    stdio: "inherit",
    timeout: 300_000,
  });
  if (status === 0 && existsSync(program)) {
    writeFileSync(mark, "");
    return true;
  }
  const line = `Node-RED ${version} could not be installed by npm: tests of the Node-RED nodes`;
  if (process.env.REQUIRE_ALL === "1") throw new Error(`${line} are required`);
  console.warn(`\nSKIPPED: ${line} are left out\n`);
  return false;
}

export type FlowNode = { id: string; type: string; [field: string]: unknown };

/** A message that a debug node showed: its name and the value, as the editor gets it. */
export type Shown = { name: string; value: unknown };

/** A Node-RED of a test's own, with this project's nodes installed as a user has them. */
export class NodeRed {
  private readonly home = mkdtempSync(join(tmpdir(), "twin-node-red-"));
  private child: ChildProcess | null = null;
  private comms: WebSocket | null = null;
  private port = 0;
  readonly shown: Shown[] = [];
  log = "";

  async start(): Promise<void> {
    const modules = join(this.home, "node_modules");
    // A copy: from its place in the repository it would not find `twinbridge` beside it.
    cpSync(join(root, "clients", "node-red"), join(modules, "@twinbridge", "node-red"), { recursive: true });
    symlinkSync(root, join(modules, "twinbridge"));
    writeFileSync(
      join(this.home, "package.json"),
      JSON.stringify({
        private: true,
        dependencies: { "@twinbridge/node-red": "0.1.0", twinbridge: "0.1.0" },
      }),
    );
    this.port = await freePort();
    const settings = join(this.home, "settings.js");
    writeFileSync(
      settings,
      `module.exports = { uiHost: "127.0.0.1", uiPort: ${this.port}, flowFile: "flows.json", credentialSecret: false,
        telemetry: { enabled: false, updateNotification: false }, logging: { console: { level: "info" } } };\n`,
    );
    const child = spawn(process.execPath, [program, "--userDir", this.home, "--settings", settings], {
      stdio: ["ignore", "pipe", "pipe"],
      cwd: this.home,
    });
    const keep = (chunk: Buffer): void => {
      this.log += chunk.toString();
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    this.child = child;
    await eventually(
      "Node-RED has started",
      () => {
        if (child.exitCode !== null) throw new Error(`it ended: ${this.log}`);
        return this.log.includes("Started flows");
      },
      60_000,
    );
    this.comms = new WebSocket(`ws://127.0.0.1:${this.port}/comms`);
    this.comms.on("message", (data) => this.keepShown(data.toString()));
    await once(this.comms, "open");
    this.comms.send(JSON.stringify({ subscribe: "debug" }));
  }

  /** The node types of a module, by the admin interface. */
  async nodesOf(module: string): Promise<{ types: string[]; err?: unknown; enabled: boolean }[]> {
    const all = (await (await this.admin("nodes", { headers: { Accept: "application/json" } })).json()) as {
      module: string;
      types: string[];
      enabled: boolean;
    }[];
    return all.filter((one) => one.module === module);
  }

  async deploy(flow: readonly FlowNode[]): Promise<void> {
    const answer = await this.admin("flows", {
      method: "POST",
      headers: { "Content-Type": "application/json", "Node-RED-Deployment-Type": "full" },
      body: JSON.stringify(flow),
    });
    if (!answer.ok) throw new Error(`the flow was not deployed: ${answer.status} ${await answer.text()}`);
  }

  /** Presses an inject node, once it is there: a deployment answers before its nodes run. */
  async inject(id: string): Promise<void> {
    await eventually(`the button ${id}`, async () => {
      const answer = await this.admin(`inject/${id}`, { method: "POST" });
      if (!answer.ok && answer.status !== 404) throw new Error(`${id}: ${answer.status}`);
      return answer.ok;
    });
  }

  /** The next message that a debug node of this name shows, after `since` of those that were shown. */
  next(
    name: string,
    since: number,
    accept: (value: unknown) => boolean = () => true,
    ms = 20_000,
  ): Promise<unknown> {
    return eventually(
      `"${name}" shows something; shown: ${JSON.stringify(this.shown.slice(-5))}`,
      () => {
        const found = this.shown.slice(since).find((one) => one.name === name && accept(one.value));
        return found === undefined ? false : { value: found.value };
      },
      ms,
    ).then(({ value }) => value);
  }

  async remove(): Promise<void> {
    this.comms?.terminate();
    if (this.child !== null && this.child.exitCode === null) {
      this.child.kill("SIGKILL");
      await once(this.child, "exit");
    }
    rmSync(this.home, { recursive: true, force: true });
  }

  private admin(path: string, init: RequestInit): Promise<Response> {
    return fetch(`http://127.0.0.1:${this.port}/${path}`, init);
  }

  private keepShown(text: string): void {
    const parsed = JSON.parse(text) as unknown;
    for (const one of (Array.isArray(parsed) ? parsed : [parsed]) as { topic?: string; data?: DebugData }[]) {
      if (one.topic !== "debug" || one.data === undefined) continue;
      const { name = "", msg, format = "" } = one.data;
      const isText = format.startsWith("string") || typeof msg !== "string";
      if (isText || format === "undefined") this.shown.push({ name, value: msg });
      else {
        // Long lists come in an envelope.
        const value = JSON.parse(msg) as { __enc__?: boolean; data?: unknown } | null;
        this.shown.push({ name, value: value?.__enc__ === true && "data" in value ? value.data : value });
      }
    }
  }
}

type DebugData = { name?: string; msg?: unknown; format?: string };
