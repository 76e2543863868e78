import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "./eventually.ts";
import { freePort } from "./mosquitto.ts";

const places = [process.env.NGINX, "/usr/sbin/nginx", "/usr/local/sbin/nginx", "/usr/bin/nginx"];

function findNginx(): string | null {
  return places.find((path) => path !== undefined && path !== "" && existsSync(path)) ?? null;
}

/** Whether there is an nginx to test with. Says loudly when not; with `REQUIRE_ALL=1` that is a fault. */
export function hasNginx(): boolean {
  if (findNginx() !== null) return true;
  const line = "no nginx found (apt-get install nginx-light, or set NGINX): tests behind a proxy";
  if (process.env.REQUIRE_ALL === "1") throw new Error(`${line} are required`);
  console.warn(`\nSKIPPED: ${line} are left out\n`);
  return false;
}

/** An nginx of a test's own: its files in a folder of its own, on a free port of the loopback. */
export class Nginx {
  readonly folder = mkdtempSync(join(tmpdir(), "twin-nginx-"));
  private child: ChildProcess | null = null;
  port = 0;

  /** The port that `start` will listen on, for those who must know it before. */
  async choosePort(): Promise<number> {
    if (this.port === 0) this.port = await freePort();
    return this.port;
  }

  /** `server` is what stands in its server block. */
  async start(server: string): Promise<void> {
    const program = findNginx();
    if (program === null) throw new Error("no nginx found");
    const port = await this.choosePort();
    mkdirSync(join(this.folder, "temp"), { recursive: true });
    const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
      (name) => `${name}_temp_path ${join(this.folder, "temp", name)};`,
    );
    const file = join(this.folder, "nginx.conf");
    writeFileSync(
      file,
      `daemon off; worker_processes 1; pid ${join(this.folder, "nginx.pid")};
error_log ${join(this.folder, "error.log")};
${process.getuid?.() === 0 ? "user root;" : ""}
events { worker_connections 256; }
http {
  access_log off;
  ${temporary.join("\n  ")}
  map $http_upgrade $connection_upgrade { default upgrade; "" close; }
  server {
    listen 127.0.0.1:${port};
    ${server}
  }
}
`,
    );
    const child = spawn(program, ["-e", join(this.folder, "error.log"), "-c", file], { stdio: "ignore" });
    this.child = child;
    await eventually(`nginx listens (${file})`, async () => {
      if (child.exitCode !== null) throw new Error(`nginx ended with ${child.exitCode}`);
      await fetch(`http://127.0.0.1:${port}/`);
      return true;
    });
  }

  async remove(): Promise<void> {
    const { child } = this;
    this.child = null;
    if (child !== null && child.exitCode === null) {
      child.kill("SIGTERM");
      await once(child, "exit");
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}
