import { execFile, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const packages = ["mcap==1.6.0", "mcap-ros2-support==0.6.0", "rosbags==0.11.9"];
const root = join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "twinbridge", "bag-python");
const python = join(root, "bin", "python");
const stamp = join(root, "installed.txt");

/**
 * A Python with the packages that people read and write bags with, in the user's cache folder, made the first time. Says
 * loudly where that is not possible; with `REQUIRE_ALL=1` it is a fault.
 */
export function hasBagPython(): boolean {
  if (existsSync(stamp)) return true;
  console.warn(`\nmaking ${root} with ${packages.join(", ")} from PyPI\n`);
  rmSync(root, { recursive: true, force: true });
  mkdirSync(root, { recursive: true });
  const steps: [string, string[]][] = [
    ["python3", ["-m", "venv", root]],
    [python, ["-m", "pip", "install", "--quiet", "--no-input", "--retries", "2", ...packages]],
  ];
  for (const [command, args] of steps) {
    const { status, stderr } = spawnSync(command, args, { encoding: "utf8" });
    if (status === 0) continue;
    const line = `no Python with ${packages.join(", ")}: tests of recordings with it`;
    if (process.env.REQUIRE_ALL === "1") throw new Error(`${line} are required: ${stderr}`);
    console.warn(`\nSKIPPED: ${line} are left out\n`);
    return false;
  }
  writeFileSync(stamp, `${packages.join("\n")}\n`);
  return true;
}

/** Runs a script of `test/support/bags`, and gives its lines as JSON. */
export async function runBagPython(script: string, args: readonly string[]): Promise<unknown[]> {
  const file = new URL(`./bags/${script}`, import.meta.url).pathname;
  const { stdout } = await run(python, [file, ...args], {
    env: { ...process.env, PYTHONPATH: "", PYTHONDONTWRITEBYTECODE: "1" },
    maxBuffer: 256 << 20,
  });
  return stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as unknown);
}
