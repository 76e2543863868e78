import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PropertyJson, ThingJson, TwinEvent, TwinJson } from "../../src/protocol/state-messages.ts";
import { eventually } from "./eventually.ts";

const root = new URL("../..", import.meta.url).pathname;

export type Ended = { code: number | null; out: string; err: string };

/** The built program as a process, with a state folder of its own; ended by its own id. */
export class TwinProcess {
  readonly folder = mkdtempSync(join(tmpdir(), "twin-test-"));
  private child: ChildProcess | null = null;
  /** What it is started with; its state folder is its own all the same. */
  env: NodeJS.ProcessEnv = process.env;
  out = "";
  err = "";
  /** The page's address, token included. */
  url = "";

  /** Starts `twin up --ros off …` and waits for its address. */
  async up(...args: string[]): Promise<void> {
    this.start("up", "--ros", "off", ...args);
    await this.learnAddress(/at (http:\S+)\n/);
  }

  /** Starts `twin model show …` and waits for its address. */
  async show(...args: string[]): Promise<void> {
    this.start("model", "show", ...args);
    await this.learnAddress(/is shown at (http:\S+)\n/);
  }

  private async learnAddress(said: RegExp): Promise<void> {
    this.url = await eventually(`the address in ${this.err}`, () => {
      if (this.child?.exitCode !== null) throw new Error(`ended: ${this.err}`);
      return said.exec(this.out)?.[1];
    });
  }

  /** Starts `twin` with these arguments. */
  start(...args: string[]): void {
    const main = join(root, "dist/main.js");
    if (!existsSync(main)) throw new Error("not built: run `npm run build` first");
    this.out = "";
    this.err = "";
    const child = spawn(process.execPath, [main, ...args], {
      cwd: root,
      env: { ...this.env, XDG_STATE_HOME: this.folder },
      stdio: ["ignore", "pipe", "pipe"],
    });
    child.stdout.on("data", (chunk: Buffer) => {
      this.out += chunk.toString();
    });
    child.stderr.on("data", (chunk: Buffer) => {
      this.err += chunk.toString();
    });
    this.child = child;
  }

  /** Writes a file into this process's folder; its path. */
  file(name: string, text: string): string {
    const path = join(this.folder, name);
    writeFileSync(path, text);
    return path;
  }

  async ended(): Promise<Ended> {
    const { child } = this;
    if (child === null) throw new Error("nothing was started");
    if (child.exitCode === null && child.signalCode === null) await once(child, "close");
    return { code: child.exitCode, out: this.out, err: this.err };
  }

  /** Asks it to end, as a person does with Ctrl-C. */
  async stop(signal: "SIGTERM" | "SIGINT" = "SIGTERM"): Promise<Ended> {
    this.child?.kill(signal);
    return this.ended();
  }

  signal(signal: NodeJS.Signals): void {
    this.child?.kill(signal);
  }

  /** Ends it without a farewell and removes its folder. */
  async remove(): Promise<void> {
    if (this.child !== null && this.child.exitCode === null) {
      this.child.kill("SIGKILL");
      await this.ended();
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  isAlive(): boolean {
    return this.child !== null && this.child.exitCode === null && this.child.signalCode === null;
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  get token(): string | null {
    return /#token=(.+)$/.exec(this.url)?.[1] ?? null;
  }

  at(path: string): string {
    return new URL(path, this.url).href;
  }

  async json<T>(path: string): Promise<T> {
    const answer = await fetch(this.at(path));
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    const value: T = await answer.json();
    return value;
  }

  twin(): Promise<TwinJson> {
    return this.json<TwinJson>("/api/twin");
  }

  thing(id: string): Promise<ThingJson> {
    return this.json<ThingJson>(`/api/things/${id}`);
  }

  property(id: string, path: string): Promise<PropertyJson> {
    return this.json<PropertyJson>(`/api/things/${id}/properties/${path}`);
  }

  async events(kind: string): Promise<TwinEvent[]> {
    const { events } = await this.json<{ events: TwinEvent[] }>("/api/events");
    return events.filter((event) => event.kind === kind);
  }

  /** The value of one line of /metrics, by its name and labels as written there; 0 when it is not there. */
  async metric(line: string): Promise<number> {
    const text = await (await fetch(this.at("/metrics"))).text();
    const found = text.split("\n").find((one) => one.startsWith(`${line} `));
    return found === undefined ? 0 : Number(found.slice(line.length + 1));
  }
}

/** Runs `twin` with these arguments to its end. */
export async function runTwin(...args: string[]): Promise<Ended> {
  const twin = new TwinProcess();
  try {
    twin.start(...args);
    return await twin.ended();
  } finally {
    await twin.remove();
  }
}
