import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { WebSocket } from "ws";
import { defaultRosDir, isSetUp, rosFolder } from "../../src/io/ros/ros-environment.ts";
import { eventually } from "../support/eventually.ts";

const folder = rosFolder(defaultRosDir());
const root = join(import.meta.dirname, "..", "..");

/** Whether there is a ROS 2 to test with. Says loudly when not; with `REQUIRE_ALL=1` that is a fault. */
export function hasRos(): boolean {
  if (isSetUp(folder) && existsSync(join(root, "dist", "main.js"))) return true;
  const line = `no ROS 2 in ${folder.root} or no build (npm run build; twin ros setup): ROS tests`;
  if (process.env.REQUIRE_ALL === "1") throw new Error(`${line} are required`);
  console.warn(`\nSKIPPED: ${line} are left out\n`);
  return false;
}

let domain = 100 + (process.pid % 60) * 2;

/** A domain that no other test of this run uses. */
export function freshDomain(): string {
  return String(domain++ % 230);
}

export type PeerEvent = { event: string; [key: string]: unknown };

/** A process of a test: ended by its own id, its lines kept. */
export class TestProcess {
  readonly lines: string[] = [];
  readonly errors: string[] = [];
  readonly child: ChildProcess;

  constructor(command: string, args: string[], env: Record<string, string>) {
    const { AMENT_PREFIX_PATH: _, ...clean } = process.env;
    this.child = spawn(command, args, {
      cwd: root,
      env: { ...clean, ...env },
      stdio: ["pipe", "pipe", "pipe"],
    });
    if (this.child.stdout) createInterface(this.child.stdout).on("line", (line) => this.lines.push(line));
    if (this.child.stderr) createInterface(this.child.stderr).on("line", (line) => this.errors.push(line));
  }

  /** JSON lines of one event. */
  events(name: string): PeerEvent[] {
    const found: PeerEvent[] = [];
    for (const line of this.lines) {
      try {
        const event = JSON.parse(line) as PeerEvent;
        if (event.event === name) found.push(event);
      } catch {
        // a line for people
      }
    }
    return found;
  }

  tell(command: object): void {
    this.child.stdin?.write(`${JSON.stringify(command)}\n`);
  }

  async end(signal: NodeJS.Signals = "SIGTERM"): Promise<number | null> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return this.child.exitCode;
    const ended = new Promise<number | null>((resolve) => this.child.once("exit", resolve));
    this.child.kill(signal);
    const timer = setTimeout(() => this.child.kill("SIGKILL"), 8000);
    const code = await ended;
    clearTimeout(timer);
    return code;
  }
}

export function startPeer(domainId: string, args: string[], script = "robot_peer.py"): TestProcess {
  const python = join(folder.prefix, "bin", "python");
  return new TestProcess(python, [join(root, "test", "ros", "peers", script), ...args], {
    ROS_DOMAIN_ID: domainId,
  });
}

export class TestTwin {
  readonly state = mkdtempSync(join(tmpdir(), "twin-ros-test-"));
  process: TestProcess;
  url = "";

  constructor(
    readonly domainId: string,
    private readonly args: string[] = ["--ros", "on"],
    private readonly env: Record<string, string> = {},
  ) {
    this.process = this.launch();
  }

  private launch(): TestProcess {
    return new TestProcess(
      process.execPath,
      [join(root, "dist", "main.js"), "up", "--port", "0", ...this.args],
      {
        ROS_DOMAIN_ID: this.domainId,
        XDG_STATE_HOME: this.state,
        TWIN_ROS_DIR: folder.root,
        ...this.env,
      },
    );
  }

  /** Starts it again after it ended, with the same state; resolves when the page is served. */
  async again(): Promise<void> {
    this.process = this.launch();
    await this.listens();
  }

  /** The page is served. */
  async listens(): Promise<void> {
    this.url = await eventually("the twin prints its address", () =>
      this.process.lines
        .map((line) => /(http:\/\/[^\s]+)\//.exec(line)?.[1])
        .find((url) => url !== undefined),
    );
  }

  /** It has all that it is configured for, the robot on ROS among it. */
  async ready(): Promise<void> {
    await this.listens();
    await eventually(
      "the twin is ready",
      async () => ((await fetch(`${this.url}/readyz`)).ok ? true : undefined),
      60_000,
    );
  }

  async json(path: string): Promise<unknown> {
    const answer = await fetch(`${this.url}${path}`);
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  }

  /** The reported value of a property of the robot. */
  async reported(path: string): Promise<{ value: unknown; quality: string; reason?: string } | undefined> {
    const property = (await this.json(`/api/things/robot/properties/${path}`)) as {
      reported?: { value: unknown; quality: string; reason?: string };
    };
    return property.reported;
  }

  async metric(source: string, result: string): Promise<number> {
    const text = await (await fetch(`${this.url}/metrics`)).text();
    const line = text.split("\n").find((l) => l.includes(`source="${source}",result="${result}"`));
    return line === undefined ? 0 : Number(line.split(" ").at(-1));
  }

  async end(): Promise<void> {
    await this.process.end();
    rmSync(this.state, { recursive: true, force: true });
  }
}

export type CommandAnswer = {
  op: string;
  id?: string | number;
  stage?: string;
  code?: string;
  message?: string;
  epoch?: number;
};

/** A driver on /ws/command: takes the lease and keeps it. */
export class Driver {
  readonly answers: CommandAnswer[] = [];
  readonly socket: WebSocket;
  epoch = -1;
  private seq = 0;
  private offset = 0;
  private renewal: NodeJS.Timeout | null = null;

  constructor(url: string) {
    this.socket = new WebSocket(`${url.replace("http", "ws")}/ws/command`, "twin.v1");
    this.socket.on("message", (data) => {
      const message = JSON.parse(String(data)) as CommandAnswer & { serverTime?: number };
      if (message.op === "hello") this.offset = (message.serverTime ?? 0) - Date.now();
      if (message.op === "lease" && message.id === "acquire") this.epoch = message.epoch ?? -1;
      this.answers.push(message);
    });
  }

  async drive(): Promise<void> {
    await eventually("the command socket opens", () => (this.answers.length > 0 ? true : undefined));
    this.send({ op: "acquire", id: "acquire", robot: "robot", holder: "test" });
    await eventually("the lease is granted", () => (this.epoch >= 0 ? true : undefined));
    this.renewal = setInterval(
      () => this.send({ op: "renew", id: "renew", robot: "robot", epoch: this.epoch }),
      1000,
    );
  }

  send(message: object): void {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }

  /** Sends a wish and gives its id. */
  command(command: object, ttlMs = 2000): string {
    const id = `c${++this.seq}`;
    const issued = Date.now() + this.offset;
    this.send({
      op: "command",
      id,
      robot: "robot",
      epoch: this.epoch,
      seq: this.seq,
      issued,
      ttlMs,
      command,
    });
    return id;
  }

  /** The stages that came for a wish. */
  stages(id: string): string[] {
    return this.answers.filter((a) => a.id === id && a.stage !== undefined).map((a) => a.stage ?? "");
  }

  result(id: string, stage: string): CommandAnswer | undefined {
    return this.answers.find((a) => a.id === id && a.stage === stage);
  }

  /** Ends as a killed browser does: without a goodbye. */
  kill(): void {
    if (this.renewal !== null) clearInterval(this.renewal);
    this.socket.terminate();
  }
}
