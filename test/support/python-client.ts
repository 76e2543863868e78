import { type ChildProcess, execFile, spawn, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const source = new URL("../../clients/python", import.meta.url).pathname;
const leftBehind = new Set([".mypy_cache", ".ruff_cache", "__pycache__", "build"]);

/** Whether Python can make a virtual environment. Says loudly when not; with `REQUIRE_ALL=1` that is a fault. */
export function hasPython(): boolean {
  const code = "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 9))";
  if (spawnSync("python3", ["-c", code]).status === 0) return true;
  const line =
    "no Python 3.9 with venv found (apt-get install python3 python3-venv): tests of the Python client";
  if (process.env.REQUIRE_ALL === "1") throw new Error(`${line} are required`);
  console.warn(`\nSKIPPED: ${line} are left out\n`);
  return false;
}

/** A copy of the client and a virtual environment that it is installed in, as a user does it. */
export class PythonClient {
  private readonly root = mkdtempSync(join(tmpdir(), "twin-python-"));
  readonly folder = join(this.root, "client");
  private readonly python = join(this.root, "venv", "bin", "python");

  async install(): Promise<void> {
    const filter = (path: string) => !leftBehind.has(basename(path)) && !path.endsWith(".egg-info");
    cpSync(source, this.folder, { recursive: true, filter });
    await run("python3", ["-m", "venv", join(this.root, "venv")]);
    const quiet = ["--quiet", "--no-input", "--disable-pip-version-check"];
    await run(this.python, ["-m", "pip", "install", ...quiet, "--retries", "2", this.folder]);
    // What is tested is what was installed, with its marker for type checkers.
    rmSync(join(this.folder, "src"), { recursive: true });
  }

  /** An environment without the packages of a sourced ROS 2. */
  private get env(): NodeJS.ProcessEnv {
    return { ...process.env, PYTHONPATH: "", PYTHONDONTWRITEBYTECODE: "1" };
  }

  /** Both streams of a program that ends with 0; throws with them when it does not. */
  async run(...args: string[]): Promise<string> {
    const { stdout, stderr } = await run(this.python, args, { cwd: this.folder, env: this.env });
    return stdout + stderr;
  }

  start(...args: string[]): ChildProcess {
    return spawn(this.python, args, {
      cwd: this.folder,
      env: this.env,
      stdio: ["ignore", "ignore", "inherit"],
    });
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
