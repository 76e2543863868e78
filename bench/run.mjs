// npm run bench [-- NAME …]: measures what the project promises. Ratios hold, absolute times do not.
import { spawnSync } from "node:child_process";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { isBuilt } from "../scripts/build-state.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const names = [
  "startup",
  "ros-ingest",
  "fanout",
  "stream",
  "page",
  "model",
  "inverse-kinematics",
  "simulation",
  "jog",
  "collision",
  "mqtt",
  "fleet",
  "stop",
  "history",
  "sinks",
  "recording",
  "foxglove",
  "plan",
  "planner",
];
/** Takes an hour: only when it is asked for by name. */
const asked = [...names, "soak"];
const chosen = process.argv.slice(2).length > 0 ? process.argv.slice(2) : names;
const unknown = chosen.find((name) => !asked.includes(name));
if (unknown !== undefined) {
  console.error(`there is no bench "${unknown}": ${asked.join(", ")}`);
  process.exit(2);
}
if (!isBuilt(root)) spawnSync("npm", ["run", "--silent", "build"], { cwd: root, stdio: "inherit" });
for (const name of chosen) {
  console.log(`\n${name}`);
  const { run } = await import(`./${name}.mjs`);
  await run();
}
