import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Engine } from "../engine/engine.ts";
import { loadDescription } from "../engine/robot-description.ts";
import { SimulatedPeer } from "../engine/simulated-peer.ts";
import { packageRoot } from "../io/package-root.ts";
import { picoJoints } from "./demo-pico.ts";

/** The robot a newcomer sees: our arm on our base. */
export const demoUrdf = join(packageRoot, "urdf", "rover.urdf");

/**
 * The simulated robot of the demo, in this process. It roams while nobody drives. `withPico`: its fingers are the Pico's,
 * and not its own.
 */
export function createDemoPeer(engine: Engine, robot: string, withPico: boolean): SimulatedPeer {
  const urdf = readFileSync(demoUrdf, "utf8");
  const loaded = loadDescription(urdf);
  if ("fault" in loaded) throw new Error(`${demoUrdf}: ${loaded.fault}`);
  const mayRoam = (): boolean => {
    const gate = engine.control.get(robot)?.gate;
    return gate !== undefined && gate.lease.current() === null && gate.latch.current() === null;
  };
  const elsewhere = withPico ? picoJoints : [];
  const follow = (joint: string, position: number, now: number): void =>
    engine.followJoint(robot, joint, position, now);
  return new SimulatedPeer(
    { robot, urdf, model: loaded.model, base: "diff_drive", mayRoam, elsewhere, follow },
    engine.inbox,
  );
}
