// Reads lines of {joints, limits, waypoints, blend} as JSON and writes the duration of the motion through them, s, as a plan is
// timed. For compare-ompl.py.
import { createInterface } from "node:readline";
import { timeWaypoints } from "../../dist/robot/path/time-waypoints.js";

for await (const line of createInterface({ input: process.stdin })) {
  const { joints, limits, waypoints, blend } = JSON.parse(line);
  const path = timeWaypoints(
    joints,
    waypoints,
    joints.map((joint) => limits[joint]),
    { blend },
  );
  process.stdout.write(`${path.knots.at(-1).time}\n`);
}
