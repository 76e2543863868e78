import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "./eventually.ts";

const places = [
  process.env.MOSQUITTO,
  "/usr/sbin/mosquitto",
  "/usr/local/sbin/mosquitto",
  "/usr/bin/mosquitto",
];

function findMosquitto(): string | null {
  return places.find((path) => path !== undefined && path !== "" && existsSync(path)) ?? null;
}

/** Whether there is a Mosquitto to test with. Says loudly when not; with `REQUIRE_ALL=1` that is a fault. */
export function hasMosquitto(): boolean {
  if (findMosquitto() !== null) return true;
  const line = "no Mosquitto found (apt-get install mosquitto, or set MOSQUITTO): MQTT tests";
  if (process.env.REQUIRE_ALL === "1") throw new Error(`${line} are required`);
  console.warn(`\nSKIPPED: ${line} are left out\n`);
  return false;
}

/** A broker of a test's own on a free port, which it keeps over restarts. */
export class Mosquitto {
  readonly folder = mkdtempSync(join(tmpdir(), "twin-mosquitto-"));
  private child: ChildProcess | null = null;
  port = 0;

  /** `lines` are of mosquitto.conf, behind its listener's; without them anybody may do anything. */
  constructor(
    private readonly lines: readonly string[] = ["allow_anonymous true"],
    private readonly scheme: "mqtt" | "mqtts" = "mqtt",
  ) {}

  get url(): string {
    return `${this.scheme}://127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    const program = findMosquitto();
    if (program === null) throw new Error("no Mosquitto found");
    if (this.port === 0) this.port = await freePort();
    const file = join(this.folder, "mosquitto.conf");
    const log = join(this.folder, "mosquitto.log");
    // Started by root, it would give its rights up and could not read files of a test's own.
    const user = process.getuid?.() === 0 ? ["user root"] : [];
    const own = [
      ...user,
      `listener ${this.port} 127.0.0.1`,
      ...this.lines,
      "persistence false",
      `log_dest file ${log}`,
    ];
    writeFileSync(file, `${own.join("\n")}\n`);
    this.child = spawn(program, ["-c", file], { stdio: "ignore" });
    await eventually(`Mosquitto listens (${file})`, () => canConnect(this.port));
  }

  /** Freezes it, or lets it go on. */
  signal(signal: "SIGSTOP" | "SIGCONT"): void {
    this.child?.kill(signal);
  }

  /** Ends it without a farewell to its clients. */
  async kill(): Promise<void> {
    const { child } = this;
    this.child = null;
    if (child === null || child.exitCode !== null) return;
    // A frozen process dies of it, too.
    child.kill("SIGKILL");
    await once(child, "exit");
  }

  async remove(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (typeof address !== "object" || address === null) throw new Error("no port");
  return address.port;
}

function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
