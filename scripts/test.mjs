// npm test: sets up what the tests need and runs all of them. Its last line is `N passed, N failed`.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { ports } from "../firmware/scripts/ports.mjs";
import { isBuilt } from "./build-state.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const required = process.env.REQUIRE_ALL === "1";
const bin = (name) => join(root, "node_modules", ".bin", name);
const started = Date.now();
let failedSteps = 0;

const say = (line) => console.log(`── ${line}`);

function step(title, command, args, env = {}) {
  say(`${title} (${Math.round((Date.now() - started) / 1000)} s)`);
  const { status } = spawnSync(command, args, {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, ...env },
  });
  if (status === 0) return true;
  failedSteps++;
  say(`FAILED: ${title}`);
  return false;
}

const has = (program) => spawnSync("sh", ["-c", `command -v ${program}`]).status === 0;
const hasVenv = () => spawnSync("python3", ["-c", "import venv, ensurepip"]).status === 0;

/** Debian packages for what is missing, installed where that is possible without a question. */
function systemPackages() {
  const wanted = [
    [has("chromium") || process.env.CHROMIUM !== undefined, "chromium"],
    [has("mosquitto") || existsSync("/usr/sbin/mosquitto"), "mosquitto"],
    [has("nginx") || existsSync("/usr/sbin/nginx"), "nginx-light"],
    [has("python3"), "python3"],
    [hasVenv(), "python3-venv"],
    [has("g++"), "g++"],
    [has("make"), "make"],
    [has("cmake"), "cmake"],
    [has("openssl"), "openssl"],
    [has("qemu-system-arm"), "qemu-system-arm"],
    // The firmware's compilers.
    ...ports.flatMap(({ tools }) =>
      tools.map(([tool, name]) => [tool.startsWith("/") ? existsSync(tool) : has(tool), name]),
    ),
  ];
  const missing = [...new Set(wanted.filter(([there]) => !there).map(([, name]) => name))];
  if (missing.length === 0) return;
  say(`missing: ${missing.join(", ")}`);
  const asRoot = process.getuid?.() === 0 ? [] : ["sudo", "-n"];
  const apt = (...args) => {
    const [command, ...rest] = [...asRoot, "apt-get", ...args];
    return spawnSync(command, rest, {
      stdio: "inherit",
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    });
  };
  if (!has("apt-get")) {
    say(`install them yourself (no apt-get here); tests that need them ${required ? "fail" : "are skipped"}`);
    return;
  }
  say(`installing by apt-get: ${missing.join(" ")}`);
  apt("update", "-qq");
  if (apt("install", "-y", "-qq", "--no-install-recommends", ...missing).status !== 0) {
    say(`apt-get could not install them; tests that need them ${required ? "fail" : "are skipped"}`);
  }
}

systemPackages();
step("types", bin("tsc"), ["-b"]);
step("lint and format", bin("biome"), ["check", "--error-on-warnings", "."]);
if (!isBuilt(root)) step("build", "npm", ["run", "--silent", "build"]);
step("firmware for every port (fetches lwIP's sources the first time)", process.execPath, [
  join(root, "firmware", "scripts", "build.mjs"),
]);
step("ROS 2 from wheels (minutes the first time, then reused)", process.execPath, [
  join(root, "dist", "main.js"),
  "ros",
  "setup",
]);

const report = join(root, ".cache", "vitest.json");
mkdirSync(dirname(report), { recursive: true });
rmSync(report, { force: true });
const chosen = process.argv.slice(2);
step("tests", bin("vitest"), [
  "run",
  "--reporter=default",
  "--reporter=json",
  `--outputFile.json=${report}`,
  ...chosen,
]);
let passed = 0;
let failed = failedSteps;
let skipped = 0;
try {
  const result = JSON.parse(readFileSync(report, "utf8"));
  passed = result.numPassedTests;
  skipped = result.numPendingTests + result.numTodoTests;
  // A file that breaks before its tests has none to count.
  const brokenFiles = result.testResults.filter(
    (f) => f.status === "failed" && f.assertionResults.length === 0,
  );
  const broken = result.numFailedTests + brokenFiles.length;
  failed = broken === 0 ? failedSteps : failedSteps - 1 + broken;
} catch {
  say("the test run left no report");
  failed = Math.max(1, failed);
}
say(`${Math.round((Date.now() - started) / 1000)} s`);
if (required && skipped > 0) {
  say(`REQUIRE_ALL=1 and ${skipped} skipped: they count as failed`);
  failed += skipped;
  skipped = 0;
}
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
process.exit(failed === 0 ? 0 : 1);
