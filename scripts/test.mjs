// npm test: sets up what the tests need and runs all of them. Its last line is `N passed, N failed`.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { homedir } from "node:os";
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
    [has("prometheus") && has("promtool"), "prometheus"],
    [has("qemu-system-arm"), "qemu-system-arm"],
    // The stores that history is sent to. QuestDB is a Java program, which Maven fetches.
    [has("influxd"), "influxdb"],
    [has("victoria-metrics"), "victoria-metrics"],
    [existsSync("/usr/lib/postgresql"), "postgresql"],
    [has("java"), "default-jre-headless"],
    [has("mvn"), "maven"],
    // The firmware's compilers.
    ...ports.flatMap(({ tools }) =>
      tools.map(([tool, name]) => [tool.startsWith("/") ? existsSync(tool) : has(tool), name]),
    ),
  ];
  const missing = [...new Set(wanted.filter(([there]) => !there).map(([, name]) => name))];
  if (missing.length === 0) return;
  say(`missing: ${missing.join(", ")}`);
  const asRoot = process.getuid?.() === 0 ? [] : ["sudo", "-n"];
  // Brokers and servers are for the tests alone: apt is not to start them as services.
  const quiet = ["env", "DEBIAN_FRONTEND=noninteractive", "SYSTEMD_OFFLINE=1", "RUNLEVEL=1"];
  const apt = (...args) => {
    const [command, ...rest] = [...asRoot, ...quiet, "apt-get", ...args];
    return spawnSync(command, rest, { stdio: "inherit" });
  };
  if (!has("apt-get")) {
    say(`install them yourself (no apt-get here); tests that need them ${required ? "fail" : "are skipped"}`);
    return;
  }
  say(`installing by apt-get: ${missing.join(" ")}`);
  apt("update", "-qq");
  const install = (names) => apt("install", "-y", "-qq", "--no-install-recommends", ...names).status === 0;
  const serversWereQuiet = keepServersQuiet(asRoot);
  // Where one of them is unknown here, the others are installed all the same.
  if (!install(missing)) {
    const lacking = missing.filter((name) => !install([name]));
    if (lacking.length > 0) {
      say(`no ${lacking.join(", ")}; tests that need them ${required ? "fail" : "are skipped"}`);
    }
  }
  serversWereQuiet();
}

/**
 * Keeps Debian's packages from starting their servers, which would take the usual ports: the tests start their own. Returns what
 * takes this back.
 */
function keepServersQuiet(asRoot) {
  const policy = "/usr/sbin/policy-rc.d";
  if (existsSync(policy)) return () => undefined;
  const [shell, ...args] = [...asRoot, "sh", "-c"];
  const root = (script) => spawnSync(shell, [...args, script], { stdio: "inherit" });
  root(`printf '#!/bin/sh\\nexit 101\\n' > ${policy} && chmod 755 ${policy}`);
  return () => root(`rm -f ${policy}`);
}

/** QuestDB, by Maven as it is set up here, into the user's cache folder. */
function questdb() {
  const version = "9.3.4";
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache");
  const folder = join(cache, "twinbridge", "questdb");
  if (existsSync(join(folder, `questdb-${version}.jar`)) || !has("java") || !has("mvn")) return;
  say(`QuestDB ${version} by Maven into ${folder}`);
  const copy = [
    "-q",
    "-B",
    "dependency:copy",
    `-Dartifact=org.questdb:questdb:${version}`,
    `-DoutputDirectory=${folder}`,
  ];
  if (spawnSync("mvn", copy, { stdio: "inherit" }).status !== 0) {
    say(`Maven could not fetch it; its tests ${required ? "fail" : "are skipped"}`);
  }
}

systemPackages();
questdb();
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
