import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Engine } from "../engine/engine.ts";
import { loadDescription } from "../engine/robot/robot-description.ts";
import { srdfBeside } from "../io/files/description-file.ts";
import { packageRoot } from "../io/package-root.ts";
import { picoJoints } from "./demo-pico.ts";
import { DemoRoutine } from "./demo-routine.ts";
import { SimulatedPeer } from "./simulated-peer.ts";

/** The robot a newcomer sees: our arm on our base. */
export const demoUrdf = join(packageRoot, "urdf", "rover.urdf");

/** The simulated robot of the demo, in this process, and what it does while nobody drives. */
export type DemoRobot = { peer: SimulatedPeer; routine: DemoRoutine };

/** `withPico`: the robot's fingers are the Pico's, and not its own. */
export function createDemoRobot(engine: Engine, robot: string, withPico: boolean): DemoRobot {
  const urdf = readFileSync(demoUrdf, "utf8");
  const loaded = loadDescription(urdf);
  if ("fault" in loaded) throw new Error(`${demoUrdf}: ${loaded.fault}`);
  const { model } = loaded;
  const srdf = srdfBeside(demoUrdf) ?? undefined;
  const elsewhere = withPico ? picoJoints : [];
  const peer = new SimulatedPeer({ robot, urdf, srdf, model, base: "diff_drive", elsewhere }, engine.inbox);
  return { peer, routine: new DemoRoutine(engine, robot) };
}
