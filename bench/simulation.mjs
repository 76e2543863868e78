// How much faster than the clock the simulated arm runs, with friction, actuators and servos, 1 ms steps.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createModel } from "../dist/robot/model.js";
import { parseUrdf } from "../dist/robot/reading/urdf.js";
import { SimulatedRobot } from "../dist/sim/simulated-robot.js";
import { root } from "./root.mjs";

const seconds = 20;

export function run() {
  for (const file of ["test/truth/urdf/arm-seven.urdf", "urdf/arm.urdf", "urdf/rover.urdf"]) {
    const model = createModel(parseUrdf(readFileSync(join(root, file), "utf8")).description);
    const robot = new SimulatedRobot({ model, base: "fixed", plant: "dynamic" });
    robot.step(0);
    const { jointNames } = robot.trajectory;
    const positions = jointNames.map((name) => {
      const { lower, upper } = model.joints[model.jointIndex.get(name)];
      return Math.min(upper, Math.max(lower, 0.5));
    });
    robot.trajectory.accept(
      { id: "bench", jointNames, points: [{ timeFromStart: seconds, positions }], goalTimeTolerance: 0 },
      0,
    );
    const begun = performance.now();
    for (let t = 0.01; t <= seconds; t += 0.01) robot.step(t);
    const took = (performance.now() - begun) / 1000;
    console.log(
      `${model.name}, ${jointNames.length} driven joints: ${(seconds / took).toFixed(0)} times as fast as the clock (wanted: 20)`,
    );
  }
}
