import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";

const root = new URL("../../", import.meta.url).pathname;
const { ports } = (await import(`${root}firmware/scripts/ports.mjs`)) as {
  ports: { name: string; tools: [string, string][] }[];
};
const sessions = 1_000_000;

/** Whether all compilers are there. Says loudly when not; with `REQUIRE_ALL=1` that is a fault. */
function hasCompilers(): boolean {
  const isThere = (tool: string): boolean =>
    tool.startsWith("/") ? existsSync(tool) : spawnSync("sh", ["-c", `command -v ${tool}`]).status === 0;
  const missing = ports.flatMap(({ tools }) => tools).filter(([tool]) => !isThere(tool));
  if (missing.length === 0) return true;
  const packages = [...new Set(missing.map(([, name]) => name))].join(" ");
  const line = `the firmware's compilers are missing (apt-get install ${packages}): its tests`;
  if (process.env.REQUIRE_ALL === "1") throw new Error(`${line} are required`);
  console.warn(`\nSKIPPED: ${line} are left out\n`);
  return false;
}

function run(command: string, ...args: string[]): string {
  const env = { ...process.env, FUZZ_SESSIONS: String(sessions) };
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: root, encoding: "utf8", env });
  if (status !== 0)
    throw new Error(`${command} ${args.join(" ")}: ${stdout.slice(-3000)}${stderr.slice(-3000)}`);
  return stdout;
}

describe.skipIf(!hasCompilers())("the firmware's core", () => {
  it("passes its own tests on this machine, and compiles for the others", () => {
    expect(run("make", "-C", "firmware", "test")).toMatch(/\n\d{2,} passed, 0 failed/);
  }, 300_000);

  it(`stands ${sessions} mutated sessions under ASan and UBSan; after silence the output is off, always`, () => {
    const said = run("make", "-C", "firmware", "fuzz");
    expect(said).toContain(`${sessions} sessions clean`);
    console.log(said.split("\n").find((line) => line.includes("sessions clean")));
  }, 600_000);

  it("builds twice to the same bytes, within its sizes and stacks, without heap and printf; as it is shipped", () => {
    expect(run(process.execPath, "firmware/scripts/build.mjs", "--check")).toContain("all checks passed");
  }, 600_000);
});
