import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { defaultRosDir } from "../../src/io/ros/ros-environment.ts";
import { eventually } from "../support/eventually.ts";
import { ProcessGroup } from "../support/process-group.ts";
import { freshDomain, hasRos } from "./support.ts";

const root = join(import.meta.dirname, "..", "..");
const main = join(root, "dist", "main.js");
const state = mkdtempSync(join(tmpdir(), "twin-ending-"));
let group: ProcessGroup | null = null;
afterEach(() => group?.remove());
afterAll(() => rmSync(state, { recursive: true, force: true }));

const commands = [
  { args: ["sim"], ready: /Ctrl-C ends it/ },
  { args: ["up", "--ros", "on", "--port", "0"], ready: /ros connecting: kilted/ },
];

describe.skipIf(!hasRos())("a command with a node on ROS", () => {
  for (const { args, ready } of commands) {
    for (const way of ["Ctrl-C", "Ctrl-C twice", "SIGTERM", "a killed starter"] as const) {
      it(`ends cleanly, and leaves nothing behind, by ${way}: twin ${args.join(" ")}`, async () => {
        const env = { ROS_DOMAIN_ID: freshDomain(), XDG_STATE_HOME: state, TWIN_ROS_DIR: defaultRosDir() };
        group = new ProcessGroup(process.execPath, [main, ...args], { cwd: root, env });
        await group.says(ready);
        if (way === "SIGTERM") group.signalFirst("SIGTERM");
        else if (way === "a killed starter") group.signalFirst("SIGKILL");
        else group.signalAll("SIGINT");
        if (way === "Ctrl-C twice") group.signalAll("SIGINT");
        const { code, out } = await group.ended();
        if (way !== "a killed starter") expect(code, out).toBe(0);
        expect(out).not.toMatch(/^\s+at .+:\d+|Error:|Segmentation|core dumped/m);
        const { left } = group;
        await eventually("nothing is left", () => left.call(group).length === 0);
      });
    }
  }
});
