// Kinematics and dynamics per call on four robots of PyPI's example-robot-data, beside pinocchio's C++ in the same run
// where its headers are (PINOCCHIO_PREFIX, else the `pin` of `python3`; Eigen and urdfdom headers from the system);
// and the bytes that a million calls leave on the heap.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PerformanceObserver } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { leastMicroseconds } from "../dist/cli/model/model-bench.js";
import { createModel } from "../dist/robot/model.js";
import { parseUrdf } from "../dist/robot/reading/urdf.js";
import { timedCalls } from "../dist/robot/timed-calls.js";
import { pinocchioPrefix, robotFile } from "./example-robots.mjs";
import { root } from "./root.mjs";

const robots = [
  ["ur5_robot.urdf", "fixed"],
  ["panda.urdf", "fixed"],
  ["go2.urdf", "floating"],
  ["talos_reduced.urdf", "floating"],
];
const most = { fk: 1.5, jacobian: 2, rnea: 1, crba: 2, aba: 1.6 };

export async function run() {
  const prefix = pinocchioPrefix();
  const files = robots.map(([name, base]) => [robotFile(prefix, name), base]);
  const theirs = prefix === null ? null : pinocchioTimes(prefix, files);
  if (theirs === null) console.log("pinocchio's C++ is not here, so there are no ratios");
  for (const [i, [file, base]] of files.entries()) {
    const model = createModel(parseUrdf(readFileSync(file, "utf8")).description, base);
    const calls = timedCalls(model);
    for (const [name, call] of Object.entries(calls)) {
      const ours = leastMicroseconds(call);
      const right = theirs?.[i]?.[name];
      const ratio =
        right === undefined
          ? ""
          : `, pinocchio ${right.toFixed(2)}: ${(ours / right).toFixed(2)} times (wanted: at most ${most[name]})`;
      console.log(
        `${model.name} nv ${model.nv} ${name}: ${ours.toFixed(2)} µs${ratio}; ${await heapUse(call)}`,
      );
    }
  }
}

/**
 * What a million calls leave on the heap, and how often it had to be collected meanwhile (then the bytes say nothing); the
 * least of three rounds, because what the compiler notes stands on the same heap.
 */
async function heapUse(call) {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc");
  let collections = 0;
  const observer = new PerformanceObserver((list) => {
    collections += list.getEntries().length;
  });
  observer.observe({ entryTypes: ["gc"] });
  let least = { collections: Number.POSITIVE_INFINITY, bytes: 0 };
  for (let round = 0; round < 3 && !(least.collections === 0 && least.bytes < 0.01); round += 1) {
    collect();
    await sleep(10);
    collections = 0;
    const before = process.memoryUsage().heapUsed;
    for (let i = 0; i < 1_000_000; i += 1) call(i);
    const bytes = Math.max(0, (process.memoryUsage().heapUsed - before) / 1e6);
    await sleep(10);
    if (collections < least.collections || (collections === least.collections && bytes < least.bytes)) {
      least = { collections, bytes };
    }
  }
  observer.disconnect();
  return `${least.bytes.toFixed(3)} B a call, ${least.collections} collections in a million calls`;
}

function pinocchioTimes(prefix, files) {
  const place = mkdtempSync(join(tmpdir(), "pinocchio-speed-"));
  try {
    const program = join(place, "speed");
    const definitions = ["BOOST_MPL_LIMIT_LIST_SIZE=30", "BOOST_MPL_LIMIT_VECTOR_SIZE=30"];
    definitions.push(
      "BOOST_MPL_CFG_NO_PREPROCESSED_HEADERS",
      "PINOCCHIO_ENABLE_TEMPLATE_INSTANTIATION",
      "NDEBUG",
    );
    const includes = [join(prefix, "include"), join(prefix, "include/urdfdom"), "/usr/include/eigen3"];
    console.log("compiling pinocchio's side, about a minute");
    execFileSync(
      "g++",
      [
        ...[
          "-O3",
          "-std=c++17",
          ...definitions.map((one) => `-D${one}`),
          ...includes.map((one) => `-I${one}`),
        ],
        ...[
          join(root, "bench/pinocchio-speed.cpp"),
          "-o",
          program,
          `-L${prefix}/lib`,
          `-Wl,-rpath,${prefix}/lib`,
        ],
        ...["-lpinocchio_default", "-lpinocchio_parsers"],
      ],
      { stdio: ["ignore", "ignore", "pipe"] },
    );
    const lines = execFileSync(program, files.flat(), { encoding: "utf8" }).trim().split("\n");
    return lines.map((line) => JSON.parse(line));
  } catch (error) {
    console.log(`pinocchio's side does not compile here: ${String(error.stderr ?? error).split("\n")[0]}`);
    return null;
  } finally {
    rmSync(place, { recursive: true });
  }
}
