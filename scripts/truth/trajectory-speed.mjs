// stdin: {"cases", "rounds"}, cases as in trajectories-of.mjs; stdout: the mean time of one synchronised plan
// in the best round, µs. A helper of bench-trajectories.py.
import { readFileSync } from "node:fs";
import { synchronisedProfiles } from "../../dist/robot/trajectory/jerk-limited.js";
import { tasksOf } from "./trajectory-tasks.mjs";

const { cases, rounds } = JSON.parse(readFileSync(0, "utf8"));
const tasks = cases.map(tasksOf);
let best = Number.POSITIVE_INFINITY;
for (let round = 0; round < rounds; round += 1) {
  const began = performance.now();
  for (const { from, to, limits } of tasks) synchronisedProfiles(from, to, limits);
  best = Math.min(best, performance.now() - began);
}
process.stdout.write(String((best * 1000) / tasks.length));
