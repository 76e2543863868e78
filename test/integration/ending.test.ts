import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";
import { ProcessGroup } from "../support/process-group.ts";

const root = join(import.meta.dirname, "..", "..");
const main = join(root, "dist", "main.js");
const state = mkdtempSync(join(tmpdir(), "twin-ending-"));
const env = { XDG_STATE_HOME: state };
const groups: ProcessGroup[] = [];
/** Stands in for a serial line. */
let line: Server;

function start(command: string, args: string[]): ProcessGroup {
  const group = new ProcessGroup(command, args, { cwd: root, env });
  groups.push(group);
  return group;
}

beforeAll(async () => {
  line = createServer((socket) => socket.on("error", () => undefined));
  await new Promise<void>((resolve) => line.listen(0, "127.0.0.1", resolve));
});
afterEach(() => {
  for (const group of groups.splice(0)) group.remove();
});
afterAll(() => {
  line.close();
  rmSync(state, { recursive: true, force: true });
});

const linePort = (): string => {
  const address = line.address();
  return typeof address === "object" && address !== null ? String(address.port) : "";
};

const commands: { name: string; command: string; args: () => string[]; ready: RegExp }[] = [
  {
    name: "twin up",
    command: process.execPath,
    args: () => [main, "up", "--ros", "off", "--port", "0"],
    ready: /twinbridge is at/,
  },
  {
    name: "twin device",
    command: process.execPath,
    args: () => [main, "device", "--url", "mqtt://127.0.0.1:1"],
    ready: /127\.0\.0\.1:1\b.*\n/,
  },
  {
    name: "twin gateway",
    command: process.execPath,
    args: () => [main, "gateway", "--tcp", `127.0.0.1:${linePort()}`, "--url", "mqtt://127.0.0.1:1"],
    ready: /is open/,
  },
  {
    name: "twin model show",
    command: process.execPath,
    args: () => [main, "model", "show", join(root, "urdf", "rover.urdf"), "--port", "0"],
    ready: /is shown at/,
  },
  {
    name: "npm start",
    command: "npm",
    args: () => ["start", "--", "--ros", "off", "--port", "0"],
    ready: /twinbridge is at/,
  },
];

/** What a person would call a crash. */
const crash = /^\s+at .+:\d+|Error:|Segmentation|core dumped/m;

describe("a command that runs until it is told to stop", () => {
  for (const { name, command, args, ready } of commands) {
    for (const [signal, how] of [
      ["SIGINT", "Ctrl-C"],
      ["SIGHUP", "a closed terminal"],
    ] as const) {
      it(`ends with 0 by ${how}, and leaves nothing behind: ${name}`, async () => {
        const group = start(command, args());
        await group.says(ready);
        group.signalAll(signal);
        const { code, out } = await group.ended();
        // npm itself dies of a closed terminal.
        if (!(command === "npm" && signal === "SIGHUP")) expect(code, out).toBe(0);
        expect(out).not.toMatch(crash);
        await eventually(`nothing is left of ${name}`, () => group.left().length === 0);
      });
    }

    it(`leaves nothing behind when the process that was started gets SIGTERM: ${name}`, async () => {
      const group = start(command, args());
      await group.says(ready);
      group.signalFirst("SIGTERM");
      const { code, out } = await group.ended();
      if (command !== "npm") expect(code, out).toBe(0);
      expect(out).not.toMatch(crash);
      await eventually(`nothing is left of ${name}`, () => group.left().length === 0);
    });
  }

  it("ends when npm or npx, which started it, is killed", async () => {
    for (const args of [
      ["start", "--", "--ros", "off", "--port", "0"],
      ["exec", "--no", "--", "node", main, "up", "--ros", "off", "--port", "0"],
    ]) {
      const group = start("npm", args);
      await group.says(/twinbridge is at/);
      expect(group.left().length).toBeGreaterThan(1);
      group.signalFirst("SIGKILL");
      await eventually("nothing is left", () => group.left().length === 0);
    }
  });

  it("goes on when the shell that started it in the background is gone", async () => {
    const script = `"${process.execPath}" "${main}" up --ros off --port 0 & sleep 2`;
    // As outside of npm: there is no npm whose end would be ours.
    const group = new ProcessGroup("env", ["-u", "npm_command", "sh", "-c", script], { cwd: root, env });
    groups.push(group);
    await group.says(/twinbridge is at/);
    await group.ended();
    const url = /at (http:\S+)/.exec(group.out)?.[1] ?? "";
    // Longer than a program that watches its starter looks away.
    for (let i = 0; i < 6; i++) {
      expect((await fetch(new URL("/healthz", url))).status).toBe(200);
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
    expect(group.left().length).toBe(1);
  });
});
