// A real Mosquitto on a free port for a bench, and devices that speak the native profile.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sleep } from "./support.mjs";

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const answers = (port) =>
  new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });

/** Resolves to `{url, signal, end}`. */
export async function startMosquitto() {
  const program = ["/usr/sbin/mosquitto", "/usr/bin/mosquitto", "/usr/local/sbin/mosquitto"].find(existsSync);
  if (program === undefined) throw new Error("no Mosquitto: apt-get install mosquitto");
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), "twin-bench-"));
  const file = join(folder, "mosquitto.conf");
  writeFileSync(file, `listener ${port} 127.0.0.1\nallow_anonymous true\npersistence false\n`);
  const child = spawn(program, ["-c", file], { stdio: "ignore" });
  for (let i = 0; !(await answers(port)); i++) {
    if (i > 200) throw new Error("Mosquitto does not listen");
    await sleep(20);
  }
  return {
    url: `mqtt://127.0.0.1:${port}`,
    signal: (signal) => child.kill(signal),
    end: () => child.kill("SIGKILL"),
  };
}
