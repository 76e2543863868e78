import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { eventually } from "./eventually.ts";
import { freePort } from "./mosquitto.ts";

const run = promisify(execFile);

/** Whether there are Prometheus and promtool to test with. Says loudly when not; with `REQUIRE_ALL=1` that is a fault. */
export function hasPrometheus(): boolean {
  if (["prometheus", "promtool"].every((name) => existsSync(`/usr/bin/${name}`))) return true;
  const line = "no Prometheus found (apt-get install prometheus): tests of the Prometheus API";
  if (process.env.REQUIRE_ALL === "1") throw new Error(`${line} are required`);
  console.warn(`\nSKIPPED: ${line} are left out\n`);
  return false;
}

/** Output of promtool; rejects with both of its streams when it fails. */
export async function promtool(...args: string[]): Promise<string> {
  const { stdout } = await run("/usr/bin/promtool", args, { maxBuffer: 1 << 26 });
  return stdout;
}

/** One series for `Prometheus.load`: labels, and samples as [ms, value]. */
export type GivenSeries = { labels: Record<string, string>; samples: readonly (readonly [number, number])[] };

/** A Prometheus server that holds given samples: what it answers is right by definition. */
export class Prometheus {
  private readonly folder = mkdtempSync(join(tmpdir(), "twin-prometheus-"));
  private child: ChildProcess | null = null;
  url = "";

  async load(metric: string, all: readonly GivenSeries[]): Promise<void> {
    const lines = [`# HELP ${metric} Given.`, `# TYPE ${metric} gauge`];
    for (const { labels, samples } of all) {
      const text = Object.entries(labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
      for (const [ms, value] of samples) lines.push(`${metric}{${text.join(",")}} ${value} ${ms / 1000}`);
    }
    const file = join(this.folder, "given.om");
    writeFileSync(file, `${lines.join("\n")}\n# EOF\n`);
    await promtool("tsdb", "create-blocks-from", "openmetrics", file, join(this.folder, "data"));
  }

  async start(): Promise<void> {
    const config = join(this.folder, "prometheus.yml");
    writeFileSync(config, "global: { evaluation_interval: 1m }\n");
    const address = `127.0.0.1:${await freePort()}`;
    const child = spawn(
      "/usr/bin/prometheus",
      [
        `--config.file=${config}`,
        `--storage.tsdb.path=${join(this.folder, "data")}`,
        "--storage.tsdb.retention.time=100y",
        `--web.listen-address=${address}`,
        "--log.level=error",
      ],
      { stdio: ["ignore", "ignore", "pipe"] },
    );
    let said = "";
    child.stderr.on("data", (chunk: Buffer) => {
      said += chunk.toString();
    });
    this.child = child;
    this.url = `http://${address}`;
    await eventually("Prometheus is ready", async () => {
      if (child.exitCode !== null) throw new Error(`Prometheus ended: ${said}`);
      return fetch(`${this.url}/-/ready`).then(
        (answer) => answer.ok,
        () => false,
      );
    });
  }

  async remove(): Promise<void> {
    if (this.child !== null && this.child.exitCode === null) {
      this.child.kill("SIGKILL");
      await once(this.child, "exit");
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}
