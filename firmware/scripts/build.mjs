#!/usr/bin/env node
import { execFileSync, spawnSync } from "node:child_process";
// Builds the firmware for every port: node firmware/scripts/build.mjs [--check | --ship]
//   --check  builds twice from clean in two folders and compares; judges sizes, stacks and symbols; compares the
//            shipped image of the Pico with what was built
//   --ship   puts the Pico's image into firmware/images
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { judge } from "./image-check.mjs";
import { ports } from "./ports.mjs";

const firmware = fileURLToPath(new URL("..", import.meta.url));
const shippedImage = join(firmware, "images", "rp2040.bin");
const options = process.argv.slice(2);
if (options.some((option) => option !== "--check" && option !== "--ship") || options.length > 1) {
  console.error("usage: build.mjs [--check | --ship]");
  process.exit(2);
}
const faults = [];
const say = (text) => console.log(`firmware: ${text}`);

function requireTools() {
  const isThere = (tool) =>
    tool.startsWith("/") ? existsSync(tool) : spawnSync("sh", ["-c", `command -v ${tool}`]).status === 0;
  const missing = new Map(ports.flatMap(({ tools }) => tools.filter(([tool]) => !isThere(tool))));
  if (missing.size === 0) return;
  const packages = [...new Set(missing.values())].join(" ");
  console.error(
    `firmware: missing ${[...missing.keys()].join(", ")}: apt-get install --no-install-recommends ${packages}`,
  );
  process.exit(1);
}

function make(folder, targets) {
  const run = spawnSync("make", ["-C", folder, "-j2", "--no-print-directory", ...targets], {
    encoding: "utf8",
  });
  if (run.status === 0) return;
  console.error(run.stdout + run.stderr);
  console.error(`firmware: make ${targets.join(" ")} failed`);
  process.exit(1);
}

/** Copies of the sources with lwIP beside them, so that no path of this checkout can be in an image. */
function buildElsewhere(name) {
  const folder = join(mkdtempSync(join(tmpdir(), `twin-${name}-`)), name);
  mkdirSync(join(folder, "build"), { recursive: true });
  for (const part of ["Makefile", "core", "ports", "scripts", "test", "fuzz"]) {
    cpSync(join(firmware, part), join(folder, part), { recursive: true });
  }
  symlinkSync(join(firmware, "build", "lwip"), join(folder, "build", "lwip"));
  make(
    folder,
    ports.map((port) => port.name),
  );
  return folder;
}

const hashOf = (file) => createHash("sha256").update(readFileSync(file)).digest("hex").slice(0, 16);

function check() {
  const budget = JSON.parse(readFileSync(new URL("./budget.json", import.meta.url), "utf8"));
  say("building all ports twice, from clean, in two folders");
  const [one, two] = ["first", "second-folder"].map(buildElsewhere);
  const rows = [];
  for (const port of ports) {
    if (port.image) {
      const hashes = [one, two].map((folder) => hashOf(join(folder, "build", port.image)));
      if (hashes[0] !== hashes[1]) faults.push(`${port.name}: two builds differ (${hashes.join(", ")})`);
    }
    const { row, found } = judge(port, join(one, "build"), budget[port.name]);
    rows.push(row);
    faults.push(...found.map((fault) => `${port.name}: ${fault}`));
  }
  console.table(Object.fromEntries(rows.map(({ port, ...row }) => [port, row])));
  const fresh = readFileSync(join(one, "build", "rp2040", "twin-rp2040.bin"));
  if (!existsSync(shippedImage) || !readFileSync(shippedImage).equals(fresh)) {
    faults.push("images/rp2040.bin is not what its sources build: node firmware/scripts/build.mjs --ship");
  }
  for (const folder of [one, two]) rmSync(join(folder, ".."), { recursive: true });
}

requireTools();
execFileSync(join(firmware, "scripts", "fetch-lwip.sh"), { stdio: "inherit" });
if (options.includes("--check")) {
  check();
} else {
  for (const port of ports) {
    say(`building ${port.name}`);
    make(firmware, [port.name]);
  }
}
if (options.includes("--ship")) {
  cpSync(join(firmware, "build", "rp2040", "twin-rp2040.bin"), shippedImage);
  say("images/rp2040.bin is what its sources build");
}
for (const fault of faults) console.error(`firmware: ${fault}`);
if (faults.length === 0) say(options.includes("--check") ? "all checks passed" : "done");
process.exit(faults.length === 0 ? 0 : 1);
